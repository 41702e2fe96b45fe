// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types are kept as they are; functions, globals and the memory get new indices, and bodies are
// rewritten where they name one.

#include "libcomponent/encode/adapter.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "libcomponent/encode/core_module.h"
#include "libwasm/binary/expr_syntax.h"
#include "libwasm/opcodes/visit.h"

namespace component::encode {
namespace {

using wasm::CheckedReader;
using wasm::Error;
using wasm::ErrorKind;
using wasm::ErrorSink;
using wasm::ExternKind;
using wasm::FuncType;
using wasm::Op;
using wasm::Opcode;
using wasm::Result;
using wasm::ValType;
using Bytes = std::vector<uint8_t>;

constexpr int32_t kStackSize = 64 * 1024;  // a page
constexpr std::string_view kMainModule = "__main_module__";

std::unexpected<Error> NoAdapter(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

// Hands the functions and globals that code names to `F`, which returns the new index; everything
// else is copied.
template <typename F>
class CodeWalker {
 public:
  CodeWalker(CheckedReader& r, F map, Bytes* out) : r_(r), map_(std::move(map)), out_(out) {}

  bool Run(const uint8_t* end) {
    while (r_.position() < end) {
      at_ = r_.position();
      copied_ = false;
      if (!wasm::VisitInstruction(r_, *this)) return false;
      if (!copied_ && out_ != nullptr) out_->insert(out_->end(), at_, r_.position());
    }
    return true;
  }

  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm& imm) {
    if constexpr (std::is_same_v<Imm, wasm::imm::FuncIdx>) {
      Write(map_(ExternKind::kFunc, imm.func.value));
    } else if constexpr (std::is_same_v<Imm, wasm::imm::GlobalIdx>) {
      Write(map_(ExternKind::kGlobal, imm.global.value));
    } else if constexpr (std::is_same_v<Imm, wasm::imm::TableIdx> ||
                         std::is_same_v<Imm, wasm::imm::TableCopy> ||
                         std::is_same_v<Imm, wasm::imm::TableInit> ||
                         std::is_same_v<Imm, wasm::imm::CallIndirect>) {
      map_(ExternKind::kTable, 0);
    } else if constexpr (std::is_same_v<Imm, wasm::imm::MemoryCopy>) {
      map_(ExternKind::kMemory, imm.dst.value);
      map_(ExternKind::kMemory, imm.src.value);
    } else {
      Memory(imm);
    }
    return true;
  }
  template <typename Imm>
  bool VisitSimple(Opcode, const Imm& imm) {
    Memory(imm);
    return true;
  }

 private:
  template <typename Imm>
  void Memory(const Imm& imm) {
    if constexpr (std::is_same_v<Imm, wasm::imm::MemArgLane>)
      map_(ExternKind::kMemory, imm.memarg.memory.value);
    else if constexpr (requires { imm.memory.value; })
      map_(ExternKind::kMemory, imm.memory.value);
  }

  // Instructions that name a function or a global have opcodes of one byte.
  void Write(uint32_t index) {
    copied_ = true;
    if (out_ == nullptr) return;
    out_->push_back(*at_);
    wasm::WriteUnsignedLeb(*out_, index);
  }

  CheckedReader& r_;
  F map_;
  Bytes* out_;
  const uint8_t* at_ = nullptr;
  bool copied_ = false;
};

class Trimmer {
 public:
  Trimmer(const wasm::Module& module, const std::set<std::string>& exports,
          const std::string& realloc)
      : module_(module), exports_(exports), main_realloc_(realloc) {
    for (const wasm::Import& import : module.imports)
      imports_[static_cast<size_t>(import.kind)].push_back(&import);
  }

  Result<Bytes> Run() {
    TRY_VOID(CheckShape());
    TRY_VOID(FindLive());
    TRY_VOID(Write());
    return out_.Finish();
  }

 private:
  Result<void> CheckShape() const;
  Result<void> FindLive();
  Result<std::optional<uint32_t>> FindGlobal(std::string_view name) const;
  Result<void> Write();
  void WriteFuncs();
  void WriteStack();
  Result<void> WriteGlobals();
  Result<void> WriteBodies();
  void WriteNames();

