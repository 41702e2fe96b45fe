;; RUN: run %
(module
  (import "env" "does_not_exist" (func))
  (func (export "_start")))
