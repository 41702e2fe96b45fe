// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory instructions [exec-memory]. An access to a guarded memory is a bare load or store at base
// + index + offset, all of which the reservation covers; it faults where it must trap. Any other
// access is tested against the memory's size, which together with the base is read again after
// everything that may change it.

#include <llvm/IR/Intrinsics.h>

#include "aotc/function_translator.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::aotc {

using llvm::Value;
using native::Builtin;
using runtime::Instance;
using runtime::VMMemory;

bool FunctionTranslator::IsGuarded(uint32_t memory) const {
  return plan_.options->bounds == Bounds::kGuard &&
         runtime::CanBeGuarded(module().memories[memory].type);
}

Value* FunctionTranslator::MemoryBytes(uint32_t memory) {
  Value* bytes = Field(MemoryAt(memory), offsetof(VMMemory, size), t().i64, false, Place::kSize);
  if (module().memories[memory].type.shared)
    llvm::cast<llvm::LoadInst>(bytes)->setAtomic(llvm::AtomicOrdering::Acquire);
  return bytes;
}

Value* FunctionTranslator::Address(const imm::MemArg& imm, Value* index, unsigned size) {
  const uint32_t memory = imm.memory.value;
  if (IsGuarded(memory) && imm.offset <= 0xffffffff) {
    Value* base = GuardedBase(memory);
    // A 64-bit index beyond what can be accessible becomes the first that cannot: without a branch,
    // and without looking at the memory's size.
    index = index->getType() == t().i64
                ? b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, index,
                                           b_.getInt64(runtime::kMaxGuardedSize))
                : b_.CreateZExt(index, t().i64);
    Value* at = b_.CreateGEP(t().i8, base, index);
    if (imm.offset == 0) return at;
    return b_.CreateGEP(t().i8, at, b_.getInt64(imm.offset));
  }
  Value* vm = MemoryAt(memory);
  Value* bytes = MemoryBytes(memory);
  uint64_t end_offset;
  if (__builtin_add_overflow(imm.offset, uint64_t{size}, &end_offset)) {
    TrapIf(b_.getTrue(), Trap::kMemoryOutOfBounds);
    end_offset = size;
  }
  Value* end;
  if (index->getType() == t().i64) {
    Value* sum = b_.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_with_overflow, index,
                                          b_.getInt64(end_offset));
    end = b_.CreateExtractValue(sum, 0);
    Value* wraps = b_.CreateExtractValue(sum, 1);
    TrapIf(b_.CreateOr(wraps, b_.CreateICmpUGT(end, bytes)), Trap::kMemoryOutOfBounds);
  } else {
    index = b_.CreateZExt(index, t().i64);
    end = b_.CreateAdd(index, b_.getInt64(end_offset), "", true, true);
    TrapIf(b_.CreateICmpUGT(end, bytes), Trap::kMemoryOutOfBounds);
  }
  Value* base = Field(vm, offsetof(VMMemory, base), t().ptr, false, Place::kSize);
  Value* at = b_.CreateGEP(t().i8, base, index);
  return imm.offset == 0 ? at : b_.CreateGEP(t().i8, at, b_.getInt64(imm.offset));
}

// A load from guarded memory that LLVM dropped would not trap: see pipeline.cc.
void FunctionTranslator::MarkGuarded(llvm::LoadInst* load, uint32_t memory) {
  if (IsGuarded(memory)) load->setMetadata("trenail.traps", p_.empty_node());
}

