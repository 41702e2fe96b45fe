// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A name of WIT is an exported or imported type, a node of its own among the resolved types: what
// a function means by a type is found by following the names that a node stands for. Records and
// the like that no name leads to have no place in WIT.

#include "libcomponent/wit/decode.h"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "libcomponent/types/type_arena.h"
#include "libcomponent/wit/package_docs.h"

namespace component::wit {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

std::unexpected<Error> Inexpressible(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

struct InterfaceName {
  PackageName package;
  std::string name;
};

// `a:b/c@1.0.0`
std::optional<InterfaceName> SplitName(std::string_view text) {
  InterfaceName out;
  const size_t slash = text.rfind('/', text.find('@'));
  if (slash == std::string_view::npos) return std::nullopt;
  const size_t at = std::min(text.find('@', slash), text.size());
  if (at < text.size()) {
    out.package.version = SemVer::Parse(text.substr(at + 1));
    if (!out.package.version) return std::nullopt;
  }
  const std::string_view package = text.substr(0, slash);
  const size_t colon = package.find_last_of(':', package.find('/'));
  if (colon == std::string_view::npos) return std::nullopt;
  out.package.ns = package.substr(0, colon);
  out.package.name = package.substr(colon + 1);
  out.name = text.substr(slash + 1, at - slash - 1);
  return out;
}

// The version of an interface may be split into its canonical part and the rest.
std::string FullName(const ExternName& name) {
  return name.name + name.version_suffix.value_or("");
}

class Decoder {
 public:
  explicit Decoder(const ValidatedComponent& component) : component_(component) {}

  Result<ResolvedPackage> Package();
  Result<ResolvedPackage> World();

 private:
  PackageId PackageOf(const PackageName& name);
  InterfaceId InterfaceOf(const InterfaceName& name);
  Result<InterfaceId> ReadNamedInterface(const std::string& name, const InstanceType& type);
  Result<void> ReadInterface(InterfaceId id, const InstanceType& type);
  Result<void> ReadWorld(WorldId id, const std::vector<NamedExtern>& imports,
                         const std::vector<NamedExtern>& exports);
  Result<void> ReadItem(WorldId id, bool is_export, const NamedExtern& item);
  Result<TypeId> ReadType(const std::string& name, Owner owner, const TypeEntry& entry);
  Result<Function> ReadFunction(const std::string& name, const FuncType& type,
                                const std::function<std::optional<TypeId>(std::string_view)>& find);
  Result<TypeDef> Definition(const ValType& type);
  Result<Type> Convert(const ValType* type);
  Result<TypeId> ResourceOf(ResourceId id, uint32_t name) const;
  std::optional<TypeId> FindResource(ResourceId id, uint32_t name) const;
  std::optional<TypeId> FindType(const ValType* type) const;
  void Know(const TypeEntry& entry, TypeId id);
  PackageId SortPackages(PackageId root);

  static uint64_t Key(ResourceId id, uint32_t name) { return uint64_t{id} << 32 | name; }

  const ValidatedComponent& component_;
  Resolve out_;
  std::unordered_map<const ValType*, TypeId> types_;
  std::unordered_map<uint64_t, TypeId> resources_;
  std::unordered_map<ResourceId, TypeId> first_names_;  // of resources
};

PackageId Decoder::PackageOf(const PackageName& name) {
  if (const auto known = out_.FindPackage(name)) return *known;
  out_.packages.push_back({.name = name, .docs = {}, .interfaces = {}, .worlds = {}});
  return PackageId(static_cast<uint32_t>(out_.packages.size() - 1));
}

InterfaceId Decoder::InterfaceOf(const InterfaceName& name) {
  const PackageId package = PackageOf(name.package);
  if (const auto known = out_.FindInterface(package, name.name)) return *known;
  const InterfaceId id(static_cast<uint32_t>(out_.interfaces.size()));
  Interface& interface = out_.interfaces.emplace_back();
  interface.name = name.name;
  interface.package = package;
  out_[package].interfaces.push_back(id);
  return id;
}

std::optional<TypeId> Decoder::FindType(const ValType* type) const {
  for (; type != nullptr; type = type->renamed)
    if (const auto it = types_.find(type); it != types_.end()) return it->second;
  return std::nullopt;
}

std::optional<TypeId> Decoder::FindResource(ResourceId id, uint32_t name) const {
  for (; name != 0; name = component_.arena->RenamedResource(name))
    if (const auto it = resources_.find(Key(id, name)); it != resources_.end()) return it->second;
  if (const auto it = first_names_.find(id); it != first_names_.end()) return it->second;
  return std::nullopt;
}

Result<TypeId> Decoder::ResourceOf(ResourceId id, uint32_t name) const {
  if (const auto found = FindResource(id, name)) return *found;
  return Inexpressible("a resource type is used that no interface names");
}

void Decoder::Know(const TypeEntry& entry, TypeId id) {
  if (entry.kind == TypeEntry::Kind::kVal) types_[entry.val] = id;
  if (entry.kind != TypeEntry::Kind::kResource) return;
  resources_[Key(entry.resource, entry.resource_name)] = id;
  first_names_.emplace(entry.resource, id);
}

Result<TypeDef> Decoder::Definition(const ValType& type) {
  TypeDef out;
  const auto cases = [&](TypeDefKind kind) -> Result<void> {
    out.kind = kind;
    for (const ValType::Field& field : type.fields) {
      Case& item = out.cases.emplace_back();
      item.name = field.label;
      if (field.type != nullptr) item.type = TRY(Convert(field.type));
    }
    return {};
  };
  const auto arg = [&](const ValType* part) -> Result<void> {
    std::optional<Type>& resolved = out.args.emplace_back();
    if (part != nullptr) resolved = TRY(Convert(part));
    return {};
  };
  switch (type.kind) {
    case ValKind::kRecord:
      TRY_VOID(cases(TypeDefKind::kRecord));
      break;
    case ValKind::kVariant:
      TRY_VOID(cases(TypeDefKind::kVariant));
      break;
    case ValKind::kFlags:
      TRY_VOID(cases(TypeDefKind::kFlags));
      break;
    case ValKind::kEnum:
      TRY_VOID(cases(TypeDefKind::kEnum));
      break;
    case ValKind::kTuple:
      out.kind = TypeDefKind::kTuple;
      for (const ValType::Field& field : type.fields) TRY_VOID(arg(field.type));
      break;
    case ValKind::kOption:
      out.kind = TypeDefKind::kOption;
      TRY_VOID(arg(type.fields[1].type));
      break;
    case ValKind::kResult:
      out.kind = TypeDefKind::kResult;
      TRY_VOID(arg(type.fields[0].type));
      TRY_VOID(arg(type.fields[1].type));
      break;
    case ValKind::kMap:
      out.kind = TypeDefKind::kMap;
      TRY_VOID(arg(type.element->fields[0].type));
      TRY_VOID(arg(type.element->fields[1].type));
      break;
    case ValKind::kList:
      out.kind = TypeDefKind::kList;
      TRY_VOID(arg(type.element));
      break;
    case ValKind::kFixedLengthList:
      out.kind = TypeDefKind::kFixedLengthList;
      out.length = type.length;
      TRY_VOID(arg(type.element));
      break;
    case ValKind::kStream:
      out.kind = TypeDefKind::kStream;
      TRY_VOID(arg(type.element));
      break;
    case ValKind::kFuture:
      out.kind = TypeDefKind::kFuture;
      TRY_VOID(arg(type.element));
      break;
    case ValKind::kOwn:
    case ValKind::kBorrow:
      out.kind = type.kind == ValKind::kOwn ? TypeDefKind::kOwn : TypeDefKind::kBorrow;
      out.args = {Type::Of(TRY(ResourceOf(type.resource, type.resource_name)))};
      break;
    default:  // primitive: the kinds come in the same order
      out.args = {Type{static_cast<TypeKind>(type.kind), {}}};
      break;
  }
  return out;
}
static_assert(static_cast<int>(TypeKind::kErrorContext) ==
              static_cast<int>(ValKind::kErrorContext));
static_assert(static_cast<int>(TypeKind::kS64) == static_cast<int>(ValKind::kS64));

// Recursion is bounded as the depth of types is.
Result<Type> Decoder::Convert(const ValType* type) {
  if (const auto named = FindType(type)) return Type::Of(*named);
  if (type->is_primitive()) return Type{static_cast<TypeKind>(type->kind), {}};
  TypeDef def = TRY(Definition(*type));
  if (!def.cases.empty())
    return Inexpressible("a record, variant, enum or flags type is used that no interface names");
  return Type::Of(out_.Intern(std::move(def)));
}

Result<TypeId> Decoder::ReadType(const std::string& name, Owner owner, const TypeEntry& entry) {
  TypeDef def;
  if (entry.kind == TypeEntry::Kind::kVal) {
    const auto target = FindType(entry.val->renamed);
    if (target)
      def.args = {Type::Of(*target)};
    else
      def = TRY(Definition(*entry.val));
  } else if (entry.kind == TypeEntry::Kind::kResource) {
    const auto target = FindResource(entry.resource, entry.resource_name);
    if (target)
      def.args = {Type::Of(*target)};
    else
      def.kind = TypeDefKind::kResource;
  } else {
    return Inexpressible("the type `" + name + "` is not one of values");
  }
  def.name = name;
  def.owner = owner;
  const TypeId id = out_.Add(std::move(def));
  Know(entry, id);
  return id;
}

Result<Function> Decoder::ReadFunction(
    const std::string& name, const FuncType& type,
    const std::function<std::optional<TypeId>(std::string_view)>& find) {
  Function out;
  out.name = name;
  out.is_async = type.is_async;
  if (name.starts_with('[')) {
    const size_t end = name.find(']');
    const std::string_view kind = std::string_view(name).substr(1, end - 1);
    out.kind = kind == "constructor" ? FunctionKind::kConstructor
               : kind == "method"    ? FunctionKind::kMethod
                                     : FunctionKind::kStatic;
    const std::string_view rest = std::string_view(name).substr(end + 1);
    const auto resource = find(rest.substr(0, rest.find('.')));
    if (!resource) return Inexpressible("the resource of `" + name + "` is not there");
    out.resource = *resource;
  }
  for (const ValType::Field& param : type.params)
    out.params.push_back({param.label, TRY(Convert(param.type))});
  if (type.result != nullptr) out.result = TRY(Convert(type.result));
  return out;
}

// What is known of the interface stays: it may be imported and exported, in parts.
Result<void> Decoder::ReadInterface(InterfaceId id, const InstanceType& type) {
  for (const NamedExtern& item : type.exports) {
    const std::string& name = item.name.name;
    if (item.type.sort == Sort::kType) {
      TypeId type_id;
      if (const auto known = out_.FindType(id, name)) {
        type_id = *known;
        Know(item.type.type, type_id);
      } else {
        type_id = TRY(ReadType(name, Owner::Of(id), item.type.type));
        out_[id].types.push_back(type_id);
      }
      if (item.name.external_id) out_[type_id].external_id = item.name.external_id;
    } else if (item.type.sort == Sort::kFunc) {
      const auto& functions = out_[id].functions;
      if (std::any_of(functions.begin(), functions.end(),
                      [&](const Function& known) { return known.name == name; }))
        continue;
      Function function = TRY(ReadFunction(name, *item.type.func, [&](std::string_view resource) {
        return out_.FindType(id, resource);
      }));
      function.external_id = item.name.external_id;
      out_[id].functions.push_back(std::move(function));
    } else {
      return Inexpressible("`" + name + "` is neither a type nor a function");
    }
  }
  return {};
}

Result<InterfaceId> Decoder::ReadNamedInterface(const std::string& name, const InstanceType& type) {
  const auto split = SplitName(name);
  if (!split) return Inexpressible("`" + name + "` is not the name of an interface");
  const InterfaceId id = InterfaceOf(*split);
  TRY_VOID(ReadInterface(id, type));
  return id;
}

Result<void> Decoder::ReadItem(WorldId id, bool is_export, const NamedExtern& item) {
  const std::string& name = item.name.name;
  WorldItem out;
  out.external_id = item.name.external_id;
  switch (item.type.sort) {
    case Sort::kInstance:
      out.kind = WorldItem::Kind::kInterface;
      if (item.name.implements) {
        out.name = name;
        out.interface = TRY(ReadNamedInterface(*item.name.implements, *item.type.instance));
      } else if (name.find('/') != std::string::npos) {
        out.interface = TRY(ReadNamedInterface(FullName(item.name), *item.type.instance));
      } else {
        out.name = name;
        out.interface = InterfaceId(static_cast<uint32_t>(out_.interfaces.size()));
        out_.interfaces.emplace_back().package = out_[id].package;
        TRY_VOID(ReadInterface(out.interface, *item.type.instance));
      }
      break;
    case Sort::kFunc:
      out.kind = WorldItem::Kind::kFunction;
      out.name = name;
      out.function = TRY(ReadFunction(name, *item.type.func, [&](std::string_view resource) {
        std::optional<TypeId> found;
        for (const WorldItem& other : out_[id].imports)
          if (other.kind == WorldItem::Kind::kType && other.name == resource) found = other.type;
        return found;
      }));
      out.function.external_id = std::exchange(out.external_id, std::nullopt);
      break;
    case Sort::kType:
      if (is_export) return Inexpressible("worlds cannot export the type `" + name + "`");
      out.kind = WorldItem::Kind::kType;
      out.name = name;
      out.type = TRY(ReadType(name, Owner::Of(id), item.type.type));
      out_[out.type].external_id = std::exchange(out.external_id, std::nullopt);
      break;
    default:
      return Inexpressible("`" + name + "` is neither an instance nor a type nor a function");
  }
  (is_export ? out_[id].exports : out_[id].imports).push_back(std::move(out));
  return {};
}

Result<void> Decoder::ReadWorld(WorldId id, const std::vector<NamedExtern>& imports,
                                const std::vector<NamedExtern>& exports) {
  for (const NamedExtern& item : imports) TRY_VOID(ReadItem(id, false, item));
  for (const NamedExtern& item : exports) TRY_VOID(ReadItem(id, true, item));
  // Interfaces, then types, then functions.
  std::vector<WorldItem> sorted;
  for (const auto kind :
       {WorldItem::Kind::kInterface, WorldItem::Kind::kType, WorldItem::Kind::kFunction})
    for (WorldItem& item : out_[id].imports)
      if (item.kind == kind) sorted.push_back(std::move(item));
  out_[id].imports = std::move(sorted);
  return {};
}

// Puts packages behind those they use; packages cannot use each other in circles, as component
// types cannot.
PackageId Decoder::SortPackages(PackageId root) {
  const size_t count = out_.packages.size();
  std::vector<std::vector<uint32_t>> uses(count);
  const auto use = [&](PackageId from, InterfaceId to) {
    if (out_[to].package != from) uses[from.value].push_back(out_[to].package.value);
  };
  for (uint32_t i = 0; i < out_.interfaces.size(); ++i)
    for (InterfaceId to : out_.Dependencies(InterfaceId(i))) use(out_.interfaces[i].package, to);
  for (const wit::World& world : out_.worlds)
    for (const auto* items : {&world.imports, &world.exports})
      for (const WorldItem& item : *items)
        if (item.kind == WorldItem::Kind::kInterface) use(world.package, item.interface);
  std::vector<uint32_t> order, place(count);
  std::vector<uint8_t> state(count);
  std::vector<std::pair<uint32_t, bool>> stack;
  for (uint32_t i = 0; i < count; ++i) {
    stack.emplace_back(i, false);
    while (!stack.empty()) {
      const auto [package, leave] = stack.back();
      stack.pop_back();
      if (leave) {
        place[package] = static_cast<uint32_t>(order.size());
        order.push_back(package);
        continue;
      }
      if (std::exchange(state[package], 1) != 0) continue;
      stack.emplace_back(package, true);
      for (auto it = uses[package].rbegin(); it != uses[package].rend(); ++it)
        stack.emplace_back(*it, false);
    }
  }
  std::vector<wit::Package> sorted;
  for (uint32_t package : order) sorted.push_back(std::move(out_.packages[package]));
  out_.packages = std::move(sorted);
  for (Interface& interface : out_.interfaces)
    interface.package = PackageId(place[interface.package.value]);
  for (wit::World& world : out_.worlds) world.package = PackageId(place[world.package.value]);
  return PackageId(place[root.value]);
}

Result<ResolvedPackage> Decoder::World() {
  const PackageId root = PackageOf({.ns = "root", .name = "component", .version = {}});
  const WorldId id(static_cast<uint32_t>(out_.worlds.size()));
  wit::World& world = out_.worlds.emplace_back();
  world.name = "root";
  world.package = root;
  out_[root].worlds.push_back(id);
  TRY_VOID(ReadWorld(id, component_.type->imports, component_.type->exports));
  const PackageId sorted = SortPackages(root);
  return ResolvedPackage{std::move(out_), sorted};
}

Result<ResolvedPackage> Decoder::Package() {
  PackageId root;
  for (const NamedExtern& item : component_.type->exports) {
    const ComponentType& type = *item.type.type.component;
    const NamedExtern& content = type.exports[0];
    const auto name = SplitName(FullName(content.name));
    if (!name) return Inexpressible("`" + content.name.name + "` is not the name of an interface");
    for (const NamedExtern& import : type.imports) {
      if (import.type.sort != Sort::kInstance)
        return Inexpressible("the package imports what is not an interface");
      TRY(ReadNamedInterface(FullName(import.name), *import.type.instance));
    }
    root = PackageOf(name->package);
    if (content.type.sort == Sort::kInstance) {
      const InterfaceId id = InterfaceOf(*name);
      TRY_VOID(ReadInterface(id, *content.type.instance));
      continue;
    }
    const WorldId id(static_cast<uint32_t>(out_.worlds.size()));
    wit::World& world = out_.worlds.emplace_back();
    world.name = name->name;
    world.package = root;
    out_[root].worlds.push_back(id);
    TRY_VOID(ReadWorld(id, content.type.component->imports, content.type.component->exports));
  }
  for (const component::Definition& definition : component_.syntax->definitions) {
    const auto* custom = std::get_if<CustomSection>(&definition.def);
    if (custom == nullptr || custom->name != "package-docs") continue;
    const std::string_view text(reinterpret_cast<const char*>(custom->payload.data()),
                                custom->payload.size());
    TRY_VOID(ApplyPackageDocs(text, &out_, root));
  }
  const PackageId sorted = SortPackages(root);
  return ResolvedPackage{std::move(out_), sorted};
}

}  // namespace

bool IsPackage(const ValidatedComponent& component) {
  const ComponentType& type = *component.type;
  if (!type.imports.empty() || type.exports.empty()) return false;
  return std::all_of(type.exports.begin(), type.exports.end(), [](const NamedExtern& item) {
    if (item.type.sort != Sort::kType || item.type.type.kind != TypeEntry::Kind::kComponent)
      return false;
    const ComponentType& inner = *item.type.type.component;
    return inner.exports.size() == 1 && (inner.exports[0].type.sort == Sort::kInstance ||
                                         inner.exports[0].type.sort == Sort::kComponent);
  });
}

Result<ResolvedPackage> Decode(const ValidatedComponent& component) {
  Decoder decoder(component);
  return IsPackage(component) ? decoder.Package() : decoder.World();
}

}  // namespace component::wit
