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
