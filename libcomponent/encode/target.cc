// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// First the names of all imports and exports are collected, so that for each interface it is known
// which instances there will be of it; then types and functions are copied.

#include "libcomponent/encode/target.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace component::encode {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;
using wit::Function;
using wit::InterfaceId;
using wit::Owner;
using wit::Resolve;
using wit::Type;
using wit::TypeDef;
using wit::TypeId;
using wit::TypeKind;
using wit::WorldItem;

std::string WithoutVersion(const std::string& name) { return name.substr(0, name.find('@')); }

// The part of an interface's name that compatible versions share.
std::string Track(const Resolve& resolve, InterfaceId id) {
  const wit::PackageName& package = resolve[resolve[id].package].name;
  if (!package.version || !package.version->pre.empty()) return resolve.NameOf(id);
  return WithoutVersion(resolve.NameOf(id)) + "@" + package.version->CanonVersion();
}

bool SameDefinition(const TypeDef& a, const TypeDef& b) {
  if (a.kind != b.kind || a.args != b.args || a.length != b.length ||
      a.cases.size() != b.cases.size())
    return false;
  for (size_t i = 0; i < a.cases.size(); ++i)
    if (a.cases[i].name != b.cases[i].name || a.cases[i].type != b.cases[i].type) return false;
  return true;
}

bool SameType(const Function& a, const Function& b) {
  if (a.is_async != b.is_async || a.result != b.result || a.params.size() != b.params.size())
    return false;
  for (size_t i = 0; i < a.params.size(); ++i)
    if (a.params[i].name != b.params[i].name || a.params[i].type != b.params[i].type) return false;
  return true;
}

class Merger {
 public:
  Merger() {
    out_.world = wit::WorldId(0);
    wit::World& world = out_.resolve.worlds.emplace_back();
    world.name = "root";
    world.package = PackageOf({.ns = "root", .name = "component", .version = {}});
  }

  // All sources first, then Copy() for each of them in the same order.
  Result<void> Collect(const EmbeddedWorld& source, size_t module, const std::string& module_name);
  Result<void> Copy(const EmbeddedWorld& source);
  Target Finish();

 private:
  // An instance, or the whole of imports or exports, from whose side types are looked at.
  struct Place {
    bool is_export = false;
    InterfaceId own;     // in the source
    InterfaceId target;  // what it becomes
  };

  wit::PackageId PackageOf(const wit::PackageName& name) {
    if (const auto known = out_.resolve.FindPackage(name)) return *known;
    out_.resolve.packages.push_back({.name = name, .docs = {}, .interfaces = {}, .worlds = {}});
    return wit::PackageId(static_cast<uint32_t>(out_.resolve.packages.size() - 1));
  }
  std::vector<WorldItem>& Items(bool is_export) {
    wit::World& world = out_.resolve[out_.world];
    return is_export ? world.exports : world.imports;
  }
  static std::string KeyOf(const Resolve& resolve, const WorldItem& item, bool is_export) {
    if (!item.name.empty()) return item.name;
    return is_export ? resolve.NameOf(item.interface) : Track(resolve, item.interface);
  }
  size_t ItemOf(const Resolve& resolve, const WorldItem& item, bool is_export) const {
    return (is_export ? exports_ : imports_).at(KeyOf(resolve, item, is_export));
  }
  Result<InterfaceId> InstanceOf(const Resolve& resolve, InterfaceId id, const Place& place);
  Result<TypeId> CopyType(const EmbeddedWorld& source, TypeId id, const Place& place);
  Result<std::optional<Type>> CopyUse(const EmbeddedWorld& source, const std::optional<Type>& type,
                                      const Place& place);
  Result<Function> CopyFunction(const EmbeddedWorld& source, const Function& function,
                                const Place& place);
  Result<void> CopyItem(const EmbeddedWorld& source, const WorldItem& item, bool is_export);
  void SortInterfaces(bool is_export);

  std::unexpected<Error> Conflict(const std::string& what) const {
    return std::unexpected(
        Error(ErrorKind::kInvalid, "the worlds of the modules contradict each other: " + what));
  }

