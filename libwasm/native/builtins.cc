// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table and its named entries. A builtin that fails leaves its frame without unwinding it, so
// none of them holds anything that needs a destructor.

#include "libwasm/native/builtins.h"

#include <algorithm>
#include <cstring>

#include "libwasm/native/activation.h"
#include "libwasm/native/builtins_by_hand.h"
#include "libwasm/native/builtins_generic.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/numerics.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_exception.h"
#include "libwasm/runtime/ops_memory.h"
#include "libwasm/runtime/store_impl.h"

namespace wasm::native {

namespace {

using generic::Check;
using generic::Value;
using runtime::EntryRecord;
using runtime::FuncInst;
using runtime::FuncKind;
using runtime::Instance;
using runtime::Ref;
using runtime::Slot;
using runtime::VMThread;

// The named entries, with the signatures of builtins.def.
namespace named {

[[noreturn]] void Raise(Instance* instance, uint32_t trap) {
  Leave(instance->thread, static_cast<Trap>(trap));
}

void CallArray(Instance* instance, FuncInst* func, Slot* slots) {
  VMThread* const thread = instance->thread;
  thread->native_top->caller = instance;
  if (func->kind == FuncKind::kInterpreted && thread->stack_base == nullptr) [[unlikely]] {
    if (!thread->store->impl().EnsureStacks()) Leave(thread, Trap::kOutOfMemory);
  }
  Check(instance, func->entry(thread, func, slots));
}

FuncInst* FuncRef(Instance* instance, uint32_t func_index) {
  return rt::FuncRef(*instance, FuncIdx(func_index));
}

FuncInst* ResolveIndirect(Instance* instance, uint32_t type, uint32_t table, uint64_t element) {
  return Value(instance, rt::ResolveIndirect(*instance, TypeIdx(type), TableIdx(table), element));
}

void Poll(Instance* instance) { Check(instance, rt::Poll(*instance)); }

[[noreturn]] void OutOfFuel(Instance* instance) {
  instance->thread->fuel = 0;
  Leave(instance->thread, Trap::kFuelExhausted);
}

Ref BeginCatch(Instance* instance) {
  VMThread* const thread = instance->thread;
  const Ref exception = thread->pending_exception;
  thread->pending_exception = runtime::kNullRef;
  // A function of the interpreter that threw it has left its frames for the trace.
  thread->frame_top = thread->native_top->frame_top;
  thread->stack_top = thread->native_top->stack_top;
  return exception;
}

runtime::TagInst* ExceptionTag(Instance*, Ref exception) { return rt::ExceptionTag(exception); }

void ExceptionArgs(Instance*, Ref exception, Slot* slots) {
  const auto args = rt::ExceptionArgs(exception);
  std::copy(args.begin(), args.end(), slots);
}

void Throw(Instance* instance, const Slot* args, uint32_t tag) {
  Check(instance, rt::Throw(*instance, TagIdx(tag), args));
}

void ThrowRef(Instance* instance, Ref exception) {
  Check(instance, rt::ThrowRef(*instance, exception));
}

uint64_t MemoryGrow(Instance* instance, uint32_t memory, uint64_t delta) {
  return rt::MemoryGrow(*instance, MemIdx(memory), delta);
}

void MemoryCopy(Instance* instance, uint32_t dst_memory, uint32_t src_memory, uint64_t dst,
                uint64_t src, uint64_t length) {
  Check(instance,
        rt::MemoryCopy(*instance, MemIdx(dst_memory), MemIdx(src_memory), dst, src, length));
}

void MemoryFill(Instance* instance, uint32_t memory, uint64_t dst, uint32_t byte, uint64_t length) {
  Check(instance, rt::MemoryFill(*instance, MemIdx(memory), dst, byte, length));
}

uint32_t RefTest(Instance* instance, Ref ref, uint64_t heap_type) {
  return rt::RefTest(*instance, ref, HeapTypeOf(heap_type), false);
}

uint32_t IsSubtype(Instance* instance, TypeId actual, uint32_t expected) {
  const TypeId expected_id = instance->type_ids[expected];
  return actual == expected_id || instance->types->IsSubtype(actual, expected_id);
}

Ref NewDefault(Instance* instance, uint32_t type, uint32_t length) {
  const CanonType& canonical = instance->types->Get(instance->type_ids[type]);
  return Value(instance, canonical.type.comp.kind == CompType::Kind::kStruct
                             ? rt::StructNewDefault(*instance, TypeIdx(type))
                             : rt::ArrayNewDefault(*instance, TypeIdx(type), length));
}

}  // namespace named

template <typename F>
const void* Entry(F* function) {
  return reinterpret_cast<const void*>(function);
}

}  // namespace

#define ENTRY(...) reinterpret_cast<const void*>(static_cast<GenericBuiltin*>(__VA_ARGS__))

const void* const kBuiltins[kNumBuiltinEntries] = {
#define BUILTIN(Name, signature) reinterpret_cast<const void*>(&named::Name),
#include "libwasm/native/builtins.def"

#define SPECIAL(Name, prefix, code, text, Imm, Feature, flags) ENTRY(by_hand::kEntry<Opcode::Name>),
#define SIMPLE(Name, prefix, code, text, Imm, sig, Feature, flags) \
  ENTRY(by_hand::kEntry<Opcode::Name>),
#define RUNTIME(Name, prefix, code, text, Imm, sig, Feature) ENTRY(by_hand::kEntry<Opcode::Name>),
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) \
  ENTRY(generic::Numeric<&num::Name>::Run),
#define NUMERIC_LANE(Name, prefix, code, text, sig, Feature) \
  ENTRY(generic::NumericLane<&num::Name>::Run),
#define LOAD(Name, prefix, code, text, type, MemType, Feature) \
  ENTRY(generic::RunLoad<generic::RowType::type, MemType>),
#define STORE(Name, prefix, code, text, type, MemType, Feature) ENTRY(generic::RunStore<MemType>),
#define LOAD_VEC(Name, prefix, code, text, RawType, Feature) \
  ENTRY(generic::RunLoadVec<RawType, &num::Name>),
#define LOAD_LANE(Name, prefix, code, text, RawType, Feature) \
  ENTRY(generic::RunLoadLane<RawType, &num::Name>),
#define STORE_LANE(Name, prefix, code, text, RawType, Feature) \
  ENTRY(generic::RunStoreLane<RawType, &num::Name>),
#define ATOMIC(Name, prefix, code, text, sig, MemType, Feature) \
  ENTRY(by_hand::kEntry<Opcode::Name>),
#define ATOMIC_LOAD(Name, prefix, code, text, type, MemType, Feature) \
  ENTRY(generic::RunAtomicLoad<MemType>),
#define ATOMIC_STORE(Name, prefix, code, text, type, MemType, Feature) \
  ENTRY(generic::RunAtomicStore<MemType>),
#define ATOMIC_RMW(Name, prefix, code, text, type, MemType, Operator, Feature) \
  ENTRY(generic::RunAtomicRmw<MemType, rt::rmw::Operator>),
#define ATOMIC_CMPXCHG(Name, prefix, code, text, type, MemType, Feature) \
  ENTRY(generic::RunAtomicCmpxchg<MemType, generic::RowType::type>),
#include "libwasm/opcodes/instructions.def"
};

}  // namespace wasm::native
