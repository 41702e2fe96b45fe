// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module is cut into partitions by the size of its functions alone, so that the result does not
// depend on the number of threads, which take partitions as they come.

#include "aotc/compile.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "aotc/function_translator.h"
#include "aotc/object_positions.h"
#include "aotc/partition.h"
#include "aotc/pipeline.h"
#include "aotc/target.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/native/abi.h"
#include "libwasm/opcodes/visit.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/validate/module_validator.h"

namespace wasm::aotc {

namespace {

// Bytes of bodies per partition: enough to be worth an LLVM module, few enough to spread.
constexpr uint32_t kPartitionBytes = 24 << 10;
// Bodies beyond these sizes get less of LLVM, some of whose passes take more than linear time.
constexpr uint32_t kLargeBody = 64 << 10;
constexpr uint32_t kHugeBody = 512 << 10;

// Whether a body makes tail calls. Stops at the first.
struct TailCallFinder {
  bool found = false;
  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm&) {
    found |=
        op == Opcode::ReturnCall || op == Opcode::ReturnCallIndirect || op == Opcode::ReturnCallRef;
    return !found;
  }
  template <typename Imm>
  bool VisitSimple(Opcode, const Imm&) {
    return true;
  }
};

// Unique among all modules of a component, as they refer to each other's functions.
std::string SymbolOf(const Module& module, size_t part, uint32_t function) {
  std::string symbol = part == 0 ? "wasm[" : "wasm." + std::to_string(part) + "[";
  symbol += std::to_string(function) + "]";
  const std::string_view name = module.names.functions.Find(function);
  if (name.empty()) return symbol;
  symbol += "::";
  // '@' would begin a version for the linker.
  for (char c : name) symbol += static_cast<unsigned char>(c) < 0x20 || c == '@' ? '?' : c;
  return symbol;
}

NativeSignature SignatureOf(const FuncType& type) {
  NativeSignature signature;
  for (ValType param : type.params)
    signature.params.push_back(static_cast<uint8_t>(SignatureLetter(param)));
  for (ValType result : type.results)
    signature.results.push_back(static_cast<uint8_t>(SignatureLetter(result)));
  return signature;
}

struct PartitionPlan {
  uint32_t first = 0;  // functions
  uint32_t last = 0;
  uint64_t bytes = 0;
};

bool MakesTailCalls(const validate::ModuleContext& context, uint32_t function) {
  ErrorSink sink;
  const ByteRange body = context.module.functions[function].body;
  CheckedReader reader(context.module.Bytes(body), body.begin, &sink);
  validate::FuncValidator validator(context);
  validator.WithoutSideTable();
  if (!validator.Begin(FuncIdx(function), &reader)) return false;
  TailCallFinder finder;
  while (!reader.AtEnd() && VisitInstruction(reader, finder)) continue;
  return finder.found;
}

std::unique_ptr<ModulePlan> MakePlan(const validate::ModuleContext& context,
                                     const CompileOptions& options, size_t part) {
  auto plan = std::make_unique<ModulePlan>();
  plan->context = &context;
  plan->options = &options;
  plan->is_x86 = llvm::Triple(options.target).isX86();
  const Module& module = context.module;
  if (options.source_lines) plan->source = SourceLines(module).All();
  plan->symbols.resize(module.functions.size());
  plan->makes_tail_calls.resize(module.functions.size());
  for (uint32_t i = module.num_imported_functions; i < module.functions.size(); ++i) {
    plan->symbols[i] = SymbolOf(module, part, i);
    plan->makes_tail_calls[i] = MakesTailCalls(context, i);
  }
  return plan;
}

class ModuleCompilation {
 public:
  ModuleCompilation(const ModulePlan& plan,
                    std::function<void(uint64_t done, uint64_t total)> progress)
      : c_(*plan.context), options_(*plan.options), plan_(plan), progress_(std::move(progress)) {}

  Result<CompiledObjects> Run() {
    Plan();
    result_.objects.resize(partitions_.size());
    std::vector<std::thread> helpers;
    const size_t jobs =
        std::clamp<size_t>(options_.jobs, 1, std::max<size_t>(partitions_.size(), 1));
    for (size_t i = 1; i < jobs; ++i) helpers.emplace_back([this] { Work(); });
    Work();
    for (std::thread& helper : helpers) helper.join();
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(result_);
  }

 private:
  const Module& module() const { return c_.module; }

