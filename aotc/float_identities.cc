// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/float_identities.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Module.h>
#include <llvm/TargetParser/Triple.h>

namespace wasm::aotc {

using llvm::Value;

bool MayBeIdentity(Value* value) {
  auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (constant == nullptr) return false;
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant->getType())) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i) {
      llvm::Constant* lane = constant->getAggregateElement(i);
      if (lane == nullptr || MayBeIdentity(lane)) return true;
    }
    return false;
  }
  auto* number = llvm::dyn_cast<llvm::ConstantFP>(constant);
  return number == nullptr || number->isZero() || number->isExactlyValue(1.0) ||
         number->isExactlyValue(-1.0) || number->isNaN();
}

Value* Hide(llvm::IRBuilderBase& b, Value* value) {
  llvm::Type* type = value->getType();
  const bool is_x86 = llvm::Triple(b.GetInsertBlock()->getModule()->getTargetTriple()).isX86();
  auto* hide = llvm::InlineAsm::get(llvm::FunctionType::get(type, {type}, false), "",
                                    is_x86 ? "=x,0" : "=w,0", false);
  llvm::CallInst* call = b.CreateCall(hide, {value});
  call->setDoesNotAccessMemory();
  call->setDoesNotThrow();
  call->addFnAttr(llvm::Attribute::WillReturn);
  return call;
}

llvm::PreservedAnalyses HideIdentities::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      const bool arithmetic =
          llvm::isa<llvm::BinaryOperator>(instruction) && instruction.getType()->isFPOrFPVectorTy();
      const bool demotion = llvm::isa<llvm::FPTruncInst>(instruction);
      if (!arithmetic && !demotion) continue;
      for (llvm::Use& operand : instruction.operands()) {
        if (!(arithmetic && MayBeIdentity(operand)) &&
            !(demotion &&
              (llvm::isa<llvm::FPExtInst>(operand) || llvm::isa<llvm::Constant>(operand))))
          continue;
        llvm::IRBuilder<> b(&instruction);
        operand.set(Hide(b, operand));
        changed = true;
      }
    }
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace wasm::aotc
