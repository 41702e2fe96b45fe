// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In order: imports of the component, core modules, the shim module's instance, resource types of
// exported interfaces, the main module's instance, those of adapters, the fix-up, and exports.

#include "libcomponent/encode/encoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libcomponent/encode/component_writer.h"
#include "libcomponent/encode/shims.h"

namespace component::encode {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::ExternKind;
using wasm::Result;
using wasm::ValType;
using wit::WorldItem;

std::unexpected<Error> Invalid(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

ExternName Named(std::string name, std::optional<std::string> external_id = {}) {
  ExternName out;
  out.name = std::move(name);
  out.external_id = std::move(external_id);
  return out;
}

class Encoder {
 public:
  Encoder(const Target& target, const std::vector<Part>& parts)
      : target_(target),
        resolve_(target.resolve),
        world_(target.the_world()),
        parts_(parts),
        writer_(target.resolve) {}

  Result<Component> Run() {
    EncodeImports();
    for (const Part& part : parts_)
      core_modules_.push_back(
          part.is_used
              ? writer_.CoreModule(part.bytes, part.name.empty() ? "main" : "adapter " + part.name)
              : 0);
    core_instances_.resize(parts_.size());
    TRY_VOID(CollectShims());
    InstantiateShim();
    DeclareResources();
    for (size_t i = 0; i < parts_.size(); ++i)
      if (parts_[i].is_used) TRY_VOID(InstantiatePart(i));
    TRY_VOID(InstantiateFixup());
    TRY_VOID(EncodeExports());
    return writer_.Take();
  }

 private:
  void EncodeImports();
  Result<void> CollectShims();
  void AddReallocShim(size_t part);
  void InstantiateShim();
  void DeclareResources();
  Result<void> InstantiatePart(size_t part);
  Result<SortIdx> Materialize(size_t part, const CoreImport& import);
  Result<SortIdx> MainExport(size_t part, const CoreImport& import);
  Result<uint32_t> EncodeImport(size_t part, const CoreImport& import);
  Result<uint32_t> EncodeBuiltin(size_t part, const CoreImport& import);
  Result<uint32_t> EncodeShim(const Shim& shim);
  Result<void> InstantiateFixup();
  Result<void> EncodeExports();
  Result<uint32_t> Lift(size_t item, const wit::Function& function);

  const wit::Function* FunctionOf(const CoreImport& import) const;
  Needs NeedsOfImport(const CoreImport& import) const;
  Result<wit::StringEncoding> EncodingOf(size_t part, const CoreImport& import) const;
  Result<std::vector<CanonOpt>> Options(size_t part, const Needs& needs, const std::string& realloc,
                                        wit::StringEncoding encoding);
  uint32_t ExportOf(size_t part, const std::string& name) {
    return writer_.CoreAlias(core_instances_[part], Sort::kCoreFunc, name);
  }
  // The same, or what wraps it.
  uint32_t WrappedExportOf(size_t part, const std::string& name) {
    const auto wrapper = wrappers_.find({part, name});
    if (wrapper == wrappers_.end()) return ExportOf(part, name);
    return writer_.CoreAlias(fixup_instance_, Sort::kCoreFunc, wrapper->second);
  }
  uint32_t FromShim(const std::string& name, Sort sort = Sort::kCoreFunc) {
    return writer_.CoreAlias(shim_instance_, sort, name);
  }
  template <typename Matches>
  std::optional<std::string> FindShim(Matches matches) const {
    for (size_t i = 0; i < shim_.shims.size(); ++i)
      if (matches(shim_.shims[i])) return std::to_string(i);
    return std::nullopt;
  }
  // A function that is imported under the names of two compatible versions has one.
  std::optional<std::string> ShimOf(size_t part, const CoreImport& import) const {
    return FindShim([&](const Shim& item) {
      if (item.import == &import) return true;
      return item.import != nullptr && item.part == part &&
             item.import->kind == CoreImport::Kind::kFunction &&
             import.kind == CoreImport::Kind::kFunction && item.import->item == import.item &&
             item.import->function == import.function && item.import->abi == import.abi;
    });
  }
  std::string Where(size_t part, const CoreImport& import) const {
    return parts_[part].called + " imports `" + import.module + "." + import.name + "`";
  }
  bool HasHook() const { return !parts_[0].info.exports.task_hook.empty(); }
  bool HasMemoryEarly() const { return parts_[0].info.imported_memory.has_value(); }

  const Target& target_;
  const wit::Resolve& resolve_;
  const wit::World& world_;
  const std::vector<Part>& parts_;
  ComponentWriter writer_;
  ShimModule shim_;
  Wrappers wrappers_;
  std::vector<uint32_t> core_modules_, core_instances_;
  std::map<std::string, uint32_t> imported_functions_;
  std::optional<uint32_t> memory_;
  uint32_t shim_instance_ = 0;
  uint32_t fixup_instance_ = 0;
  bool main_is_there_ = false;
  bool fixup_is_there_ = false;
  bool uses_context_slots_ = false;
};

void Encoder::EncodeImports() {
  for (const WorldItem& item : world_.imports) {
    switch (item.kind) {
      case WorldItem::Kind::kInterface: {
        const wit::Interface& interface = resolve_[item.interface];
        if (interface.types.empty() && interface.functions.empty()) break;
        ExternName name = Named(resolve_.NameOf(item), item.external_id);
        if (resolve_.Implements(item)) name.implements = resolve_.NameOf(item.interface);
        ExternDesc desc;
        desc.sort = Sort::kInstance;
        desc.index = writer_.Define({InstanceTypeOf(resolve_, item.interface, writer_)});
        writer_.SetInstance(item.interface, writer_.Import(std::move(name), desc));
        break;
      }
      case WorldItem::Kind::kType:
        writer_.ImportType(item.type, Named(item.name, resolve_[item.type].external_id));
        break;
      case WorldItem::Kind::kFunction: {
        if (item.function.name.empty()) break;  // nothing uses it
        ExternDesc desc;
        desc.sort = Sort::kFunc;
        desc.index = writer_.Define({writer_.FuncTypeOf(item.function)});
        imported_functions_[item.name] =
            writer_.Import(Named(item.name, item.function.external_id), desc);
        break;
      }
    }
  }
}

// ---- what imports need
// ---------------------------------------------------------------------------

const wit::Function* Encoder::FunctionOf(const CoreImport& import) const {
  const auto& items = import.of_export ? world_.exports : world_.imports;
  if (import.function.empty()) return nullptr;
  if (!import.item) {
    const auto found = std::ranges::find_if(items, [&](const WorldItem& item) {
      return item.kind == WorldItem::Kind::kFunction && item.name == import.function;
    });
    return found == items.end() ? nullptr : &found->function;
  }
  const auto& functions = resolve_[items[*import.item].interface].functions;
  const auto found = std::ranges::find(functions, import.function, &wit::Function::name);
  return found == functions.end() ? nullptr : &*found;
}

Needs Encoder::NeedsOfImport(const CoreImport& import) const {
  const wit::Function* function = FunctionOf(import);
  if (import.kind == CoreImport::Kind::kFunction) return NeedsOf(resolve_, *function, import.abi);
  const auto copy = [&](bool is_read) {
    std::optional<wit::Type> element;
    if (import.payload) element = resolve_[*import.payload].args[0];
    return NeedsOfCopy(resolve_, element, is_read, import.is_async);
  };
  switch (import.canon) {
    case CanonKind::kTaskReturn:
      return NeedsOfTaskReturn(resolve_, *function);
    case CanonKind::kStreamRead:
    case CanonKind::kFutureRead:
      return copy(true);
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureWrite:
      return copy(false);
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      return {.memory = true};
    case CanonKind::kErrorContextNew:
      return {.memory = true, .realloc = false, .encoding = true};
    case CanonKind::kErrorContextDebugMessage:
      return {.memory = true, .realloc = true, .encoding = true};
    default:
      return {};
  }
}

Result<wit::StringEncoding> Encoder::EncodingOf(size_t part, const CoreImport& import) const {
  if (import.encoding) return *import.encoding;
  if (import.function.empty()) return wit::StringEncoding::kUtf8;
  const Encodings& encodings =
      import.of_export ? target_.export_encodings[part] : target_.import_encodings[part];
  std::string key = import.function + "/" + import.function;
  if (import.item)
    key = target_.KeyOf((import.of_export ? world_.exports : world_.imports)[*import.item],
                        import.function);
  const auto found = encodings.find(key);
  if (found == encodings.end())
    return Invalid(Where(part, import) +
                   ", which only the world of another module mentions, not its own");
  return found->second;
}

Result<std::vector<CanonOpt>> Encoder::Options(size_t part, const Needs& needs,
                                               const std::string& realloc,
                                               wit::StringEncoding encoding) {
  std::vector<CanonOpt> out;
  if (needs.memory) {
    if (!memory_) return Invalid(parts_[0].called + " exports no memory `memory`");
    out.push_back({CanonOpt::Kind::kMemory, *memory_});
  }
  if (needs.realloc) {
    if (realloc.empty())
      return Invalid(parts_[part].called + " exports no function `cabi_realloc`");
    uint32_t index = 0;
    if (fixup_is_there_) {
      index = WrappedExportOf(part, realloc);
    } else if (const auto shim = FindShim([&](const Shim& item) {
                 return item.kind == Shim::Kind::kRealloc && item.part == part &&
                        item.export_name == realloc;
               })) {
      index = FromShim(*shim);
    } else {
      index = ExportOf(part, realloc);
    }
    out.push_back({CanonOpt::Kind::kRealloc, index});
  }
  if (needs.encoding) out.push_back({static_cast<CanonOpt::Kind>(encoding), 0});
  if (needs.is_async) out.push_back({CanonOpt::Kind::kAsync, 0});
  return out;
}

// ---- shims
// ---------------------------------------------------------------------------------------

void Encoder::AddReallocShim(size_t part) {
  const std::string& name = parts_[part].info.exports.ReallocForImports();
  if (name.empty() || FindShim([&](const Shim& item) {
        return item.kind == Shim::Kind::kRealloc && item.part == part;
      }))
    return;
  shim_.shims.push_back({.kind = Shim::Kind::kRealloc,
                         .part = part,
                         .import = nullptr,
                         .export_name = name,
                         .type = parts_[part].info.exports.types.at(name),
                         .debug_name = "realloc"});
}

Result<void> Encoder::CollectShims() {
  shim_.memory = parts_[0].info.imported_memory;
  for (const Part& part : parts_)
    for (const CoreImport& import : part.info.imports) {
      const bool is_builtin = part.is_used && import.kind == CoreImport::Kind::kBuiltin;
      if (is_builtin &&
          (import.canon == CanonKind::kThreadNewIndirect ||
           ((import.canon == CanonKind::kContextGet || import.canon == CanonKind::kContextSet) &&
            import.slot == 1)))
        uses_context_slots_ = true;
    }
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].is_used) continue;
    for (const CoreImport& import : parts_[i].info.imports) {
      bool is_late = import.kind == CoreImport::Kind::kAdapter;
      if (import.kind == CoreImport::Kind::kTlsBase && !uses_context_slots_) {
        const ValType type = import.is_set ? import.type.params[0] : import.type.results[0];
        if (shim_.tls_base && *shim_.tls_base != type)
          return Invalid(Where(i, import) + " with another type than before");
        shim_.tls_base = type;
      }
      if (import.kind == CoreImport::Kind::kFunction || import.kind == CoreImport::Kind::kBuiltin) {
        const Needs needs = NeedsOfImport(import);
        is_late = ((needs.memory || needs.realloc) && !HasMemoryEarly()) ||
                  import.canon == CanonKind::kThreadNewIndirect;
        if (needs.realloc && (HasMemoryEarly() || HasHook())) AddReallocShim(i);
      }
      if (!is_late || ShimOf(i, import)) continue;
      const bool from_adapter = import.kind == CoreImport::Kind::kAdapter;
      shim_.shims.push_back({.kind = from_adapter ? Shim::Kind::kAdapter : Shim::Kind::kImport,
                             .part = from_adapter ? import.adapter : i,
                             .import = &import,
                             .export_name = from_adapter ? import.function : "",
                             .type = import.type,
                             .debug_name = import.module + "." + import.name});
    }
    for (const auto& [resource, name] : parts_[i].info.exports.destructors)
      shim_.shims.push_back({.kind = Shim::Kind::kDestructor,
                             .part = i,
                             .import = nullptr,
                             .export_name = name,
                             .type = {.params = {ValType::kI32}, .results = {}},
                             .debug_name = name});
  }
  return {};
}

