// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/type_writer.h"

#include <algorithm>
#include <utility>

namespace component::compose {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

std::unexpected<Error> Unlinkable(std::string message) {
  return std::unexpected(Error(ErrorKind::kUnlinkable, std::move(message)));
}

PrimType PrimOf(ValKind kind) {
  switch (kind) {
#define PRIM_TYPE(Name, word) \
  case ValKind::k##Name:      \
    return PrimType::k##Name;
#include "libcomponent/syntax/val_types.def"
    default:
      return PrimType::kErrorContext;
  }
}

DefValType::Kind KindOf(ValKind kind) {
  switch (kind) {
#define COMPOUND_TYPE(Name, word) \
  case ValKind::k##Name:          \
    return DefValType::Kind::k##Name;
#include "libcomponent/syntax/val_types.def"
    default:
      return DefValType::Kind::kPrim;
  }
}

}  // namespace

TypeWriter::TypeWriter(Resources* resources, const wasm::TypeStore& store, Component* component)
    : resources_(*resources), store_(store), component_(*component) {
  levels_.emplace_back();
}

// ---- places ------------------------------------------------------------------------------------

uint32_t TypeWriter::AddType(TypeDef type) {
  if (level().decls == nullptr) return Add(Sort::kType, std::move(type));
  level().decls->push_back({.offset = 0, .decl = std::make_shared<const TypeDef>(std::move(type))});
  return level().counts[static_cast<size_t>(Sort::kType)]++;
}

uint32_t TypeWriter::AddAlias(size_t at, Alias alias) {
  Level& target = levels_[at];
  const auto sort = static_cast<size_t>(alias.sort);
  if (target.decls == nullptr)
    component_.definitions.push_back({.offset = 0, .def = std::move(alias)});
  else
    target.decls->push_back({.offset = 0, .decl = std::move(alias)});
  return target.counts[sort]++;
}

uint32_t TypeWriter::Resolve(size_t at, Place* place) {
  if (place->index) return *place->index;
  uint32_t instance = place->instance;
  for (size_t i = 0; i < place->path.size(); ++i) {
    const bool last = i + 1 == place->path.size();
    instance = AddAlias(at, {.kind = Alias::Kind::kExport,
                             .sort = last ? Sort::kType : Sort::kInstance,
                             .instance = instance,
                             .name = place->path[i]});
  }
  place->index = instance;
  return instance;
}

template <typename Find>
std::optional<uint32_t> TypeWriter::LookUp(Find find) {
  for (size_t at = levels_.size(); at-- > 0;) {
    Place* place = find(&levels_[at]);
    if (place == nullptr) continue;
    const uint32_t index = Resolve(at, place);
    if (at + 1 == levels_.size()) return index;
    return AddAlias(levels_.size() - 1,
                    {.kind = Alias::Kind::kOuter,
                     .sort = Sort::kType,
                     .name = {},
                     .outer_count = static_cast<uint32_t>(levels_.size() - 1 - at),
                     .outer_index = index});
  }
  return std::nullopt;
}

std::optional<uint32_t> TypeWriter::LookUpType(const Key& key) {
  const auto index = LookUp([&](Level* at) -> Place* {
    auto it = at->types.find(key);
    if (it == at->types.end() && key.node != nullptr)
      it = at->types.find({.space = kDocumentSpace, .node = key.node, .resource = 0});
    return it == at->types.end() ? nullptr : &it->second;
  });
  if (index) level().types[key] = {.index = index, .instance = 0, .path = {}};
  return index;
}

std::optional<uint32_t> TypeWriter::LookUpResource(Space space, ResourceId id, uint32_t name) {
  if (const auto index = LookUpType(KeyOf(space, id, name))) return index;
  const uint32_t identity = resources_.Find(space, id);
  const auto index = LookUp([&](Level* at) -> Place* {
    const auto it = at->resources.find(identity);
    return it == at->resources.end() ? nullptr : &it->second;
  });
  if (index) level().resources[identity] = {.index = index, .instance = 0, .path = {}};
  return index;
}

bool TypeWriter::Knows(uint32_t identity) const { return levels_[0].resources.contains(identity); }

