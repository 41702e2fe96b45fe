;; Structs, arrays, casts and packed fields.
(module
  (rec (type $list (struct (field $head (mut i8)) (field $tail (mut (ref null $list))))))
  (type $bytes (array (mut i8)))
  (data $d "trenail")
  (func (export "length") (result i32) (local $l (ref null $list)) (local $n i32)
    (local.set $l (struct.new $list (i32.const 1) (struct.new $list (i32.const 2) (ref.null $list))))
    (loop $next
      (if (i32.eqz (ref.is_null (local.get $l)))
        (then
          (local.set $n (i32.add (local.get $n) (struct.get_s $list $head (local.get $l))))
          (local.set $l (struct.get $list $tail (local.get $l)))
          (br $next))))
    (local.get $n))
  (func (export "bytes") (result i32)
    (array.get_u $bytes (array.new_data $bytes $d (i32.const 1) (i32.const 4)) (i32.const 2)))
  (func (export "cast") (param i32) (result i32)
    (block $no (result anyref)
      (br_on_cast_fail $no anyref (ref i31) (select (result anyref) (ref.i31 (local.get 0)) (ref.null any) (local.get 0)))
      (return (i31.get_s)))
    (ref.is_null)))
