// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions between lane types [exec-vcvtop] [exec-vextbinop] [exec-vnarrow]. Where a
// target has the instruction and LLVM does not find it in plain IR, it is named.

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::ConstantFP;
using llvm::ConstantInt;
using llvm::FixedVectorType;
using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

namespace {

// Twice as many lanes of half the width.
FixedVectorType* Narrower(FixedVectorType* type) {
  return llvm::cast<FixedVectorType>(llvm::VectorType::getSubdividedVectorType(type, 1));
}

}  // namespace

Value* FunctionTranslator::Half(Value* vector, bool high) {
  const int count =
      static_cast<int>(llvm::cast<FixedVectorType>(vector->getType())->getNumElements()) / 2;
  llvm::SmallVector<int, 8> mask;
  for (int i = 0; i < count; ++i) mask.push_back(high ? count + i : i);
  return b_.CreateShuffleVector(vector, mask);
}

Value* FunctionTranslator::Widen(Value* vector, llvm::Type* to, bool high, bool is_signed) {
  Value* half = Half(vector, high);
  return is_signed ? b_.CreateSExt(half, to) : b_.CreateZExt(half, to);
}

Value* FunctionTranslator::ZeroHigh(Value* half) {
  const int count =
      static_cast<int>(llvm::cast<FixedVectorType>(half->getType())->getNumElements());
  llvm::SmallVector<int, 16> mask;
  for (int i = 0; i < 2 * count; ++i) mask.push_back(i);
  return b_.CreateShuffleVector(half, llvm::Constant::getNullValue(half->getType()), mask);
}

// [op-narrow] The operands' lanes are signed even where the result is not.
Value* FunctionTranslator::Narrow(Value* a, Value* b, FixedVectorType* to, bool is_signed) {
  if (plan_.is_x86) {
    const bool to_bytes = to->getElementType() == t().i8;
    const Intrinsic::ID id =
        to_bytes ? is_signed ? Intrinsic::x86_sse2_packsswb_128 : Intrinsic::x86_sse2_packuswb_128
        : is_signed ? Intrinsic::x86_sse2_packssdw_128
                    : Intrinsic::x86_sse41_packusdw;
    return b_.CreateIntrinsic(id, {}, {a, b});
  }
  llvm::Type* half = llvm::VectorType::getHalfElementsVectorType(to);
  const Intrinsic::ID id =
      is_signed ? Intrinsic::aarch64_neon_sqxtn : Intrinsic::aarch64_neon_sqxtun;
  llvm::SmallVector<int, 16> both;
  for (unsigned i = 0; i < to->getNumElements(); ++i) both.push_back(static_cast<int>(i));
  return b_.CreateShuffleVector(b_.CreateIntrinsic(id, {half}, {a}),
                                b_.CreateIntrinsic(id, {half}, {b}), both);
}

// [op-ivadd_pairwise] x86-64 multiplies by 1 and adds. Of its bytes, the first operand's are
// unsigned and the second's signed; it has no such instruction for unsigned words.
Value* FunctionTranslator::ExtaddPairwise(Value* a, FixedVectorType* to, bool is_signed) {
  if (!plan_.is_x86) {
    return b_.CreateIntrinsic(
        is_signed ? Intrinsic::aarch64_neon_saddlp : Intrinsic::aarch64_neon_uaddlp,
        {to, a->getType()}, {a});
  }
  Value* ones = ConstantInt::get(a->getType(), 1);
  if (to->getElementType() == t().i16) {
    Value* multiplied[] = {is_signed ? ones : a, is_signed ? a : ones};
    return b_.CreateIntrinsic(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {}, multiplied);
  }
  if (is_signed) return b_.CreateIntrinsic(Intrinsic::x86_sse2_pmadd_wd, {}, {a, ones});
  Value* pairs = b_.CreateBitCast(a, to);
  return b_.CreateAdd(b_.CreateLShr(pairs, 16), b_.CreateAnd(pairs, 0xffff));
}

// [op-ivdot] The sum of two products wraps.
Value* FunctionTranslator::Dot(Value* a, Value* b, FixedVectorType* to) {
  if (plan_.is_x86) return b_.CreateIntrinsic(Intrinsic::x86_sse2_pmadd_wd, {}, {a, b});
  Value* products[2];
  for (const bool high : {false, true})
    products[high] = b_.CreateMul(Widen(a, to, high, true), Widen(b, to, high, true));
  return b_.CreateIntrinsic(Intrinsic::aarch64_neon_addp, {to}, products);
}