void TypeWriter::Register(Level* at, const MergedItem& item, const Place& place) {
  if (item.sort() == Sort::kInstance) {
    for (const MergedItem& inner : item.items) {
      Place deeper = place;
      if (deeper.index) deeper.instance = *std::exchange(deeper.index, std::nullopt);
      deeper.path.push_back(inner.name.name);
      Register(at, inner, deeper);
    }
    return;
  }
  if (item.sort() != Sort::kType) return;
  for (const Wanted& wanted : item.wanted) {
    const TypeEntry& entry = wanted.type.type.type;
    if (entry.kind == TypeEntry::Kind::kVal) {
      at->types[KeyOf(wanted.type.space, entry.val)] = place;
    } else if (entry.kind == TypeEntry::Kind::kResource) {
      at->types[KeyOf(wanted.type.space, entry.resource, entry.resource_name)] = place;
      at->resources.try_emplace(resources_.Find(wanted.type.space, entry.resource), place);
    }
  }
}

void TypeWriter::Register(const MergedItem& item, uint32_t index) {
  Register(&levels_[0], item, {.index = index, .instance = 0, .path = {}});
}

// ---- value and function types ------------------------------------------------------------------

Result<ValTypeUse> TypeWriter::Use(Space space, const ValType* type) {
  // A primitive type may have a name, too.
  if (const auto index = LookUpType(KeyOf(space, type))) return ValTypeUse::Index(*index);
  if (type->is_primitive()) return ValTypeUse::Prim(PrimOf(type->kind));
  DefValType definition = TRY(Define(space, *type));
  const uint32_t index = AddType({.type = std::move(definition)});
  level().types[KeyOf(space, type)] = {.index = index, .instance = 0, .path = {}};
  return ValTypeUse::Index(index);
}

Result<std::optional<ValTypeUse>> TypeWriter::UseOptional(Space space, const ValType* type) {
  if (type == nullptr) return std::nullopt;
  return TRY(Use(space, type));
}

Result<DefValType> TypeWriter::Define(Space space, const ValType& type) {
  DefValType out;
  out.kind = KindOf(type.kind);
  switch (type.kind) {
    case ValKind::kRecord:
      for (const ValType::Field& field : type.fields)
        out.fields.push_back({.label = field.label, .type = TRY(Use(space, field.type))});
      break;
    case ValKind::kVariant:
      for (const ValType::Field& field : type.fields)
        out.cases.push_back({.label = field.label, .type = TRY(UseOptional(space, field.type))});
      break;
    case ValKind::kTuple:
      for (const ValType::Field& field : type.fields)
        out.elements.push_back(TRY(Use(space, field.type)));
      break;
    case ValKind::kFlags:
    case ValKind::kEnum:
      for (const ValType::Field& field : type.fields) out.labels.push_back(field.label);
      break;
    case ValKind::kOption:
      out.elements.push_back(TRY(Use(space, type.fields[1].type)));
      break;
    case ValKind::kResult:
      out.ok = TRY(UseOptional(space, type.fields[0].type));
      out.error = TRY(UseOptional(space, type.fields[1].type));
      break;
    case ValKind::kFixedLengthList:
      out.length = type.length;
      [[fallthrough]];
    case ValKind::kList:
      out.elements.push_back(TRY(Use(space, type.element)));
      break;
    case ValKind::kMap:
      for (const ValType::Field& field : type.element->fields)
        out.elements.push_back(TRY(Use(space, field.type)));
      break;
    case ValKind::kStream:
    case ValKind::kFuture:
      out.ok = TRY(UseOptional(space, type.element));
      break;
    case ValKind::kOwn:
    case ValKind::kBorrow: {
      const auto resource = LookUpResource(space, type.resource, type.resource_name);
      if (!resource) {
        const std::string* source = resources_.SourceOf(resources_.Find(space, type.resource));
        return Unlinkable("it mentions a resource" +
                          (source != nullptr ? " of " + *source : std::string()) +
                          ", which nothing outside of the composition can know");
      }
      out.resource = *resource;
      break;
    }
    default:
      out.prim = PrimOf(type.kind);
      break;
  }
  return out;
}

