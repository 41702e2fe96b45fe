// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM replaces x * 1.0 and its like by x, which keeps a signalling NaN as it is where WebAssembly
// asks for a quiet one [op-propagate-nans]. Constants that make an operation an identity are hidden
// from it: by the translator where it sees them, and once more when locals have become values.

#ifndef TRENAIL_AOTC_FLOAT_IDENTITIES_H_
#define TRENAIL_AOTC_FLOAT_IDENTITIES_H_

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PassManager.h>

namespace wasm::aotc {

// 0, 1 or -1, also in some lane.
bool MayBeIdentity(llvm::Value* value);

// The same value, of which LLVM knows nothing: an asm without instructions.
llvm::Value* Hide(llvm::IRBuilderBase& b, llvm::Value* value);

class HideIdentities : public llvm::PassInfoMixin<HideIdentities> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_FLOAT_IDENTITIES_H_
