// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <charconv>

#include "libcomponent/encode/classifier.h"

namespace component::encode {

using wasm::ExternKind;
using wasm::FuncType;
using wasm::Result;
using wasm::ValType;
using wit::Function;

Result<void> Classifier::Import(const wasm::Import& import, std::string_view name) {
  CoreImport out;
  out.module = import.module;
  out.name = import.name;
  out.extern_kind = import.kind;
  if (import.kind == ExternKind::kFunc) out.type = module_.FuncTypeOf(wasm::FuncIdx(import.index));
  if (import.module == "env" && import.name == "memory" && import.kind == ExternKind::kMemory) {
    if (out_.imported_memory) return Invalid(context_.what + " imports two memories");
    out.kind = Kind::kMemory;
    out.memory = module_.memories[import.index].type;
    out_.imported_memory = out.memory;
    out_.imports.push_back(std::move(out));
    return {};
  }
  if (import.module == "__main_module__" && context_.self != 0) {
    out.kind = Kind::kMainExport;
    out_.imports.push_back(std::move(out));
    return {};
  }
  if (import.kind != ExternKind::kFunc)
    return Invalid(Where(out) +
                   ", which is no function: only functions, and the memory `env.memory`, can be "
                   "imported");
  for (size_t i = 1; context_.self == 0 && i < context_.module_names.size(); ++i) {
    if (context_.module_names[i] != import.module) continue;
    out.kind = Kind::kAdapter;
    out.adapter = i;
    out.function = name;
    out_.imports.push_back(std::move(out));
    return {};
  }
  std::string_view module = import.module;
  const Scheme& scheme = TakePrefix(&module, kStandardPrefix) ? kStandard : kLegacy;
  TRY_VOID(ComponentImport(scheme, module, name, &out));
  out_.imports.push_back(std::move(out));
  return {};
}

bool Classifier::EnvImport(std::string_view name, CoreImport* out) {
  const bool is_get = name.starts_with("__wasm_get_");
  if (!is_get && !name.starts_with("__wasm_set_")) return false;
  name.remove_prefix(std::string_view("__wasm_get_").size());
  const auto& one = is_get ? out->type.results : out->type.params;
  const auto& none = is_get ? out->type.params : out->type.results;
  if (one.size() != 1 || !none.empty() || (one[0] != ValType::kI32 && one[0] != ValType::kI64))
    return false;
  if (name == "tls_base") {
    out->kind = Kind::kTlsBase;
    out->is_set = !is_get;
    return true;
  }
  if (name != "stack_pointer") return false;
  out->kind = Kind::kBuiltin;
  out->canon = is_get ? CanonKind::kContextGet : CanonKind::kContextSet;
  return true;
}

Result<void> Classifier::ComponentImport(const Scheme& scheme, std::string_view module,
                                         std::string_view name, CoreImport* out) {
  std::string_view function = name;
  const Abi abi =
      !scheme.standard && TakePrefix(&function, "[async-lower]") ? Abi::kImportAsync : Abi::kImport;
  const auto take_function = [&](std::optional<size_t> item,
                                 const Function& found) -> Result<void> {
    if (abi == Abi::kImportAsync && !found.is_async)
      return Invalid(Where(*out) + ", but " + Quoted(found.name) + " is not `async` in the world");
    out->kind = Kind::kFunction;
    out->item = item;
    out->function = found.name;
    out->abi = abi;
    return CheckType(
        *out, CoreTypeOf(resolve_, found, abi),
        "the world's import " +
            Quoted(item ? resolve_.NameOf(world_.imports[*item]) + "." + found.name : found.name));
  };
  if (module == scheme.root) {
    if (!scheme.standard) {
      if (const auto builtin = ParseBuiltin(name);
          builtin && builtin->canon != CanonKind::kTaskCancel) {
        constexpr uint32_t kContextSlots = 2;  // [cabi:Thread.CONTEXT_LENGTH]
        if (builtin->slot >= kContextSlots)
          return Invalid(Where(*out) + ", but the context of a thread has two slots");
        out->canon = builtin->canon;
        out->is_async = builtin->is_async;
        out->cancellable = builtin->cancellable;
        out->slot = builtin->slot;
        out->encoding = builtin->encoding;
        return CheckType(*out, builtin->type, "this built-in");
      }
    }
    if (const Function* found = FindFunction(false, std::nullopt, function))
      return take_function(std::nullopt, *found);
    if (TRY(Intrinsic(scheme, name, false, std::nullopt, out))) return {};
    return Invalid(Where(*out) + ", but the world imports no function " + Quoted(function));
  }
  if (module == "env" && !scheme.standard && EnvImport(name, out)) return {};
  std::string_view rest = module;
  if (TakePrefix(&rest, scheme.exported) && rest == scheme.root) {
    if (TRY(Intrinsic(scheme, name, true, std::nullopt, out))) return {};
    return Invalid(Where(*out) + ", which is no built-in of an exported function");
  }
  rest = module;
  if (!TakePrefix(&rest, scheme.interfaces))
    return Invalid(Where(*out) + ", which is not a name of the component model's");
  const std::string shown(rest);
  if (TakePrefix(&rest, scheme.exported)) {
    const auto item = FindInterface(scheme, true, rest);
    if (!item) return Invalid(Where(*out) + ", but the world exports no interface " + Quoted(rest));
    if (TRY(Intrinsic(scheme, name, true, item, out))) return {};
    return Invalid(Where(*out) + ", which is no built-in for the exported interface " +
                   Quoted(rest));
  }
  const auto item = FindInterface(scheme, false, rest);
  if (!item)
    return Invalid(Where(*out) + ", but the world imports no interface " + Quoted(shown) +
                   (context_.self == 0 ? ", and no adapter has that name" : ""));
  if (const Function* found = FindFunction(false, item, function))
    return take_function(item, *found);
  if (TRY(Intrinsic(scheme, name, false, item, out))) return {};
  return Invalid(Where(*out) + ", but the imported interface " +
                 Quoted(resolve_.NameOf(world_.imports[*item])) + " has no function " +
                 Quoted(function));
}

// What is no function of the world but stands for one of its types or functions.
Result<bool> Classifier::Intrinsic(const Scheme& scheme, std::string_view name, bool of_export,
                                   std::optional<size_t> item, CoreImport* out) {
  const auto take = [&](CanonKind canon) {
    out->kind = Kind::kBuiltin;
    out->canon = canon;
    out->of_export = of_export;
    out->item = item;
  };
  struct ResourceRow {
    std::string_view legacy;
    std::string_view standard;
    CanonKind canon;
    bool has_result;
  };
  constexpr ResourceRow kResources[] = {
      {"[resource-drop]", "_drop", CanonKind::kResourceDrop, false},
      {"[resource-new]", "_new", CanonKind::kResourceNew, true},
      {"[resource-rep]", "_rep", CanonKind::kResourceRep, true},
  };
  for (const ResourceRow& row : kResources) {
    if (row.has_result && !of_export) continue;
    std::string_view resource = name;
    if (scheme.standard) {
      if (!resource.ends_with(row.standard)) continue;
      resource.remove_suffix(row.standard.size());
    } else if (!TakePrefix(&resource, row.legacy)) {
      continue;
    }
    const auto found = FindResource(item, of_export, resource);
    if (!found) continue;
    take(row.canon);
    out->resource = *found;
    FuncType type{.params = {ValType::kI32}, .results = {}};
    if (row.has_result) type.results = {ValType::kI32};
    TRY_VOID(CheckType(*out, type, "this built-in"));
    return true;
  }
  if (scheme.standard) return false;
  if (of_export) {
    std::string_view function = name;
    if (TakePrefix(&function, "[task-return]")) {
      const Function* found = FindFunction(true, item, function);
      if (found == nullptr)
        return Invalid(Where(*out) + ", but the world exports no function " + Quoted(function));
      take(CanonKind::kTaskReturn);
      out->function = found->name;
      TRY_VOID(CheckType(*out, CoreTypeOfTaskReturn(resolve_, *found),
                         "returning the result of " + Quoted(found->name)));
      return true;
    }
    if (const auto builtin = ParseBuiltin(name);
        builtin && builtin->canon == CanonKind::kTaskCancel) {
      take(CanonKind::kTaskCancel);
      TRY_VOID(CheckType(*out, builtin->type, "this built-in"));
      return true;
    }
  }
  const auto copy = ParseCopyBuiltin(name);
  if (!copy) return false;
  if (copy->which != "unit") {
    const Function* function = FindFunction(of_export, item, copy->function);
    if (function == nullptr) return false;
    size_t number = 0;
    const auto [end, error] =
        std::from_chars(copy->which.data(), copy->which.data() + copy->which.size(), number);
    if (error != std::errc() || end != copy->which.data() + copy->which.size()) return false;
    const auto types = StreamsAndFutures(resolve_, *function);
    if (number >= types.size() ||
        (resolve_[types[number]].kind == wit::TypeDefKind::kFuture) != copy->is_future)
      return Invalid(Where(*out) + ", but number " + std::to_string(number) + " in the type of " +
                     Quoted(function->name) + " is no " + (copy->is_future ? "future" : "stream"));
    out->payload = types[number];
    out->function = function->name;
  }
  take(copy->builtin.canon);
  out->is_async = copy->builtin.is_async;
  TRY_VOID(CheckType(*out, copy->builtin.type, "this built-in"));
  return true;
}

}  // namespace component::encode