void Encoder::InstantiateShim() {
  if (shim_.empty()) return;
  shim_instance_ = writer_.CoreInstantiate(writer_.CoreModule(shim_.Write(), "shim"), {}, "shim");
  if (shim_.memory) memory_ = FromShim(kShimMemory, Sort::kCoreMemory);
}

void Encoder::DeclareResources() {
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    const WorldItem& item = world_.exports[i];
    if (item.kind != WorldItem::Kind::kInterface) continue;
    const size_t part = target_.providers[i];
    for (const wit::TypeId id : resolve_[item.interface].types) {
      if (resolve_[id].kind != wit::TypeDefKind::kResource) continue;
      ResourceTypeSyntax resource;
      const auto& destructors = parts_[part].info.exports.destructors;
      if (const auto found = destructors.find(id.value); found != destructors.end()) {
        const auto shim = FindShim([&](const Shim& other) {
          return other.kind == Shim::Kind::kDestructor && other.part == part &&
                 other.export_name == found->second;
        });
        resource.dtor = FromShim(*shim);
      }
      writer_.Know(id, writer_.Define({resource}));
    }
  }
}

Result<uint32_t> Encoder::EncodeShim(const Shim& shim) {
  if (shim.kind == Shim::Kind::kImport) return EncodeImport(shim.part, *shim.import);
  return ExportOf(shim.part, shim.export_name);
}

