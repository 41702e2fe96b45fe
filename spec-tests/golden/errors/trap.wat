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

;; EXPECTED
;; $ trenail run %
;; ! error: trap.wat: trap: out of bounds memory access
;; !   at poke (function 1, byte 0x49)
;; !   at _start (function 2, byte 0x53)
;; [exit 134]
;; $ trenail run --invoke 'divide(7, 2)' %
;; 3
;; $ trenail run --invoke 'divide(7, 0)' %
;; ! error: trap.wat: trap: integer divide by zero
;; !   at divide (function 0, byte 0x41)
;; [exit 134]
;; $ trenail run --invoke 'nothing()' %
;; ! error: trap.wat: no exported function is called "nothing"; there are: divide _start
;; [exit 2]
