// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core functions that a component's canonical definitions make: lowered functions and
// built-ins. Most of them are never called by an instance that serves one request, so what their
// definitions mean is worked out when they are first called.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_CANON_FUNC_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_CANON_FUNC_H_

#include <cstdint>
#include <memory>

#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/canon_lower.h"
#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// The options of a definition in `inst`, as far as its index spaces go.
CanonicalOptions OptionsOf(const ComponentInstance& inst, const Canon& def);

// Must stay where it is while it may be called.
class CanonFunc {
 public:
  // `core_index`: of the function, in the component's index space.
  CanonFunc(ComponentInstance& inst, const Canon& def, uint32_t core_index)
      : inst_(&inst), def_(&def), core_index_(core_index) {}

  // `type_id`: the canonical id of its type.
  trenail::Func MakeFunc(uint32_t type_id);

 private:
  static wasm::Result<void> Run(void* data, uint64_t* slots);
  void Prepare();

  ComponentInstance* inst_;
  const Canon* def_;
  uint32_t core_index_;
  // One of the two, once it has been called.
  std::shared_ptr<const LoweredFunc> lowered_;
  std::unique_ptr<const Builtin> builtin_;
  BuiltinFunc run_ = nullptr;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CANON_FUNC_H_
