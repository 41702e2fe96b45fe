;; Where everything lies.
;; RUN: objdump --headers %
;; RUN: objdump -x %
;; RUN: objdump -d %
(module
  (import "env" "f" (func $f (param i32) (result i64)))
  (memory 1)
  (table 2 funcref)
  (global $g (mut f64) (f64.const 1.5))
  (func $main (export "main") (param $n i32) (result i64) (local i32 i32 f32)
    local.get $n
    i32.const 1000000
    i32.add
    call $f)
  (elem (i32.const 0) $main $f)
  (data (i32.const 16) "hello")
  (@custom "note" "x"))

;; EXPECTED
;; $ trenail objdump --headers %
;; Sections (offsets of the contents):
;;   type       0x0000000a..0x00000010         6 bytes, count 1
;;   import     0x00000012..0x0000001b         9 bytes, count 1
;;   function   0x0000001d..0x0000001f         2 bytes, count 1
;;   table      0x00000021..0x00000025         4 bytes, count 1
;;   memory     0x00000027..0x0000002a         3 bytes, count 1
;;   global     0x0000002c..0x00000039        13 bytes, count 1
;;   export     0x0000003b..0x00000043         8 bytes, count 1
;;   elem       0x00000045..0x0000004d         8 bytes, count 1
;;   code       0x0000004f..0x00000060        17 bytes, count 1
;;   data       0x00000062..0x0000006d        11 bytes, count 1
;;   custom     0x00000074..0x00000075         1 bytes "note"
;;   custom     0x0000007c..0x00000096        26 bytes "name"
;; $ trenail objdump -x %
;; Types:
;;   type[0] (func (param i32) (result i64))
;; Imports:
;;   import[0] "env" "f" -> func[0] $f (type 0) (param i32) (result i64)
;; Functions:
;;   func[1] $main (type 0) (param i32) (result i64), 15 bytes at 0x000051
;; Tables:
;;   table[0] 2.. funcref
;; Memories:
;;   memory[0] 1..
;; Globals:
;;   global[0] $g mut f64 = f64.const 1.5
;; Exports:
;;   export[0] "main" -> func[1] $main
;; Elements:
;;   elem[0] active table[0] at i32.const 0 (ref func), count 2
;; Data:
;;   data[0] active memory[0] at i32.const 16, 5 bytes at 0x000068
;; $ trenail objdump -d %
;;
;; func[1] $main (type 0) (param i32) (result i64):
;;  000051: 02 02 7f 01 7d             | locals 1..2: i32 3: f32
;;  000056: 20 00                      |   local.get $n
;;  000058: 41 c0 84 3d                |   i32.const 1000000
;;  00005c: 6a                         |   i32.add
;;  00005d: 10 00                      |   call $f
;;  00005f: 0b                         | end
