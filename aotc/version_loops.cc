// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An index is `zext(i32 {start,+,step})` for a memory of 32-bit addresses and `umin(i64
// {start,+,step}, limit)` for a guarded one of 64-bit addresses. With the number of iterations
// known at the loop's entry, its smallest and largest value are, computed in 64 bits; if both are
// below the limit (2^32, or what the guard covers), the index is the plain 64-bit recurrence.
//
// Indices that start at a constant distance from one another share their recurrence, so that their
// distance stays a constant for whoever looks for dependences.

#include "aotc/version_loops.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <utility>

namespace wasm::aotc {

namespace {

using llvm::BasicBlock;
using llvm::SCEV;
using llvm::Value;

// Beyond, two copies cost more than they bring.
constexpr unsigned kMaxInstructions = 250;
constexpr unsigned kMaxGroups = 8;

struct Index {
  llvm::Instruction* instruction;  // the zext, or the umin
  int64_t distance;                // from the first index of its group
};

struct Group {
  const SCEV* start;   // of the first index
  const SCEV* origin;  // the start without its constant
  int64_t constant;    // that constant
  int64_t step;
  uint64_t limit;  // the largest value that needs no correction
  int64_t lowest = 0;
  int64_t highest = 0;
  llvm::SmallVector<Index, 4> indices;
};

class LoopVersioner {
 public:
  LoopVersioner(llvm::Loop& loop, llvm::LoopInfo& loops, llvm::DominatorTree& tree,
                llvm::ScalarEvolution& evolution)
      : loop_(loop), loops_(loops), tree_(tree), se_(evolution) {}

  bool Run() {
    if (!IsSuitable() || !FindIndices()) return false;
    const SCEV* count = se_.getBackedgeTakenCount(&loop_);
    uint64_t divisor = 1;
    const bool counted = !llvm::isa<llvm::SCEVCouldNotCompute>(count);
    if (!counted) count = DistanceToExit(&divisor);
    if (count == nullptr || count->getType()->getIntegerBitWidth() > 64) return false;
    const llvm::DataLayout& layout = loop_.getHeader()->getModule()->getDataLayout();
    llvm::SCEVExpander expander(se_, layout, "version");
    llvm::Instruction* at = loop_.getLoopPreheader()->getTerminator();
    if (!expander.isSafeToExpandAt(count, at)) return false;
    for (const Group& group : groups_)
      if (!expander.isSafeToExpandAt(group.start, at)) return false;

    llvm::Type* i64 = llvm::Type::getInt64Ty(at->getContext());
    llvm::IRBuilder<> b(at);
    Value* iterations = expander.expandCodeFor(count, count->getType(), at);
    b.SetInsertPoint(at);
    iterations = b.CreateZExt(iterations, i64);
    Value* divides = nullptr;
    if (!counted) {
      divides = b.CreateICmpEQ(b.CreateURem(iterations, b.getInt64(divisor)), b.getInt64(0));
      iterations = b.CreateUDiv(iterations, b.getInt64(divisor));
    }
    // So few that no product below overflows.
    Value* holds = b.CreateICmpULT(iterations, b.getInt64(uint64_t{1} << 36));
    if (divides != nullptr) holds = b.CreateAnd(holds, divides);
    llvm::SmallVector<Value*, 8> starts;
    for (const Group& group : groups_) {
      Value* start = expander.expandCodeFor(group.start, group.start->getType(), at);
      b.SetInsertPoint(at);
      start = b.CreateZExt(start, i64);
      starts.push_back(start);
      Value* travel = b.CreateMul(iterations, b.getInt64(static_cast<uint64_t>(group.step)));
      Value* end = b.CreateAdd(start, travel);
      Value* low = b.CreateAdd(group.step < 0 ? end : start,
                               b.getInt64(static_cast<uint64_t>(group.lowest)));
      Value* high = b.CreateAdd(group.step < 0 ? start : end,
                                b.getInt64(static_cast<uint64_t>(group.highest)));
      holds = b.CreateAnd(holds, b.CreateICmpULE(start, b.getInt64(group.limit)));
      holds = b.CreateAnd(holds, b.CreateICmpSGE(low, b.getInt64(0)));
      holds = b.CreateAnd(holds, b.CreateICmpSLE(high, b.getInt64(group.limit)));
    }
    Split(holds);
    for (size_t i = 0; i < groups_.size(); ++i) Replace(groups_[i], starts[i]);
    if (!counted) CountIterations(iterations);
    se_.forgetTopmostLoop(&loop_);
    return true;
  }

