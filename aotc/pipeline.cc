// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions are optimised one by one. Modules come from compilers that have inlined already, and
// what LLVM would infer about whole functions is wrong here: a function that only loads may trap,
// and a call of it must not be dropped.

#include "aotc/pipeline.h"

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/DemandedBits.h>
#include <llvm/Analysis/InstructionSimplify.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdlib>

#include "aotc/float_identities.h"
#include "aotc/version_loops.h"
#include "aotc/widen_addresses.h"

namespace wasm::aotc {

namespace {

// A load from memory that relies on guard pages traps by being executed, all of its bytes. One
// whose value does not matter would be removed, and one of which only some bits matter narrowed, so
// these are made volatile before anything else happens; all others stay free to be combined,
// hoisted and vectorised. A value matters if it reaches an effect after the simplifications that
// later passes begin with, so that these do not find out more.
class KeepTraps : public llvm::PassInfoMixin<KeepTraps> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
    Simplify(function);
    auto& demanded = analyses.getResult<llvm::DemandedBitsAnalysis>(function);
    llvm::SmallVector<llvm::Instruction*, 64> work;
    llvm::SmallPtrSet<llvm::Instruction*, 32> needed;
    llvm::SmallVector<llvm::LoadInst*, 16> loads;
    const unsigned kind = function.getContext().getMDKindID("trenail.traps");
    for (llvm::BasicBlock& block : function) {
      for (llvm::Instruction& instruction : block) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
        if (load != nullptr && load->getMetadata(kind) != nullptr) {
          loads.push_back(load);
        } else if (instruction.isTerminator() ? Decides(instruction)
                                              : instruction.mayHaveSideEffects()) {
          if (needed.insert(&instruction).second) work.push_back(&instruction);
        }
      }
    }
    auto propagate = [&] {
      while (!work.empty()) {
        for (llvm::Value* operand : work.pop_back_val()->operands())
          if (auto* used = llvm::dyn_cast<llvm::Instruction>(operand))
            if (needed.insert(used).second) work.push_back(used);
      }
    };
    propagate();
    // From the last one on, as its address may need another.
    for (auto load = loads.rbegin(); load != loads.rend(); ++load) {
      if (needed.contains(*load) && IsWholeUsed(**load, demanded)) continue;
      (*load)->setVolatile(true);
      needed.insert(*load);
      work.push_back(*load);
      propagate();
    }
    return llvm::PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }

 private:
  // Uses get simpler; what they were stays, to be judged.
  static void Simplify(llvm::Function& function) {
    const llvm::SimplifyQuery query(function.getDataLayout());
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& instruction : block)
        if (!instruction.use_empty() && !instruction.getType()->isVoidTy())
          if (llvm::Value* simple = llvm::simplifyInstruction(&instruction, query);
              simple != nullptr && simple != &instruction)
            instruction.replaceAllUsesWith(simple);
  }
  // Whether it matters where a block goes, or there is but one way.
  static bool Decides(llvm::Instruction& terminator) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(&terminator);
    if (branch == nullptr || !branch->isConditional()) return true;
    const llvm::BasicBlock *from[2], *to[2];
    for (unsigned i : {0u, 1u}) {
      from[i] = branch->getParent();
      to[i] = branch->getSuccessor(i);
      for (int n = 0; n < 8 && to[i]->sizeWithoutDebug() == 1 && to[i]->getSingleSuccessor(); ++n) {
        from[i] = to[i];
        to[i] = to[i]->getSingleSuccessor();
      }
    }
    if (to[0] != to[1]) return true;
    for (const llvm::PHINode& phi : to[0]->phis())
      if (phi.getIncomingValueForBlock(from[0]) != phi.getIncomingValueForBlock(from[1]))
        return true;
    return false;
  }
  static bool IsWholeUsed(llvm::LoadInst& load, llvm::DemandedBits& demanded) {
    if (load.getType()->isIntegerTy() && !demanded.getDemandedBits(&load).isAllOnes()) return false;
    // A number that becomes a lane may be one that nobody takes.
    return !PicksLanes(load, 0);
  }
  // Whether all that happens to a vector, or to what becomes a lane of one, is that some lanes are
  // taken.
  static bool PicksLanes(llvm::Instruction& vector, int depth) {
    for (llvm::User* user : vector.users()) {
      auto* instruction = llvm::cast<llvm::Instruction>(user);
      if (llvm::isa<llvm::ExtractElementInst, llvm::ShuffleVectorInst>(instruction)) continue;
      // Extended, seen as other lanes, or with a lane replaced: still what it was.
      if (llvm::isa<llvm::InsertElementInst>(instruction) ||
          (llvm::isa<llvm::CastInst>(instruction) && vector.getType()->isVectorTy())) {
        if (!instruction->getType()->isVectorTy()) continue;
        if (depth < 8 && PicksLanes(*instruction, depth + 1)) continue;
      }
      return false;
    }
    return true;
  }
};

