// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//

#include "libcomponent/encode/classify.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "libcomponent/encode/builtin_names.h"

namespace component::encode {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::ExternKind;
using wasm::FuncType;
using wasm::Result;
using wasm::ValType;
using wit::Function;
using wit::WorldItem;

constexpr std::string_view kStandardPrefix = "cm32p2";

std::unexpected<Error> Invalid(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

std::string Quoted(std::string_view text) {
  std::string out("`");
  out += text;
  out += '`';
  return out;
}

struct Scheme {
  bool standard = false;
  std::string_view root;        // the module of what the world itself imports
  std::string_view interfaces;  // in front of interfaces
  std::string_view exported;    // in front of what belongs to exports
};
constexpr Scheme kLegacy = {false, "$root", "", "[export]"};
constexpr Scheme kStandard = {true, "", "|", "_ex_"};

class Classifier {
 public:
  Classifier(const ClassifyContext& context, const wasm::Module& module)
      : context_(context),
        target_(context.target),
        resolve_(context.target.resolve),
        world_(context.target.the_world()),
        module_(module) {}

  Result<ClassifiedModule> Run(const std::map<size_t, std::string>& originals) {
    for (size_t i = 0; i < module_.imports.size(); ++i) {
      const wasm::Import& import = module_.imports[i];
      const auto original = originals.find(i);
      TRY_VOID(Import(
          import, original == originals.end() ? import.name : std::string_view(original->second)));
    }
    for (const wasm::Export& item : module_.exports) TRY_VOID(Export(item));
    TRY_VOID(CheckExports());
    return std::move(out_);
  }

 private:
  using Kind = CoreImport::Kind;

  Result<void> Import(const wasm::Import& import, std::string_view name);
  Result<void> ComponentImport(const Scheme& scheme, std::string_view module, std::string_view name,
                               CoreImport* out);
  Result<bool> Intrinsic(const Scheme& scheme, std::string_view name, bool of_export,
                         std::optional<size_t> item, CoreImport* out);
  bool EnvImport(std::string_view name, CoreImport* out);
  Result<void> Export(const wasm::Export& item);
  Result<void> ExportedFunction(bool standard, std::string_view name, const wasm::Export& item);
  Result<void> CheckExports() const;

  const std::vector<WorldItem>& Items(bool exports) const {
    return exports ? world_.exports : world_.imports;
  }
  std::optional<size_t> FindNamed(bool exports, std::string_view name, WorldItem::Kind kind) const {
    const auto& items = Items(exports);
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].kind == kind && items[i].name == name) return i;
    return std::nullopt;
  }
  std::optional<size_t> FindInterface(const Scheme& scheme, bool exports,
                                      std::string_view name) const;
  const Function* FindFunction(bool exports, std::optional<size_t> item,
                               std::string_view name) const;
  std::optional<wit::TypeId> FindResource(std::optional<size_t> item, bool exports,
                                          std::string_view name) const;
  // The name of an interface as the standard writes it: with the canonical part of the version.
  std::string StandardName(const WorldItem& item) const;

  std::string Where(const CoreImport& import) const {
    return context_.what + " imports " + Quoted(import.module + "." + import.name);
  }
  Result<void> CheckType(const CoreImport& import, const FuncType& expected,
                         std::string_view what) const {
    if (import.type == expected) return {};
    return Invalid(Where(import) + " as " + Print(import.type) + ", but " + std::string(what) +
                   " has the core type " + Print(expected));
  }
  Result<void> CheckExport(const wasm::Export& item, const FuncType& expected,
                           std::string_view what) const {
    const FuncType& type = module_.FuncTypeOf(wasm::FuncIdx(item.index));
    if (type == expected) return {};
    return Invalid(context_.what + " exports " + Quoted(item.name) + " as " + Print(type) +
                   ", but " + std::string(what) + " needs the core type " + Print(expected));
  }

  struct Match {
    size_t item;
    const Function* function;
  };
  // The exported function of the world that a core function of this name is.
  std::optional<Match> MatchExport(bool standard, std::string_view name) const;
  std::optional<wit::TypeId> MatchDestructor(bool standard, std::string_view name) const;

  const ClassifyContext& context_;
  const Target& target_;
  const wit::Resolve& resolve_;
  const wit::World& world_;
  const wasm::Module& module_;
  ClassifiedModule out_;
};

std::string Classifier::StandardName(const WorldItem& item) const {
  if (!item.name.empty()) return item.name;
  const wit::PackageName& package = resolve_[resolve_[item.interface].package].name;
  std::string name = resolve_.NameOf(item);
  if (!package.version) return name;
  name.resize(name.find('@'));
  return name + "@" + package.version->CanonVersion();
}