  void Plan() {
    const Module& m = module();
    PartitionPlan current{m.num_imported_functions, m.num_imported_functions, 0};
    for (uint32_t i = m.num_imported_functions; i < m.functions.size(); ++i) {
      CompiledFunction& function = result_.functions.emplace_back();
      function.func_index = i;
      function.body = m.functions[i].body.begin;
      function.symbol = plan_.EntryName(i);
      if (plan_.makes_tail_calls[i] != 0) function.tail_symbol = plan_.TailName(i);
      function.signature = SignatureOf(plan_.TypeOf(i));
      const uint32_t size = m.functions[i].body.size();
      total_bytes_ += size;
      if (size > kLargeBody && options_.opt_level >= 1) {
        const std::string_view name = m.names.functions.Find(i);
        result_.warnings.push_back("function " + std::to_string(i) +
                                   (name.empty() ? "" : " (" + std::string(name) + ")") + " has " +
                                   std::to_string(size) + " bytes of code and is compiled at -O" +
                                   (size > kHugeBody ? "0" : "1"));
      }
      if (current.bytes != 0 && current.bytes + size > kPartitionBytes) {
        partitions_.push_back(current);
        current = {i, i, 0};
      }
      current.last = i + 1;
      current.bytes += size;
    }
    if (current.last > current.first) partitions_.push_back(current);
    // The largest first, so that no thread is left alone with it; each keeps its own place.
    for (uint32_t i = 0; i < partitions_.size(); ++i) order_.push_back(i);
    std::ranges::sort(order_, [this](uint32_t a, uint32_t b) {
      return std::pair(partitions_[b].bytes, a) < std::pair(partitions_[a].bytes, b);
    });
    bool guarded = false;
    for (const Memory& memory : m.memories)
      guarded |= options_.bounds == Bounds::kGuard && runtime::CanBeGuarded(memory.type);
    using Flags = native::ArtefactHeader;
    if (guarded) result_.header_flags |= Flags::kGuardPages;
    if (options_.interruptible) result_.header_flags |= Flags::kInterruptible;
    if (options_.fuel) result_.header_flags |= Flags::kMetersFuel;
  }

  void Work() {
    auto machine =
        MakeTargetMachine(options_.target, options_.cpu, options_.features, options_.opt_level);
    if (!machine) {
      Fail(std::move(machine.error()));
      return;
    }
    validate::FuncValidator validator(c_);
    validator.WithoutSideTable();
    for (;;) {
      const size_t next = next_.fetch_add(1);
      if (next >= order_.size() || failed_.load()) return;
      CompilePartition(order_[next], **machine, validator);
      const uint64_t done =
          done_bytes_.fetch_add(partitions_[order_[next]].bytes) + partitions_[order_[next]].bytes;
      if (progress_) progress_(done, total_bytes_);
    }
  }

  void CompilePartition(uint32_t index, llvm::TargetMachine& machine,
                        validate::FuncValidator& validator) {
    Partition partition(plan_, machine, "wasm." + std::to_string(index));
    const PartitionPlan& range = partitions_[index];
    for (uint32_t i = range.first; i < range.last; ++i) {
      ErrorSink sink;
      FunctionTranslator translator(partition, plan_, validator);
      if (!translator.Translate(i, &sink)) {
        Fail(sink.TakeError());
        return;
      }
      const uint32_t size = module().functions[i].body.size();
      if (size > kLargeBody)
        partition.Callee(plan_, i)->addFnAttr(kLevelAttribute, size > kHugeBody ? "0" : "1");
    }
    for (size_t i = 0; i < partition.inlined().size(); ++i) {  // grows meanwhile
      const InlinedBody& body = partition.inlined()[i];
      ErrorSink sink;
      validate::FuncValidator own(*body.plan->context);
      own.WithoutSideTable();
      if (!FunctionTranslator(partition, *body.plan, own).TranslateInlined(body, &sink)) {
        Fail(sink.TakeError());
        return;
      }
    }
    partition.Finish();
    const auto finished = partition.TakeModule();
    const std::vector<InlinedCall> calls =
        InlineBodies(*finished, partition.inlined(), !partition.names_sources());
#ifndef NDEBUG
    if (llvm::verifyModule(*finished, &llvm::errs())) std::abort();
#endif
    if (std::getenv("TRENAIL_VERIFY_IR") != nullptr &&
        llvm::verifyModule(*finished, &llvm::errs())) {
      finished->print(llvm::errs(), nullptr);
      std::abort();
    }
    Optimize(*finished, machine, options_.opt_level);
    std::string& out = result_.objects[index];
    if (options_.emit_ir) {
      llvm::raw_string_ostream stream(out);
      finished->print(stream, nullptr);
      return;
    }
    out = Emit(*finished, machine, options_.emit_assembly);
    if (!options_.emit_assembly) ReadPositions(range, out, calls);
  }

