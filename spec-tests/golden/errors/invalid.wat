;; RUN: validate %
(module
  (func $callee (param i64))
  (func $caller (param i32)
    local.get 0
    call $callee))

;; EXPECTED
;; $ trenail validate %
;; ! error: invalid.wat: invalid: type mismatch: instruction requires [i64] but stack has [i32] (at byte 0x22, in function 1 "caller")
;; [exit 1]
