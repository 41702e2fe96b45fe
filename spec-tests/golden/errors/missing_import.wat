;; RUN: run %
(module
  (import "env" "does_not_exist" (func))
  (func (export "_start")))

;; EXPECTED
;; $ trenail run %
;; ! error: missing_import.wat: cannot link: unknown import "env" "does_not_exist": the module needs func, nothing of that name is provided
;; [exit 1]