// ---- instances
// -----------------------------------------------------------------------------------

Result<void> Encoder::InstantiatePart(size_t part) {
  std::vector<std::pair<std::string, std::vector<CoreInlineExport>>> modules;
  for (const CoreImport& import : parts_[part].info.imports) {
    auto found = std::ranges::find(modules, import.module,
                                   &std::pair<std::string, std::vector<CoreInlineExport>>::first);
    if (found == modules.end()) {
      modules.emplace_back(import.module, std::vector<CoreInlineExport>());
      found = modules.end() - 1;
    }
    found->second.push_back({import.name, TRY(Materialize(part, import))});
  }
  std::vector<CoreInstantiateArg> args;
  for (auto& [name, exports] : modules)
    args.push_back({name, writer_.CoreInstance(std::move(exports), name)});
  core_instances_[part] = writer_.CoreInstantiate(
      core_modules_[part], std::move(args), part == 0 ? "main" : "adapter " + parts_[part].name);
  if (part != 0) return {};
  main_is_there_ = true;
  const std::string& memory = parts_[0].info.exports.memory;
  if (!memory_ && !memory.empty())
    memory_ = writer_.CoreAlias(core_instances_[0], Sort::kCoreMemory, memory);
  return {};
}

Result<SortIdx> Encoder::MainExport(size_t part, const CoreImport& import) {
  const auto found = parts_[0].exports.find(import.name);
  if (found == parts_[0].exports.end() || found->second != import.extern_kind)
    return Invalid(Where(part, import) + ", but " + parts_[0].called + " does not export that");
  constexpr Sort kSorts[] = {Sort::kCoreFunc, Sort::kCoreTable, Sort::kCoreMemory,
                             Sort::kCoreGlobal, Sort::kCoreTag};
  const Sort sort = kSorts[static_cast<size_t>(import.extern_kind)];
  return SortIdx{sort, writer_.CoreAlias(core_instances_[0], sort, import.name)};
}

