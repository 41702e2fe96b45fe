;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Loops over memory whose 32-bit addresses wrap, or run over the end: the compiler makes a copy of
;; such loops for the case that they do neither.

(module
  (memory 1)
  ;; Sums `n` words from `p` on, in steps of `step` bytes… of 4.
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  ;; The same up to an address that need not be met.
  (func (export "sum_to") (param $p i32) (param $end i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $p))))
      (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 8)))
                           (local.get $end))))
    (local.get $sum))
  ;; Adds a constant to two rows that may overlap.
  (func (export "add") (param $to i32) (param $from i32) (param $n i32)
    (loop $next
      (i32.store (local.get $to)
                 (i32.add (i32.load (local.get $from)) (i32.const 1)))
      (i32.store offset=4 (local.get $to)
                 (i32.add (i32.load offset=4 (local.get $from)) (i32.const 1)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 2))))))
  ;; Counts up to 0, with the array behind a constant.
  (func (export "fill") (param $value i32) (local $i i32)
    (local.set $i (i32.const -4000))
    (loop $next
      (i32.store (i32.add (local.get $i) (i32.const 5000)) (local.get $value))
      (br_if $next (local.tee $i (i32.add (local.get $i) (i32.const 4))))))
)
(invoke "fill" (i32.const 3))
(assert_return (invoke "sum" (i32.const 1000) (i32.const 1000)) (i32.const 3000))
(assert_return (invoke "sum" (i32.const 996) (i32.const 1002)) (i32.const 3000))
(assert_return (invoke "sum" (i32.const 0) (i32.const 16384)) (i32.const 3000))
(assert_trap (invoke "sum" (i32.const 0) (i32.const 16385)) "out of bounds memory access")
(assert_trap (invoke "sum" (i32.const 0xfffffff0) (i32.const 100)) "out of bounds memory access")
(assert_trap (invoke "sum" (i32.const 65533) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "sum_to" (i32.const 992) (i32.const 5000)) (i32.const 1500))
(assert_trap (invoke "sum_to" (i32.const 992) (i32.const 5001)) "out of bounds memory access")
(assert_trap (invoke "sum_to" (i32.const 65520) (i32.const 8)) "out of bounds memory access")
(assert_return (invoke "add" (i32.const 1000) (i32.const 1000) (i32.const 1000)))
(assert_return (invoke "sum" (i32.const 1000) (i32.const 1000)) (i32.const 4000))
;; Each word from the one before: a chain, not a copy.
(assert_return (invoke "add" (i32.const 1008) (i32.const 1000) (i32.const 100)))
(assert_return (invoke "sum" (i32.const 1000) (i32.const 102)) (i32.const 2958))