Result<uint32_t> TypeWriter::DefineFunc(Space space, const FuncType& func) {
  FuncTypeSyntax out{.is_async = func.is_async, .params = {}, .result = std::nullopt};
  for (const ValType::Field& param : func.params)
    out.params.push_back({.label = param.label, .type = TRY(Use(space, param.type))});
  out.result = TRY(UseOptional(space, func.result));
  return AddType({.type = std::move(out)});
}

Result<ExternDesc> TypeWriter::DescribeFunc(Space space, const FuncType& func) {
  return ExternDesc{.sort = Sort::kFunc, .index = TRY(DefineFunc(space, func))};
}

Result<uint32_t> TypeWriter::DefineEntry(Space space, const TypeEntry& entry,
                                         const std::string& by) {
  switch (entry.kind) {
    case TypeEntry::Kind::kVal:
      return AddType({.type = TRY(Define(space, *entry.val))});
    case TypeEntry::Kind::kFunc:
      return DefineFunc(space, *entry.func);
    case TypeEntry::Kind::kInstance: {
      std::vector<MergedItem> items;
      for (const NamedExtern& item : entry.instance->exports)
        items.push_back(MergedItem::Of(item, space, by));
      return DefineInstance(items);
    }
    case TypeEntry::Kind::kComponent:
      return DefineComponent(space, *entry.component, by);
    case TypeEntry::Kind::kResource:
      break;
  }
  const auto index = LookUpResource(space, entry.resource, entry.resource_name);
  if (!index) return Unlinkable("a resource type that nothing introduces");
  return *index;
}

Result<uint32_t> TypeWriter::TypeIndex(const SpacedType& type) {
  if (type.type.type.kind == TypeEntry::Kind::kVal)
    for (const ValType* t = type.type.type.val; t != nullptr; t = t->renamed)
      if (const auto index = LookUpType(KeyOf(type.space, t))) return *index;
  return DefineEntry(type.space, type.type.type, "");
}

// ---- external types ----------------------------------------------------------------------------

Result<ExternDesc> TypeWriter::Describe(const MergedItem& item) {
  const Space space = item.wanted[0].type.space;
  const std::string& by = item.wanted[0].by;
  const ExternType& type = item.wanted[0].type.type;
  ExternDesc desc;
  desc.sort = type.sort;
  switch (type.sort) {
    case Sort::kFunc:
      desc.index = TRY(DefineFunc(space, *type.func));
      break;
    case Sort::kType:
      if (type.type.kind == TypeEntry::Kind::kResource) {
        const auto known = LookUpResource(space, type.type.resource, type.type.resource_name);
        if (known)
          desc.index = *known;
        else
          desc.bound = ExternDesc::Bound::kSubResource;
        break;
      }
      // `use`: the same type under the name that it has where it comes from.
      if (type.type.kind == TypeEntry::Kind::kVal) {
        std::optional<uint32_t> known;
        for (const ValType* t = type.type.val->renamed; t != nullptr && !known; t = t->renamed)
          known = LookUpType(KeyOf(space, t));
        if (known) {
          desc.index = *known;
          break;
        }
      }
      desc.index = TRY(DefineEntry(space, type.type, by));
      break;
    case Sort::kInstance:
      desc.index = TRY(DefineInstance(item.items));
      break;
    case Sort::kComponent:
      desc.index = TRY(DefineComponent(space, *type.component, by));
      break;
    case Sort::kCoreModule:
      desc.index = TRY(DefineModule(*type.module));
      break;
    default:
      desc.value_type = TRY(Use(space, type.value));
      break;
  }
  return desc;
}

Result<uint32_t> TypeWriter::DefineInstance(const std::vector<MergedItem>& items) {
  InstanceTypeSyntax out;
  levels_.emplace_back();
  level().decls = &out.decls;
  for (const MergedItem& item : items) {
    ExternDesc desc = TRY(Describe(item));
    out.decls.push_back({.offset = 0, .decl = ExportDecl{.name = item.name, .type = desc}});
    const uint32_t index = level().counts[static_cast<size_t>(item.sort())]++;
    Register(&level(), item, {.index = index, .instance = 0, .path = {}});
  }
  levels_.pop_back();
  return AddType({.type = std::move(out)});
}