// What LLVM's own -O1 and -O2 do to a function, less what needs other functions.
// Promotes the locals and drops nothing: dead loads are still there for KeepTraps.
constexpr char kFirst[] = "mem2reg";
// One iteration of InstCombine, whose fixpoint is an assertion otherwise.
#define COMBINE "instcombine<max-iterations=1;no-verify-fixpoint>"
constexpr char kO1[] =
    "sroa<modify-cfg>,early-cse<>,simplifycfg<no-switch-to-lookup;keep-loops>," COMBINE
    ",loop-mssa(loop-rotate<header-duplication>,licm<allowspeculation>),early-cse<memssa>," COMBINE
    ",simplifycfg<keep-loops>";
// As LLVM's own -O2, in three parts: up to the loops' canonical form, the loops, and what is late.
#define TIDY "simplifycfg<bonus-inst-threshold=1;switch-range-to-icmp;keep-loops>"
constexpr char kScalars[] =
    "sroa<modify-cfg>,early-cse<memssa>,jump-threading,correlated-propagation," TIDY "," COMBINE
    ",aggressive-instcombine," TIDY
    ",reassociate,constraint-elimination,"
    "loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,"
    "loop-rotate<header-duplication>,licm<allowspeculation>,"
    "simple-loop-unswitch<no-nontrivial;trivial>)," TIDY "," COMBINE;
constexpr char kLoops[] =
    "loop(loop-idiom,indvars,simple-loop-unswitch<no-nontrivial;trivial>,loop-deletion,"
    "loop-unroll-full),sroa<modify-cfg>,vector-combine,mldst-motion<no-split-footer-bb>,gvn<>,"
    "sccp,bdce," COMBINE
    ",jump-threading,correlated-propagation,adce,dse,loop-mssa(licm<allowspeculation>),"
    "simplifycfg<bonus-inst-threshold=1;switch-range-to-icmp;keep-loops;hoist-common-insts;"
    "sink-common-insts>," COMBINE;
constexpr char kLate[] =
    "float2int,lower-constant-intrinsics,loop(loop-rotate<header-duplication>,loop-deletion),"
    "loop-distribute,loop-vectorize<no-interleave-forced-only;no-vectorize-forced-only;>,"
    "infer-alignment,loop-load-elim," COMBINE
    ",simplifycfg<bonus-inst-threshold=1;forward-switch-cond;switch-range-to-icmp;"
    "switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts>,"
    "slp-vectorizer,vector-combine," COMBINE
    ",loop-unroll<O2>,sroa<preserve-cfg>,"
    "infer-alignment," COMBINE
    ",loop-mssa(licm<allowspeculation>),loop-sink,instsimplify,div-rem-pairs,"
    "simplifycfg<bonus-inst-threshold=1;switch-range-to-icmp;keep-loops;speculate-unpredictables>";
#undef TIDY
#undef COMBINE

