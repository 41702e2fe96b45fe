// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Component-level functions, and what a call is for either side [cabi:FuncInst, OnStart, OnResolve,
// OnCancel].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_FUNC_INST_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_FUNC_INST_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/flatten.h"
#include "libcomponent/native_type.h"
#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/support/error.h"

namespace component::runtime {

class ComponentInstance;
class LiftedFunc;
class Store;

// The caller's side of a call. It is told once that the call starts and once how it ends.
class CallSite {
 public:
  virtual ~CallSite() = default;
  // The callee is ready for the arguments.
  virtual wasm::Result<std::vector<Value>> OnStart() = 0;
  // The callee has its result: kUnit if the function has none.
  virtual wasm::Result<void> OnReturn(Value result) = 0;
  // The same between a callee that is a guest and any caller: the arguments lowered into the
  // callee's slots, the result lifted from them. By default with Values in between.
  virtual wasm::Result<void> LowerArgs(abi::Context& callee, abi::Types types,
                                       std::span<uint64_t> slots);
  virtual wasm::Result<void> LiftResult(abi::Context& callee, uint32_t max_flat,
                                        std::span<const uint64_t> slots, abi::Types types);
  // FAST: the same with a callee of the host's that has C++ objects, which fit the types, if the
  // caller is a guest; `result` is null if there is none.
  virtual bool TakesNative() const { return false; }
  virtual wasm::Result<void> LiftArgs(std::span<const NativePlace> places);
  virtual wasm::Result<void> LowerResult(const NativeSource* result);
  // The callee ends without one, since that was requested.
  virtual wasm::Result<void> OnCancelled() = 0;
};

// The callee's side of a call that has not returned yet.
class Cancellable {
 public:
  virtual ~Cancellable() = default;
  // Asks it to end early; it may do so at once, later or not at all.
  virtual wasm::Result<void> RequestCancellation(ComponentInstance* caller) = 0;
};

class FuncInst : public std::enable_shared_from_this<FuncInst> {
 public:
  virtual ~FuncInst() = default;

  // Calls it from `caller`, null for the host. When this returns the call is resolved, or goes on
  // by itself: then, and only then, there is something to cancel it by.
  virtual wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store,
                                                          std::shared_ptr<CallSite> site,
                                                          ComponentInstance* caller) = 0;
  // Of a function that takes any type, as far as is known: whether it takes this one.
  virtual bool Accepts(const FuncType& imported) const {
    (void)imported;
    return true;
  }
  // Whether arguments that do not fit its type are refused when they are lowered.
  virtual bool ChecksArgs() const { return false; }
  // Its type and the instance whose resources that type speaks of; null if it takes any type.
  virtual const FuncType* type() const { return nullptr; }
  virtual const ComponentInstance* type_scope() const { return nullptr; }
  // Itself, if it is a guest's.
  virtual LiftedFunc* AsLifted() { return nullptr; }
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_FUNC_INST_H_
