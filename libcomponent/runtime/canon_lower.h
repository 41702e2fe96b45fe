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

// `type`: as `inst` knows it. `core_type`: of the function to make.
trenail::Func CanonLower(std::shared_ptr<FuncInst> callee, const FuncType& type,
                         CanonicalOptions options, ComponentInstance& inst,
                         const wasm::FuncType& core_type);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CANON_LOWER_H_
