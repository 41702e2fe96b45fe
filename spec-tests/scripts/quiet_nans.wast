;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Operations that change no number make signalling NaNs quiet, also where a constant comes from a
;; local [op-propagate-nans].

(module
 (func (export "mul") (param i32) (result i32) (local f32) (local.set 1 (f32.const 1)) (i32.reinterpret_f32 (f32.mul (f32.reinterpret_i32 (local.get 0)) (local.get 1))))
 (func (export "sub") (param i64) (result i64) (local f64) (i64.reinterpret_f64 (f64.sub (f64.reinterpret_i64 (local.get 0)) (local.get 1))))
 (func (export "demote") (param i32) (result i32) (local f64) (local.set 1 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0)))) (i32.reinterpret_f32 (f32.demote_f64 (local.get 1)))))
(assert_return (invoke "mul" (i32.const 0x7fa00000)) (i32.const 0x7fe00000))
(assert_return (invoke "sub" (i64.const 0x7ff4000000000000)) (i64.const 0x7ffc000000000000))
(assert_return (invoke "demote" (i32.const 0x7fa00000)) (i32.const 0x7fe00000))
