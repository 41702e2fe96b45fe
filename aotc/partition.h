// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A partition: the functions of a module that become one LLVM module, and so one object. What all
// of its functions share lives here: declarations, alias facts, outlined slow paths.

#ifndef TRENAIL_AOTC_PARTITION_H_
#define TRENAIL_AOTC_PARTITION_H_

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aotc/bindings.h"
#include "aotc/inlined_calls.h"
#include "aotc/ir_types.h"
#include "aotc/options.h"
#include "libwasm/module/source_lines.h"
#include "libwasm/native/abi.h"
#include "libwasm/validate/module_context.h"

namespace wasm::aotc {

// What is decided about a module before any of its functions is translated.
struct ModulePlan {
  const validate::ModuleContext* context = nullptr;
  const CompileOptions* options = nullptr;
  std::vector<std::string> symbols;       // by function index; imports have none
  std::vector<uint8_t> makes_tail_calls;  // by function index
  bool is_x86 = true;
  SourceTable source;  // empty unless source lines are wanted and known
  // Of a module of a component.
  bool is_adapter = false;                               // it sets flags of component instances
  std::span<const std::unique_ptr<ModulePlan>> modules;  // all of them
  std::vector<Binding> bindings;                         // of imports, by `import`

  const Module& module() const { return context->module; }
  const FuncType& TypeOf(uint32_t function) const {
    return context->functions[function]->type.comp.func;
  }
  // The entry of the native calling convention, and the one of tail calls.
  std::string EntryName(uint32_t function) const { return symbols[function]; }
  std::string TailName(uint32_t function) const { return symbols[function] + ".tail"; }
};

// Alias facts: places of different kinds never overlap.
enum class Place : uint8_t {
  kMemory,    // bytes of linear memories
  kInstance,  // an instance, a thread, function instances: written by the runtime only
  kGlobal,
  kTable,  // elements of tables
  kSize,   // sizes and bases of memories and tables
  kHeap,   // garbage-collected objects
  kSlots,  // slots and buffers on the native stack
  kNum,
};

class Partition {
 public:
  Partition(const ModulePlan& plan, llvm::TargetMachine& machine, const std::string& name);

  llvm::LLVMContext& context() { return context_; }
  llvm::Module& module() { return *module_; }
  // After the last function.
  void Finish();
  std::unique_ptr<llvm::Module> TakeModule() { return std::move(module_); }
  const IrTypes& types() const { return types_; }
  llvm::DIBuilder& debug() { return *debug_; }
  llvm::DIFile* debug_file() { return file_; }
  // Whether positions name lines of sources; otherwise the offset of an instruction is its line.
  bool names_sources() const { return !plan_.source.rows.empty(); }
  // Of plan.source.
  llvm::DIFile* SourceFile(const ModulePlan& plan, uint32_t file);

  // The function that callers of its module call: the tail entry if it makes tail calls.
  llvm::Function* Callee(const ModulePlan& plan, uint32_t function);
  llvm::Function* Entry(const ModulePlan& plan, uint32_t function);
  // A copy of the function that `binding` names, which takes the place of its calls.
  llvm::Function* Inlined(const Binding& binding);
  // What they take where they are called.
  uint64_t& inlined_bytes() { return inlined_bytes_; }
  // All of them; the last ones are still to be translated.
  const std::deque<InlinedBody>& inlined() const { return inlined_; }
  llvm::FunctionType* BuiltinType(native::Builtin builtin);
  llvm::FunctionType* generic_builtin_type() { return generic_type_; }
  // Outlined: calls a FuncInst that has no native entry. (caller, FuncInst*, [buffer], parameters…)
  llvm::Function* ArrayCall(const FuncType& type);
  // Outlined: call_indirect off its fast path. (caller, type, table, element, [buffer], params…)
  llvm::Function* SlowIndirect(const FuncType& type);
  // What every function with landing pads names as its personality.
  llvm::Function* Personality();

  llvm::MDNode* tbaa(Place place) const { return tbaa_[static_cast<size_t>(place)]; }
  llvm::MDNode* empty_node() const { return empty_; }
  llvm::MDNode* unlikely() const { return unlikely_; }
  llvm::MDNode* likely() const { return likely_; }

  void SetAttributes(llvm::Function* function);

 private:
  llvm::Function* Declare(const std::string& name, const FuncType& type, llvm::CallingConv::ID cc);

  const ModulePlan& plan_;
  llvm::LLVMContext context_;
  std::unique_ptr<llvm::Module> module_;
  IrTypes types_;
  std::unique_ptr<llvm::DIBuilder> debug_;
  llvm::DIFile* file_ = nullptr;
  std::map<std::pair<const ModulePlan*, uint32_t>, llvm::DIFile*> source_files_;
  std::deque<InlinedBody> inlined_;
  uint64_t inlined_bytes_ = 0;
  llvm::FunctionType* generic_type_;
  llvm::MDNode* tbaa_[static_cast<size_t>(Place::kNum)] = {};
  llvm::MDNode* empty_;
  llvm::MDNode* unlikely_;
  llvm::MDNode* likely_;
  std::unordered_map<std::string, llvm::Function*> outlined_;
  std::string cpu_;
  std::string features_;
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_PARTITION_H_