// [op-irelaxed_dot] Both operands are signed, and the sum of two products saturates.
Value* FunctionTranslator::RelaxedDot(Value* a, Value* b, FixedVectorType* to) {
  a = b_.CreateBitCast(a, to);
  b = b_.CreateBitCast(b, to);
  auto even = [&](Value* bytes) { return b_.CreateAShr(b_.CreateShl(bytes, 8), 8); };
  auto odd = [&](Value* bytes) { return b_.CreateAShr(bytes, 8); };
  return b_.CreateBinaryIntrinsic(Intrinsic::sadd_sat, b_.CreateMul(even(a), even(b)),
                                  b_.CreateMul(odd(a), odd(b)));
}

// [op-trunc_sat] x86-64 makes the smallest number of all that is out of range.
Value* FunctionTranslator::TruncSat32(Value* a, bool is_signed) {
  auto* type = llvm::cast<FixedVectorType>(a->getType());
  auto* to = FixedVectorType::get(t().i32, 4);
  if (!plan_.is_x86) {
    const Intrinsic::ID id = is_signed ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat;
    if (type->getNumElements() == 4) return b_.CreateIntrinsic(id, {to, type}, {a});
    // To 64 bits and from there to 32, saturating each time.
    Value* wide = b_.CreateIntrinsic(id, {t().v128, type}, {a});
    return ZeroHigh(b_.CreateIntrinsic(
        is_signed ? Intrinsic::aarch64_neon_sqxtn : Intrinsic::aarch64_neon_uqxtn,
        {FixedVectorType::get(t().i32, 2)}, {wide}));
  }
  Value* zero = llvm::Constant::getNullValue(type);
  auto number = [&](double value) { return ConstantFP::get(type, value); };
  auto without_nans = [&] { return b_.CreateSelect(b_.CreateFCmpORD(a, a), a, zero); };
  auto positive = [&] { return b_.CreateSelect(b_.CreateFCmpOGT(a, zero), a, zero); };
  auto at_most = [&](Value* value, double limit) {
    return b_.CreateSelect(b_.CreateFCmpOLT(value, number(limit)), value, number(limit));
  };
  auto at_least_2_31 = [&](Value* value) {
    return b_.CreateSExt(b_.CreateFCmpOGE(value, number(0x1p31)), to);
  };
  auto convert = [&](Value* value) {
    return b_.CreateIntrinsic(Intrinsic::x86_sse2_cvttps2dq, {}, {value});
  };
  if (type->getNumElements() == 2) {
    if (is_signed) {
      return b_.CreateIntrinsic(Intrinsic::x86_sse2_cvttpd2dq, {},
                                {at_most(without_nans(), 2147483647.0)});
    }
    // Above 2^52 the low bits of a double are those of the integer.
    Value* integral = b_.CreateUnaryIntrinsic(Intrinsic::trunc, at_most(positive(), 4294967295.0));
    Value* bits = b_.CreateBitCast(b_.CreateFAdd(integral, number(0x1p52)), to);
    return b_.CreateShuffleVector(bits, llvm::Constant::getNullValue(to), {0, 2, 4, 4});
  }
  // 0x80000000 inverted is the largest.
  if (is_signed) return b_.CreateXor(convert(without_nans()), at_least_2_31(a));
  // What is above 2^31 is converted by itself; the rest, too large by then, is 2^31 already.
  Value* low = positive();
  Value* high = b_.CreateFSub(low, number(0x1p31));
  Value* above = b_.CreateXor(convert(high), at_least_2_31(high));
  above = b_.CreateBinaryIntrinsic(Intrinsic::smax, above, llvm::Constant::getNullValue(to));
  return b_.CreateAdd(convert(low), above);
}

