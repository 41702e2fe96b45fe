;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Accesses of which only a part is used, or nothing in the end, trap all the same.

(module (memory 1)
 (func (export "wrap") (param i32) (result i32) (i32.wrap_i64 (i64.load (local.get 0))))
 (func (export "lane") (param i32) (result i32) (i32x4.extract_lane 0 (v128.load (local.get 0))))
 (func (export "extended") (param i32) (v128.store16_lane 2 (i32.const 0) (f64x2.replace_lane 0 (v128.load8x8_s (local.get 0)) (f64.const 1))))
 (func (export "into") (param i32) (v128.store32_lane 0 (i32.const 0) (v128.load64_lane 1 (local.get 0) (v128.const i64x2 1 2))))
 (func (export "shr") (param i32) (result i64) (i64.and (i64.load (local.get 0)) (i64.const 255)))
 (func (export "later") (param i32) (result i32) (local i32) (local i32) (local.set 1 (i32.load (local.get 0))) (local.set 2 (i32.const 0)) (i32.and (local.get 1) (local.get 2)))
)
(assert_trap (invoke "wrap" (i32.const 65532)) "out of bounds memory access")
(assert_trap (invoke "lane" (i32.const 65532)) "out of bounds memory access")
(assert_trap (invoke "shr" (i32.const 65532)) "out of bounds memory access")
(assert_trap (invoke "later" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "extended" (i32.const 65530)) "out of bounds memory access")
(assert_trap (invoke "into" (i32.const 65536)) "out of bounds memory access")
