// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/widen_addresses.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace wasm::aotc {

namespace {

// Whether `index`, the extension of a 32-bit value, is as a 64-bit recurrence of `loop` or of one
// around it nothing that would have to be extended in each iteration.
bool IsWideRecurrence(const llvm::SCEV* index) {
  if (!llvm::SCEVExprContains(
          index, [](const llvm::SCEV* part) { return llvm::isa<llvm::SCEVAddRecExpr>(part); }))
    return false;
  return !llvm::SCEVExprContains(index, [](const llvm::SCEV* part) {
    if (llvm::isa<llvm::SCEVCouldNotCompute>(part) || llvm::isa<llvm::SCEVUDivExpr>(part))
      return true;
    const auto* cast = llvm::dyn_cast<llvm::SCEVIntegralCastExpr>(part);
    return cast != nullptr &&
           llvm::SCEVExprContains(cast->getOperand(), [](const llvm::SCEV* inner) {
             return llvm::isa<llvm::SCEVAddRecExpr>(inner);
           });
  });
}

}  // namespace

llvm::PreservedAnalyses WidenAddresses::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  llvm::SmallVector<llvm::ZExtInst*, 32> extensions;
  for (llvm::BasicBlock& block : function) {
    if (loops.getLoopFor(&block) == nullptr) continue;
    for (llvm::Instruction& instruction : block) {
      auto* extension = llvm::dyn_cast<llvm::ZExtInst>(&instruction);
      if (extension != nullptr && extension->getSrcTy()->isIntegerTy(32) &&
          extension->getDestTy()->isIntegerTy(64))
        extensions.push_back(extension);
    }
  }
  llvm::SmallVector<llvm::WeakTrackingVH, 32> dead;
  const llvm::DataLayout& layout = function.getParent()->getDataLayout();
  llvm::SCEVExpander expander(evolution, layout, "wide");
  for (llvm::ZExtInst* extension : extensions) {
    const llvm::SCEV* index = evolution.getSCEV(extension);
    if (!IsWideRecurrence(index)) continue;
    if (!expander.isSafeToExpandAt(index, extension)) continue;
    llvm::Value* wide = expander.expandCodeFor(index, extension->getType(), extension);
    if (wide == extension) continue;
    extension->replaceAllUsesWith(wide);
    dead.emplace_back(extension);
  }
  if (dead.empty()) return llvm::PreservedAnalyses::all();
  llvm::RecursivelyDeleteTriviallyDeadInstructions(dead);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace wasm::aotc
