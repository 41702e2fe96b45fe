// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numeric instructions [exec-numeric] as LLVM instructions, with the meaning of num::. Where they
// differ: LLVM leaves division by zero and conversions out of range undefined, so these are tested
// first; and it may replace x * 1.0 by x, which keeps a signalling NaN as it is where WebAssembly
// asks for a quiet one [op-propagate-nans], so such constants are hidden from it.

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <cmath>

#include "aotc/float_identities.h"
#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

Value* FunctionTranslator::Opaque(Value* value) { return Hide(b_, value); }

Value* FunctionTranslator::FloatArith(unsigned opcode, Value* a, Value* b) {
  if (MayBeIdentity(a)) a = Opaque(a);
  if (MayBeIdentity(b)) b = Opaque(b);
  return b_.CreateBinOp(static_cast<llvm::Instruction::BinaryOps>(opcode), a, b);
}

// minss, minps and so on: the second operand unless the first is less or greater. As vectors they
// are named, as LLVM may turn the choice into one of integer lanes.
Value* FunctionTranslator::SecondUnlessBeyond(Value* a, Value* b, bool is_min) {
  llvm::Type* type = a->getType();
  if (!plan_.is_x86 || !type->isVectorTy())
    return b_.CreateSelect(is_min ? b_.CreateFCmpOLT(a, b) : b_.CreateFCmpOGT(a, b), a, b);
  const Intrinsic::ID id = type->getScalarType()->isFloatTy()
                               ? (is_min ? Intrinsic::x86_sse_min_ps : Intrinsic::x86_sse_max_ps)
                               : (is_min ? Intrinsic::x86_sse2_min_pd : Intrinsic::x86_sse2_max_pd);
  return b_.CreateIntrinsic(id, {}, {a, b});
}

// [op-fmin] [op-fmax] AArch64 has the instruction. Elsewhere both orders are tried. They differ for
// zeros, of which the bits make the right one, and for NaNs, of which a sum is a quiet one.
Value* FunctionTranslator::MinMax(Value* a, Value* b, bool is_min) {
  llvm::Type* type = a->getType();
  if (!plan_.is_x86)
    return b_.CreateBinaryIntrinsic(is_min ? Intrinsic::minimum : Intrinsic::maximum, a, b);
  llvm::Type* bits = type->isVectorTy()
                         ? llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(type))
                         : static_cast<llvm::Type*>(type->isFloatTy() ? t().i32 : t().i64);
  Value* one = b_.CreateBitCast(SecondUnlessBeyond(a, b, is_min), bits);
  Value* other = b_.CreateBitCast(SecondUnlessBeyond(b, a, is_min), bits);
  Value* ordered =
      b_.CreateBitCast(is_min ? b_.CreateOr(one, other) : b_.CreateAnd(one, other), type);
  Value* nan = FloatArith(llvm::Instruction::FAdd, a, b);
  return b_.CreateSelect(b_.CreateFCmpUNO(a, b), nan, ordered);
}

Value* FunctionTranslator::Divide(Opcode op, Value* a, Value* b) {
  llvm::Type* type = a->getType();
  Value* zero = llvm::ConstantInt::get(type, 0);
  TrapIf(b_.CreateICmpEQ(b, zero), Trap::kIntegerDivideByZero);
  const bool is_signed = op == Opcode::I32DivS || op == Opcode::I64DivS || op == Opcode::I32RemS ||
                         op == Opcode::I64RemS;
  const bool is_rem = op == Opcode::I32RemS || op == Opcode::I64RemS || op == Opcode::I32RemU ||
                      op == Opcode::I64RemU;
  if (!is_signed) return is_rem ? b_.CreateURem(a, b) : b_.CreateUDiv(a, b);
  Value* minus_one = llvm::ConstantInt::getSigned(type, -1);
  Value* is_minus_one = b_.CreateICmpEQ(b, minus_one);
  if (is_rem)  // [op-irem] by -1 is 0, also of the smallest number
    return b_.CreateSRem(a, b_.CreateSelect(is_minus_one, llvm::ConstantInt::get(type, 1), b));
  Value* smallest =
      llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
  TrapIf(b_.CreateAnd(is_minus_one, b_.CreateICmpEQ(a, smallest)), Trap::kIntegerOverflow);
  return b_.CreateSDiv(a, b);
}