bool FunctionTranslator::EmitLoadStore(Opcode op, const imm::MemArg& imm) {
  auto load = [&](llvm::Type* raw, llvm::Type* to, bool is_signed) {
    Value* at = Address(imm, Pop(), static_cast<unsigned>(raw->getPrimitiveSizeInBits() / 8));
    llvm::LoadInst* loaded = Load(raw, at, Place::kMemory, 1);
    MarkGuarded(loaded, imm.memory.value);
    Value* value = loaded;
    if (raw != to) value = is_signed ? b_.CreateSExt(value, to) : b_.CreateZExt(value, to);
    Push(value);
    return true;
  };
  auto store = [&](llvm::Type* raw) {
    Value* value = Pop();
    Value* at = Address(imm, Pop(), static_cast<unsigned>(raw->getPrimitiveSizeInBits() / 8));
    if (value->getType() != raw) value = b_.CreateTrunc(value, raw);
    Store(value, at, Place::kMemory, 1);
    return true;
  };
  switch (op) {
    case Opcode::I32Load:
      return load(t().i32, t().i32, false);
    case Opcode::I64Load:
      return load(t().i64, t().i64, false);
    case Opcode::F32Load:
      return load(t().f32, t().f32, false);
    case Opcode::F64Load:
      return load(t().f64, t().f64, false);
    case Opcode::V128Load:
      return load(t().v128, t().v128, false);
    case Opcode::I32Load8S:
      return load(t().i8, t().i32, true);
    case Opcode::I32Load8U:
      return load(t().i8, t().i32, false);
    case Opcode::I32Load16S:
      return load(t().i16, t().i32, true);
    case Opcode::I32Load16U:
      return load(t().i16, t().i32, false);
    case Opcode::I64Load8S:
      return load(t().i8, t().i64, true);
    case Opcode::I64Load8U:
      return load(t().i8, t().i64, false);
    case Opcode::I64Load16S:
      return load(t().i16, t().i64, true);
    case Opcode::I64Load16U:
      return load(t().i16, t().i64, false);
    case Opcode::I64Load32S:
      return load(t().i32, t().i64, true);
    case Opcode::I64Load32U:
      return load(t().i32, t().i64, false);
    case Opcode::I32Store:
      return store(t().i32);
    case Opcode::I64Store:
      return store(t().i64);
    case Opcode::F32Store:
      return store(t().f32);
    case Opcode::F64Store:
      return store(t().f64);
    case Opcode::V128Store:
      return store(t().v128);
    case Opcode::I32Store8:
    case Opcode::I64Store8:
      return store(t().i8);
    case Opcode::I32Store16:
    case Opcode::I64Store16:
      return store(t().i16);
    case Opcode::I64Store32:
      return store(t().i32);
    default:
      return false;
  }
}

void FunctionTranslator::EmitSimple(Opcode op, const imm::MemIdx& imm) {
  const MemType& type = module().memories[imm.memory.value].type;
  const bool is64 = type.addr_type == AddrType::kI64;
  auto push = [&](Value* pages) { Push(is64 ? pages : b_.CreateTrunc(pages, t().i32)); };
  auto wide = [&](Value* value) {
    return value->getType() == t().i64 ? value : b_.CreateZExt(value, t().i64);
  };
  Value* memory = b_.getInt32(imm.memory.value);
  switch (op) {
    case Opcode::MemorySize: {
      push(b_.CreateLShr(MemoryBytes(imm.memory.value), type.page_size_log2));
      return;
    }
    case Opcode::MemoryGrow:
      push(CallBuiltin(Builtin::kMemoryGrow, {memory, wide(Pop())}));
      return;
    default: {  // memory.fill
      Value* length = Pop();
      Value* byte = Pop();
      Value* at = Pop();
      CallBuiltin(Builtin::kMemoryFill, {memory, wide(at), byte, wide(length)});
      return;
    }
  }
}

void FunctionTranslator::Emit(Op<Opcode::MemoryCopy>, const imm::MemoryCopy& imm) {
  auto wide = [&](Value* value) {
    return value->getType() == t().i64 ? value : b_.CreateZExt(value, t().i64);
  };
  Value* length = wide(Pop());
  Value* source = wide(Pop());
  Value* destination = wide(Pop());
  CallBuiltin(Builtin::kMemoryCopy, {b_.getInt32(imm.dst.value), b_.getInt32(imm.src.value),
                                     destination, source, length});
}
void FunctionTranslator::Emit(Op<Opcode::MemoryInit>, const imm::MemoryInit& imm) {
  EmitGeneric(Opcode::MemoryInit, 3, 0, imm.data.value, imm.memory.value);
}
void FunctionTranslator::Emit(Op<Opcode::DataDrop>, const imm::DataIdx& imm) {
  EmitGeneric(Opcode::DataDrop, 0, 0, imm.data.value, 0);
}

}  // namespace wasm::aotc