  Target out_;
  std::map<std::string, size_t, std::less<>> imports_, exports_;  // by key
  std::map<std::pair<uint32_t, uint32_t>, TypeId> copies_;        // of this source: type, instance
  std::unordered_set<uint32_t> exported_instances_;
};

Result<void> Merger::Collect(const EmbeddedWorld& source, size_t module,
                             const std::string& module_name) {
  out_.import_encodings.resize(std::max(out_.import_encodings.size(), module + 1));
  out_.export_encodings.resize(out_.import_encodings.size());
  for (const bool is_export : {false, true}) {
    const wit::World& world = source.resolve[source.world];
    for (const WorldItem& item : is_export ? world.exports : world.imports) {
      auto& keys = is_export ? exports_ : imports_;
      const auto [it, is_new] =
          keys.emplace(KeyOf(source.resolve, item, is_export), Items(is_export).size());
      if (is_new) {
        WorldItem& copy = Items(is_export).emplace_back();
        copy.kind = item.kind;
        copy.name = item.name;
        copy.external_id = item.external_id;
        copy.type = TypeId(UINT32_MAX);  // until it is copied
        if (is_export) out_.providers.push_back(module);
        if (item.kind == WorldItem::Kind::kInterface) {
          copy.interface = InterfaceId(static_cast<uint32_t>(out_.resolve.interfaces.size()));
          if (is_export) exported_instances_.insert(copy.interface.value);
          wit::Interface& interface = out_.resolve.interfaces.emplace_back();
          interface.name = source.resolve[item.interface].name;
          interface.package =
              PackageOf(source.resolve[source.resolve[item.interface].package].name);
        }
      } else {
        WorldItem& known = Items(is_export)[it->second];
        if (known.kind != item.kind) return Conflict("`" + it->first + "` is two things");
        if (is_export && out_.providers[it->second] != module)
          return Conflict("`" + it->first + "` is exported by " + module_name +
                          " and by another module");
        if (item.kind == WorldItem::Kind::kInterface && item.name.empty()) {
          // The newest of compatible versions stands for all.
          const auto& name = source.resolve[source.resolve[item.interface].package].name;
          wit::Interface& interface = out_.resolve[known.interface];
          const auto& old = out_.resolve[interface.package].name;
          if (name.version && old.version && name.version->Compare(*old.version) > 0)
            interface.package = PackageOf(name);
        }
      }
      Encodings& encodings =
          is_export ? out_.export_encodings[module] : out_.import_encodings[module];
      const auto encode = [&](const std::string& function) {
        const std::string key = WithoutVersion(source.resolve.NameOf(item)) + "/" + function;
        return encodings.emplace(key, source.encoding).first->second == source.encoding;
      };
      bool same = item.kind != WorldItem::Kind::kFunction || encode(item.function.name);
      if (item.kind == WorldItem::Kind::kInterface)
        for (const Function& function : source.resolve[item.interface].functions)
          same = encode(function.name) && same;
      if (!same) return Conflict("`" + it->first + "` has two string encodings");
    }
  }
  return {};
}

// The instance of an interface that types come from, as seen from a place: what is exported takes
// them from what is exported, if that is there [wit:worlds].
Result<InterfaceId> Merger::InstanceOf(const Resolve& resolve, InterfaceId id, const Place& place) {
  if (place.target.value != UINT32_MAX && id == place.own) return place.target;
  if (resolve[id].name.empty())
    return Conflict("types of an interface without a name are used elsewhere");
  if (place.is_export)
    if (const auto it = exports_.find(resolve.NameOf(id)); it != exports_.end())
      return Items(true)[it->second].interface;
  const auto imported = imports_.find(Track(resolve, id));
  if (imported == imports_.end())
    return Conflict("`" + resolve.NameOf(id) + "` is used, but neither imported nor exported");
  return Items(false)[imported->second].interface;
}

Result<std::optional<Type>> Merger::CopyUse(const EmbeddedWorld& source,
                                            const std::optional<Type>& type, const Place& place) {
  if (!type || type->kind != TypeKind::kDefined) return type;
  return std::optional(Type::Of(TRY(CopyType(source, type->id, place))));
}