// [op-trunc] The bounds are exact in the source's type or the nearest outside.
Value* FunctionTranslator::TrapTrunc(Value* value, llvm::Type* to, bool is_signed) {
  llvm::Type* from = value->getType();
  TrapIf(b_.CreateFCmpUNO(value, value), Trap::kInvalidConversion);
  const unsigned bits = to->getIntegerBitWidth();
  const bool exact = bits < (from->isFloatTy() ? 24 : 53);
  const double upper = std::ldexp(1.0, static_cast<int>(is_signed ? bits - 1 : bits));
  Value* too_low;
  if (!is_signed) {
    too_low = b_.CreateFCmpOLE(value, llvm::ConstantFP::get(from, -1.0));
  } else if (exact) {
    too_low = b_.CreateFCmpOLE(value, llvm::ConstantFP::get(from, -upper - 1));
  } else {
    too_low = b_.CreateFCmpOLT(value, llvm::ConstantFP::get(from, -upper));
  }
  Value* too_high = b_.CreateFCmpOGE(value, llvm::ConstantFP::get(from, upper));
  TrapIf(b_.CreateOr(too_low, too_high), Trap::kIntegerOverflow);
  return is_signed ? b_.CreateFPToSI(value, to) : b_.CreateFPToUI(value, to);
}

// Quiet NaNs of the rounding functions come out of the instructions; LLVM folds only constants.
Value* FunctionTranslator::RoundingIntrinsic(Intrinsic::ID id, Value* value) {
  if (llvm::isa<llvm::Constant>(value)) value = Opaque(value);
  return b_.CreateUnaryIntrinsic(id, value);
}

