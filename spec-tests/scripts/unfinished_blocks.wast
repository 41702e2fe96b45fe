;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; What is known of a loop's parameter before the loop's end was seen is not all of it.

(module
  (memory 1 1 shared)
  (func (export "around") (result i32) (local $x i32)
    (i32.const 0)
    (loop (param i32) (result i32)
      i32.eqz
      local.set $x
      i32.const 7
      local.get $x
      br_if 0
      drop
      local.get $x))
  (func (export "through") (param i32 i32) (result i32)
    (block (result i32)
      (select (i32.const 88) (i32.gt_s (local.get 0) (i32.const 178))
              (i32.ne (local.get 1) (i32.const 0))))
    (if (result i32) (then (i32.const 1)) (else (i32.const 2))))
  ;; An atomic operation that changes nothing, and a load whose branch decides nothing.
  (func (export "xor0") (param i32) (drop (i32.atomic.rmw.xor (local.get 0) (i32.const 0))))
  (func (export "undecided") (param i32)
    (block (br_if 0 (i32.load8_u (local.get 0)))))
)
(assert_return (invoke "around") (i32.const 0))
(assert_return (invoke "through" (i32.const 1) (i32.const 0)) (i32.const 2))
(assert_return (invoke "through" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_trap (invoke "xor0" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "undecided" (i32.const 65536)) "out of bounds memory access")
