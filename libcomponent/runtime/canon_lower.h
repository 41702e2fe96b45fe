// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon lower]: a core function out of a component function.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LOWER_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LOWER_H_

#include <memory>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/options.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// What a call needs to know. `type`: as `inst` knows it. `core_type`: of the core function.
struct LoweredFunc;
std::shared_ptr<const LoweredFunc> LowerFunc(std::shared_ptr<FuncInst> callee, const FuncType& type,
                                             CanonicalOptions options, ComponentInstance& inst,
                                             const wasm::FuncType& core_type);
// Arguments in, results out in `slots`.
wasm::Result<void> CallLowered(const std::shared_ptr<const LoweredFunc>& func, uint64_t* slots);

// Both at once.
trenail::Func CanonLower(std::shared_ptr<FuncInst> callee, const FuncType& type,
                         CanonicalOptions options, ComponentInstance& inst,
                         const wasm::FuncType& core_type);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LOWER_H_
