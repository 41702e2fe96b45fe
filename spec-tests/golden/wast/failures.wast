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

;; EXPECTED
;; $ trenail wast %
;; failures.wast:9: assert_return: expected (i32.const 2), got (i32.const 1)
;; failures.wast:10: assert_return: expected (f32.const 1), got (i32.const 1)
;; failures.wast:11: assert_return: expected (f32.const nan:canonical), got (f32.const nan:0x200000)
;; failures.wast:12: assert_return: expected nothing, got host error "no exported function "nope""
;; failures.wast:13: assert_trap: expected trap "unreachable", got success
;; failures.wast:14: assert_trap: expected trap "integer overflow", got trap "unreachable"
;; failures.wast:16: assert_invalid: expected invalid "unknown local", got invalid "type mismatch: instruction requires [i32] but stack has []" at byte 24
;; failures.wast:18: assert_invalid: expected invalid "type mismatch", got success
;; failures.wast:19: invoke: expected no failure, got trap "unreachable"
;; failures.wast:20: module: expected an instance, got unlinkable "unknown import "nowhere" "x": the module needs func, nothing of that name is provided"
;; failures.wast:21: assert_return: expected (i32.const 1), got host error "there is no current instance"
;; 5 passed, 11 failed, 0 skipped
;; [exit 1]
;; $ trenail wast --json %
;; {"files":[{"file":"failures.wast","passed":5,"failed":11,"skipped":0,"problems":[{"line":9,"ordinal":3,"command":"assert_return","status":"failed","message":"expected (i32.const 2), got (i32.const 1)"},{"line":10,"ordinal":4,"command":"assert_return","status":"failed","message":"expected (f32.const 1), got (i32.const 1)"},{"line":11,"ordinal":5,"command":"assert_return","status":"failed","message":"expected (f32.const nan:canonical), got (f32.const nan:0x200000)"},{"line":12,"ordinal":6,"command":"assert_return","status":"failed","message":"expected nothing, got host error \"no exported function \"nope\"\""},{"line":13,"ordinal":7,"command":"assert_trap","status":"failed","message":"expected trap \"unreachable\", got success"},{"line":14,"ordinal":8,"command":"assert_trap","status":"failed","message":"expected trap \"integer overflow\", got trap \"unreachable\""},{"line":16,"ordinal":10,"command":"assert_invalid","status":"failed","message":"expected invalid \"unknown local\", got invalid \"type mismatch: instruction requires [i32] but stack has []\" at byte 24"},{"line":18,"ordinal":12,"command":"assert_invalid","status":"failed","message":"expected invalid \"type mismatch\", got success"},{"line":19,"ordinal":13,"command":"invoke","status":"failed","message":"expected no failure, got trap \"unreachable\""},{"line":20,"ordinal":14,"command":"module","status":"failed","message":"expected an instance, got unlinkable \"unknown import \"nowhere\" \"x\": the module needs func, nothing of that name is provided\""},{"line":21,"ordinal":15,"command":"assert_return","status":"failed","message":"expected (i32.const 1), got host error \"there is no current instance\""}]}],"passed":5,"failed":11,"skipped":0}
;; [exit 1]
