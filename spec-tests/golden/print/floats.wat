;; Floats are the shortest decimals that read back to the same bits.
;; RUN: print %
(module
  (func (result f32) (f32.const 0.1))
  (func (result f32) (f32.const -0x0p+0))
  (func (result f32) (f32.const 0x1p-149))
  (func (result f32) (f32.const 0x1.fffffep+127))
  (func (result f32) (f32.const 16777217))
  (func (result f32) (f32.const nan))
  (func (result f32) (f32.const -nan:0x200001))
  (func (result f64) (f64.const 3.141592653589793))
  (func (result f64) (f64.const 1e100))
  (func (result f64) (f64.const 0x1p-1074))
  (func (result f64) (f64.const -inf))
  (func (result f64) (f64.const nan:0x8000000000001))
  (func (result v128) (v128.const f32x4 1 2 nan:0x1 -0))
)

;; EXPECTED
;; $ trenail print %
;; (module
;;   (type (;0;) (func (result f32)))
;;   (type (;1;) (func (result f64)))
;;   (type (;2;) (func (result v128)))
;;   (func (;0;) (type 0) (result f32)
;;     f32.const 0.1
;;   )
;;   (func (;1;) (type 0) (result f32)
;;     f32.const -0
;;   )
;;   (func (;2;) (type 0) (result f32)
;;     f32.const 1.4013e-45
;;   )
;;   (func (;3;) (type 0) (result f32)
;;     f32.const 3.4028235e+38
;;   )
;;   (func (;4;) (type 0) (result f32)
;;     f32.const 16777216
;;   )
;;   (func (;5;) (type 0) (result f32)
;;     f32.const nan
;;   )
;;   (func (;6;) (type 0) (result f32)
;;     f32.const -nan:0x200001
;;   )
;;   (func (;7;) (type 1) (result f64)
;;     f64.const 3.141592653589793
;;   )
;;   (func (;8;) (type 1) (result f64)
;;     f64.const 1e+100
;;   )
;;   (func (;9;) (type 1) (result f64)
;;     f64.const 4.94065645841247e-324
;;   )
;;   (func (;10;) (type 1) (result f64)
;;     f64.const -inf
;;   )
;;   (func (;11;) (type 1) (result f64)
;;     f64.const nan:0x8000000000001
;;   )
;;   (func (;12;) (type 2) (result v128)
;;     v128.const i32x4 0x3f800000 0x40000000 0x7f800001 0x80000000
;;   )
;; )
