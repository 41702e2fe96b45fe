// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions [exec-vec] as LLVM vectors, with the meaning of num::. A v128 is <2 x i64>
// between instructions; an instruction's name begins with the lanes it works on. Here: whole
// vectors and integer lanes of one width.

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::ConstantInt;
using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

llvm::FixedVectorType* FunctionTranslator::LanesOf(Opcode op) const {
  const std::string_view text = Info(op).text;
  if (text.starts_with("i8x16")) return llvm::FixedVectorType::get(t().i8, 16);
  if (text.starts_with("i16x8")) return llvm::FixedVectorType::get(t().i16, 8);
  if (text.starts_with("i32x4")) return llvm::FixedVectorType::get(t().i32, 4);
  if (text.starts_with("f32x4")) return llvm::FixedVectorType::get(t().f32, 4);
  if (text.starts_with("f64x2")) return llvm::FixedVectorType::get(t().f64, 2);
  return t().v128;
}

void FunctionTranslator::VectorUnary(Opcode op, llvm::function_ref<Value*(Value*)> make) {
  PushV128(make(PopAs(LanesOf(op))));
}

void FunctionTranslator::VectorBinary(Opcode op, llvm::function_ref<Value*(Value*, Value*)> make) {
  llvm::Type* type = LanesOf(op);
  Value* b = PopAs(type);
  Value* a = PopAs(type);
  PushV128(make(a, b));
}

void FunctionTranslator::VectorCompare(Opcode op, llvm::CmpInst::Predicate predicate) {
  VectorBinary(op, [&](Value* a, Value* b) {
    auto* type = llvm::cast<llvm::VectorType>(a->getType());
    return b_.CreateSExt(b_.CreateCmp(predicate, a, b), llvm::VectorType::getInteger(type));
  });
}

// A bit per lane: how it compares with 0.
Value* FunctionTranslator::LaneBits(llvm::CmpInst::Predicate predicate, Value* a) {
  auto* type = llvm::cast<llvm::FixedVectorType>(a->getType());
  Value* lanes = b_.CreateICmp(predicate, a, llvm::Constant::getNullValue(type));
  return b_.CreateBitCast(lanes, b_.getIntNTy(type->getNumElements()));
}

Value* FunctionTranslator::AllTrue(Value* a) {
  // AArch64 has the minimum of all lanes, but not of the widest.
  if (!plan_.is_x86 && a->getType() != t().v128)
    return b_.CreateIsNotNull(b_.CreateIntMinReduce(a));
  return b_.CreateIsNull(LaneBits(llvm::CmpInst::ICMP_EQ, a));
}

// [op-ivswizzle] An index out of range selects 0. On x86-64 that is one with its highest bit set,
// which a saturating addition gives to all of them.
Value* FunctionTranslator::Swizzle(Value* bytes, Value* indices) {
  if (!plan_.is_x86)
    return b_.CreateIntrinsic(Intrinsic::aarch64_neon_tbl1, {bytes->getType()}, {bytes, indices});
  indices = b_.CreateBinaryIntrinsic(Intrinsic::uadd_sat, indices,
                                     ConstantInt::get(indices->getType(), 0x70));
  return b_.CreateIntrinsic(Intrinsic::x86_ssse3_pshuf_b_128, {}, {bytes, indices});
}

// [op-iavgr]
Value* FunctionTranslator::Average(Value* a, Value* b) {
  if (!plan_.is_x86) return b_.CreateBinaryIntrinsic(Intrinsic::aarch64_neon_urhadd, a, b);
  const bool bytes = a->getType()->getScalarSizeInBits() == 8;
  return b_.CreateIntrinsic(bytes ? Intrinsic::x86_sse2_pavg_b : Intrinsic::x86_sse2_pavg_w, {},
                            {a, b});
}

