;; log_parser.c as a component. @MODULE@ is the module that it compiles to.
(component
  @MODULE@
  (core instance $i (instantiate $module))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "cabi_realloc" (core func $realloc))
  (alias core export $i "cyber:system/log-parser#parse" (core func $parse))
  (alias core export $i "cabi_post_cyber:system/log-parser#parse" (core func $post))
  (type $log-entry (record
    (field "timestamp" u64) (field "severity" string) (field "message" string)))
  (type $result (result $log-entry (error string)))
  (func $parse (param "line" string) (result $result)
    (canon lift (core func $parse) (memory $memory) (realloc $realloc) (post-return $post)))
  ;; An instance with a named type in it is what a component exports.
  (component $interface
    (type $t (record (field "timestamp" u64) (field "severity" string) (field "message" string)))
    (import "log-entry" (type $entry (eq $t)))
    (type $r (result $entry (error string)))
    (import "parse" (func $parse (param "line" string) (result $r)))
    (export $out "log-entry" (type $entry))
    (type $r-out (result $out (error string)))
    (export "parse" (func $parse) (func (param "line" string) (result $r-out))))
  (instance $out (instantiate $interface
    (with "log-entry" (type $log-entry)) (with "parse" (func $parse))))
  (export "cyber:system/log-parser" (instance $out)))