 private:
  // A loop that ends when {start,+,step} equals a bound, and might step over it the first time
  // round: the way from the start to the bound. It takes that way divided by |step| iterations, if
  // there is no remainder.
  const SCEV* DistanceToExit(uint64_t* divisor) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(loop_.getLoopLatch()->getTerminator());
    if (branch == nullptr || !branch->isConditional()) return nullptr;
    auto* test = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (test == nullptr || !test->isEquality()) return nullptr;
    const bool exits_when_equal = (test->getPredicate() == llvm::CmpInst::ICMP_EQ) ==
                                  !loop_.contains(branch->getSuccessor(0));
    if (!exits_when_equal || !test->getOperand(0)->getType()->isIntegerTy()) return nullptr;
    const SCEV* value = se_.getSCEV(test->getOperand(0));
    const SCEV* bound = se_.getSCEV(test->getOperand(1));
    if (!se_.isLoopInvariant(bound, &loop_)) std::swap(value, bound);
    auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(value);
    if (recurrence == nullptr || recurrence->getLoop() != &loop_ || !recurrence->isAffine() ||
        !se_.isLoopInvariant(bound, &loop_))
      return nullptr;
    auto* step = llvm::dyn_cast<llvm::SCEVConstant>(recurrence->getStepRecurrence(se_));
    if (step == nullptr || step->isZero() || step->getAPInt().getSignificantBits() > 24)
      return nullptr;
    const int64_t by = step->getAPInt().getSExtValue();
    *divisor = static_cast<uint64_t>(by < 0 ? -by : by);
    return by < 0 ? se_.getMinusSCEV(recurrence->getStart(), bound)
                  : se_.getMinusSCEV(bound, recurrence->getStart());
  }

  // Makes the loop one that counts to `iterations`.
  void CountIterations(Value* iterations) {
    llvm::IRBuilder<> b(&loop_.getHeader()->front());
    llvm::PHINode* counter = b.CreatePHI(iterations->getType(), 2);
    auto* branch = llvm::cast<llvm::BranchInst>(loop_.getLoopLatch()->getTerminator());
    b.SetInsertPoint(branch);
    counter->addIncoming(b.getInt64(0), loop_.getLoopPreheader());
    counter->addIncoming(b.CreateAdd(counter, b.getInt64(1), "", true, true), loop_.getLoopLatch());
    Value* last = b.CreateICmpEQ(counter, iterations);
    branch->setCondition(loop_.contains(branch->getSuccessor(0)) ? b.CreateNot(last) : last);
  }

  bool IsSuitable() const {
    if (!loop_.isInnermost() || !loop_.isLoopSimplifyForm() || !loop_.isLCSSAForm(tree_) ||
        loop_.getExitingBlock() == nullptr || loop_.getExitBlock() == nullptr ||
        loop_.getLoopLatch() != loop_.getExitingBlock())
      return false;
    unsigned size = 0;
    for (BasicBlock* block : loop_.blocks()) {
      size += static_cast<unsigned>(block->size());
      for (llvm::Instruction& instruction : *block) {
        auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
        if (call != nullptr && !llvm::isa<llvm::IntrinsicInst>(call)) return false;
        if (instruction.isAtomic() || instruction.isVolatile()) return false;
      }
    }
    return size <= kMaxInstructions;
  }

  bool FindIndices() {
    for (BasicBlock* block : loop_.blocks()) {
      for (llvm::Instruction& instruction : *block) {
        Value* operand = nullptr;
        uint64_t limit = 0;
        if (auto* extension = llvm::dyn_cast<llvm::ZExtInst>(&instruction)) {
          if (!extension->getSrcTy()->isIntegerTy(32) || !extension->getDestTy()->isIntegerTy(64))
            continue;
          operand = extension->getOperand(0);
          limit = 0xffffffff;
        } else if (auto* call = llvm::dyn_cast<llvm::MinMaxIntrinsic>(&instruction)) {
          auto* bound = llvm::dyn_cast<llvm::ConstantInt>(call->getRHS());
          if (call->getIntrinsicID() != llvm::Intrinsic::umin || bound == nullptr ||
              !call->getType()->isIntegerTy(64) || bound->getZExtValue() > uint64_t{1} << 40)
            continue;
          operand = call->getLHS();
          limit = bound->getZExtValue();
        } else {
          continue;
        }
        // Already known not to wrap.
        if (llvm::isa<llvm::SCEVAddRecExpr>(se_.getSCEV(&instruction))) continue;
        auto* index = llvm::dyn_cast<llvm::SCEVAddRecExpr>(se_.getSCEV(operand));
        if (index == nullptr || index->getLoop() != &loop_ || !index->isAffine()) continue;
        auto* step = llvm::dyn_cast<llvm::SCEVConstant>(index->getStepRecurrence(se_));
        if (step == nullptr || step->getAPInt().getSignificantBits() > 24 || step->isZero())
          continue;
        if (!Add(instruction, index->getStart(), step->getAPInt().getSExtValue(), limit))
          return false;
      }
    }
    return !groups_.empty();
  }

