;; RUN: validate %
;; RUN: print %
(module
  (func $f
    i32.const 1
    i32.ad))
