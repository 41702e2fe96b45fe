;; What a failing script looks like.
;; RUN: wast %
;; RUN: wast --json %
(module $m
  (func (export "one") (result i32) (i32.const 1))
  (func (export "nan") (result f32) (f32.const nan:0x200000))
  (func (export "trap") (unreachable)))
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one") (f32.const 1))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_return (invoke "nope"))
(assert_trap (invoke "one") "unreachable")
(assert_trap (invoke "trap") "integer overflow")
(assert_trap (invoke "trap") "unreachable")
(assert_invalid (module (func (result i32))) "unknown local")
(assert_malformed (module quote "(func") "unexpected token")
(assert_invalid (module (func)) "type mismatch")
(invoke "trap")
(module (import "nowhere" "x" (func)))
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke $m "one") (i32.const 1))