// [op-iq15mulr_sat] x86-64 wraps where it should saturate: only -1 * -1, whose result of the
// smallest number is that of no other product.
Value* FunctionTranslator::Q15Multiply(Value* a, Value* b) {
  if (!plan_.is_x86) return b_.CreateBinaryIntrinsic(Intrinsic::aarch64_neon_sqrdmulh, a, b);
  Value* product = b_.CreateIntrinsic(Intrinsic::x86_ssse3_pmul_hr_sw_128, {}, {a, b});
  Value* wrapped = b_.CreateICmpEQ(product, ConstantInt::get(product->getType(), 0x8000));
  return b_.CreateXor(product, b_.CreateSExt(wrapped, product->getType()));
}

bool FunctionTranslator::EmitWholeVector(Opcode op) {
  auto binary = [&](auto make) {
    Value* b = Pop();
    Value* a = Pop();
    PushV128(make(a, b));
    return true;
  };
  switch (op) {
    case Opcode::V128Not:
      PushV128(b_.CreateNot(Pop()));
      return true;
    case Opcode::V128And:
      return binary([&](Value* a, Value* b) { return b_.CreateAnd(a, b); });
    case Opcode::V128Andnot:
      return binary([&](Value* a, Value* b) { return b_.CreateAnd(a, b_.CreateNot(b)); });
    case Opcode::V128Or:
      return binary([&](Value* a, Value* b) { return b_.CreateOr(a, b); });
    case Opcode::V128Xor:
      return binary([&](Value* a, Value* b) { return b_.CreateXor(a, b); });
    case Opcode::V128Bitselect:
    case Opcode::I8x16RelaxedLaneselect:
    case Opcode::I16x8RelaxedLaneselect:
    case Opcode::I32x4RelaxedLaneselect:
    case Opcode::I64x2RelaxedLaneselect: {
      Value* mask = Pop();
      return binary([&](Value* a, Value* b) {
        return b_.CreateOr(b_.CreateAnd(a, mask), b_.CreateAnd(b, b_.CreateNot(mask)));
      });
    }
    case Opcode::V128AnyTrue:
      PushBool(b_.CreateIsNotNull(PopAs(b_.getInt128Ty())));
      return true;
    default:
      return false;
  }
}

// case INTS(Add): that is, of all integer lanes.
#define BYTES_WORDS(Name) Opcode::I8x16##Name : case Opcode::I16x8##Name
#define UP_TO_32(Name) BYTES_WORDS(Name) : case Opcode::I32x4##Name
#define INTS(Name) UP_TO_32(Name) : case Opcode::I64x2##Name