  void ReadPositions(const PartitionPlan& range, const std::string& object,
                     const std::vector<InlinedCall>& calls) {
    const ObjectPositions positions(object, plan_.source.rows.empty()
                                                ? ObjectPositions::Column::kLine
                                                : ObjectPositions::Column::kDiscriminator);
    for (uint32_t i = range.first; i < range.last; ++i) {
      CompiledFunction& function = result_.functions[i - module().num_imported_functions];
      function.positions = positions.Of(
          function.tail_symbol.empty() ? function.symbol : function.tail_symbol, calls);
    }
  }

  void Fail(Error error) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (!error_) error_ = std::move(error);
  }

  const validate::ModuleContext& c_;
  const CompileOptions& options_;
  const ModulePlan& plan_;
  const std::function<void(uint64_t done, uint64_t total)> progress_;
  std::vector<PartitionPlan> partitions_;
  std::vector<uint32_t> order_;
  uint64_t total_bytes_ = 0;
  CompiledObjects result_;
  std::atomic<size_t> next_ = 0;
  std::atomic<uint64_t> done_bytes_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

// A module, and what its plan refers to.
struct ModuleSet::Prepared {
  TypeStore types;
  std::shared_ptr<const ValidatedModule> validated;
  CompileOptions options;
};

// Sorts bindings by import, and drops what names nothing.
void ModuleSet::KeepSound(std::vector<Binding>& bindings, const Module& caller) const {
  std::erase_if(bindings, [&](const Binding& binding) {
    if (binding.import >= caller.num_imported_functions || binding.module >= plans_.size())
      return true;
    const Module& callee = plans_[binding.module]->module();
    return binding.function < callee.num_imported_functions ||
           binding.function >= callee.functions.size();
  });
  std::ranges::sort(bindings, {}, &Binding::import);
  for (Binding& binding : bindings) KeepSound(binding.inner, plans_[binding.module]->module());
}

ModuleSet::ModuleSet() = default;
ModuleSet::~ModuleSet() = default;

Result<std::unique_ptr<ModuleSet>> ModuleSet::New(std::vector<Part> parts,
                                                  const FeatureSet& features,
                                                  const CompileOptions& options) {
  std::unique_ptr<ModuleSet> set(new ModuleSet());
  for (Part& part : parts) {
    auto prepared = std::make_unique<Prepared>();
    std::shared_ptr<const Module> module = TRY(binary::DecodeModule(part.wasm, features));
    validate::ValidateOptions validate_options;
    validate_options.discard_code = true;
    validate_options.threads = options.jobs;
    prepared->validated = TRY(validate::ValidateModule(module, prepared->types, validate_options));
    prepared->options = options;
    // Where there are threads, one that exits ends them all, wherever they are.
    for (const Import& import : module->imports)
      prepared->options.interruptible |= import.module == "wasi" && import.name == "thread-spawn";
    set->plans_.push_back(
        MakePlan(validate::ContextOf(*prepared->validated), prepared->options, set->plans_.size()));
    set->plans_.back()->is_adapter = part.is_adapter;
    set->plans_.back()->bindings = std::move(part.bindings);
    set->prepared_.push_back(std::move(prepared));
  }
  for (const auto& plan : set->plans_) {
    plan->modules = set->plans_;
    set->KeepSound(plan->bindings, plan->module());
  }
  return set;
}

Result<CompiledObjects> ModuleSet::Compile(
    size_t part, std::function<void(uint64_t done, uint64_t total)> progress) const {
  return ModuleCompilation(*plans_[part], std::move(progress)).Run();
}

Result<CompiledObjects> CompileModule(std::span<const uint8_t> wasm, const FeatureSet& features,
                                      const CompileOptions& options) {
  std::vector<ModuleSet::Part> parts(1);
  parts[0].wasm = wasm;
  return TRY(ModuleSet::New(std::move(parts), features, options))->Compile(0, options.progress);
}

}  // namespace wasm::aotc
