// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host functions: a C++ callable behind a function instance, called by any engine through the array
// entry. Its errors are values; they end the WebAssembly code that called it, whatever their kind.

#ifndef TRENAIL_LIBWASM_RUNTIME_HOST_FUNC_H_
#define TRENAIL_LIBWASM_RUNTIME_HOST_FUNC_H_

#include <span>
#include <string>
#include <utility>

#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"

namespace wasm::runtime {

struct HostFunction {
  HostFunction(Store* owner, HostCallback function, std::string function_name)
      : store(owner), callback(std::move(function)), name(std::move(function_name)) {}

  FuncInst func;
  Store* store;
  HostCallback callback;
  std::string name;  // for traces
};

struct RawHostFunction {
  FuncInst func;
  RawHostCallback callback = nullptr;
  void* data = nullptr;
};

// What a host function sees of its call.
class CallContext {
 public:
  CallContext(VMThread& thread, HostFunction& function) : thread_(thread), function_(function) {}

  Store& store() const { return *function_.store; }
  VMThread& thread() const { return thread_; }
  const HostFunction& function() const { return function_; }
  // The instance whose code makes the call; null if the embedder calls directly.
  Instance* caller() const;
  // Memory 0 of the caller; null if there is none. Its bytes may move when WebAssembly code runs.
  MemoryInst* memory() const;
  // For `return std::unexpected(context.Throw(…))`: an exception that WebAssembly code can catch.
  // `args`: the slots of the tag's parameters.
  Error Throw(TagInst* tag, std::span<const Slot> args) const;

 private:
  VMThread& thread_;
  HostFunction& function_;
};

// The ArrayEntries of host functions.
Trap EnterHost(VMThread* thread, FuncInst* func, Slot* slots);
Trap EnterRawHost(VMThread* thread, FuncInst* func, Slot* slots);

// Makes `error` what the thread fails with and returns the trap that says so.
Trap FailWith(VMThread& thread, Error error);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_HOST_FUNC_H_
