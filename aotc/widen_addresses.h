// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass over loops: indices of memory are 32-bit sums that may wrap, extended to 64 bits before
// the base is added. Where the number of iterations proves that an index does not wrap, it becomes
// a 64-bit recurrence of its own, which folds into addressing modes and lets loops be vectorised.

#ifndef TRENAIL_AOTC_WIDEN_ADDRESSES_H_
#define TRENAIL_AOTC_WIDEN_ADDRESSES_H_

#include <llvm/IR/PassManager.h>

namespace wasm::aotc {

class WidenAddresses : public llvm::PassInfoMixin<WidenAddresses> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_WIDEN_ADDRESSES_H_
