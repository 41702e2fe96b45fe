// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/shims.h"

#include <algorithm>
#include <set>

#include "libcomponent/encode/core_module.h"

namespace component::encode {
namespace {

using wasm::ExternKind;
using wasm::FuncType;
using wasm::ValType;

wasm::TableType TableOf(size_t size) {
  wasm::TableType type;
  type.limits = {.min = size, .max = size};
  return type;
}

// What the hook is told [wasi-libc: __wasm_task_hook].
enum class Event : int32_t {
  kSyncStart = 0,
  kSyncFinish = 1,
  kAsyncStart = 2,
  kAsyncResume = 3,
  kAsyncBlock = 4,
  kAsyncFinish = 5,
  kInitializeStart = 6,
  kInitializeFinish = 7,
  kDestructorStart = 8,
  kDestructorFinish = 9,
  kPostReturnStart = 10,
  kPostReturnFinish = 11,
  kReallocStart = 12,
  kReallocFinish = 13,
};

class FixupWriter {
 public:
  FixupWriter(const std::vector<Part>& parts, const std::vector<Shim>& shims)
      : parts_(parts), shims_(shims) {}

  FixupModule Run() {
    const CoreExports& main = parts_[0].info.exports;
    const bool has_hook = !main.task_hook.empty();
    if (shims_.empty() && main.initialize.empty() && !has_hook) return {};
    // Imports come first: so all wrappers are collected before any is written.
    std::vector<uint32_t> actual;
    for (size_t i = 0; i < shims_.size(); ++i)
      actual.push_back(out_.ImportFunc("actual", std::to_string(i), out_.Type(shims_[i].type)));
    if (!shims_.empty()) out_.ImportTable("shim", kShimTable, TableOf(shims_.size()));
    if (has_hook) hook_ = Import(0, main.task_hook, {.params = {ValType::kI32}, .results = {}});
    std::optional<uint32_t> initialize;
    if (!main.initialize.empty()) initialize = Import(0, main.initialize, {});
    if (has_hook) CollectWrappers(actual);
    if (shims_.empty() && wrappers_.empty() && !initialize) return {};
    WriteWrappers();
    std::vector<uint32_t> elements;
    for (size_t i = 0; i < shims_.size(); ++i) elements.push_back(FillOf(i, actual[i]));
    if (!elements.empty()) out_.Elements(elements);
    if (initialize) WriteStart(*initialize);
    out_.NameModule("fixup");
    return {.bytes = out_.Finish(),
            .parts = {used_parts_.begin(), used_parts_.end()},
            .wrappers = std::move(names_)};
  }

 private:
  struct Wrapper {
    uint32_t wrapped;
    FuncType type;
    Event start;
    Event finish;
    bool is_async;  // the result says whether the task goes on
    std::string debug_name;
    std::optional<std::pair<size_t, std::string>> of_export;
    std::optional<size_t> of_shim;
    uint32_t index = 0;
  };

  uint32_t Import(size_t part, const std::string& name, const FuncType& type) {
    used_parts_.insert(part);
    return out_.ImportFunc(std::to_string(part), name, out_.Type(type));
  }

  void Wrap(size_t part, const std::string& name, const FuncType& type, Event start, Event finish,
            bool is_async = false) {
    wrappers_.push_back({.wrapped = Import(part, name, type),
                         .type = type,
                         .start = start,
                         .finish = finish,
                         .is_async = is_async,
                         .debug_name = name,
                         .of_export = std::pair(part, name),
                         .of_shim = {}});
  }