class Pipelines {
 public:
  Pipelines(llvm::TargetMachine& machine, unsigned level)
      : builder_(&machine, Tuning(level)),
        library_(llvm::TargetLibraryInfoImpl(machine.getTargetTriple())) {
    // Compiled code calls nothing that it was not told to: no memcpy, no floor.
    library_.disableAllFunctions();
    functions_.registerPass([this] { return llvm::TargetLibraryAnalysis(library_); });
    builder_.registerModuleAnalyses(modules_);
    builder_.registerCGSCCAnalyses(sccs_);
    builder_.registerFunctionAnalyses(functions_);
    builder_.registerLoopAnalyses(loops_);
    builder_.crossRegisterProxies(loops_, functions_, sccs_, modules_);
    Make(first_, 0);
    Make(small_, 1);
    if (level >= 2) Make(full_, level);
  }

  void Run(llvm::Function& function, unsigned level) {
    if (level == 0) {
      KeepTraps().run(function, functions_);
      return;
    }
    first_.run(function, functions_);
    if (level == 1) {
      small_.run(function, functions_);
    } else {
      full_.run(function, functions_);
    }
    functions_.clear(function, function.getName());
  }

 private:
  static llvm::PipelineTuningOptions Tuning(unsigned level) {
    llvm::PipelineTuningOptions options;
    options.LoopVectorization = options.SLPVectorization = level >= 2;
    options.LoopInterleaving = options.LoopUnrolling = level >= 2;
    return options;
  }
  void Parse(llvm::FunctionPassManager& passes, const char* text) {
    if (llvm::Error error = builder_.parsePassPipeline(passes, text)) {
      llvm::errs() << "pass pipeline: " << std::move(error) << "\n";
      std::abort();  // the texts are constants
    }
  }
  void Make(llvm::FunctionPassManager& passes, unsigned level) {
    if (level == 0) {
      Parse(passes, kFirst);
      passes.addPass(HideIdentities());
      passes.addPass(KeepTraps());
      return;
    }
    if (level == 1) {
      Parse(passes, kO1);
      return;
    }
    Parse(passes, kScalars);
    Parse(passes, "loop-simplify,lcssa");
    passes.addPass(VersionLoops());
    passes.addPass(WidenAddresses());
    Parse(passes, kLoops);
    Parse(passes, kLate);
  }
  llvm::PassBuilder builder_;
  llvm::TargetLibraryInfoImpl library_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager sccs_;
  llvm::ModuleAnalysisManager modules_;
  llvm::FunctionPassManager first_;
  llvm::FunctionPassManager small_;
  llvm::FunctionPassManager full_;
};

// Code generation would merge traps of one kind, and then nobody could tell which instruction it
// was. A number in front of each makes them different; it becomes no code.
void KeepTrapsApart(llvm::Function& function) {
  llvm::Function* probe = nullptr;
  uint64_t count = 0;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      auto* trap = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (trap == nullptr || trap->getIntrinsicID() != llvm::Intrinsic::ubsantrap) continue;
      if (probe == nullptr)
        probe = llvm::Intrinsic::getDeclaration(function.getParent(), llvm::Intrinsic::pseudoprobe);
      llvm::IRBuilder<> b(trap);
      b.CreateCall(probe, {b.getInt64(0), b.getInt64(++count), b.getInt32(0), b.getInt64(0)});
    }
  }
}

}  // namespace

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned opt_level) {
  Pipelines pipelines(machine, opt_level);
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    unsigned level = opt_level;
    if (function.hasFnAttribute(kLevelAttribute))
      level = std::min(
          level, static_cast<unsigned>(function.getFnAttributeAsParsedInteger(kLevelAttribute)));
    pipelines.Run(function, level);
    KeepTrapsApart(function);
  }
}

std::string Emit(llvm::Module& module, llvm::TargetMachine& machine, bool assembly) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager passes;
  llvm::TargetLibraryInfoImpl library{machine.getTargetTriple()};
  library.disableAllFunctions();
  passes.add(new llvm::TargetLibraryInfoWrapperPass(library));
  const auto kind =
      assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, kind)) std::abort();
  passes.run(module);
  return std::string(buffer.begin(), buffer.end());
}

}  // namespace wasm::aotc
