;; RUN: validate %
;; RUN: print %
(module
  (func $f
    i32.const 1
    i32.ad))

;; EXPECTED
;; $ trenail validate %
;; ! error: malformed.wat:6:5: unknown operator i32.ad
;; [exit 1]
;; $ trenail print %
;; ! error: malformed.wat:6:5: unknown operator i32.ad
;; [exit 1]
