;; watch.c as a component. @MODULE@ is the module that it compiles to. Its memory takes the results
;; of `parse`, which it needs to be instantiated: so a table stands between the two.
(component
  (import "cyber:system/log-parser" (instance $parser
    (type $t (record (field "timestamp" u64) (field "severity" string) (field "message" string)))
    (export "log-entry" (type $entry (eq $t)))
    (type $r (result $entry (error string)))
    (export "parse" (func (param "line" string) (result $r)))))
  @MODULE@
  (core module $shim
    (type $parse (func (param i32 i32 i32)))
    (table (export "table") 1 funcref)
    (func (export "parse") (type $parse)
      (call_indirect (type $parse) (local.get 0) (local.get 1) (local.get 2) (i32.const 0))))
  (core module $fill
    (type $parse (func (param i32 i32 i32)))
    (import "" "parse" (func $parse (type $parse)))
    (import "" "table" (table 1 funcref))
    (elem (i32.const 0) func $parse))
  (core instance $shim (instantiate $shim))
  (alias core export $shim "parse" (core func $shim-parse))
  (core instance $imports (export "parse" (func $shim-parse)))
  (core instance $i (instantiate $module
    (with "cyber:system/log-parser" (instance $imports))))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "cabi_realloc" (core func $realloc))
  (alias export $parser "parse" (func $parse))
  (core func $lowered (canon lower (func $parse) (memory $memory) (realloc $realloc)))
  (alias core export $shim "table" (core table $table))
  (core instance $late (export "parse" (func $lowered)) (export "table" (table $table)))
  (core instance (instantiate $fill (with "" (instance $late))))
  (alias core export $i "summary" (core func $summary))
  (alias core export $i "cabi_post_summary" (core func $post))
  (func $summary (param "line" string) (result string)
    (canon lift (core func $summary) (memory $memory) (realloc $realloc) (post-return $post)))
  (export "summary" (func $summary)))