std::optional<size_t> Classifier::FindInterface(const Scheme& scheme, bool exports,
                                                std::string_view name) const {
  const auto& items = Items(exports);
  const auto find = [&](auto matches) -> std::optional<size_t> {
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].kind == WorldItem::Kind::kInterface && matches(items[i])) return i;
    return std::nullopt;
  };
  if (scheme.standard)
    return find([&](const WorldItem& item) { return StandardName(item) == name; });
  if (const auto same = find([&](const WorldItem& item) { return resolve_.NameOf(item) == name; }))
    return same;
  // A compatible version.
  const size_t at = name.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto version = wit::SemVer::Parse(name.substr(at + 1));
  if (!version || !version->pre.empty()) return std::nullopt;
  const std::string canonical = std::string(name.substr(0, at + 1)) + version->CanonVersion();
  return find([&](const WorldItem& item) {
    if (!item.name.empty()) return false;
    const auto& other = resolve_[resolve_[item.interface].package].name.version;
    return other && other->pre.empty() && StandardName(item) == canonical;
  });
}

const Function* Classifier::FindFunction(bool exports, std::optional<size_t> item,
                                         std::string_view name) const {
  const auto& items = Items(exports);
  if (!item) {
    const auto found = FindNamed(exports, name, WorldItem::Kind::kFunction);
    return found ? &items[*found].function : nullptr;
  }
  const auto& functions = resolve_[items[*item].interface].functions;
  const auto found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : &*found;
}

std::optional<wit::TypeId> Classifier::FindResource(std::optional<size_t> item, bool exports,
                                                    std::string_view name) const {
  std::optional<wit::TypeId> found;
  if (item)
    found = resolve_.FindType(Items(exports)[*item].interface, name);
  else if (const auto type = FindNamed(false, name, WorldItem::Kind::kType))
    found = world_.imports[*type].type;
  if (!found || resolve_[*found].kind != wit::TypeDefKind::kResource) return std::nullopt;
  return found;
}

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
  for (size_t i = 1; i < context_.module_names.size(); ++i) {
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

std::optional<Classifier::Match> Classifier::MatchExport(bool standard,
                                                         std::string_view name) const {
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    if (target_.providers[i] != context_.self) continue;
    const WorldItem& item = world_.exports[i];
    std::string_view rest = name;
    if (item.kind == WorldItem::Kind::kFunction) {
      if (standard && !TakePrefix(&rest, "||")) continue;
      if (rest == item.name) return Match{i, &item.function};
      continue;
    }
    if (standard) {
      if (!TakePrefix(&rest, "|") || !TakePrefix(&rest, StandardName(item)) ||
          !TakePrefix(&rest, "|"))
        continue;
    } else if (!TakePrefix(&rest, resolve_.NameOf(item)) || !TakePrefix(&rest, "#")) {
      continue;
    }
    if (const Function* function = FindFunction(true, i, rest)) return Match{i, function};
  }
  return std::nullopt;
}

std::optional<wit::TypeId> Classifier::MatchDestructor(bool standard, std::string_view name) const {
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    if (target_.providers[i] != context_.self) continue;
    const WorldItem& item = world_.exports[i];
    if (item.kind != WorldItem::Kind::kInterface) continue;
    std::string_view rest = name;
    if (standard) {
      if (!TakePrefix(&rest, "|") || !TakePrefix(&rest, StandardName(item)) ||
          !TakePrefix(&rest, "|") || !rest.ends_with("_dtor"))
        continue;
      rest.remove_suffix(std::string_view("_dtor").size());
    } else if (!TakePrefix(&rest, resolve_.NameOf(item)) || !TakePrefix(&rest, "#[dtor]")) {
      continue;
    }
    if (const auto resource = FindResource(i, true, rest)) return resource;
  }
  return std::nullopt;
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
      }
      return {};
    case ExternKind::kTable:
      if (!standard && name == "__indirect_function_table") exports.indirect_table = item.name;
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
  if (const auto match = MatchExport(standard, name)) {
    CoreExports::Function& function = exports.functions[{match->item, match->function->name}];
    if (is_callback) {
      TRY_VOID(CheckExport(
          item, {.params = wasm::ResultType(3, ValType::kI32), .results = {ValType::kI32}},
          "the callback of " + what(*match)));
      function.callback = item.name;
      return {};
    }
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
    if (const auto match = MatchExport(standard, function_name)) {
      FuncType type = CoreTypeOf(resolve_, *match->function, Abi::kExport);
      type.params = std::exchange(type.results, {});
      TRY_VOID(CheckExport(item, type, "post-return of " + what(*match)));
      exports.functions[{match->item, match->function->name}].post_return = item.name;
      return {};
    }
  }
  if (const auto resource = MatchDestructor(standard, name)) {
    TRY_VOID(CheckExport(item, {.params = {ValType::kI32}, .results = {}}, "a destructor"));
    exports.destructors[resource->value] = item.name;
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

}  // namespace

Result<ClassifiedModule> Classify(const ClassifyContext& context, const wasm::Module& module,
                                  const std::map<size_t, std::string>& originals) {
  return Classifier(context, module).Run(originals);
}

std::map<std::string, FuncType> RequiredFrom(size_t adapter, const ClassifiedModule& importer) {
  std::map<std::string, FuncType> out;
  for (const CoreImport& import : importer.imports)
    if (import.kind == CoreImport::Kind::kAdapter && import.adapter == adapter)
      out.emplace(import.function, import.type);
  return out;
}

}  // namespace component::encode
