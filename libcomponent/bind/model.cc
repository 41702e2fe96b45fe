// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/model.h"

#include <algorithm>
#include <set>

namespace component::bind {
namespace {

using wit::Owner;
using wit::TypeDef;
using wit::TypeDefKind;
using wit::WorldItem;

Path Split(std::string_view text) {
  Path path;
  while (!text.empty()) {
    const size_t end = std::min(text.find("::"), text.size());
    if (end != 0) path.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return path;
}

// The namespaces of a package, whose versions are only told apart where there are several.
Path PackagePath(const wit::Resolve& resolve, wit::PackageId id, bool with_version) {
  const wit::PackageName& name = resolve[id].name;
  Path path = {SnakeCase(name.ns), SnakeCase(name.name)};
  if (with_version && name.version) path.back() += SnakeCase("-" + name.version->ToString());
  return path;
}

}  // namespace

// Types stand behind what they are made of.
void Model::FindTraits() {
  traits_.resize(resolve_.types.size());
  for (size_t i = 0; i < traits_.size(); ++i) {
    const TypeDef& def = resolve_.types[i];
    Traits& traits = traits_[i];
    const auto add = [&](const std::optional<wit::Type>& part) {
      if (!part) return;
      const Traits& other = TraitsOf(*part);
      traits.resource |= other.resource;
      traits.own |= other.own;
      traits.borrow |= other.borrow;
      traits.stream |= other.stream;
      traits.error |= other.error;
      traits.string |= other.string;
      traits.list |= other.list;
    };
    for (const wit::Case& item : def.cases) add(item.type);
    for (const std::optional<wit::Type>& arg : def.args) add(arg);
    traits.resource |= def.kind == TypeDefKind::kResource;
    traits.own |= def.kind == TypeDefKind::kOwn;
    traits.borrow |= def.kind == TypeDefKind::kBorrow;
    traits.stream |= def.kind == TypeDefKind::kStream || def.kind == TypeDefKind::kFuture;
    traits.list |= def.kind == TypeDefKind::kList || def.kind == TypeDefKind::kMap;
  }
}

const Model::Traits& Model::TraitsOf(wit::Type type) const {
  static constexpr Traits kNone;
  static constexpr Traits kString{.string = true};
  static constexpr Traits kError{.error = true};
  if (type.kind == wit::TypeKind::kString) return kString;
  if (type.kind == wit::TypeKind::kErrorContext) return kError;
  if (type.kind != wit::TypeKind::kDefined || type.id.value >= traits_.size()) return kNone;
  return traits_[type.id.value];
}

Model::Model(const wit::Resolve& resolve, wit::WorldId world, const ModelOptions& options)
    : resolve_(resolve), world_(world) {
  FindTraits();
  const wit::World& def = resolve[world];
  root_ = Split(options.outer);
  if (root_.empty()) {
    root_ = PackagePath(resolve, def.package, false);
    root_.push_back(SnakeCase(def.name));
  }
  for (size_t i = 0; i < root_.size(); ++i)
    scopes_.Open(Path(root_.begin(), root_.begin() + static_cast<ptrdiff_t>(i)), root_[i]);
  for (const std::string& name : options.reserved) scopes_.Open(root_, name);

  for (const WorldItem& item : def.imports)
    if (item.kind == WorldItem::Kind::kInterface) AddInterface(item, false);
  Place of_world;
  of_world.path = root_;
  of_world.docs = def.docs;
  for (const WorldItem& item : def.imports) {
    if (item.kind == WorldItem::Kind::kType) of_world.types.push_back(item.type);
    if (item.kind == WorldItem::Kind::kFunction) of_world.functions.push_back(&item.function);
  }
  for (const WorldItem& item : def.exports)
    if (item.kind == WorldItem::Kind::kFunction)
      of_world.export_functions.push_back(&item.function);
  world_place_ = places_.size();
  places_.push_back(std::move(of_world));
  anonymous_.push_back(false);
  for (const WorldItem& item : def.exports)
    if (item.kind == WorldItem::Kind::kInterface) AddInterface(item, true);
  SortExports();

  for (Place& place : places_) {
    for (const std::string& name : options.reserved) scopes_.Open(place.path, name);
    NamePlace(place);
  }
}

void Model::AddInterface(const WorldItem& item, bool is_export) {
  const wit::Interface& interface = resolve_[item.interface];
  Place place;
  place.interface = item.interface;
  place.is_export = is_export;
  place.name = resolve_.NameOf(item);
  place.docs = item.docs.empty() ? interface.docs : item.docs;
  place.types = interface.types;
  for (const wit::Function& function : interface.functions) place.functions.push_back(&function);

  // The same interface as an import is where its types are.
  const bool anonymous = !item.name.empty() || interface.name.empty();
  for (size_t i = 0; i < places_.size() && !anonymous; ++i)
    if (places_[i].interface == item.interface && !anonymous_[i]) place.twin = i;

  place.path = root_;
  if (place.twin) {
    scopes_.Open(place.path, "exports");
    place.path.push_back("exports");
  }
  std::string leaf = SnakeCase(anonymous ? item.name : interface.name);
  if (!anonymous && interface.package != resolve_[world_].package) {
    const wit::PackageName& own = resolve_[interface.package].name;
    const auto same_name = [&](const wit::Package& other) {
      return other.name.ns == own.ns && other.name.name == own.name;
    };
    const bool several =
        std::count_if(resolve_.packages.begin(), resolve_.packages.end(), same_name) > 1;
    for (const std::string& part : PackagePath(resolve_, interface.package, several)) {
      scopes_.Open(place.path, part);
      place.path.push_back(part);
    }
  }
  leaf = scopes_.Declare(place.path, leaf);
  place.path.push_back(leaf);
  places_.push_back(std::move(place));
  anonymous_.push_back(anonymous);
}

void Model::SortExports() {
  // Few enough; each round finds one whose dependencies among the exports are all in front.
  for (size_t at = world_place_ + 1; at < places_.size(); ++at) {
    const auto is_ready = [&](const Place& place) {
      for (const wit::InterfaceId id : resolve_.Dependencies(*place.interface))
        for (size_t i = at; i < places_.size(); ++i)
          if (&places_[i] != &place && places_[i].interface == id && !anonymous_[i] &&
              places_[i].interface != place.interface)
            return false;
      return true;
    };
    for (size_t i = at; i < places_.size(); ++i) {
      if (!is_ready(places_[i])) continue;
      std::rotate(places_.begin() + static_cast<ptrdiff_t>(at),
                  places_.begin() + static_cast<ptrdiff_t>(i),
                  places_.begin() + static_cast<ptrdiff_t>(i + 1));
      const bool anonymous = anonymous_[i];
      anonymous_.erase(anonymous_.begin() + static_cast<ptrdiff_t>(i));
      anonymous_.insert(anonymous_.begin() + static_cast<ptrdiff_t>(at), anonymous);
      break;
    }
  }
}

void Model::NamePlace(Place& place) {
  for (const wit::TypeId id : place.types)
    place.type_names[id.value] = scopes_.Declare(place.path, CamelCase(resolve_[id].name));
}

const Place& Model::PlaceOf(wit::TypeId type, const Place& from) const {
  const Owner owner = resolve_[type].owner;
  if (owner.kind == Owner::Kind::kWorld) return world_place();
  const wit::InterfaceId id(owner.index);
  if (from.interface == id) return from;
  const Place* found = nullptr;
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.interface != id) continue;
    // Exports use what is exported, where it is; an interface's own name goes before others.
    const auto rank = [&](const Place& candidate, size_t index) {
      return (candidate.is_export == from.is_export ? 2 : 0) + (anonymous_[index] ? 0 : 1);
    };
    if (!from.is_export && place.is_export) continue;
    if (found == nullptr ||
        rank(place, i) > rank(*found, static_cast<size_t>(found - places_.data())))
      found = &place;
  }
  return found != nullptr ? *found : from;
}

Path Model::PathOf(wit::TypeId type, const Place& from) const {
  const Place& place = PlaceOf(type, from);
  Path path = place.path;
  const auto name = place.type_names.find(type.value);
  path.push_back(name != place.type_names.end() ? name->second : CamelCase(resolve_[type].name));
  return path;
}

Model::Target Model::Dealias(wit::Type type, const Place& from) const {
  Target target{type, &from};
  while (target.type.kind == wit::TypeKind::kDefined) {
    const TypeDef& def = resolve_[target.type.id];
    if (!def.name.empty()) target.place = &PlaceOf(target.type.id, *target.place);
    if (def.kind != TypeDefKind::kAlias) break;
    target.type = *def.args[0];
  }
  return target;
}

Model::Resource Model::ResourceOf(wit::TypeId type, const Place& from) const {
  const Target target = Dealias(wit::Type::Of(type), from);
  return {target.type.id, target.place};
}

}  // namespace component::bind
