// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <utility>

#include "libcomponent/encode/classifier.h"

namespace component::encode {

using wasm::ExternKind;
using wasm::FuncType;
using wasm::Result;
using wasm::ValType;
using wit::Function;
using wit::WorldItem;

void Classifier::CollectExports() {
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    if (target_.providers[i] != context_.self) continue;
    const WorldItem& item = world_.exports[i];
    if (item.kind == WorldItem::Kind::kFunction) {
      functions_[0].emplace(item.name, Match{i, &item.function});
      functions_[1].emplace("||" + item.name, Match{i, &item.function});
      continue;
    }
    const std::string legacy = resolve_.NameOf(item) + "#";
    const std::string standard = "|" + StandardName(item) + "|";
    for (const Function& function : resolve_[item.interface].functions) {
      functions_[0].emplace(legacy + function.name, Match{i, &function});
      functions_[1].emplace(standard + function.name, Match{i, &function});
    }
    for (const wit::TypeId type : resolve_[item.interface].types) {
      if (resolve_[type].kind != wit::TypeDefKind::kResource) continue;
      destructors_[0].emplace(legacy + "[dtor]" + resolve_[type].name, type);
      destructors_[1].emplace(standard + resolve_[type].name + "_dtor", type);
    }
  }
}

Result<void> Classifier::Export(const wasm::Export& item) {
  CoreExports& exports = out_.exports;
  std::string_view name = item.name;
  const bool standard = TakePrefix(&name, kStandardPrefix);
  switch (item.kind) {
    case ExternKind::kMemory:
      if (name == (standard ? "_memory" : "memory")) {
        if (!exports.memory.empty())
          return Invalid(context_.what + " exports its memory under two names");
        exports.memory = item.name;
        exports.memory_type = module_.memories[item.index].type;
      }
      return {};
    case ExternKind::kTable:
      if (!standard && name == "__indirect_function_table" &&
          module_.tables[item.index].type.element == wasm::kFuncRef)
        exports.indirect_table = item.name;
      return {};
    case ExternKind::kFunc:
      return ExportedFunction(standard, name, item);
    default:
      return {};
  }
}