Result<SortIdx> Encoder::Materialize(size_t part, const CoreImport& import) {
  switch (import.kind) {
    case CoreImport::Kind::kMemory:
      if (!memory_)
        return Invalid(Where(part, import) + ", but " + parts_[0].called +
                       " exports no memory `memory`");
      return SortIdx{Sort::kCoreMemory, *memory_};
    case CoreImport::Kind::kMainExport:
      return MainExport(part, import);
    case CoreImport::Kind::kTlsBase:
      if (!uses_context_slots_)
        return SortIdx{Sort::kCoreFunc, FromShim(import.is_set ? kShimTlsSet : kShimTlsGet)};
      return SortIdx{
          Sort::kCoreFunc,
          writer_.CoreCanon(
              {.kind = import.is_set ? CanonKind::kContextSet : CanonKind::kContextGet,
               .options = {},
               .result = {},
               .core_type = import.is_set ? import.type.params[0] : import.type.results[0],
               .slot = 1})};
    default:
      if (const auto shim = ShimOf(part, import))
        return SortIdx{Sort::kCoreFunc, FromShim(*shim)};
      return SortIdx{Sort::kCoreFunc, TRY(EncodeImport(part, import))};
  }
}

Result<uint32_t> Encoder::EncodeImport(size_t part, const CoreImport& import) {
  if (import.kind == CoreImport::Kind::kBuiltin) return EncodeBuiltin(part, import);
  Canon canon;
  canon.kind = CanonKind::kLower;
  canon.options =
      TRY(Options(part, NeedsOfImport(import), parts_[part].info.exports.ReallocForImports(),
                  TRY(EncodingOf(part, import))));
  canon.func = import.item
                   ? writer_.FuncAlias(writer_.InstanceOf(world_.imports[*import.item].interface),
                                       import.function)
                   : imported_functions_.at(import.function);
  return writer_.CoreCanon(std::move(canon));
}

