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