Result<void> Classifier::ExportedFunction(bool standard, std::string_view name,
                                          const wasm::Export& item) {
  CoreExports& exports = out_.exports;
  exports.types.emplace(item.name, module_.FuncTypeOf(wasm::FuncIdx(item.index)));
  const FuncType realloc{.params = wasm::ResultType(4, ValType::kI32), .results = {ValType::kI32}};
  struct Special {
    std::string_view legacy, standard;
    std::string* name;
    FuncType type;
    std::string_view what;
  };
  const Special specials[] = {
      {"cabi_realloc", "_realloc", &exports.realloc, realloc, "reallocation"},
      {"canonical_abi_realloc", "", &exports.realloc, realloc, "reallocation"},
      {"cabi_import_realloc", "", &exports.import_realloc, realloc, "reallocation"},
      {"cabi_export_realloc", "", &exports.export_realloc, realloc, "reallocation"},
      {"cabi_realloc_adapter", "", &exports.adapter_realloc, realloc, "reallocation"},
      {"_initialize", "_initialize", &exports.initialize, {}, "initialization"},
      {"__wasm_task_hook",
       "",
       &exports.task_hook,
       {.params = {ValType::kI32}, .results = {}},
       "the hook of tasks"},
  };
  for (const Special& special : specials) {
    if (name != (standard ? special.standard : special.legacy)) continue;
    TRY_VOID(CheckExport(item, special.type, special.what));
    if (special.name->empty()) *special.name = item.name;
    return {};
  }
  Abi abi = Abi::kExport;
  bool is_callback = false;
  if (!standard) {
    if (TakePrefix(&name, "[callback][async-lift]"))
      is_callback = true;
    else if (TakePrefix(&name, "[async-lift]"))
      abi = Abi::kExportAsync;
    else if (TakePrefix(&name, "[async-lift-stackful]"))
      abi = Abi::kExportStackful;
  }
  const auto what = [&](const Match& match) {
    const WorldItem& export_item = world_.exports[match.item];
    return "the world's export " +
           Quoted(export_item.kind == WorldItem::Kind::kFunction
                      ? match.function->name
                      : resolve_.NameOf(export_item) + "." + match.function->name);
  };
  if (const auto match = MatchExport(standard, std::string(name))) {
    CoreExports::Function& function = exports.functions[{match->item, match->function->name}];
    if (is_callback) {
      TRY_VOID(CheckExport(
          item, {.params = wasm::ResultType(3, ValType::kI32), .results = {ValType::kI32}},
          "the callback of " + what(*match)));
      function.callback = item.name;
      return {};
    }
    if (abi != Abi::kExport && !match->function->is_async)
      return Invalid(context_.what + " exports " + Quoted(item.name) + ", but " + what(*match) +
                     " is not `async`");
    TRY_VOID(CheckExport(item, CoreTypeOf(resolve_, *match->function, abi), what(*match)));
    if (!function.core_name.empty())
      return Invalid(context_.what + " has two exports for " + what(*match));
    function.core_name = item.name;
    function.abi = abi;
    return {};
  }
  std::string_view function_name = name;
  bool is_post_return = false;
  if (standard && function_name.ends_with("_post")) {
    function_name.remove_suffix(std::string_view("_post").size());
    is_post_return = true;
  } else if (!standard) {
    is_post_return = TakePrefix(&function_name, "cabi_post_");
  }
  if (is_post_return) {
    if (const auto match = MatchExport(standard, std::string(function_name))) {
      FuncType type = CoreTypeOf(resolve_, *match->function, Abi::kExport);
      type.params = std::exchange(type.results, {});
      TRY_VOID(CheckExport(item, type, "post-return of " + what(*match)));
      exports.functions[{match->item, match->function->name}].post_return = item.name;
      return {};
    }
  }
  if (const auto resource = destructors_[standard].find(std::string(name));
      resource != destructors_[standard].end()) {
    TRY_VOID(CheckExport(item, {.params = {ValType::kI32}, .results = {}}, "a destructor"));
    exports.destructors[resource->second.value] = item.name;
  }
  return {};
}

// Whatever the world exports and this module provides is there.
Result<void> Classifier::CheckExports() const {
  const auto check = [&](size_t i, const Function& function) -> Result<void> {
    const WorldItem& item = world_.exports[i];
    const bool in_interface = item.kind == WorldItem::Kind::kInterface;
    const std::string core_name =
        in_interface ? resolve_.NameOf(item) + "#" + function.name : function.name;
    const auto found = out_.exports.functions.find({i, function.name});
    if (found == out_.exports.functions.end() || found->second.core_name.empty())
      return Invalid(
          "the world exports the function " +
          Quoted(in_interface ? resolve_.NameOf(item) + "." + function.name : function.name) +
          ", but " + context_.what + " has no export " + Quoted(core_name) + "; its core type is " +
          Print(CoreTypeOf(resolve_, function, Abi::kExport)));
    if (found->second.abi != Abi::kExport && !found->second.post_return.empty())
      return Invalid(context_.what + " exports " + Quoted(found->second.post_return) +
                     ", but what is `async` has no post-return");
    if (found->second.abi == Abi::kExportAsync && found->second.callback.empty())
      return Invalid(context_.what + " exports " + Quoted(found->second.core_name) +
                     " but no callback " + Quoted("[callback]" + found->second.core_name));
    return {};
  };
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    if (target_.providers[i] != context_.self) continue;
    const WorldItem& item = world_.exports[i];
    if (item.kind == WorldItem::Kind::kFunction) TRY_VOID(check(i, item.function));
    if (item.kind == WorldItem::Kind::kInterface)
      for (const Function& function : resolve_[item.interface].functions)
        TRY_VOID(check(i, function));
  }
  return {};
}

}  // namespace component::encode
