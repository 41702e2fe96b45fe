;; RUN: validate %
;; RUN: run %
;; RUN: run --invoke 'add(1)' %
;; RUN: run --invoke 'add(1, true)' %
;; RUN: run --invoke 'divide(1, 0)' %
;; RUN: run --invoke 'sub(1, 2)' %
;; RUN: run --invoke 'math.add(1, 2)' %
;; What is said of a component that does not run by itself.
(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $quotient (export "div") (param i32 i32) (result i32)
      (i32.div_u (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func $div (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "div")))
  (instance $math (export "add" (func $add)) (export "divide" (func $div)))
  (export "demo:kit/math@0.1.0" (instance $math)))

;; EXPECTED
;; $ trenail validate %
;; $ trenail run %
;; ! error: component.wat: there is no wasi:cli/run to run; --invoke 'add(…)' calls one of
;; !   demo:kit/math@0.1.0.add(a: u32, b: u32) -> u32
;; !   demo:kit/math@0.1.0.divide(a: u32, b: u32) -> u32
;; [exit 2]
;; $ trenail run --invoke 'add(1)' %
;; ! error: component.wat: --invoke: expected an argument for the parameter b, got `)`
;; !   add(1)
;; !        ^
;; ! it is demo:kit/math@0.1.0.add(a: u32, b: u32) -> u32
;; [exit 2]
;; $ trenail run --invoke 'add(1, true)' %
;; ! error: component.wat: --invoke: expected an integer of type u32, got `true`
;; !   add(1, true)
;; !          ^
;; ! it is demo:kit/math@0.1.0.add(a: u32, b: u32) -> u32
;; [exit 2]
;; $ trenail run --invoke 'divide(1, 0)' %
;; ! error: component.wat: trap: integer divide by zero
;; !   at quotient (m, function 1, byte 0x36)
;; [exit 134]
;; $ trenail run --invoke 'sub(1, 2)' %
;; ! error: component.wat: no exported function is called "sub"; there are:
;; !   demo:kit/math@0.1.0.add(a: u32, b: u32) -> u32
;; !   demo:kit/math@0.1.0.divide(a: u32, b: u32) -> u32
;; [exit 2]
;; $ trenail run --invoke 'math.add(1, 2)' %
;; 3
