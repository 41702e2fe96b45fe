// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon lift]: a component function out of a core function.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LIFT_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LIFT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/runtime/task.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

class LiftedFunc final : public FuncInst {
 public:
  LiftedFunc(const trenail::Func& callee, const FuncType& type, CanonicalOptions options,
             ComponentInstance& inst);

  wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store, std::shared_ptr<CallSite> site,
                                                  ComponentInstance* caller) override;
  bool ChecksArgs() const override { return true; }
  const FuncType* type() const override { return &type_; }
  const ComponentInstance* type_scope() const override { return &inst_; }
  LiftedFunc* AsLifted() override { return this; }

  // Whether calls need neither a task nor a thread, as nothing could tell.
  bool needs_no_task() const { return is_sync_ && !inst_.needs_tasks && !inst_.needs_fibers; }
  // [cabi:Store.invoke] of such a function whose parameters and result are primitive and flat: core
  // values in, and the bits of the result's Value out, in the first slot, which there has to be.
  wasm::Result<void> CallScalar(uint64_t* slots) const;

  // The same, whose caller lowers and lifts as it likes.
  wasm::Result<void> CallWithoutTask(CallSite& site) const;

  const trenail::Func& callee() const { return callee_; }
  const CanonicalOptions& options() const { return options_; }
  ComponentInstance& inst() const { return inst_; }
  const std::vector<const ValType*>& params() const { return params_; }
  const std::vector<const ValType*>& results() const { return results_; }

 private:
  // [cabi:canon_lift], with the instance entered.
  wasm::Result<std::shared_ptr<Cancellable>> Lift(std::shared_ptr<CallSite> site);
  // Lifts what is in the first slot, and calls post-return.
  wasm::Result<void> ReturnScalar(uint64_t* slots) const;

  const trenail::Func callee_;
  const FuncType& type_;
  const CanonicalOptions options_;
  ComponentInstance& inst_;
  const std::vector<const ValType*> params_;
  const std::vector<const ValType*> results_;
  const bool is_sync_;        // in its type and its options
  const bool returns_as_is_;  // a scalar result needs nothing to be lifted, and nothing follows
};

// FAST: a call by the host of a guest's function of scalars alone, without Values: one slot for
// each argument, as the core value that it is lowered to, and then the first one, which there has
// to be in any case, for the result, as the bits of its Value.
[[gnu::visibility("default")]] wasm::Result<void> CallFlatFromHost(LiftedFunc& func,
                                                                   uint64_t* slots);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LIFT_H_
