// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls from one module of a component to another that the callee's body takes the place of. Each
// partition has copies of such bodies, of its own; they are put where they are called and are gone
// before anything is optimised, so that every instruction still belongs to a function of the
// module. What is left of them are positions: an instruction's column says which call it is inside
// of, as its line says which instruction of its module it is.

#ifndef TRENAIL_AOTC_INLINED_CALLS_H_
#define TRENAIL_AOTC_INLINED_CALLS_H_

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "aotc/bindings.h"
#include "aotc/objects.h"

namespace wasm::aotc {

struct ModulePlan;

// A copy of a function's body, to be inlined.
struct InlinedBody {
  const Binding* binding = nullptr;
  const ModulePlan* plan = nullptr;    // of the function's module
  llvm::Function* function = nullptr;  // the copy; gone afterwards
  llvm::Function* symbol = nullptr;    // the function itself
};

// Puts all bodies where they are called, and removes them. Returns the calls that were: the column
// of an instruction's position is the number of a call in it, from 1 on; 0: none. `is_line`: an
// instruction's offset is its position's line, otherwise its discriminator.
std::vector<InlinedCall> InlineBodies(llvm::Module& module, const std::deque<InlinedBody>& bodies,
                                      bool is_line);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_INLINED_CALLS_H_
