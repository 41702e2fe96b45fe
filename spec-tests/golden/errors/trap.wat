;; RUN: run %
;; RUN: run --invoke 'divide(7, 2)' %
;; RUN: run --invoke 'divide(7, 0)' %
;; RUN: run --invoke 'nothing()' %
(module
  (memory 1)
  (func $divide (export "divide") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s)
  (func $poke (param i32)
    local.get 0
    i32.const 1
    i32.store)
  (func $_start (export "_start")
    i32.const 65536
    call $poke))
