// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic memory instructions of the threads proposal: sequentially consistent LLVM atomics behind a
// test of the alignment. Waiting and notifying are the runtime's.

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::AtomicRMWInst;
using llvm::Value;

namespace {

constexpr auto kSeqCst = llvm::AtomicOrdering::SequentiallyConsistent;

// What an instruction of the table does, and on how many bytes.
struct Access {
  enum Kind : uint8_t { kNone, kLoad, kStore, kRmw, kCmpxchg };
  Kind kind = kNone;
  uint8_t size = 0;
  AtomicRMWInst::BinOp rmw = AtomicRMWInst::BAD_BINOP;
};

Access AccessOf(Opcode op) {
  switch (op) {
#define ATOMIC(Name, prefix, code, text, sig, MemType, Feature)
#define ATOMIC_LOAD(Name, prefix, code, text, type, MemType, Feature) \
  case Opcode::Name:                                                  \
    return {Access::kLoad, sizeof(MemType)};
#define ATOMIC_STORE(Name, prefix, code, text, type, MemType, Feature) \
  case Opcode::Name:                                                   \
    return {Access::kStore, sizeof(MemType)};
#define ATOMIC_RMW(Name, prefix, code, text, type, MemType, Operator, Feature) \
  case Opcode::Name:                                                           \
    return {Access::kRmw, sizeof(MemType), AtomicRMWInst::Operator};
#define ATOMIC_CMPXCHG(Name, prefix, code, text, type, MemType, Feature) \
  case Opcode::Name:                                                     \
    return {Access::kCmpxchg, sizeof(MemType)};
#include "libwasm/opcodes/instructions.def"
    default:
      return {};
  }
}

}  // namespace

// Misalignment is noticed before the bounds, as in the official suite.
Value* FunctionTranslator::AtomicAddress(const imm::MemArg& imm, Value* index, unsigned size) {
  if (size > 1) {
    Value* low = b_.CreateTrunc(index, t().i32);
    low = b_.CreateAdd(low, b_.getInt32(static_cast<uint32_t>(imm.offset)));
    TrapIf(b_.CreateIsNotNull(b_.CreateAnd(low, size - 1)), Trap::kUnalignedAtomic);
  }
  return Address(imm, index, size);
}

bool FunctionTranslator::EmitAtomic(Opcode op, const imm::MemArg& imm) {
  const Access access = AccessOf(op);
  if (access.kind == Access::kNone) return false;
  const unsigned size = access.size;
  llvm::Type* raw = b_.getIntNTy(8 * size);
  const llvm::Align align(size);
  auto load = [&](Value* at) -> Value* {
    llvm::LoadInst* loaded = Load(raw, at, Place::kMemory, size);
    loaded->setAtomic(kSeqCst);
    return loaded;
  };
  auto push = [&](Value* value) { Push(b_.CreateZExt(value, t().Of(v_.TypeAt(0)))); };
  switch (access.kind) {
    case Access::kLoad:
      push(load(AtomicAddress(imm, Pop(), size)));
      return true;
    case Access::kStore: {
      Value* value = b_.CreateTrunc(Pop(), raw);
      Store(value, AtomicAddress(imm, Pop(), size), Place::kMemory, size)->setAtomic(kSeqCst);
      return true;
    }
    case Access::kRmw: {
      Value* value = b_.CreateTrunc(Pop(), raw);
      Value* at = AtomicAddress(imm, Pop(), size);
      auto* rmw = b_.CreateAtomicRMW(access.rmw, at, value, align, kSeqCst);
      // One that changes nothing and whose result nobody uses would become a fence, without a trap.
      rmw->setVolatile(true);
      push(rmw);
      return true;
    }
    default: {
      Value* replacement = b_.CreateTrunc(Pop(), raw);
      Value* expected = Pop();
      Value* at = AtomicAddress(imm, Pop(), size);
      Value* low = b_.CreateTrunc(expected, raw);
      auto exchange = [&] {
        return b_.CreateExtractValue(
            b_.CreateAtomicCmpXchg(at, low, replacement, align, kSeqCst, kSeqCst), 0);
      };
      // The value is compared zero-extended: one that is too large for the access only reads.
      Value* fits = b_.CreateICmpEQ(b_.CreateZExt(low, expected->getType()), expected);
      if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(fits)) {
        push(known->isOne() ? exchange() : load(at));
        return true;
      }
      llvm::BasicBlock* exchanging = NewBlock();
      llvm::BasicBlock* reading = NewBlock();
      llvm::BasicBlock* next = NewBlock();
      b_.CreateCondBr(fits, exchanging, reading, p_.likely());
      b_.SetInsertPoint(exchanging);
      Value* exchanged = exchange();
      b_.CreateBr(next);
      b_.SetInsertPoint(reading);
      Value* read = load(at);
      b_.CreateBr(next);
      b_.SetInsertPoint(next);
      llvm::PHINode* old = b_.CreatePHI(raw, 2);
      old->addIncoming(exchanged, exchanging);
      old->addIncoming(read, reading);
      push(old);
      return true;
    }
  }
}

}  // namespace wasm::aotc
