// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions on floating-point lanes [exec-vunop] [exec-vbinop] [exec-vrelop], by the
// rules of their scalar namesakes. The relaxed ones compute what the deterministic profile asks for
// [profile-deterministic], so multiply-add is two instructions.

#include <llvm/IR/Intrinsics.h>

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

// case FLOATS(Add): that is, of both lane types.
#define FLOATS(Name) Opcode::F32x4##Name : case Opcode::F64x2##Name

bool FunctionTranslator::EmitVectorFloat(Opcode op) {
  using llvm::CmpInst;
  using llvm::Instruction;
  auto compare = [&](CmpInst::Predicate predicate) {
    VectorCompare(op, predicate);
    return true;
  };
  auto unary = [&](llvm::function_ref<Value*(Value*)> make) {
    VectorUnary(op, make);
    return true;
  };
  auto binary = [&](llvm::function_ref<Value*(Value*, Value*)> make) {
    VectorBinary(op, make);
    return true;
  };
  auto arith = [&](Instruction::BinaryOps opcode) {
    return binary([&](Value* a, Value* b) { return FloatArith(opcode, a, b); });
  };
  auto rounding = [&](Intrinsic::ID id) {
    return unary([&](Value* a) { return RoundingIntrinsic(id, a); });
  };
  auto multiply_add = [&](bool negated) {
    Value* addend = PopAs(LanesOf(op));
    return binary([&](Value* a, Value* b) {
      if (negated) a = b_.CreateFNeg(a);
      return FloatArith(Instruction::FAdd, FloatArith(Instruction::FMul, a, b), addend);
    });
  };
  switch (op) {
    case FLOATS(Splat): {
      const unsigned count = LanesOf(op)->getNumElements();
      PushV128(b_.CreateVectorSplat(count, Pop()));
      return true;
    }
    case FLOATS(Eq):
      return compare(CmpInst::FCMP_OEQ);
    case FLOATS(Ne):
      return compare(CmpInst::FCMP_UNE);
    case FLOATS(Lt):
      return compare(CmpInst::FCMP_OLT);
    case FLOATS(Gt):
      return compare(CmpInst::FCMP_OGT);
    case FLOATS(Le):
      return compare(CmpInst::FCMP_OLE);
    case FLOATS(Ge):
      return compare(CmpInst::FCMP_OGE);
    case FLOATS(Abs):
      return unary([&](Value* a) { return b_.CreateUnaryIntrinsic(Intrinsic::fabs, a); });
    case FLOATS(Neg):
      return unary([&](Value* a) { return b_.CreateFNeg(a); });
    case FLOATS(Ceil):
      return rounding(Intrinsic::ceil);
    case FLOATS(Floor):
      return rounding(Intrinsic::floor);
    case FLOATS(Trunc):
      return rounding(Intrinsic::trunc);
    case FLOATS(Nearest):
      return rounding(Intrinsic::roundeven);
    case FLOATS(Sqrt):
      return rounding(Intrinsic::sqrt);
    case FLOATS(Add):
      return arith(Instruction::FAdd);
    case FLOATS(Sub):
      return arith(Instruction::FSub);
    case FLOATS(Mul):
      return arith(Instruction::FMul);
    case FLOATS(Div):
      return arith(Instruction::FDiv);
    case FLOATS(Min):
    case FLOATS(RelaxedMin):
      return binary([&](Value* a, Value* b) { return MinMax(a, b, true); });
    case FLOATS(Max):
    case FLOATS(RelaxedMax):
      return binary([&](Value* a, Value* b) { return MinMax(a, b, false); });
    // [op-fpmin] [op-fpmax] One comparison and a choice: the first operand where it is unordered.
    case FLOATS(Pmin):
      return binary([&](Value* a, Value* b) { return SecondUnlessBeyond(b, a, true); });
    case FLOATS(Pmax):
      return binary([&](Value* a, Value* b) { return SecondUnlessBeyond(b, a, false); });
    case FLOATS(RelaxedMadd):
      return multiply_add(false);
    case FLOATS(RelaxedNmadd):
      return multiply_add(true);
    default:
      return false;
  }
}

#undef FLOATS

}  // namespace wasm::aotc