Result<uint32_t> Encoder::EncodeBuiltin(size_t part, const CoreImport& import) {
  Canon canon;
  canon.kind = import.canon;
  canon.is_async = import.is_async;
  canon.cancellable = import.cancellable;
  canon.slot = import.slot;
  if (import.resource) canon.type = writer_.Index(*import.resource);
  const Needs needs = NeedsOfImport(import);
  switch (import.canon) {
    case CanonKind::kContextGet:
      canon.core_type = import.type.results[0];
      break;
    case CanonKind::kContextSet:
      canon.core_type = import.type.params[0];
      break;
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      if (!memory_) return Invalid(parts_[0].called + " exports no memory `memory`");
      canon.memory = *memory_;
      break;
    case CanonKind::kTaskReturn: {
      const wit::Function* function = FunctionOf(import);
      if (function->result) canon.result = writer_.Use(*function->result);
      canon.options = TRY(Options(part, needs, "", TRY(EncodingOf(part, import))));
      break;
    }
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
      canon.options = TRY(
          Options(part, needs, parts_[part].info.exports.ReallocForImports(), *import.encoding));
      break;
    case CanonKind::kThreadNewIndirect: {
      const std::string& table = parts_[0].info.exports.indirect_table;
      if (table.empty())
        return Invalid(Where(part, import) + ", but " + parts_[0].called +
                       " exports no table `__indirect_function_table`");
      canon.type = writer_.CoreFuncType({.params = {ValType::kI32}, .results = {}});
      canon.table = writer_.CoreAlias(core_instances_[0], Sort::kCoreTable, table);
      break;
    }
    default:
      break;
  }
  const bool is_copy =
      import.canon >= CanonKind::kStreamNew && import.canon <= CanonKind::kFutureDropWritable;
  if (is_copy) {
    if (import.payload) {
      canon.type = writer_.Index(*import.payload);
    } else {
      DefValType unit;
      unit.kind = import.canon >= CanonKind::kFutureNew ? DefValType::Kind::kFuture
                                                        : DefValType::Kind::kStream;
      canon.type = writer_.Define({std::move(unit)});
    }
    if (needs.memory) {
      const CoreExports& exports = parts_[part].info.exports;
      canon.options = TRY(Options(
          part, needs, import.of_export ? exports.ReallocForExports() : exports.ReallocForImports(),
          TRY(EncodingOf(part, import))));
      // They say by an option, not by a flag, that they do not block.
      canon.is_async = false;
    }
  }
  return writer_.CoreCanon(std::move(canon));
}