bool FunctionTranslator::EmitNumeric(Opcode op) {
  using llvm::CmpInst;
  using llvm::Instruction;
  auto binary = [&](auto make) {
    Value* b = Pop();
    Value* a = Pop();
    Push(make(a, b));
  };
  auto unary = [&](auto make) { Push(make(Pop())); };
  auto compare = [&](CmpInst::Predicate predicate) {
    Value* b = Pop();
    Value* a = Pop();
    PushBool(CmpInst::isFPPredicate(predicate) ? b_.CreateFCmp(predicate, a, b)
                                               : b_.CreateICmp(predicate, a, b));
  };
  auto arith = [&](Instruction::BinaryOps opcode) {
    binary([&](Value* a, Value* b) { return b_.CreateBinOp(opcode, a, b); });
  };
  auto float_arith = [&](Instruction::BinaryOps opcode) {
    binary([&](Value* a, Value* b) { return FloatArith(opcode, a, b); });
  };
  auto shift = [&](Instruction::BinaryOps opcode) {
    binary([&](Value* a, Value* b) {
      const uint64_t mask = a->getType()->getIntegerBitWidth() - 1;
      return b_.CreateBinOp(opcode, a, b_.CreateAnd(b, mask));
    });
  };
  auto rotate = [&](Intrinsic::ID id) {
    binary([&](Value* a, Value* b) { return b_.CreateIntrinsic(id, {a->getType()}, {a, a, b}); });
  };
  auto intrinsic = [&](Intrinsic::ID id) {
    unary([&](Value* a) { return b_.CreateUnaryIntrinsic(id, a); });
  };
  auto count_zeros = [&](Intrinsic::ID id) {
    unary([&](Value* a) { return b_.CreateIntrinsic(id, {a->getType()}, {a, b_.getInt1(false)}); });
  };
  auto rounding = [&](Intrinsic::ID id) {
    unary([&](Value* a) { return RoundingIntrinsic(id, a); });
  };
  auto cast = [&](Instruction::CastOps opcode, llvm::Type* to) {
    unary([&](Value* a) { return b_.CreateCast(opcode, a, to); });
  };
  auto extend = [&](llvm::Type* from) {
    unary([&](Value* a) { return b_.CreateSExt(b_.CreateTrunc(a, from), a->getType()); });
  };
  auto trunc = [&](llvm::Type* to, bool is_signed) {
    unary([&](Value* a) { return TrapTrunc(a, to, is_signed); });
  };
  auto trunc_sat = [&](llvm::Type* to, bool is_signed) {
    unary([&](Value* a) {
      return b_.CreateIntrinsic(is_signed ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat,
                                {to, a->getType()}, {a});
    });
  };

#define BOTH(Name)        \
  case Opcode::I32##Name: \
  case Opcode::I64##Name
#define FLOATS(Name)      \
  case Opcode::F32##Name: \
  case Opcode::F64##Name
  switch (op) {
    case Opcode::Nop:
      return true;
      BOTH(Eqz) : PushBool(IsZero(Pop()));
      return true;
      BOTH(Eq) : compare(CmpInst::ICMP_EQ);
      return true;
      BOTH(Ne) : compare(CmpInst::ICMP_NE);
      return true;
      BOTH(LtS) : compare(CmpInst::ICMP_SLT);
      return true;
      BOTH(LtU) : compare(CmpInst::ICMP_ULT);
      return true;
      BOTH(GtS) : compare(CmpInst::ICMP_SGT);
      return true;
      BOTH(GtU) : compare(CmpInst::ICMP_UGT);
      return true;
      BOTH(LeS) : compare(CmpInst::ICMP_SLE);
      return true;
      BOTH(LeU) : compare(CmpInst::ICMP_ULE);
      return true;
      BOTH(GeS) : compare(CmpInst::ICMP_SGE);
      return true;
      BOTH(GeU) : compare(CmpInst::ICMP_UGE);
      return true;
      FLOATS(Eq) : compare(CmpInst::FCMP_OEQ);
      return true;
      FLOATS(Ne) : compare(CmpInst::FCMP_UNE);
      return true;
      FLOATS(Lt) : compare(CmpInst::FCMP_OLT);
      return true;
      FLOATS(Gt) : compare(CmpInst::FCMP_OGT);
      return true;
      FLOATS(Le) : compare(CmpInst::FCMP_OLE);
      return true;
      FLOATS(Ge) : compare(CmpInst::FCMP_OGE);
      return true;
      BOTH(Clz) : count_zeros(Intrinsic::ctlz);
      return true;
      BOTH(Ctz) : count_zeros(Intrinsic::cttz);
      return true;
      BOTH(Popcnt) : intrinsic(Intrinsic::ctpop);
      return true;
      BOTH(Add) : arith(Instruction::Add);
      return true;
      BOTH(Sub) : arith(Instruction::Sub);
      return true;
      BOTH(Mul) : arith(Instruction::Mul);
      return true;
      BOTH(DivS)
          : BOTH(DivU)
          : BOTH(RemS) : BOTH(RemU) : binary([&](Value* a, Value* b) { return Divide(op, a, b); });
      return true;
      BOTH(And) : arith(Instruction::And);
      return true;
      BOTH(Or) : arith(Instruction::Or);
      return true;
      BOTH(Xor) : arith(Instruction::Xor);
      return true;
      BOTH(Shl) : shift(Instruction::Shl);
      return true;
      BOTH(ShrS) : shift(Instruction::AShr);
      return true;
      BOTH(ShrU) : shift(Instruction::LShr);
      return true;
      BOTH(Rotl) : rotate(Intrinsic::fshl);
      return true;
      BOTH(Rotr) : rotate(Intrinsic::fshr);
      return true;
      FLOATS(Abs) : intrinsic(Intrinsic::fabs);
      return true;
      FLOATS(Neg) : unary([&](Value* a) { return b_.CreateFNeg(a); });
      return true;
      FLOATS(Ceil) : rounding(Intrinsic::ceil);
      return true;
      FLOATS(Floor) : rounding(Intrinsic::floor);
      return true;
      FLOATS(Trunc) : rounding(Intrinsic::trunc);
      return true;
      FLOATS(Nearest) : rounding(Intrinsic::roundeven);
      return true;
      FLOATS(Sqrt) : rounding(Intrinsic::sqrt);
      return true;
      FLOATS(Add) : float_arith(Instruction::FAdd);
      return true;
      FLOATS(Sub) : float_arith(Instruction::FSub);
      return true;
      FLOATS(Mul) : float_arith(Instruction::FMul);
      return true;
      FLOATS(Div) : float_arith(Instruction::FDiv);
      return true;
      FLOATS(Min) : binary([&](Value* a, Value* b) { return MinMax(a, b, true); });
      return true;
      FLOATS(Max) : binary([&](Value* a, Value* b) { return MinMax(a, b, false); });
      return true;
      FLOATS(Copysign)
          : binary([&](Value* a, Value* b) {
              return b_.CreateBinaryIntrinsic(Intrinsic::copysign, a, b);
            });
      return true;
    case Opcode::I32WrapI64:
      cast(Instruction::Trunc, t().i32);
      return true;
    case Opcode::I64ExtendI32S:
      cast(Instruction::SExt, t().i64);
      return true;
    case Opcode::I64ExtendI32U:
      cast(Instruction::ZExt, t().i64);
      return true;
    case Opcode::I32TruncF32S:
    case Opcode::I32TruncF64S:
      trunc(t().i32, true);
      return true;
    case Opcode::I32TruncF32U:
    case Opcode::I32TruncF64U:
      trunc(t().i32, false);
      return true;
    case Opcode::I64TruncF32S:
    case Opcode::I64TruncF64S:
      trunc(t().i64, true);
      return true;
    case Opcode::I64TruncF32U:
    case Opcode::I64TruncF64U:
      trunc(t().i64, false);
      return true;
    case Opcode::I32TruncSatF32S:
    case Opcode::I32TruncSatF64S:
      trunc_sat(t().i32, true);
      return true;
    case Opcode::I32TruncSatF32U:
    case Opcode::I32TruncSatF64U:
      trunc_sat(t().i32, false);
      return true;
    case Opcode::I64TruncSatF32S:
    case Opcode::I64TruncSatF64S:
      trunc_sat(t().i64, true);
      return true;
    case Opcode::I64TruncSatF32U:
    case Opcode::I64TruncSatF64U:
      trunc_sat(t().i64, false);
      return true;
    case Opcode::F32ConvertI32S:
    case Opcode::F32ConvertI64S:
      cast(Instruction::SIToFP, t().f32);
      return true;
    case Opcode::F32ConvertI32U:
    case Opcode::F32ConvertI64U:
      cast(Instruction::UIToFP, t().f32);
      return true;
    case Opcode::F64ConvertI32S:
    case Opcode::F64ConvertI64S:
      cast(Instruction::SIToFP, t().f64);
      return true;
    case Opcode::F64ConvertI32U:
    case Opcode::F64ConvertI64U:
      cast(Instruction::UIToFP, t().f64);
      return true;
    case Opcode::F32DemoteF64:  // of a promoted value LLVM would make nothing at all
      unary([&](Value* a) {
        if (llvm::isa<llvm::FPExtInst>(a) || llvm::isa<llvm::Constant>(a)) a = Opaque(a);
        return b_.CreateFPTrunc(a, t().f32);
      });
      return true;
    case Opcode::F64PromoteF32:
      unary([&](Value* a) {
        if (llvm::isa<llvm::Constant>(a)) a = Opaque(a);
        return b_.CreateFPExt(a, t().f64);
      });
      return true;
    case Opcode::I32ReinterpretF32:
      cast(Instruction::BitCast, t().i32);
      return true;
    case Opcode::I64ReinterpretF64:
      cast(Instruction::BitCast, t().i64);
      return true;
    case Opcode::F32ReinterpretI32:
      cast(Instruction::BitCast, t().f32);
      return true;
    case Opcode::F64ReinterpretI64:
      cast(Instruction::BitCast, t().f64);
      return true;
      BOTH(Extend8S) : extend(t().i8);
      return true;
      BOTH(Extend16S) : extend(t().i16);
      return true;
    case Opcode::I64Extend32S:
      extend(t().i32);
      return true;
    case Opcode::I64Add128:
    case Opcode::I64Sub128: {
      llvm::Type* i128 = b_.getInt128Ty();
      auto join = [&](Value* low, Value* high) {
        return b_.CreateOr(b_.CreateZExt(low, i128), b_.CreateShl(b_.CreateZExt(high, i128), 64));
      };
      const Values v = PopN(4);
      Value* a = join(v[0], v[1]);
      Value* b = join(v[2], v[3]);
      PushWide(op == Opcode::I64Add128 ? b_.CreateAdd(a, b) : b_.CreateSub(a, b));
      return true;
    }
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU: {
      llvm::Type* i128 = b_.getInt128Ty();
      const bool is_signed = op == Opcode::I64MulWideS;
      Value* b = b_.CreateIntCast(Pop(), i128, is_signed);
      Value* a = b_.CreateIntCast(Pop(), i128, is_signed);
      PushWide(b_.CreateMul(a, b));
      return true;
    }
    default:
      return EmitReferenceSimple(op);
  }
#undef BOTH
#undef FLOATS
}

}  // namespace wasm::aotc
