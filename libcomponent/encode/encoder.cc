// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In order: imports of the component, core modules, the shim module's instance, resource types of
// exported interfaces, the main module's instance, those of adapters, the fix-up, and exports.

#include "libcomponent/encode/encoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libcomponent/encode/encoder_impl.h"

namespace component::encode {
namespace {

using wasm::Result;
using wasm::ValType;
using wit::WorldItem;

ExternName Named(std::string name, std::optional<std::string> external_id = {}) {
  ExternName out;
  out.name = std::move(name);
  out.external_id = std::move(external_id);
  return out;
}

}  // namespace

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
          return NotEncodable(Where(i, import) + " with another type than before");
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

Result<SortIdx> Encoder::Materialize(size_t part, const CoreImport& import) {
  switch (import.kind) {
    case CoreImport::Kind::kMemory:
      return SortIdx{Sort::kCoreMemory, *memory_};
    case CoreImport::Kind::kMainExport: {
      constexpr Sort kSorts[] = {Sort::kCoreFunc, Sort::kCoreTable, Sort::kCoreMemory,
                                 Sort::kCoreGlobal, Sort::kCoreTag};
      const Sort sort = kSorts[static_cast<size_t>(import.extern_kind)];
      return SortIdx{sort, writer_.CoreAlias(core_instances_[0], sort, import.name)};
    }
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
      if (const auto shim = ShimOf(part, import)) return SortIdx{Sort::kCoreFunc, FromShim(*shim)};
      return SortIdx{Sort::kCoreFunc, TRY(EncodeImport(part, import))};
  }
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
  if (core.abi == Abi::kExportAsync)
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

Result<Component> EncodeParts(const Target& target, const std::vector<Part>& parts) {
  return Encoder(target, parts).Run();
}

}  // namespace component::encode
