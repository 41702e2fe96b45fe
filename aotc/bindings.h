// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known, before anything is instantiated, about the imports of the core modules of a
// component: which function of which module they will be. It is never relied upon: code compares
// first, and calls whatever else is there as it calls any import.

#ifndef TRENAIL_AOTC_BINDINGS_H_
#define TRENAIL_AOTC_BINDINGS_H_

#include <cstdint>
#include <vector>

namespace wasm::aotc {

struct Binding {
  uint32_t import = 0;    // a function that the calling module imports
  uint32_t module = 0;    // in the component's order
  uint32_t function = 0;  // in that module's index space; it defines it
  // What the module's own imports are where it is bound here: of adapters, which are the same
  // module for many calls.
  std::vector<Binding> inner;
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_BINDINGS_H_
