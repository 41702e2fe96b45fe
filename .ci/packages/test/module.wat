(module
  (import "host" "double" (func $double (param i32) (result i32)))
  (func (export "twice_and_one") (param i32) (result i32)
    (i32.add (call $double (local.get 0)) (i32.const 1))))
