;; Every field of a module, and an instruction of every shape of immediate.
;; RUN: print %
;; RUN: print --skeleton %
(module
  (rec (type $node (sub (struct (field $next (ref null $node)))))
       (type $leaf (sub final $node (struct (field (ref null $node)) (field $v (mut i8))))))
  (type $bytes (array (mut i8)))
  (type $refs (array (mut funcref)))
  (type $f (func (param i32) (result i32)))
  (import "m" "t" (table $t0 1 10 funcref))
  (import "m" "e" (tag $e (param i32)))
  (table $t1 i64 2 (ref $f) (ref.func $id))
  (memory $a 1 2)
  (memory $b i64 1 4 shared)
  (memory $c 1 (pagesize 1))
  (tag $mine)
  (global $sum i32 (i32.add (i32.const 40) (i32.const 2)))
  (export "id" (func $id))
  (start $nothing)
  (elem $passive func $id $id)
  (elem (i32.const 0) $id)
  (elem (table $t1) (i64.const 1) (ref $f) (ref.func $id))
  (elem $declared declare func $nothing)
  (data $d "bytes \00\ff\"")
  (data (memory $b) (i64.const 8) "x")
  (func $id (type $f) local.get 0)
  (func $nothing)
  (func $shapes (param $x i32) (param $s (ref null $leaf)) (result i32)
    (local $v v128)
    i32.const 0 i32.load offset=4 align=1 drop
    i64.const 0 i64.load8_u $b drop
    i32.const 0 local.get $v v128.load16_lane $c align=1 3 local.set $v
    local.get $v local.get $v i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 local.set $v
    i32.const 0 i32.const 0 i32.const 0 memory.copy
    i32.const 0 i64.const 0 i32.const 0 memory.copy $a $b
    i64.const 0 i32.const 0 i32.const 0 memory.init $b $d
    i32.const 0 i32.const 0 i32.const 0 table.init $t0 $passive
    i64.const 0 i32.const 0 i32.const 0 table.copy $t1 $t0
    data.drop $d elem.drop $passive
    memory.size $c drop
    atomic.fence
    i64.const 0 i32.const 1 i32.atomic.rmw.add $b drop
    local.get $s struct.get_u $leaf $v drop
    i32.const 1 i32.const 2 array.new_fixed $bytes 2 drop
    i32.const 0 i32.const 0 array.new_data $bytes $d drop
    i32.const 0 i32.const 0 array.new_elem $refs $passive drop
    local.get $s ref.test (ref $leaf) drop
    local.get $s ref.cast (ref null $node) drop
    ref.null func ref.func $id ref.null $node drop drop drop
    local.get $x local.get $x i32.const 0 select (result i32) drop
    block $l (result (ref null $leaf))
      local.get $s
      br_on_cast $l (ref null $node) (ref null $leaf)
      drop
      local.get $s
    end
    drop
    block $handler (result i32 exnref)
      block $all
        try_table $body (result i32) (catch_ref $e $handler) (catch_all $all)
          i32.const 1
          throw $e
        end
        return
      end
      i32.const 7
      return
    end
    drop
    if $then (result i32)
      i32.const 1
    else
      i32.const 2
    end
    block block
      local.get $x
      br_table 0 1 0
    end end
    i32.const 0
    call_indirect $t0 (type $f)
    return_call $id)
  (@custom "note" (after type) "one")
  (@custom "note" "two")
)