bool FunctionTranslator::EmitVectorWiden(Opcode op) {
  FixedVectorType* to = LanesOf(op);
  if (!to->isIntOrIntVectorTy()) return false;
  auto extend = [&](bool high, bool is_signed) {
    PushV128(Widen(PopAs(Narrower(to)), to, high, is_signed));
    return true;
  };
  auto extmul = [&](bool high, bool is_signed) {
    Value* b = Widen(PopAs(Narrower(to)), to, high, is_signed);
    Value* a = Widen(PopAs(Narrower(to)), to, high, is_signed);
    PushV128(b_.CreateMul(a, b));
    return true;
  };
  auto pairwise = [&](bool is_signed) {
    PushV128(ExtaddPairwise(PopAs(Narrower(to)), to, is_signed));
    return true;
  };
  auto narrow = [&](bool is_signed) {
    auto* from =
        FixedVectorType::get(b_.getIntNTy(2 * to->getScalarSizeInBits()), to->getNumElements() / 2);
    Value* b = PopAs(from);
    Value* a = PopAs(from);
    PushV128(Narrow(a, b, to, is_signed));
    return true;
  };
#define WIDENED(before, after)                                                    \
  Opcode::I16x8##before##I8x16##after : case Opcode::I32x4##before##I16x8##after: \
  case Opcode::I64x2##before##I32x4##after
#define PAIRWISE(after) \
  Opcode::I16x8ExtaddPairwiseI8x16##after : case Opcode::I32x4ExtaddPairwiseI16x8##after
#define NARROWED(after) Opcode::I8x16NarrowI16x8##after : case Opcode::I16x8NarrowI32x4##after
  switch (op) {
    case WIDENED(ExtendLow, S):
      return extend(false, true);
    case WIDENED(ExtendLow, U):
      return extend(false, false);
    case WIDENED(ExtendHigh, S):
      return extend(true, true);
    case WIDENED(ExtendHigh, U):
      return extend(true, false);
    case WIDENED(ExtmulLow, S):
      return extmul(false, true);
    case WIDENED(ExtmulLow, U):
      return extmul(false, false);
    case WIDENED(ExtmulHigh, S):
      return extmul(true, true);
    case WIDENED(ExtmulHigh, U):
      return extmul(true, false);
    case PAIRWISE(S):
      return pairwise(true);
    case PAIRWISE(U):
      return pairwise(false);
    case NARROWED(S):
      return narrow(true);
    case NARROWED(U):
      return narrow(false);
    case Opcode::I32x4DotI16x8S: {
      Value* b = PopAs(Narrower(to));
      Value* a = PopAs(Narrower(to));
      PushV128(Dot(a, b, to));
      return true;
    }
    case Opcode::I16x8RelaxedDotI8x16I7x16S: {
      Value* b = Pop();
      Value* a = Pop();
      PushV128(RelaxedDot(a, b, to));
      return true;
    }
    case Opcode::I32x4RelaxedDotI8x16I7x16AddS: {
      Value* addend = PopAs(to);
      Value* b = Pop();
      Value* a = Pop();
      PushV128(b_.CreateAdd(ExtaddPairwise(RelaxedDot(a, b, Narrower(to)), to, true), addend));
      return true;
    }
    default:
      return false;
  }
#undef WIDENED
#undef PAIRWISE
#undef NARROWED
}

bool FunctionTranslator::EmitVectorConvert(Opcode op) {
  auto* f32x4 = FixedVectorType::get(t().f32, 4);
  auto* f64x2 = FixedVectorType::get(t().f64, 2);
  auto* i32x4 = FixedVectorType::get(t().i32, 4);
  auto trunc_sat = [&](llvm::Type* from, bool is_signed) {
    PushV128(TruncSat32(PopAs(from), is_signed));
    return true;
  };
  // Of a constant or of a promoted value LLVM would not make quiet NaNs.
  auto hidden = [&](Value* a) {
    return llvm::isa<llvm::Constant>(a) || llvm::isa<llvm::FPExtInst>(a) ? Opaque(a) : a;
  };
  switch (op) {
    case Opcode::I32x4TruncSatF32x4S:
    case Opcode::I32x4RelaxedTruncF32x4S:
      return trunc_sat(f32x4, true);
    case Opcode::I32x4TruncSatF32x4U:
    case Opcode::I32x4RelaxedTruncF32x4U:
      return trunc_sat(f32x4, false);
    case Opcode::I32x4TruncSatF64x2SZero:
    case Opcode::I32x4RelaxedTruncF64x2SZero:
      return trunc_sat(f64x2, true);
    case Opcode::I32x4TruncSatF64x2UZero:
    case Opcode::I32x4RelaxedTruncF64x2UZero:
      return trunc_sat(f64x2, false);
    case Opcode::F32x4ConvertI32x4S:
      PushV128(b_.CreateSIToFP(PopAs(i32x4), f32x4));
      return true;
    case Opcode::F32x4ConvertI32x4U:
      PushV128(b_.CreateUIToFP(PopAs(i32x4), f32x4));
      return true;
    case Opcode::F64x2ConvertLowI32x4S:
      PushV128(b_.CreateSIToFP(Half(PopAs(i32x4), false), f64x2));
      return true;
    case Opcode::F64x2ConvertLowI32x4U:
      PushV128(b_.CreateUIToFP(Half(PopAs(i32x4), false), f64x2));
      return true;
    case Opcode::F32x4DemoteF64x2Zero:
      PushV128(ZeroHigh(b_.CreateFPTrunc(hidden(PopAs(f64x2)), FixedVectorType::get(t().f32, 2))));
      return true;
    case Opcode::F64x2PromoteLowF32x4:
      PushV128(b_.CreateFPExt(Half(hidden(PopAs(f32x4)), false), f64x2));
      return true;
    default:
      return false;
  }
}

}  // namespace wasm::aotc
