;; Yields once before it returns what the host gives.
(component
  (import "host" (func $host (param "x" u32) (result u32)))
  (core func $host' (canon lower (func $host)))
  (core func $return (canon task.return (result u32)))
  (core module $m
    (import "" "return" (func $return (param i32)))
    (import "" "host" (func $host (param i32) (result i32)))
    (global $x (mut i32) (i32.const 0))
    (func (export "later") (param i32) (result i32)
      (global.set $x (local.get 0)) (i32.const 1))
    (func (export "callback") (param i32 i32 i32) (result i32)
      (call $return (call $host (global.get $x))) (i32.const 0)))
  (core instance $i (instantiate $m (with "" (instance
    (export "return" (func $return)) (export "host" (func $host'))))))
  (func (export "later") async (param "x" u32) (result u32)
    (canon lift (core func $i "later") async (callback (core func $i "callback")))))