Result<uint32_t> TypeWriter::DefineComponent(Space space, const ComponentType& type,
                                             const std::string& by) {
  ComponentTypeSyntax out;
  levels_.emplace_back();
  level().decls = &out.decls;
  const auto declare = [&](const NamedExtern& named, bool is_import) -> Result<void> {
    const MergedItem item = MergedItem::Of(named, space, by);
    ExternDesc desc = TRY(Describe(item));
    if (is_import)
      out.decls.push_back({.offset = 0, .decl = ImportDecl{.name = item.name, .type = desc}});
    else
      out.decls.push_back({.offset = 0, .decl = ExportDecl{.name = item.name, .type = desc}});
    const uint32_t index = level().counts[static_cast<size_t>(item.sort())]++;
    Register(&level(), item, {.index = index, .instance = 0, .path = {}});
    return {};
  };
  for (const NamedExtern& import : type.imports) TRY_VOID(declare(import, true));
  for (const NamedExtern& exported : type.exports) TRY_VOID(declare(exported, false));
  levels_.pop_back();
  return AddType({.type = std::move(out)});
}

Result<uint32_t> TypeWriter::Import(const MergedItem& item) {
  const ExternDesc desc = TRY(Describe(item));
  const uint32_t index = Add(item.sort(), component::Import{.name = item.name, .type = desc});
  Register(item, index);
  return index;
}

// ---- core modules ------------------------------------------------------------------------------

Result<CoreExternType> TypeWriter::DefineCore(CoreModuleType* module, uint32_t* num_types,
                                              const trenail::ExternType& type) {
  CoreExternType out;
  out.kind = type.kind;
  out.table = type.table;
  out.memory = type.memory;
  out.global = type.global;
  const auto names_type = [](wasm::ValType t) { return t.is_ref() && t.heap_type().is_concrete(); };
  const auto closed = [] {
    return Unlinkable(
        "a core module whose imports or exports mention types that it defines cannot be imported; "
        "pass it as an argument");
  };
  if (type.kind == wasm::ExternKind::kTable && names_type(type.table.element)) return closed();
  if (type.kind == wasm::ExternKind::kGlobal && names_type(type.global.type)) return closed();
  if (type.kind != wasm::ExternKind::kFunc && type.kind != wasm::ExternKind::kTag) return out;
  const wasm::SubType& sub = store_.Get(type.type_id).type;
  for (const auto* types : {&sub.comp.func.params, &sub.comp.func.results})
    if (std::any_of(types->begin(), types->end(), names_type)) return closed();
  if (!sub.supertypes.empty()) return closed();
  CoreModuleDecl decl;
  decl.kind = CoreModuleDecl::Kind::kType;
  CoreRecType group;
  group.types.push_back(sub);
  decl.core_type = std::make_shared<const CoreType>(CoreType{.type = std::move(group)});
  module->decls.push_back(std::move(decl));
  out.type = (*num_types)++;
  return out;
}

Result<uint32_t> TypeWriter::DefineModule(const ModuleType& type) {
  CoreModuleType out;
  uint32_t num_types = 0;
  for (const trenail::ImportType& import : type.imports) {
    CoreModuleDecl decl;
    decl.kind = CoreModuleDecl::Kind::kImport;
    decl.module = import.module;
    decl.name = import.name;
    decl.type = TRY(DefineCore(&out, &num_types, import.type));
    out.decls.push_back(std::move(decl));
  }
  for (const trenail::ExportType& exported : type.exports) {
    CoreModuleDecl decl;
    decl.kind = CoreModuleDecl::Kind::kExport;
    decl.name = exported.name;
    decl.type = TRY(DefineCore(&out, &num_types, exported.type));
    out.decls.push_back(std::move(decl));
  }
  CoreType core{.type = std::move(out)};
  if (level().decls == nullptr) return Add(Sort::kCoreType, std::move(core));
  level().decls->push_back({.offset = 0, .decl = std::move(core)});
  return level().counts[static_cast<size_t>(Sort::kCoreType)]++;
}

}  // namespace component::compose