bool FunctionTranslator::EmitVectorInt(Opcode op) {
  using llvm::CmpInst;
  auto compare = [&](CmpInst::Predicate predicate) {
    VectorCompare(op, predicate);
    return true;
  };
  auto binary = [&](llvm::function_ref<Value*(Value*, Value*)> make) {
    VectorBinary(op, make);
    return true;
  };
  auto arith = [&](llvm::Instruction::BinaryOps opcode) {
    return binary([&](Value* a, Value* b) { return b_.CreateBinOp(opcode, a, b); });
  };
  auto intrinsic = [&](Intrinsic::ID id) {
    return binary([&](Value* a, Value* b) { return b_.CreateBinaryIntrinsic(id, a, b); });
  };
  auto unary = [&](llvm::function_ref<Value*(Value*)> make) {
    VectorUnary(op, make);
    return true;
  };
  auto shift = [&](llvm::Instruction::BinaryOps opcode) {  // modulo the width [exec-vshiftop]
    Value* count = Pop();
    return unary([&](Value* a) {
      auto* type = llvm::cast<llvm::FixedVectorType>(a->getType());
      Value* lane = b_.CreateZExtOrTrunc(b_.CreateAnd(count, type->getScalarSizeInBits() - 1),
                                         type->getElementType());
      return b_.CreateBinOp(opcode, a, b_.CreateVectorSplat(type->getNumElements(), lane));
    });
  };
  switch (op) {
    case INTS(Splat): {
      llvm::FixedVectorType* type = LanesOf(op);
      Value* lane = b_.CreateTrunc(Pop(), type->getElementType());
      PushV128(b_.CreateVectorSplat(type->getNumElements(), lane));
      return true;
    }
    case INTS(Eq):
      return compare(CmpInst::ICMP_EQ);
    case INTS(Ne):
      return compare(CmpInst::ICMP_NE);
    case INTS(LtS):
      return compare(CmpInst::ICMP_SLT);
    case INTS(GtS):
      return compare(CmpInst::ICMP_SGT);
    case INTS(LeS):
      return compare(CmpInst::ICMP_SLE);
    case INTS(GeS):
      return compare(CmpInst::ICMP_SGE);
    case UP_TO_32(LtU):
      return compare(CmpInst::ICMP_ULT);
    case UP_TO_32(GtU):
      return compare(CmpInst::ICMP_UGT);
    case UP_TO_32(LeU):
      return compare(CmpInst::ICMP_ULE);
    case UP_TO_32(GeU):
      return compare(CmpInst::ICMP_UGE);
    case INTS(AllTrue):
      PushBool(AllTrue(PopAs(LanesOf(op))));
      return true;
    case INTS(Bitmask):  // the lanes' signs, lane 0 lowest
      Push(b_.CreateZExt(LaneBits(CmpInst::ICMP_SLT, PopAs(LanesOf(op))), t().i32), ValType::kI32);
      return true;
    case INTS(Shl):
      return shift(llvm::Instruction::Shl);
    case INTS(ShrS):
      return shift(llvm::Instruction::AShr);
    case INTS(ShrU):
      return shift(llvm::Instruction::LShr);
    case INTS(Add):
      return arith(llvm::Instruction::Add);
    case INTS(Sub):
      return arith(llvm::Instruction::Sub);
    case Opcode::I16x8Mul:
    case Opcode::I32x4Mul:
    case Opcode::I64x2Mul:
      return arith(llvm::Instruction::Mul);
    case BYTES_WORDS(AddSatS):
      return intrinsic(Intrinsic::sadd_sat);
    case BYTES_WORDS(AddSatU):
      return intrinsic(Intrinsic::uadd_sat);
    case BYTES_WORDS(SubSatS):
      return intrinsic(Intrinsic::ssub_sat);
    case BYTES_WORDS(SubSatU):
      return intrinsic(Intrinsic::usub_sat);
    case UP_TO_32(MinS):
      return intrinsic(Intrinsic::smin);
    case UP_TO_32(MinU):
      return intrinsic(Intrinsic::umin);
    case UP_TO_32(MaxS):
      return intrinsic(Intrinsic::smax);
    case UP_TO_32(MaxU):
      return intrinsic(Intrinsic::umax);
    case BYTES_WORDS(AvgrU):
      return binary([&](Value* a, Value* b) { return Average(a, b); });
    case INTS(Abs):
      return unary(
          [&](Value* a) { return b_.CreateBinaryIntrinsic(Intrinsic::abs, a, b_.getFalse()); });
    case INTS(Neg):
      return unary([&](Value* a) { return b_.CreateNeg(a); });
    case Opcode::I8x16Popcnt:
      return unary([&](Value* a) { return b_.CreateUnaryIntrinsic(Intrinsic::ctpop, a); });
    case Opcode::I8x16Swizzle:
    case Opcode::I8x16RelaxedSwizzle:
      return binary([&](Value* a, Value* b) { return Swizzle(a, b); });
    case Opcode::I16x8Q15mulrSatS:
    case Opcode::I16x8RelaxedQ15mulrS:
      return binary([&](Value* a, Value* b) { return Q15Multiply(a, b); });
    default:
      return false;
  }
}

#undef BYTES_WORDS
#undef UP_TO_32
#undef INTS

bool FunctionTranslator::EmitVector(Opcode op) {
  if (Info(op).prefix != 0xfd) return false;
  return EmitWholeVector(op) || EmitVectorInt(op) || EmitVectorFloat(op) || EmitVectorWiden(op) ||
         EmitVectorConvert(op);
}

}  // namespace wasm::aotc
