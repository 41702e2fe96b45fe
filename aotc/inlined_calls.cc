// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/inlined_calls.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "aotc/partition.h"

namespace wasm::aotc {
namespace {

using llvm::DILocation;

// What columns can tell apart.
constexpr size_t kMaxInlinedCalls = 0xffff;

// Numbers the calls that instructions are inside of.
class Numbering {
 public:
  Numbering(const std::deque<InlinedBody>& bodies, bool is_line) : is_line_(is_line) {
    for (const InlinedBody& body : bodies)
      if (const llvm::DISubprogram* program = body.function->getSubprogram())
        bodies_[program] = body.binding;
  }

  // The same position, with the number of its call.
  const DILocation* Of(const DILocation* at) {
    if (at->getInlinedAt() == nullptr) return at;
    const Call& call = CallOf(at);
    return DILocation::get(at->getContext(), at->getLine(), call.number, at->getScope(), call.site);
  }
  std::vector<InlinedCall> Take() { return std::move(calls_); }

 private:
  struct Call {
    unsigned number = 0;
    DILocation* site = nullptr;  // where it was made
  };

  uint32_t Offset(const DILocation* at) const {
    return is_line_ ? at->getLine() : at->getDiscriminator();
  }
  const Call& CallOf(const DILocation* at) {
    DILocation* const site = at->getInlinedAt();
    if (const auto known = known_.find(site); known != known_.end()) return known->second;
    Call call{.site = site};
    uint32_t parent = 0;
    if (site->getInlinedAt() != nullptr) {
      const Call& outer = CallOf(site);
      parent = outer.number;
      // Merged positions may be that of the call.
      call.site = DILocation::getDistinct(at->getContext(), site->getLine(), parent,
                                          site->getScope(), outer.site);
    }
    const auto body = bodies_.find(at->getScope()->getSubprogram());
    if (body != bodies_.end() && calls_.size() < kMaxInlinedCalls) {
      const Binding& binding = *body->second;
      calls_.push_back({parent, Offset(site), binding.module, binding.function, binding.import});
      call.number = static_cast<unsigned>(calls_.size());
    }
    return known_.try_emplace(site, call).first->second;
  }

  const bool is_line_;
  llvm::DenseMap<const llvm::DISubprogram*, const Binding*> bodies_;
  std::map<const DILocation*, Call> known_;
  std::vector<InlinedCall> calls_;
};

}  // namespace

std::vector<InlinedCall> InlineBodies(llvm::Module& module, const std::deque<InlinedBody>& bodies,
                                      bool is_line) {
  if (bodies.empty()) return {};
  // Bodies stand behind those that call them. What a body calls is called where that went.
  for (const InlinedBody& body : bodies) {
    llvm::SmallVector<llvm::CallBase*, 16> calls;
    for (llvm::User* user : body.function->users())
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(user)) calls.push_back(call);
    for (llvm::CallBase* call : calls) {
      bool is_dead = false;  // in a body that went elsewhere
      for (const InlinedBody& other : bodies) is_dead |= call->getFunction() == other.function;
      llvm::InlineFunctionInfo info;
      if (is_dead || !llvm::InlineFunction(*call, info, /*MergeAttributes=*/true).isSuccess())
        call->setCalledFunction(body.symbol);
    }
  }
  Numbering numbering(bodies, is_line);
  for (const InlinedBody& body : bodies) {
    body.function->dropAllReferences();
    body.function->eraseFromParent();
  }
  for (llvm::Function& function : module)
    for (llvm::Instruction& instruction : llvm::instructions(function))
      if (const DILocation* at = instruction.getDebugLoc())
        instruction.setDebugLoc(numbering.Of(at));
  return numbering.Take();
}

}  // namespace wasm::aotc
