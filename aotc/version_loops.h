// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass over innermost loops whose indices of memory might wrap, as far as anybody can tell before
// the program runs: one comparison in front of the loop tells, and then a copy of the loop without
// wrapping indices runs, which LLVM can vectorise. The original loop stays for the other case.

#ifndef TRENAIL_AOTC_VERSION_LOOPS_H_
#define TRENAIL_AOTC_VERSION_LOOPS_H_

#include <llvm/IR/PassManager.h>

namespace wasm::aotc {

class VersionLoops : public llvm::PassInfoMixin<VersionLoops> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_VERSION_LOOPS_H_