  const wasm::Import* ImportOf(ExternKind kind, uint32_t index) const {
    const auto& imports = imports_[static_cast<size_t>(kind)];
    return index < imports.size() ? imports[index] : nullptr;
  }
  bool IsRealloc(const wasm::Import* import) const {
    return import != nullptr && import->module == kMainModule &&
           (import->name == "cabi_realloc" || import->name == "canonical_abi_realloc");
  }
  uint32_t NewIndex(ExternKind kind, uint32_t index) const {
    if (kind == ExternKind::kFunc) return new_funcs_.at(index);
    return kind == ExternKind::kGlobal ? new_globals_.at(index) : index;
  }
  template <typename F>
  Result<void> Walk(CheckedReader& r, F map, wasm::ByteRange range, ErrorSink* sink,
                    Bytes* out) const {
    if (CodeWalker<F>(r, std::move(map), out).Run(module_.at(range.end))) return {};
    return std::unexpected(sink->TakeError());
  }

  const wasm::Module& module_;
  const std::set<std::string>& exports_;
  const std::string& main_realloc_;
  std::vector<const wasm::Import*> imports_[5];  // by kind
  // What is kept, by its index.
  std::set<uint32_t> funcs_, globals_;
  bool uses_memory_ = false;
  std::map<uint32_t, uint32_t> new_funcs_, new_globals_;
  std::optional<uint32_t> stack_pointer_, state_;  // in the old module
  std::optional<uint32_t> realloc_, allocate_;     // in the new one
  bool is_lazy_ = false;
  CoreModuleWriter out_;
};

// Where data and elements of an adapter should go, nobody knows.
Result<void> Trimmer::CheckShape() const {
  if (!module_.elems.empty() || !module_.datas.empty())
    return NoAdapter("an adapter cannot have data or element segments");
  if (!module_.tags.empty()) return NoAdapter("an adapter cannot have tags");
  if (module_.start) return NoAdapter("an adapter cannot have a start function");
  if (std::ranges::any_of(module_.types,
                          [](const wasm::SubType& type) {
                            return type.comp.kind != wasm::CompType::Kind::kFunc;
                          }) ||
      std::ranges::any_of(module_.rec_groups,
                          [](const wasm::RecGroup& group) { return group.size != 1; }))
    return NoAdapter("an adapter cannot have structures, arrays or recursive types");
  return {};
}

Result<void> Trimmer::FindLive() {
  std::vector<std::pair<ExternKind, uint32_t>> open;
  bool uses_table = false;
  bool uses_other_memory = false;
  bool is_unknown = false;
  const auto mark = [&](ExternKind kind, uint32_t index) {
    // Bodies have not been validated.
    if ((kind == ExternKind::kFunc && index >= module_.functions.size()) ||
        (kind == ExternKind::kGlobal && index >= module_.globals.size())) {
      is_unknown = true;
      return index;
    }
    if (kind == ExternKind::kTable) uses_table = true;
    if (kind == ExternKind::kMemory) uses_memory_ = true;
    if (kind == ExternKind::kMemory && index != 0) uses_other_memory = true;
    if (kind == ExternKind::kFunc && funcs_.insert(index).second) open.emplace_back(kind, index);
    if (kind == ExternKind::kGlobal && globals_.insert(index).second)
      open.emplace_back(kind, index);
    return index;
  };
  for (const std::string& name : exports_) {
    const auto found = std::ranges::find(module_.exports, name, &wasm::Export::name);
    if (found == module_.exports.end())
      return NoAdapter("the adapter has no export `" + name + "`");
    mark(found->kind, found->index);
  }
  while (!open.empty()) {
    const auto [kind, index] = open.back();
    open.pop_back();
    if (ImportOf(kind, index) != nullptr) continue;
    const bool is_func = kind == ExternKind::kFunc;
    const wasm::ByteRange range =
        is_func ? module_.functions[index].body : module_.globals[index].init.range;
    ErrorSink sink;
    CheckedReader r(module_.Bytes(range), range.begin, &sink);
    if (is_func && !wasm::binary::ReadLocals(r, [](uint32_t, ValType) {}))
      return std::unexpected(sink.TakeError());
    TRY_VOID(Walk(r, mark, range, &sink, nullptr));
  }
  if (is_unknown) return NoAdapter("unknown function or global");
  if (uses_table) return NoAdapter("an adapter cannot use tables");
  if (uses_other_memory || (uses_memory_ && ImportOf(ExternKind::kMemory, 0) == nullptr))
    return NoAdapter("an adapter imports its memory, which is that of the main module");
  return {};
}

Result<std::optional<uint32_t>> Trimmer::FindGlobal(std::string_view name) const {
  std::optional<uint32_t> found;
  for (const uint32_t index : globals_) {
    const wasm::GlobalType& type = module_.globals[index].type;
    if (!type.is_mutable || type.type != ValType::kI32 || module_.names.globals.Find(index) != name)
      continue;
    if (found) return NoAdapter("the adapter has two globals `" + std::string(name) + "`");
    found = index;
  }
  return found;
}

// realloc(old, old size, alignment, size) that gives out new pages and nothing else.
Bytes ReallocByGrowing() {
  constexpr uint8_t kI32Ne = 0x47, kI32Eq = 0x46, kI32Shl = 0x74, kMemoryGrow = 0x40;
  CodeWriter code;
  const auto expect = [&](uint32_t param, int32_t value) {
    code.I32Const(value).LocalGet(param).Op(kI32Ne).If().Unreachable().End();
  };
  code.Local(ValType::kI32);
  expect(0, 0);
  expect(1, 0);
  expect(3, kStackSize);
  code.I32Const(1).Op(kMemoryGrow, 0).LocalTee(4);
  code.I32Const(-1).Op(kI32Eq).If().Unreachable().End();
  code.LocalGet(4).I32Const(16).Op(kI32Shl);
  return code.Body();
}

// The stack grows down from the end of its page. With `state` this happens once, and not again
// while the main module's realloc calls back.
Bytes AllocateStack(uint32_t realloc, uint32_t stack_pointer, std::optional<uint32_t> state) {
  constexpr uint8_t kI32Eqz = 0x45, kI32Add = 0x6a;
  constexpr int32_t kAllocating = 1, kAllocated = 2;
  CodeWriter code;
  if (state) code.GlobalGet(*state).Op(kI32Eqz).If().I32Const(kAllocating).GlobalSet(*state);
  code.I32Const(0).I32Const(0).I32Const(8).I32Const(kStackSize).Call(realloc);
  code.I32Const(kStackSize).Op(kI32Add).GlobalSet(stack_pointer);
  if (state) code.I32Const(kAllocated).GlobalSet(*state).End();
  return code.Body();
}

const FuncType kReallocType{.params = wasm::ResultType(4, ValType::kI32),
                            .results = {ValType::kI32}};

void Trimmer::WriteFuncs() {
  const bool has_realloc = !main_realloc_.empty();
  std::vector<uint32_t> defined;
  for (const uint32_t index : funcs_) {
    const wasm::Import* import = ImportOf(ExternKind::kFunc, index);
    if (import == nullptr || (IsRealloc(import) && !has_realloc)) {
      defined.push_back(index);
      continue;
    }
    const std::string_view name = IsRealloc(import) ? main_realloc_ : import->name;
    new_funcs_[index] = out_.ImportFunc(import->module, name, module_.functions[index].type.value);
    if (IsRealloc(import)) realloc_ = new_funcs_[index];
  }
  if (has_realloc && stack_pointer_ && !realloc_) {
    realloc_ = out_.ImportFunc(kMainModule, main_realloc_, out_.Type(kReallocType));
    out_.NameFunc(*realloc_, main_realloc_);
  }
  for (const uint32_t index : defined) {
    new_funcs_[index] = out_.Func(module_.functions[index].type.value);
    if (ImportOf(ExternKind::kFunc, index) == nullptr) continue;
    realloc_ = new_funcs_[index];
    out_.SetBody(*realloc_, ReallocByGrowing());
  }
}

void Trimmer::WriteStack() {
  // Where realloc may call back and nothing says that it does, it is not called.
  if (!realloc_ || !state_) {
    realloc_ = out_.Func(out_.Type(kReallocType), ReallocByGrowing());
    out_.NameFunc(*realloc_, "realloc_via_memory_grow");
  }
  std::optional<uint32_t> state;
  if (state_) state = new_globals_.at(*state_);
  allocate_ =
      out_.Func(out_.Type({}), AllocateStack(*realloc_, new_globals_.at(*stack_pointer_), state));
  out_.NameFunc(*allocate_, "allocate_stack");
  if (!is_lazy_) out_.Start(*allocate_);
}

Result<void> Trimmer::WriteGlobals() {
  for (const uint32_t index : globals_) {
    const wasm::Import* import = ImportOf(ExternKind::kGlobal, index);
    const wasm::Global& global = module_.globals[index];
    if (import != nullptr) {
      new_globals_[index] = out_.ImportGlobal(import->module, import->name, global.type);
      continue;
    }
    ErrorSink sink;
    CheckedReader r(module_.Bytes(global.init.range), global.init.range.begin, &sink);
    Bytes init;
    TRY_VOID(Walk(
        r, [&](ExternKind kind, uint32_t i) { return NewIndex(kind, i); }, global.init.range, &sink,
        &init));
    new_globals_[index] = out_.Global(global.type, init);
  }
  return {};
}

Result<void> Trimmer::WriteBodies() {
  std::set<uint32_t> exported;
  for (const wasm::Export& item : module_.exports)
    if (item.kind == ExternKind::kFunc && exports_.contains(std::string(item.name)))
      exported.insert(item.index);
  for (const uint32_t index : funcs_) {
    if (ImportOf(ExternKind::kFunc, index) != nullptr) continue;
    const wasm::ByteRange range = module_.functions[index].body;
    ErrorSink sink;
    CheckedReader r(module_.Bytes(range), range.begin, &sink);
    Bytes body;
    const uint8_t* begin = r.position();
    if (!wasm::binary::ReadLocals(r, [](uint32_t, ValType) {}))
      return std::unexpected(sink.TakeError());
    body.insert(body.end(), begin, r.position());
    if (is_lazy_ && exported.contains(index)) {
      constexpr uint8_t kCall = 0x10;
      body.push_back(kCall);
      wasm::WriteUnsignedLeb(body, *allocate_);
    }
    TRY_VOID(Walk(
        r, [&](ExternKind kind, uint32_t i) { return NewIndex(kind, i); }, range, &sink, &body));
    out_.SetBody(new_funcs_.at(index), std::move(body));
  }
  return {};
}

void Trimmer::WriteNames() {
  out_.NameModule(module_.names.module);
  for (const auto& [index, new_index] : new_funcs_)
    if (const auto name = module_.names.functions.Find(index); !name.empty())
      out_.NameFunc(new_index, name);
  for (const auto& [index, new_index] : new_globals_)
    if (const auto name = module_.names.globals.Find(index); !name.empty())
      out_.NameGlobal(new_index, name);
  for (const wasm::CustomSection& custom : module_.customs)
    if (custom.name == "producers") out_.Custom(custom.name, module_.Bytes(custom.payload));
}

Result<void> Trimmer::Write() {
  stack_pointer_ = TRY(FindGlobal("__stack_pointer"));
  state_ = TRY(FindGlobal("allocation_state"));
  // The stack is allocated when an export is first called: the main module may not be ready for
  // that any earlier.
  is_lazy_ = stack_pointer_ && state_ && !main_realloc_.empty();
  out_.Types(module_.types);
  if (uses_memory_) {
    const wasm::Import* import = ImportOf(ExternKind::kMemory, 0);
    out_.ImportMemory(import->module, import->name, module_.memories[0].type);
  }
  WriteFuncs();
  TRY_VOID(WriteGlobals());
  if (stack_pointer_ && (is_lazy_ || uses_memory_)) WriteStack();
  TRY_VOID(WriteBodies());
  for (const wasm::Export& item : module_.exports)
    if (exports_.contains(std::string(item.name)))
      out_.Export(item.name, item.kind, NewIndex(item.kind, item.index));
  WriteNames();
  return {};
}

}  // namespace

Result<Bytes> TrimAdapter(const wasm::Module& module, const std::set<std::string>& exports,
                          const std::string& realloc) {
  return Trimmer(module, exports, realloc).Run();
}

}  // namespace component::encode
