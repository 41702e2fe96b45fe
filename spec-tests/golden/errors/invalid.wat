;; RUN: validate %
(module
  (func $callee (param i64))
  (func $caller (param i32)
    local.get 0
    call $callee))
