// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Single lanes [exec-vextract_lane] [exec-vreplace_lane], and the vector loads and stores that are
// not of a whole vector [exec-vload-pack] [exec-vload-splat] [exec-vload-zero] [exec-vload_lane]
// [exec-vstore_lane].

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::FixedVectorType;
using llvm::Value;

bool FunctionTranslator::EmitVectorLane(Opcode op, unsigned lane) {
  FixedVectorType* type = LanesOf(op);
  switch (op) {
    case Opcode::I8x16ExtractLaneS:
    case Opcode::I16x8ExtractLaneS:
      Push(b_.CreateSExt(b_.CreateExtractElement(PopAs(type), lane), t().i32), ValType::kI32);
      return true;
    case Opcode::I8x16ExtractLaneU:
    case Opcode::I16x8ExtractLaneU:
      Push(b_.CreateZExt(b_.CreateExtractElement(PopAs(type), lane), t().i32), ValType::kI32);
      return true;
    case Opcode::I32x4ExtractLane:
    case Opcode::I64x2ExtractLane:
    case Opcode::F32x4ExtractLane:
    case Opcode::F64x2ExtractLane:
      Push(b_.CreateExtractElement(PopAs(type), lane));
      return true;
    case Opcode::I8x16ReplaceLane:
    case Opcode::I16x8ReplaceLane:
    case Opcode::I32x4ReplaceLane:
    case Opcode::I64x2ReplaceLane:
    case Opcode::F32x4ReplaceLane:
    case Opcode::F64x2ReplaceLane: {
      Value* value = Pop();
      if (value->getType() != type->getElementType())
        value = b_.CreateTrunc(value, type->getElementType());
      PushV128(b_.CreateInsertElement(PopAs(type), value, lane));
      return true;
    }
    default:
      return false;
  }
}

bool FunctionTranslator::EmitVectorAccess(Opcode op, const imm::MemArg& imm, unsigned lane) {
  auto load = [&](llvm::Type* raw) {
    Value* at = Address(imm, Pop(), static_cast<unsigned>(raw->getPrimitiveSizeInBits() / 8));
    llvm::LoadInst* loaded = Load(raw, at, Place::kMemory, 1);
    MarkGuarded(loaded, imm.memory.value);
    return loaded;
  };
  auto extended = [&](llvm::IntegerType* from, llvm::IntegerType* to, bool is_signed) {
    const unsigned count = 64 / from->getBitWidth();
    PushV128(b_.CreateIntCast(load(FixedVectorType::get(from, count)),
                              FixedVectorType::get(to, count), is_signed));
    return true;
  };
  auto splat = [&](llvm::IntegerType* type) {
    PushV128(b_.CreateVectorSplat(128 / type->getBitWidth(), load(type)));
    return true;
  };
  auto into = [&](llvm::IntegerType* type, Value* vector, unsigned index) {
    PushV128(b_.CreateInsertElement(vector, load(type), index));
    return true;
  };
  auto lanes_of = [](llvm::IntegerType* type) {
    return FixedVectorType::get(type, 128 / type->getBitWidth());
  };
  auto zero = [&](llvm::IntegerType* type) {
    return into(type, llvm::Constant::getNullValue(lanes_of(type)), 0);
  };
  auto load_lane = [&](llvm::IntegerType* type) { return into(type, PopAs(lanes_of(type)), lane); };
  auto store_lane = [&](llvm::IntegerType* type) {
    Value* value = b_.CreateExtractElement(PopAs(lanes_of(type)), lane);
    Store(value, Address(imm, Pop(), type->getBitWidth() / 8), Place::kMemory, 1);
    return true;
  };
  switch (op) {
    case Opcode::V128Load8x8S:
      return extended(t().i8, t().i16, true);
    case Opcode::V128Load8x8U:
      return extended(t().i8, t().i16, false);
    case Opcode::V128Load16x4S:
      return extended(t().i16, t().i32, true);
    case Opcode::V128Load16x4U:
      return extended(t().i16, t().i32, false);
    case Opcode::V128Load32x2S:
      return extended(t().i32, t().i64, true);
    case Opcode::V128Load32x2U:
      return extended(t().i32, t().i64, false);
    case Opcode::V128Load8Splat:
      return splat(t().i8);
    case Opcode::V128Load16Splat:
      return splat(t().i16);
    case Opcode::V128Load32Splat:
      return splat(t().i32);
    case Opcode::V128Load64Splat:
      return splat(t().i64);
    case Opcode::V128Load32Zero:
      return zero(t().i32);
    case Opcode::V128Load64Zero:
      return zero(t().i64);
    case Opcode::V128Load8Lane:
      return load_lane(t().i8);
    case Opcode::V128Load16Lane:
      return load_lane(t().i16);
    case Opcode::V128Load32Lane:
      return load_lane(t().i32);
    case Opcode::V128Load64Lane:
      return load_lane(t().i64);
    case Opcode::V128Store8Lane:
      return store_lane(t().i8);
    case Opcode::V128Store16Lane:
      return store_lane(t().i16);
    case Opcode::V128Store32Lane:
      return store_lane(t().i32);
    case Opcode::V128Store64Lane:
      return store_lane(t().i64);
    default:
      return false;
  }
}

}  // namespace wasm::aotc
