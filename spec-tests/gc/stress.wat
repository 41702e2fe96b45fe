;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Allocates much and keeps little: (run MEGABYTES) allocates that many in total, with about ten
;; megabytes alive at any time. What is alive is 16,384 nodes in a table, each the head of a short
;; list with an array in it; a node is replaced at random, so that objects of all ages and sizes die
;; everywhere. Before a node goes, its list is read and compared with what was written: an object
;; that was freed too early or handed out twice is found.

(module $stress
  (type $bytes (array (mut i8)))
  (type $words (array (mut i64)))
  (rec
    (type $node (struct
      (field $stamp (mut i32))
      (field $length i32)
      (field $next (mut (ref null $node)))
      (field $data (mut eqref)))))

  (table $live 16384 (ref null $node))
  (global $random (mut i64) (i64.const 88172645463325252))
  (global $allocated (mut i64) (i64.const 0))
  (global $stamp (mut i32) (i32.const 0))
  (global $damaged (mut i32) (i32.const 0))

  ;; Marsaglia's xorshift.
  (func $next_random (result i32)
    (local $x i64)
    (local.set $x (global.get $random))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
    (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 17))))
    (global.set $random (local.get $x))
    (i32.wrap_i64 (i64.shr_u (local.get $x) (i64.const 20))))

  (func $count (param $bytes i32)
    (global.set $allocated (i64.add (global.get $allocated) (i64.extend_i32_u (local.get $bytes)))))

  ;; An array filled with the stamp: of bytes, of words, or, rarely, a large one; sometimes only an i31.
  (func $new_data (param $stamp i32) (result eqref)
    (local $kind i32) (local $length i32)
    (local.set $kind (i32.and (call $next_random) (i32.const 31)))
    (if (i32.eqz (i32.and (local.get $kind) (i32.const 7)))
      (then (return (ref.i31 (local.get $stamp)))))
    (local.set $length (i32.and (call $next_random) (i32.const 1023)))
    (if (i32.and (local.get $kind) (i32.const 1))
      (then
        (call $count (i32.add (local.get $length) (i32.const 8)))
        (return (array.new $bytes (local.get $stamp) (local.get $length)))))
    ;; One in 4,096 is a hundred kilobytes.
    (if (i32.eqz (i32.and (call $next_random) (i32.const 4095)))
      (then (local.set $length (i32.const 12800)))
      (else (local.set $length (i32.shr_u (local.get $length) (i32.const 3)))))
    (call $count (i32.add (i32.shl (local.get $length) (i32.const 3)) (i32.const 8)))
    (array.new $words (i64.extend_i32_u (local.get $stamp)) (local.get $length)))

  (func $new_list (param $stamp i32) (result (ref $node))
    (local $left i32) (local $list (ref null $node))
    (local.set $left (i32.add (i32.and (call $next_random) (i32.const 3)) (i32.const 1)))
    (loop $more
      (call $count (i32.const 32))
      (local.set $list
        (struct.new $node (local.get $stamp) (local.get $left) (local.get $list) (ref.null eq)))
      (if (i32.eqz (i32.and (local.get $left) (i32.const 1)))
        (then (struct.set $node $data (local.get $list) (call $new_data (local.get $stamp)))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $more (local.get $left)))
    (ref.as_non_null (local.get $list)))

  ;; 1 if the data is what $new_data wrote.
  (func $intact (param $data eqref) (param $stamp i32) (result i32)
    (local $bytes (ref null $bytes)) (local $words (ref null $words)) (local $length i32)
    (if (ref.is_null (local.get $data)) (then (return (i32.const 1))))
    (if (ref.test (ref i31) (local.get $data))
      (then (return (i32.eq (i31.get_u (ref.cast (ref i31) (local.get $data)))
                            (i32.and (local.get $stamp) (i32.const 0x7fffffff))))))
    (if (ref.test (ref $bytes) (local.get $data))
      (then
        (local.set $bytes (ref.cast (ref $bytes) (local.get $data)))
        (local.set $length (array.len (local.get $bytes)))
        (if (i32.eqz (local.get $length)) (then (return (i32.const 1))))
        (return (i32.and
          (i32.eq (array.get_u $bytes (local.get $bytes) (i32.const 0))
                  (i32.and (local.get $stamp) (i32.const 255)))
          (i32.eq (array.get_u $bytes (local.get $bytes)
                               (i32.sub (local.get $length) (i32.const 1)))
                  (i32.and (local.get $stamp) (i32.const 255)))))))
    (local.set $words (ref.cast (ref $words) (local.get $data)))
    (local.set $length (array.len (local.get $words)))
    (if (i32.eqz (local.get $length)) (then (return (i32.const 1))))
    (i32.and
      (i64.eq (array.get $words (local.get $words) (i32.const 0))
              (i64.extend_i32_u (local.get $stamp)))
      (i64.eq (array.get $words (local.get $words) (i32.sub (local.get $length) (i32.const 1)))
              (i64.extend_i32_u (local.get $stamp)))))

  (func $check (param $list (ref null $node))
    (local $stamp i32) (local $length i32)
    (if (ref.is_null (local.get $list)) (then (return)))
    (local.set $stamp (struct.get $node $stamp (local.get $list)))
    (loop $more
      (local.set $length (i32.add (local.get $length) (i32.const 1)))
      (if (i32.or
            (i32.or (i32.ne (struct.get $node $stamp (local.get $list)) (local.get $stamp))
                    (i32.ne (struct.get $node $length (local.get $list)) (local.get $length)))
            (i32.eqz (call $intact (struct.get $node $data (local.get $list)) (local.get $stamp))))
        (then (global.set $damaged (i32.add (global.get $damaged) (i32.const 1)))
              (return)))
      (local.set $list (struct.get $node $next (local.get $list)))
      (br_if $more (i32.eqz (ref.is_null (local.get $list))))))

  ;; The number of damaged objects that were found, or -1 if nothing was allocated.
  (func (export "run") (param $megabytes i32) (result i32)
    (local $goal i64) (local $slot i32)
    (local.set $goal (i64.shl (i64.extend_i32_u (local.get $megabytes)) (i64.const 20)))
    (loop $more
      (local.set $slot (i32.and (call $next_random) (i32.const 16383)))
      (call $check (table.get $live (local.get $slot)))
      (global.set $stamp (i32.add (global.get $stamp) (i32.const 1)))
      (table.set $live (local.get $slot) (call $new_list (global.get $stamp)))
      (br_if $more (i64.lt_u (global.get $allocated) (local.get $goal))))
    (local.set $slot (i32.const 0))
    (loop $rest
      (call $check (table.get $live (local.get $slot)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 1)))
      (br_if $rest (i32.lt_u (local.get $slot) (i32.const 16384))))
    (select (global.get $damaged) (i32.const -1) (global.get $stamp))))
