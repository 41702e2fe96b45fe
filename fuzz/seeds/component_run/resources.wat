;; One component makes resources, another borrows, passes on and drops them.
(component
  (component $shop
    (core module $D (func (export "dtor") (param i32)))
    (core instance $d (instantiate $D))
    (type $R' (resource (rep i32) (dtor (core func $d "dtor"))))
    (export $R "r" (type $R'))
    (core func $new (canon resource.new $R'))
    (core func $rep (canon resource.rep $R'))
    (core func $drop (canon resource.drop $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0))
      (func (export "take") (param i32) (result i32)
        (call $rep (local.get 0)) (call $drop (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance
      (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (func (export "make") (param "x" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "look") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "look")))
    (func (export "take") (param "r" (own $R)) (result u32) (canon lift (core func $m "take"))))
  (instance $shop (instantiate $shop))
  (component $buyer
    (import "shop" (instance $shop
      (export "r" (type $R (sub resource)))
      (export "make" (func (param "x" u32) (result (own $R))))
      (export "look" (func (param "r" (borrow $R)) (result u32)))
      (export "take" (func (param "r" (own $R)) (result u32)))))
    (core func $make (canon lower (func $shop "make")))
    (core func $look (canon lower (func $shop "look")))
    (core func $take (canon lower (func $shop "take")))
    (core module $M
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "take" (func $take (param i32) (result i32)))
      (func (export "buy") (param i32) (result i32)
        (local $r i32)
        (local.set $r (call $make (local.get 0)))
        (i32.add (call $look (local.get $r)) (call $take (local.get $r)))))
    (core instance $m (instantiate $M (with "" (instance
      (export "make" (func $make)) (export "look" (func $look)) (export "take" (func $take))))))
    (func (export "buy") (param "x" u32) (result u32) (canon lift (core func $m "buy"))))
  (instance $buyer (instantiate $buyer (with "shop" (instance $shop))))
  (export "buy" (func $buyer "buy")))
