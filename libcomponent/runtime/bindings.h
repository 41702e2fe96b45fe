// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the imports of core modules will be, as far as the component says so by itself: found by
// instantiating it without running anything. The compiler inlines calls by it (docs/aot.md).

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_BINDINGS_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_BINDINGS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "libcomponent/validate/validated_component.h"

namespace component::runtime {

// A function that a module imports is, in all instances of the module, one that another module
// defines.
struct CoreBinding {
  static constexpr uint32_t kNoParent = ~uint32_t{0};
  uint32_t module = 0;  // whose import it is: an index of `modules`, as are all
  uint32_t import = 0;  // indices of functions
  uint32_t callee_module = 0;
  uint32_t callee_function = 0;
  // An adapter's own imports are bound differently for each call that it stands in: the binding,
  // earlier in the list, that `module` is the callee of.
  uint32_t parent = kNoParent;
};

// `modules`: all of the component, nested ones where they are defined, and its adapters in the
// order of their shapes behind them.
std::vector<CoreBinding> FindBindings(const ValidatedComponent& component,
                                      std::span<const trenail::Module> modules);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_BINDINGS_H_