;; EXPECTED
;; $ trenail print %
;; (module
;;   (rec
;;     (type $node (;0;) (sub (struct (field $next (ref null $node)))))
;;     (type $leaf (;1;) (sub final $node (struct (field (ref null $node)) (field $v (mut i8)))))
;;   )
;;   (type $bytes (;2;) (array (mut i8)))
;;   (type $refs (;3;) (array (mut funcref)))
;;   (type $f (;4;) (func (param i32) (result i32)))
;;   (type (;5;) (func (param i32)))
;;   (type (;6;) (func))
;;   (type (;7;) (func (param i32 (ref null $leaf)) (result i32)))
;;   (type (;8;) (func (result i32 exnref)))
;;   (import "m" "t" (table $t0 (;0;) 1 10 funcref))
;;   (import "m" "e" (tag $e (;0;) (type 5) (param i32)))
;;   (table $t1 (;1;) i64 2 (ref $f) (ref.func $id))
;;   (memory $a (;0;) 1 2)
;;   (memory $b (;1;) i64 1 4 shared)
;;   (memory $c (;2;) 1 (pagesize 1))
;;   (tag $mine (;1;) (type 6))
;;   (global $sum (;0;) i32 i32.const 40 i32.const 2 i32.add)
;;   (export "id" (func $id))
;;   (start $nothing)
;;   (elem $passive (;0;) func $id $id)
;;   (elem (;1;) (i32.const 0) func $id)
;;   (elem (;2;) (table $t1) (i64.const 1) (ref $f) (ref.func $id))
;;   (elem $declared (;3;) declare func $nothing)
;;   (func $id (;0;) (type $f) (param i32) (result i32)
;;     local.get 0
;;   )
;;   (func $nothing (;1;) (type 6)
;;   )
;;   (func $shapes (;2;) (type 7) (param $x i32) (param $s (ref null $leaf)) (result i32)
;;     (local $v v128)
;;     i32.const 0
;;     i32.load offset=4 align=1
;;     drop
;;     i64.const 0
;;     i64.load8_u $b
;;     drop
;;     i32.const 0
;;     local.get $v
;;     v128.load16_lane $c align=1 3
;;     local.set $v
;;     local.get $v
;;     local.get $v
;;     i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
;;     local.set $v
;;     i32.const 0
;;     i32.const 0
;;     i32.const 0
;;     memory.copy
;;     i32.const 0
;;     i64.const 0
;;     i32.const 0
;;     memory.copy $a $b
;;     i64.const 0
;;     i32.const 0
;;     i32.const 0
;;     memory.init $b $d
;;     i32.const 0
;;     i32.const 0
;;     i32.const 0
;;     table.init $passive
;;     i64.const 0
;;     i32.const 0
;;     i32.const 0
;;     table.copy $t1 $t0
;;     data.drop $d
;;     elem.drop $passive
;;     memory.size $c
;;     drop
;;     atomic.fence
;;     i64.const 0
;;     i32.const 1
;;     i32.atomic.rmw.add $b
;;     drop
;;     local.get $s
;;     struct.get_u $leaf $v
;;     drop
;;     i32.const 1
;;     i32.const 2
;;     array.new_fixed $bytes 2
;;     drop
;;     i32.const 0
;;     i32.const 0
;;     array.new_data $bytes $d
;;     drop
;;     i32.const 0
;;     i32.const 0
;;     array.new_elem $refs $passive
;;     drop
;;     local.get $s
;;     ref.test (ref $leaf)
;;     drop
;;     local.get $s
;;     ref.cast (ref null $node)
;;     drop
;;     ref.null func
;;     ref.func $id
;;     ref.null $node
;;     drop
;;     drop
;;     drop
;;     local.get $x
;;     local.get $x
;;     i32.const 0
;;     select (result i32)
;;     drop
;;     block $l (result (ref null $leaf))
;;       local.get $s
;;       br_on_cast $l (ref null $node) (ref null $leaf)
;;       drop
;;       local.get $s
;;     end
;;     drop
;;     block $handler (type 8) (result i32 exnref)
;;       block $all
;;         try_table $body (result i32) (catch_ref $e $handler) (catch_all $all)
;;           i32.const 1
;;           throw $e
;;         end
;;         return
;;       end
;;       i32.const 7
;;       return
;;     end
;;     drop
;;     if $then (result i32)
;;       i32.const 1
;;     else
;;       i32.const 2
;;     end
;;     block
;;       block
;;         local.get $x
;;         br_table 0 1 0
;;       end
;;     end
;;     i32.const 0
;;     call_indirect (type $f)
;;     return_call $id
;;   )
;;   (data $d (;0;) "bytes \00\ff\"")
;;   (data (;1;) (memory $b) (i64.const 8) "x")
;;   (@custom "note" (after type) "one")
;;   (@custom "note" (after data) "two")
;; )
;; $ trenail print --skeleton %
;; (module
;;   (rec
;;     (type $node (;0;) (sub (struct (field $next (ref null $node)))))
;;     (type $leaf (;1;) (sub final $node (struct (field (ref null $node)) (field $v (mut i8)))))
;;   )
;;   (type $bytes (;2;) (array (mut i8)))
;;   (type $refs (;3;) (array (mut funcref)))
;;   (type $f (;4;) (func (param i32) (result i32)))
;;   (type (;5;) (func (param i32)))
;;   (type (;6;) (func))
;;   (type (;7;) (func (param i32 (ref null $leaf)) (result i32)))
;;   (type (;8;) (func (result i32 exnref)))
;;   (import "m" "t" (table $t0 (;0;) 1 10 funcref))
;;   (import "m" "e" (tag $e (;0;) (type 5) (param i32)))
;;   (table $t1 (;1;) i64 2 (ref $f) (ref.func $id))
;;   (memory $a (;0;) 1 2)
;;   (memory $b (;1;) i64 1 4 shared)
;;   (memory $c (;2;) 1 (pagesize 1))
;;   (tag $mine (;1;) (type 6))
;;   (global $sum (;0;) i32 i32.const 40 i32.const 2 i32.add)
;;   (export "id" (func $id))
;;   (start $nothing)
;;   (elem $passive (;0;) func (; … ;))
;;   (elem (;1;) (i32.const 0) func (; … ;))
;;   (elem (;2;) (table $t1) (i64.const 1) (ref $f) (; … ;))
;;   (elem $declared (;3;) declare func (; … ;))
;;   (func $id (;0;) (type $f) (param i32) (result i32))
;;   (func $nothing (;1;) (type 6))
;;   (func $shapes (;2;) (type 7) (param $x i32) (param $s (ref null $leaf)) (result i32))
;;   (data $d (;0;) (; … ;))
;;   (data (;1;) (memory $b) (i64.const 8) (; … ;))
;;   (@custom "note" (after type) "")
;;   (@custom "note" (after data) "")
;; )
