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
