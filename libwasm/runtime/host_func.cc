// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An error of a callback waits in the thread until Store::Call hands it to the embedder; only an
// exception goes on as what it is, so that the calling code can catch it.

#include "libwasm/runtime/host_func.h"

#include <memory>

#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trace.h"

namespace wasm::runtime {

Instance* CallContext::caller() const {
  const Store::Impl& impl = store().impl();
  if (const EntryRecord* record = thread_.native_top;
      record != impl.native_floor && record->frame_top == thread_.frame_top)
    return record->caller;
  if (thread_.frame_top == nullptr || thread_.frame_top <= impl.frame_floor) return nullptr;
  return thread_.frame_top[-1].instance;
}

MemoryInst* CallContext::memory() const {
  Instance* instance = caller();
  if (instance == nullptr || instance->data->module().memories.empty()) return nullptr;
  return static_cast<MemoryInst*>(instance->memories[0]);
}

Error CallContext::Throw(TagInst* tag, std::span<const Slot> args) const {
  // The arguments may be references: keep them alive while the exception is made.
  const RootRange roots(store(), args.data(), args.data() + args.size());
  gc::Object* exception = store().heap().NewException(tag, args);
  if (exception == nullptr) {
    return Error(TrapErrorKind(Trap::kOutOfMemory), std::string(TrapMessage(Trap::kOutOfMemory)));
  }
  thread_.pending_exception = gc::ToRef(exception);
  return Error(ErrorKind::kException, std::string(TrapMessage(Trap::kException)));
}

namespace {

// Host code may call WebAssembly code again: this is where native recursion is bounded.
bool HasRoom(const VMThread& thread) {
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) >= thread.native_stack_limit;
}

Trap Leave(VMThread& thread, Result<void> result) {
  if (thread.unwinding) [[unlikely]]  // whatever the callback made of it
    return FailWith(thread, UnwindingError(thread));
  if (result.has_value()) [[likely]]
    return Trap::kNone;
  if (result.error().kind() == ErrorKind::kException && thread.pending_exception != kNullRef)
    return Trap::kException;
  return FailWith(thread, std::move(result.error()));
}

}  // namespace

Trap EnterHost(VMThread* thread, FuncInst* func, Slot* slots) {
  if (!HasRoom(*thread)) return Trap::kStackExhausted;
  auto& function = *static_cast<HostFunction*>(func->host_data);
  CallContext context(*thread, function);
  return Leave(*thread, function.callback(context, slots));
}

Trap EnterRawHost(VMThread* thread, FuncInst* func, Slot* slots) {
  if (!HasRoom(*thread)) return Trap::kStackExhausted;
  const auto& function = *static_cast<const RawHostFunction*>(func->host_data);
  return Leave(*thread, function.callback(function.data, slots));
}

Trap FailWith(VMThread& thread, Error error) {
  delete static_cast<Error*>(thread.host_error);
  thread.host_error = new Error(std::move(error));
  return Trap::kHostError;
}

}  // namespace wasm::runtime