Result<void> Encoder::InstantiateFixup() {
  FixupModule fixup = WriteFixup(parts_, shim_.shims);
  if (fixup.bytes.empty()) return {};
  const uint32_t module = writer_.CoreModule(std::move(fixup.bytes), "fixup");
  std::vector<CoreInstantiateArg> args;
  if (!shim_.shims.empty()) {
    std::vector<CoreInlineExport> actual;
    for (size_t i = 0; i < shim_.shims.size(); ++i)
      actual.push_back({std::to_string(i), {Sort::kCoreFunc, TRY(EncodeShim(shim_.shims[i]))}});
    args.push_back({"actual", writer_.CoreInstance(std::move(actual), "actual")});
    args.push_back({"shim", shim_instance_});
  }
  for (const size_t part : fixup.parts)
    args.push_back({std::to_string(part), core_instances_[part]});
  fixup_instance_ = writer_.CoreInstantiate(module, std::move(args), "fixup");
  wrappers_ = std::move(fixup.wrappers);
  fixup_is_there_ = true;
  return {};
}

// ---- exports
// -------------------------------------------------------------------------------------

Result<uint32_t> Encoder::Lift(size_t item, const wit::Function& function) {
  const size_t part = target_.providers[item];
  const CoreExports& exports = parts_[part].info.exports;
  const CoreExports::Function& core = exports.functions.at({item, function.name});
  Canon canon;
  canon.kind = CanonKind::kLift;
  canon.type = writer_.Define({writer_.FuncTypeOf(function)});
  canon.func = WrappedExportOf(part, core.core_name);
  const wit::StringEncoding encoding =
      target_.export_encodings[part].at(target_.KeyOf(world_.exports[item], function.name));
  canon.options = TRY(
      Options(part, NeedsOf(resolve_, function, core.abi), exports.ReallocForExports(), encoding));
  if (!core.post_return.empty())
    canon.options.push_back({CanonOpt::Kind::kPostReturn, WrappedExportOf(part, core.post_return)});
  if (!core.callback.empty())
    canon.options.push_back({CanonOpt::Kind::kCallback, WrappedExportOf(part, core.callback)});
  return writer_.Lift(std::move(canon));
}

Result<void> Encoder::EncodeExports() {
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    const WorldItem& item = world_.exports[i];
    if (item.kind == WorldItem::Kind::kFunction) {
      const uint32_t func = TRY(Lift(i, item.function));
      writer_.Export(Named(item.name, item.function.external_id), {Sort::kFunc, func});
      continue;
    }
    std::vector<uint32_t> functions;
    for (const wit::Function& function : resolve_[item.interface].functions)
      functions.push_back(TRY(Lift(i, function)));
    const uint32_t instance = WrapInstance(writer_, item.interface, functions);
    ExternName name = Named(resolve_.NameOf(item), item.external_id);
    if (resolve_.Implements(item)) name.implements = resolve_.NameOf(item.interface);
    writer_.SetInstance(item.interface,
                        writer_.Export(std::move(name), {Sort::kInstance, instance}));
    for (const wit::TypeId type : resolve_[item.interface].types) writer_.Forget(type);
    writer_.ForgetDefinitions();
  }
  return {};
}

}  // namespace

Result<Component> EncodeParts(const Target& target, const std::vector<Part>& parts) {
  return Encoder(target, parts).Run();
}

}  // namespace component::encode