  void CollectWrappers(const std::vector<uint32_t>& actual) {
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i].is_used) continue;
      const CoreExports& exports = parts_[i].info.exports;
      for (const auto& [key, function] : exports.functions) {
        const FuncType& type = exports.types.at(function.core_name);
        const bool is_async = function.abi == Abi::kExportAsync;
        if (function.abi == Abi::kExport)
          Wrap(i, function.core_name, type, Event::kSyncStart, Event::kSyncFinish);
        else
          Wrap(i, function.core_name, type, Event::kAsyncStart, Event::kAsyncFinish, is_async);
        if (!function.post_return.empty())
          Wrap(i, function.post_return, exports.types.at(function.post_return),
               Event::kPostReturnStart, Event::kPostReturnFinish);
        if (is_async)
          Wrap(i, function.callback, exports.types.at(function.callback), Event::kAsyncResume,
               Event::kAsyncFinish, true);
      }
      for (const std::string* name :
           {&exports.realloc, &exports.import_realloc, &exports.export_realloc})
        if (!name->empty())
          Wrap(i, *name, exports.types.at(*name), Event::kReallocStart, Event::kReallocFinish);
    }
    for (size_t i = 0; i < shims_.size(); ++i)
      if (shims_[i].kind == Shim::Kind::kDestructor)
        wrappers_.push_back({.wrapped = actual[i],
                             .type = shims_[i].type,
                             .start = Event::kDestructorStart,
                             .finish = Event::kDestructorFinish,
                             .is_async = false,
                             .debug_name = shims_[i].export_name,
                             .of_export = {},
                             .of_shim = i});
  }

  void WriteWrappers() {
    for (Wrapper& wrapper : wrappers_) {
      constexpr uint8_t kSelect = 0x1b;
      const auto params = static_cast<uint32_t>(wrapper.type.params.size());
      CodeWriter code;
      code.I32Const(static_cast<int32_t>(wrapper.start)).Call(*hook_);
      for (uint32_t i = 0; i < params; ++i) code.LocalGet(i);
      code.Call(wrapper.wrapped);
      if (wrapper.is_async) {
        // A result other than 0 means that the task waits.
        code.Local(ValType::kI32).LocalSet(params);
        code.I32Const(static_cast<int32_t>(Event::kAsyncBlock));
        code.I32Const(static_cast<int32_t>(wrapper.finish));
        code.LocalGet(params).Op(kSelect).Call(*hook_).LocalGet(params);
      } else {
        code.I32Const(static_cast<int32_t>(wrapper.finish)).Call(*hook_);
      }
      wrapper.index = out_.Func(out_.Type(wrapper.type), code.Body());
      out_.NameFunc(wrapper.index, "hook-" + wrapper.debug_name);
      if (!wrapper.of_export) continue;
      const std::string name = "hook" + std::to_string(names_.size());
      out_.Export(name, ExternKind::kFunc, wrapper.index);
      names_[*wrapper.of_export] = name;
    }
  }

  uint32_t FillOf(size_t shim, uint32_t actual) const {
    const Shim& item = shims_[shim];
    for (const Wrapper& wrapper : wrappers_)
      if (wrapper.of_shim == shim || (item.kind == Shim::Kind::kRealloc &&
                                      wrapper.of_export == std::pair(item.part, item.export_name)))
        return wrapper.index;
    return actual;
  }

  void WriteStart(uint32_t initialize) {
    if (!hook_) return out_.Start(initialize);
    CodeWriter code;
    code.I32Const(static_cast<int32_t>(Event::kInitializeStart)).Call(*hook_);
    code.Call(initialize);
    code.I32Const(static_cast<int32_t>(Event::kInitializeFinish)).Call(*hook_);
    const uint32_t start = out_.Func(out_.Type({}), code.Body());
    out_.NameFunc(start, "start");
    out_.Start(start);
  }

  const std::vector<Part>& parts_;
  const std::vector<Shim>& shims_;
  std::optional<uint32_t> hook_;
  std::vector<Wrapper> wrappers_;
  std::set<size_t> used_parts_;
  Wrappers names_;
  CoreModuleWriter out_;
};

}  // namespace

std::vector<uint8_t> ShimModule::Write() const {
  CoreModuleWriter out;
  for (size_t i = 0; i < shims.size(); ++i) {
    const uint32_t type = out.Type(shims[i].type);
    CodeWriter code;
    for (uint32_t j = 0; j < shims[i].type.params.size(); ++j) code.LocalGet(j);
    code.I32Const(static_cast<int32_t>(i)).CallIndirect(type, 0);
    const uint32_t func = out.Func(type, code.Body());
    out.Export(std::to_string(i), ExternKind::kFunc, func);
    out.NameFunc(func, shims[i].debug_name);
  }
  if (!shims.empty()) {
    out.Table(TableOf(shims.size()));
    out.Export(kShimTable, ExternKind::kTable, 0);
  }
  if (memory) {
    out.Memory(*memory);
    out.Export(kShimMemory, ExternKind::kMemory, 0);
  }
  if (tls_base) {
    const uint8_t zero[] = {static_cast<uint8_t>(*tls_base == ValType::kI64 ? 0x42 : 0x41), 0x00,
                            0x0b};
    const uint32_t global = out.Global({.type = *tls_base, .is_mutable = true}, zero);
    const uint32_t get = out.Func(out.Type({.params = {}, .results = {*tls_base}}),
                                  CodeWriter().GlobalGet(global).Body());
    const uint32_t set = out.Func(out.Type({.params = {*tls_base}, .results = {}}),
                                  CodeWriter().LocalGet(0).GlobalSet(global).Body());
    out.Export(kShimTlsGet, ExternKind::kFunc, get);
    out.Export(kShimTlsSet, ExternKind::kFunc, set);
  }
  out.NameModule("shim");
  return out.Finish();
}

FixupModule WriteFixup(const std::vector<Part>& parts, const std::vector<Shim>& shims) {
  return FixupWriter(parts, shims).Run();
}

}  // namespace component::encode