  bool Add(llvm::Instruction& instruction, const SCEV* start, int64_t step, uint64_t limit) {
    const SCEV* origin = start;
    int64_t constant = 0;
    if (auto* sum = llvm::dyn_cast<llvm::SCEVAddExpr>(start)) {
      if (auto* first = llvm::dyn_cast<llvm::SCEVConstant>(sum->getOperand(0))) {
        origin = se_.getMinusSCEV(start, first);
        constant = first->getAPInt().getSExtValue();
      }
    } else if (auto* number = llvm::dyn_cast<llvm::SCEVConstant>(start)) {
      origin = se_.getZero(start->getType());
      constant = number->getAPInt().getSExtValue();
    }
    for (Group& group : groups_) {
      if (group.origin != origin || group.step != step || group.limit != limit) continue;
      const int64_t distance = constant - group.constant;
      if (distance > (1 << 24) || distance < -(1 << 24)) continue;
      group.lowest = std::min(group.lowest, distance);
      group.highest = std::max(group.highest, distance);
      group.indices.push_back({&instruction, distance});
      return true;
    }
    if (groups_.size() == kMaxGroups) return false;
    groups_.push_back({start, origin, constant, step, limit, 0, 0, {{&instruction, 0}}});
    return true;
  }

  // Puts a copy of the loop beside it; the original is the one that runs when `holds`.
  void Split(Value* holds) {
    BasicBlock* check = loop_.getLoopPreheader();
    BasicBlock* preheader =
        llvm::SplitBlock(check, check->getTerminator(), &tree_, &loops_, nullptr, "narrow");
    BasicBlock* exit = loop_.getExitBlock();
    BasicBlock* exiting = loop_.getExitingBlock();
    llvm::ValueToValueMapTy map;
    llvm::SmallVector<BasicBlock*, 8> blocks;
    llvm::Loop* copy = llvm::cloneLoopWithPreheader(preheader, check, &loop_, map, ".wrapping",
                                                    &loops_, &tree_, blocks);
    llvm::remapInstructionsInBlocks(blocks, map);
    // The copy gives the exit its values too; LCSSA names all of them there.
    auto* copied_exiting = llvm::cast<BasicBlock>(map[exiting]);
    for (llvm::PHINode& phi : exit->phis()) {
      Value* value = phi.getIncomingValueForBlock(exiting);
      auto mapped = map.find(value);
      phi.addIncoming(mapped == map.end() ? value : static_cast<Value*>(mapped->second),
                      copied_exiting);
    }
    llvm::Instruction* jump = check->getTerminator();
    llvm::BranchInst* branch =
        llvm::BranchInst::Create(loop_.getLoopPreheader(), copy->getLoopPreheader(), holds, jump);
    branch->setMetadata(llvm::LLVMContext::MD_prof,
                        llvm::MDBuilder(jump->getContext()).createBranchWeights(1 << 20, 1));
    jump->eraseFromParent();
    tree_.changeImmediateDominator(exit, check);
    llvm::formDedicatedExitBlocks(&loop_, &tree_, &loops_, nullptr, true);
    llvm::formDedicatedExitBlocks(copy, &tree_, &loops_, nullptr, true);
  }

  // One recurrence for the group, and each index a constant away from it.
  void Replace(const Group& group, Value* start) {
    BasicBlock* header = loop_.getHeader();
    llvm::Type* i64 = start->getType();
    llvm::IRBuilder<> b(&header->front());
    llvm::PHINode* value = b.CreatePHI(i64, 2);
    b.SetInsertPoint(loop_.getLoopLatch()->getTerminator());
    Value* next =
        b.CreateAdd(value, b.getInt64(static_cast<uint64_t>(group.step)), "", false, true);
    value->addIncoming(start, loop_.getLoopPreheader());
    value->addIncoming(next, loop_.getLoopLatch());
    for (const Index& index : group.indices) {
      b.SetInsertPoint(index.instruction);
      Value* wide = index.distance == 0
                        ? static_cast<Value*>(value)
                        : b.CreateAdd(value, b.getInt64(static_cast<uint64_t>(index.distance)), "",
                                      false, true);
      index.instruction->replaceAllUsesWith(wide);
      index.instruction->eraseFromParent();
    }
  }

  llvm::Loop& loop_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& tree_;
  llvm::ScalarEvolution& se_;
  llvm::SmallVector<Group, 4> groups_;
};

}  // namespace

llvm::PreservedAnalyses VersionLoops::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& tree = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  bool changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder())
    changed |= LoopVersioner(*loop, loops, tree, evolution).Run();
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace wasm::aotc