// Recursion is bounded as the depth of types is.
Result<TypeId> Merger::CopyType(const EmbeddedWorld& source, TypeId id, const Place& place) {
  const TypeDef& type = source.resolve[id];
  Place of_type = place;
  if (type.owner.kind == Owner::Kind::kInterface) {
    const InterfaceId owner(type.owner.index);
    of_type.target = TRY(InstanceOf(source.resolve, owner, place));
    of_type.own = owner;
    of_type.is_export = exported_instances_.contains(of_type.target.value);
  } else if (type.owner.kind == Owner::Kind::kWorld) {
    of_type = {
        .is_export = false, .own = InterfaceId(UINT32_MAX), .target = InterfaceId(UINT32_MAX)};
  }
  const std::pair<uint32_t, uint32_t> key(id.value, of_type.target.value);
  if (const auto known = copies_.find(key); known != copies_.end()) return known->second;
  TypeDef copy;
  copy.kind = type.kind;
  copy.name = type.name;
  copy.length = type.length;
  copy.external_id = type.external_id;
  for (const wit::Case& item : type.cases)
    copy.cases.push_back(
        {.name = item.name, .type = TRY(CopyUse(source, item.type, of_type)), .docs = {}});
  for (const auto& arg : type.args) copy.args.push_back(TRY(CopyUse(source, arg, of_type)));
  TypeId out;
  if (type.name.empty()) {
    out = out_.resolve.Intern(std::move(copy));
  } else {
    std::optional<TypeId> known;
    WorldItem* item = nullptr;
    if (type.owner.kind == Owner::Kind::kInterface) {
      copy.owner = Owner::Of(of_type.target);
      known = out_.resolve.FindType(of_type.target, type.name);
    } else {
      copy.owner = Owner::Of(out_.world);
      item = &Items(false)[imports_.at(type.name)];
      if (item->type.value != UINT32_MAX) known = item->type;
    }
    if (known && !SameDefinition(out_.resolve[*known], copy))
      return Conflict("the type `" + type.name + "` is two things");
    out = known ? *known : out_.resolve.Add(std::move(copy));
    if (!known && item == nullptr) out_.resolve[of_type.target].types.push_back(out);
    if (item != nullptr) item->type = out;
  }
  copies_.emplace(key, out);
  return out;
}

Result<Function> Merger::CopyFunction(const EmbeddedWorld& source, const Function& function,
                                      const Place& place) {
  Function copy;
  copy.name = function.name;
  copy.kind = function.kind;
  copy.is_async = function.is_async;
  copy.external_id = function.external_id;
  if (function.kind != wit::FunctionKind::kFreestanding)
    copy.resource = TRY(CopyType(source, function.resource, place));
  for (const wit::Param& param : function.params)
    copy.params.push_back({param.name, *TRY(CopyUse(source, param.type, place))});
  copy.result = TRY(CopyUse(source, function.result, place));
  return copy;
}

Result<void> Merger::CopyItem(const EmbeddedWorld& source, const WorldItem& item, bool is_export) {
  const size_t number = ItemOf(source.resolve, item, is_export);
  Place place{
      .is_export = is_export, .own = InterfaceId(UINT32_MAX), .target = InterfaceId(UINT32_MAX)};
  switch (item.kind) {
    case WorldItem::Kind::kInterface: {
      place.own = item.interface;
      place.target = Items(is_export)[number].interface;
      for (const TypeId type : source.resolve[item.interface].types)
        TRY(CopyType(source, type, place));
      for (const Function& function : source.resolve[item.interface].functions) {
        Function copy = TRY(CopyFunction(source, function, place));
        auto& functions = out_.resolve[place.target].functions;
        const auto known = std::ranges::find(functions, copy.name, &Function::name);
        if (known == functions.end())
          functions.push_back(std::move(copy));
        else if (!SameType(*known, copy))
          return Conflict("the function `" + copy.name + "` of `" + source.resolve.NameOf(item) +
                          "` has two types");
      }
      return {};
    }
    case WorldItem::Kind::kType:
      TRY(CopyType(source, item.type, place));
      return {};
    case WorldItem::Kind::kFunction: {
      // Types of the world are those of its imports.
      place.is_export = false;
      Function copy = TRY(CopyFunction(source, item.function, place));
      Function& known = Items(is_export)[number].function;
      if (!known.name.empty() && !SameType(known, copy))
        return Conflict("the function `" + copy.name + "` has two types");
      known = std::move(copy);
      return {};
    }
  }
  return {};
}

