;; RUN: objdump %
;; RUN: objdump --headers %
;; What lies where in a component and in the core modules in it.
(component $shop
  (import "shop:kit/types@1.0.0" (instance $types
    (export "item" (type $item (sub resource)))
    (export "price" (func (param "self" (borrow $item)) (result u64)))))
  (alias export $types "item" (type $item))
  (import "log" (func $log (param "text" string)))
  (type $order (record (field "items" (list (own $item))) (field "note" (option string))))
  (type (variant (case "none") (case "one" u8) (case "many" (list u8))))
  (type (flags "a" "b"))
  (type (enum "x" "y"))
  (type (result (tuple u8 char) (error string)))
  (core module $memory (memory (export "memory") 1))
  (core instance $mem (instantiate $memory))
  (core func $log' (canon lower (func $log) (memory (core memory $mem "memory"))
    string-encoding=utf16))
  (core func $drop (canon resource.drop $item))
  (core module $main
    (import "host" "log" (func (param i32 i32)))
    (import "host" "drop" (func (param i32)))
    (func (export "run") (param i32 f32) (result i32) (local.get 0)))
  (core instance $main (instantiate $main
    (with "host" (instance (export "log" (func $log')) (export "drop" (func $drop))))))
  (func $run (param "a" s32) (param "b" f32) (result bool) (canon lift (core func $main "run")))
  (component $inner
    (import "f" (func $f (param "a" s32) (param "b" f32) (result bool)))
    (export "g" (func $f)))
  (instance $wrapped (instantiate $inner (with "f" (func $run))))
  (export "run" (func $run))
  (export "shop:kit/wrapped@1.0.0" (instance $wrapped)))

;; EXPECTED
;; $ trenail objdump %
;; Sections (offsets of the contents):
;;   type          0x0000000a..0x0000002e        36 bytes, count 1
;;     0x0000000b type[0] instance, 4 declarators
;;       0x0000000d type[0] export "item" (type sub resource)
;;       0x00000016 type[1] (borrow type[0])
;;       0x00000019 type[2] (func (param "self" type[1]) (result u64))
;;       0x00000024 func[0] export "price" (func type[2])
;;   import        0x00000030..0x00000049        25 bytes, count 1
;;     0x00000031 instance[0] $types import "shop:kit/types@1.0.0" (instance type[0])
;;   alias         0x0000004b..0x00000054         9 bytes, count 1
;;     0x0000004c type[1] $item alias export instance[0] "item"
;;   type          0x00000056..0x00000061        11 bytes, count 1
;;     0x00000057 type[2] (func (param "text" string))
;;   import        0x00000063..0x0000006b         8 bytes, count 1
;;     0x00000064 func[0] $log import "log" (func type[2])
;;   type          0x0000006d..0x000000b2        69 bytes, count 10
;;     0x0000006e type[3] (own type[1])
;;     0x00000070 type[4] (list type[3])
;;     0x00000072 type[5] (option string)
;;     0x00000074 type[6] $order (record (field "items" type[4]) (field "note" type[5]))
;;     0x00000083 type[7] (list u8)
;;     0x00000085 type[8] (variant (case "none") (case "one" u8) (case "many" type[7]))
;;     0x0000009d type[9] (flags "a" "b")
;;     0x000000a3 type[10] (enum "x" "y")
;;     0x000000a9 type[11] (tuple u8 char)
;;     0x000000ad type[12] (result type[11] (error string))
;;   core module   0x000000b4..0x000000dd        41 bytes
;;     0x000000b4 core module[0] $memory 41 bytes
;;   core instance 0x000000df..0x000000e3         4 bytes, count 1
;;     0x000000e0 core instance[0] $mem instantiate core module[0]
;;   alias         0x000000e5..0x000000f1        12 bytes, count 1
;;     0x000000e6 core memory[0] alias export core instance[0] "memory"
;;   canon         0x000000f3..0x000000fd        10 bytes, count 2
;;     0x000000f4 core func[0] $log' canon lower func[0] memory core memory[0] string-encoding=utf16
;;     0x000000fb core func[1] $drop canon resource.drop type[1]
;;   core module   0x000000ff..0x00000156        87 bytes
;;     0x000000ff core module[1] $main 87 bytes
;;   core instance 0x00000158..0x00000172        26 bytes, count 2
;;     0x00000159 core instance[1] (export "log" core func[0]) (export "drop" core func[1])
;;     0x00000168 core instance[2] $main instantiate core module[1] (with "host" core instance[1])
;;   type          0x00000174..0x0000017f        11 bytes, count 1
;;     0x00000175 type[13] (func (param "a" s32) (param "b" f32) (result bool))
;;   alias         0x00000181..0x0000018a         9 bytes, count 1
;;     0x00000182 core func[2] alias export core instance[2] "run"
;;   canon         0x0000018c..0x00000192         6 bytes, count 1
;;     0x0000018d func[1] $run canon lift core func[2] type[13]
;;   component     0x00000194..0x000001da        70 bytes
;;     0x00000194 component[0] $inner, 4 definitions
;;       type          0x0000019e..0x000001a9        11 bytes, count 1
;;         0x0000019f type[0] (func (param "a" s32) (param "b" f32) (result bool))
;;       import        0x000001ab..0x000001b1         6 bytes, count 1
;;         0x000001ac func[0] $f import "f" (func type[0])
;;       export        0x000001b3..0x000001ba         7 bytes, count 1
;;         0x000001b4 func[1] export "g" func[0]
;;       custom        0x000001bc..0x000001da        30 bytes
;;         0x000001bc custom "component-name", 15 bytes
;;   instance      0x000001dc..0x000001e4         8 bytes, count 1
;;     0x000001dd instance[1] $wrapped instantiate component[0] (with "f" func[1])
;;   export        0x000001e6..0x0000020a        36 bytes, count 2
;;     0x000001e7 func[2] export "run" func[1]
;;     0x000001ef instance[2] export "shop:kit/wrapped@1.0.0" instance[1]
;;   custom        0x0000020d..0x00000295       136 bytes
;;     0x0000020d custom "component-name", 121 bytes
;;
;; Core module 0 (at byte 0xb4, from where its offsets count):
;; Sections (offsets of the contents):
;;   memory     0x0000000a..0x0000000d         3 bytes, count 1
;;   export     0x0000000f..0x00000019        10 bytes, count 1
;;   custom     0x00000020..0x00000029         9 bytes "name"
;; Memories:
;;   memory[0] 1..
;; Exports:
;;   export[0] "memory" -> memory[0]
;;
;; Core module 1 (at byte 0xff, from where its offsets count):
;; Sections (offsets of the contents):
;;   type       0x0000000a..0x0000001a        16 bytes, count 3
;;   import     0x0000001c..0x00000034        24 bytes, count 2
;;   function   0x00000036..0x00000038         2 bytes, count 1
;;   export     0x0000003a..0x00000041         7 bytes, count 1
;;   code       0x00000043..0x00000049         6 bytes, count 1
;;   custom     0x00000050..0x00000057         7 bytes "name"
;; Types:
;;   type[0] (func (param i32 i32))
;;   type[1] (func (param i32))
;;   type[2] (func (param i32 f32) (result i32))
;; Imports:
;;   import[0] "host" "log" -> func[0] (type 0) (param i32 i32)
;;   import[1] "host" "drop" -> func[1] (type 1) (param i32)
;; Functions:
;;   func[2] (type 2) (param i32 f32) (result i32), 4 bytes at 0x000045
;; Exports:
;;   export[0] "run" -> func[2]
;;
;; func[2] (type 2) (param i32 f32) (result i32):
;;  000045: 00                         | locals
;;  000046: 20 00                      |   local.get 0
;;  000048: 0b                         | end
;; $ trenail objdump --headers %
;; Sections (offsets of the contents):
;;   type          0x0000000a..0x0000002e        36 bytes, count 1
;;   import        0x00000030..0x00000049        25 bytes, count 1
;;   alias         0x0000004b..0x00000054         9 bytes, count 1
;;   type          0x00000056..0x00000061        11 bytes, count 1
;;   import        0x00000063..0x0000006b         8 bytes, count 1
;;   type          0x0000006d..0x000000b2        69 bytes, count 10
;;   core module   0x000000b4..0x000000dd        41 bytes
;;   core instance 0x000000df..0x000000e3         4 bytes, count 1
;;   alias         0x000000e5..0x000000f1        12 bytes, count 1
;;   canon         0x000000f3..0x000000fd        10 bytes, count 2
;;   core module   0x000000ff..0x00000156        87 bytes
;;   core instance 0x00000158..0x00000172        26 bytes, count 2
;;   type          0x00000174..0x0000017f        11 bytes, count 1
;;   alias         0x00000181..0x0000018a         9 bytes, count 1
;;   canon         0x0000018c..0x00000192         6 bytes, count 1
;;   component     0x00000194..0x000001da        70 bytes
;;     type          0x0000019e..0x000001a9        11 bytes, count 1
;;     import        0x000001ab..0x000001b1         6 bytes, count 1
;;     export        0x000001b3..0x000001ba         7 bytes, count 1
;;     custom        0x000001bc..0x000001da        30 bytes
;;   instance      0x000001dc..0x000001e4         8 bytes, count 1
;;   export        0x000001e6..0x0000020a        36 bytes, count 2
;;   custom        0x0000020d..0x00000295       136 bytes
;;
;; Core module 0 (at byte 0xb4, from where its offsets count):
;; Sections (offsets of the contents):
;;   memory     0x0000000a..0x0000000d         3 bytes, count 1
;;   export     0x0000000f..0x00000019        10 bytes, count 1
;;   custom     0x00000020..0x00000029         9 bytes "name"
;;
;; Core module 1 (at byte 0xff, from where its offsets count):
;; Sections (offsets of the contents):
;;   type       0x0000000a..0x0000001a        16 bytes, count 3
;;   import     0x0000001c..0x00000034        24 bytes, count 2
;;   function   0x00000036..0x00000038         2 bytes, count 1
;;   export     0x0000003a..0x00000041         7 bytes, count 1
;;   code       0x00000043..0x00000049         6 bytes, count 1
;;   custom     0x00000050..0x00000057         7 bytes "name"
