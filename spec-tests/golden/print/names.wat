;; Names become identifiers; those that cannot be, annotations. Comments count items.
;; RUN: print %
;; RUN: print --no-names %
(module $"a module"
  (type $pair (struct (field $first i32) (field $second (mut i64))))
  (import "host" "log" (func $log (param $code i32)))
  (global $g (mut i32) (i32.const -1))
  (func $dup (param $x i32) (param i32 i64) (result i32)
    (local $y f32) (local f32 f32)
    block $out (result i32)
      loop $again
        local.get $x
        br_if $again
        local.get 1
        br $out
      end
      i32.const 1
    end)
  (func $"dup\20licate" (@name "dup"))
  (func (export "tab\09 \"quoted\" \u{7f}\u{202e}λ"))
)

;; EXPECTED
;; $ trenail print %
;; (module $"a module"
;;   (type $pair (;0;) (struct (field $first i32) (field $second (mut i64))))
;;   (type (;1;) (func (param i32)))
;;   (type (;2;) (func (param i32 i32 i64) (result i32)))
;;   (type (;3;) (func))
;;   (import "host" "log" (func $log (;0;) (type 1) (param $code i32)))
;;   (global $g (;0;) (mut i32) (i32.const -1))
;;   (export "tab\t \"quoted\" \7f\e2\80\aeλ" (func 3))
;;   (func $dup (;1;) (type 2) (param $x i32) (param i32 i64) (result i32)
;;     (local $y f32)
;;     (local f32 f32)
;;     block $out (result i32)
;;       loop $again
;;         local.get $x
;;         br_if $again
;;         local.get 1
;;         br $out
;;       end
;;       i32.const 1
;;     end
;;   )
;;   (func (@name "dup") (;2;) (type 3)
;;   )
;;   (func (;3;) (type 3)
;;   )
;; )
;; $ trenail print --no-names %
;; (module
;;   (type (;0;) (struct (field i32) (field (mut i64))))
;;   (type (;1;) (func (param i32)))
;;   (type (;2;) (func (param i32 i32 i64) (result i32)))
;;   (type (;3;) (func))
;;   (import "host" "log" (func (;0;) (type 1) (param i32)))
;;   (global (;0;) (mut i32) (i32.const -1))
;;   (export "tab\t \"quoted\" \7f\e2\80\aeλ" (func 3))
;;   (func (;1;) (type 2) (param i32 i32 i64) (result i32)
;;     (local f32 f32 f32)
;;     block (result i32)
;;       loop
;;         local.get 0
;;         br_if 0
;;         local.get 1
;;         br 1
;;       end
;;       i32.const 1
;;     end
;;   )
;;   (func (;2;) (type 3)
;;   )
;;   (func (;3;) (type 3)
;;   )
;;   (@custom "name" (after code) "\00\t\08a module\01\10\03\00\03log\01\03dup\02\03dup\02\11\02\00\01\00\04code\01\02\00\01x\03\01y\03\0f\01\01\02\00\03out\01\05again\04\07\01\00\04pair\07\04\01\00\01g\n\12\01\00\02\00\05first\01\06second")
;; )