Result<void> Merger::Copy(const EmbeddedWorld& source) {
  copies_.clear();
  const wit::World& world = source.resolve[source.world];
  for (const WorldItem& item : world.imports) TRY_VOID(CopyItem(source, item, false));
  for (const WorldItem& item : world.exports) TRY_VOID(CopyItem(source, item, true));
  return {};
}

// Puts interfaces behind those whose types they use, and types and functions behind all of them.
void Merger::SortInterfaces(bool is_export) {
  std::vector<WorldItem>& items = Items(is_export);
  std::vector<size_t> order;
  std::unordered_map<uint32_t, size_t> by_interface;
  for (size_t i = 0; i < items.size(); ++i)
    if (items[i].kind == WorldItem::Kind::kInterface) by_interface[items[i].interface.value] = i;
  // Each behind its dependencies; compatible versions that are merged might use each other in
  // circles, which ends up in some order.
  std::vector<bool> seen(items.size());
  std::vector<std::pair<size_t, bool>> stack;
  for (size_t first = 0; first < items.size(); ++first) {
    if (items[first].kind != WorldItem::Kind::kInterface) continue;
    stack.emplace_back(first, false);
    while (!stack.empty()) {
      const auto [i, leave] = stack.back();
      stack.pop_back();
      if (leave) order.push_back(i);
      if (leave || seen[i]) continue;
      seen[i] = true;
      stack.emplace_back(i, true);
      const auto needed = out_.resolve.Dependencies(items[i].interface);
      for (auto it = needed.rbegin(); it != needed.rend(); ++it)
        if (const auto found = by_interface.find(it->value); found != by_interface.end())
          stack.emplace_back(found->second, false);
    }
  }
  for (const auto kind : {WorldItem::Kind::kType, WorldItem::Kind::kFunction})
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].kind == kind) order.push_back(i);
  std::vector<WorldItem> sorted;
  std::vector<size_t> providers;
  for (const size_t i : order) {
    sorted.push_back(std::move(items[i]));
    if (is_export) providers.push_back(out_.providers[i]);
  }
  items = std::move(sorted);
  if (is_export) out_.providers = std::move(providers);
}

Target Merger::Finish() {
  SortInterfaces(false);
  SortInterfaces(true);
  return std::move(out_);
}

}  // namespace

std::string Target::KeyOf(const wit::WorldItem& item, std::string_view function) const {
  return WithoutVersion(resolve.NameOf(item)) + "/" + std::string(function);
}

Result<Target> MergeWorlds(const std::vector<const DescribedModule*>& modules,
                           const std::vector<std::string>& module_names) {
  Merger merger;
  for (size_t i = 0; i < modules.size(); ++i)
    for (const EmbeddedWorld& world : modules[i]->worlds)
      TRY_VOID(merger.Collect(world, i, module_names[i]));
  for (const DescribedModule* module : modules)
    for (const EmbeddedWorld& world : module->worlds) TRY_VOID(merger.Copy(world));
  Target out = merger.Finish();
  out.import_encodings.resize(modules.size());
  out.export_encodings.resize(modules.size());
  return out;
}

// Aliases of aliases may be many: no recursion.
void LiveTypes::Add(wit::TypeId id) {
  std::vector<TypeId> open = {id};
  const auto add = [&](const std::optional<Type>& type) {
    if (type && type->kind == TypeKind::kDefined) open.push_back(type->id);
  };
  while (!open.empty()) {
    const TypeId next = open.back();
    open.pop_back();
    if (!live_.insert(next.value).second) continue;
    const TypeDef& type = resolve_[next];
    for (const wit::Case& item : type.cases) add(item.type);
    for (const auto& arg : type.args) add(arg);
  }
}

void LiveTypes::Add(const Function& function) {
  if (function.kind != wit::FunctionKind::kFreestanding) Add(function.resource);
  for (const wit::Param& param : function.params) Add(std::optional(param.type));
  Add(function.result);
}

}  // namespace component::encode
