;; Adds, and waits a millisecond by WASI.
(component
  (import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock
    (export "wait-for" (func async (param "how-long" u64)))))
  (core func $wait (canon lower (func $clock "wait-for")))
  (core module $code
    (import "host" "wait" (func $wait (param i64)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "nap") (result i32) (call $wait (i64.const 1_000_000)) (i32.const 7)))
  (core instance $code (instantiate $code
    (with "host" (instance (export "wait" (func $wait))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $code "add")))
  (func (export "nap") async (result u32) (canon lift (core func $code "nap"))))
