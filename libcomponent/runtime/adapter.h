// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which adapters (adapter_module.h) a component needs, and their use in place of the host's way
// from one guest to another (canon_lower.h, canon_lift.h), which does the same for all values.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_H_

#include <optional>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// Makes the adapters that calls inside of `component` may take, before it is used.
wasm::Result<void> MakeAdapters(const trenail::Engine& engine, const ValidatedComponent& component);

// Whether the component can tell as whose task or thread it runs: then calls make tasks.
bool NeedsTasks(const Canon& canon, const ValidatedComponent& component);

// [cabi:canon lower] without the host; nothing if it takes the host. `type`, `options`: of the
// definition, in `caller`.
std::optional<trenail::Func> LinkAdapter(FuncInst& callee, const FuncType& type,
                                         const CanonicalOptions& options,
                                         ComponentInstance& caller);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_H_
