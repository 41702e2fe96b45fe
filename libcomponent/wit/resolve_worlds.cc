// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Worlds: what they say themselves, then what they include, then what all of it needs
// [wit:transitive-imports-and-worlds].

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "libcomponent/wit/resolver_impl.h"

namespace component::wit {

// A world in the making, before elaboration.
struct Resolver::WorldBuilder {
  struct Side {
    std::vector<WorldItem> items;
    // Interfaces under their own names, as indices into the items.
    std::unordered_map<uint32_t, size_t> interfaces;
    // Plain names, in their canonical form.
    std::unordered_map<std::string, size_t> names;
  };

  WorldId id;
  uint32_t block = 0;
  Span span;
  TypeScope scope;
  // The scope of types is checked as part of the imports.
  std::unordered_set<std::string> taken;
  Side sides[2];  // imports, exports
};

namespace {

const char* KindName(const WorldItem& item) {
  switch (item.kind) {
    case WorldItem::Kind::kInterface:
      return "an interface";
    case WorldItem::Kind::kType:
      return "a type";
    case WorldItem::Kind::kFunction:
      return "a function";
  }
  return "";
}

WorldItem TypeItem(const Resolve& resolve, TypeId id) {
  return {.kind = WorldItem::Kind::kType,
          .name = resolve[id].name,
          .interface = {},
          .type = id,
          .function = {},
          .docs = {},
          .stability = resolve[id].stability};
}

WorldItem FunctionItem(Function function) {
  WorldItem item;
  item.kind = WorldItem::Kind::kFunction;
  item.name = function.name;
  item.stability = function.stability;
  item.function = std::move(function);
  return item;
}

// The resource's name in `[method]file.read`, the name itself in `read`.
std::string_view RenamedPart(const WorldItem& item) {
  std::string_view name = item.name;
  if (!name.starts_with('[')) return name;
  name.remove_prefix(name.find(']') + 1);
  return name.substr(0, name.find('.'));
}

// Types of an included world as types of the including one.
class Importer {
 public:
  Importer(Resolve& resolve, WorldId to) : resolve_(resolve), to_(to) {}

  // The type is one that the included world owns; those it is made of have been there before.
  TypeId Copy(TypeId id, std::string name) {
    TypeDef def = resolve_[id];
    def.name = std::move(name);
    def.owner = Owner::Of(to_);
    Map(&def);
    const TypeId copy = resolve_.Add(std::move(def));
    copies_.emplace(id.value, copy);
    return copy;
  }

  // One that the including world has already.
  void Use(TypeId id, TypeId instead) { copies_.emplace(id.value, instead); }

  // Depth is bounded by kMaxTypeDepth.
  Type Map(Type type) {
    if (type.kind != TypeKind::kDefined) return type;
    if (auto found = copies_.find(type.id.value); found != copies_.end())
      return Type::Of(found->second);
    TypeDef def = resolve_[type.id];
    if (!def.name.empty()) return type;
    Map(&def);
    const TypeId copy = resolve_.Intern(std::move(def));
    copies_.emplace(type.id.value, copy);
    return Type::Of(copy);
  }

  Function Map(Function function, std::string name) {
    function.name = std::move(name);
    if (function.kind != FunctionKind::kFreestanding)
      function.resource = Map(Type::Of(function.resource)).id;
    for (Param& param : function.params) param.type = Map(param.type);
    if (function.result) function.result = Map(*function.result);
    return function;
  }

 private:
  void Map(TypeDef* def) {
    for (Case& item : def->cases)
      if (item.type) item.type = Map(*item.type);
    for (std::optional<Type>& arg : def->args)
      if (arg) arg = Map(*arg);
  }

  Resolve& resolve_;
  WorldId to_;
  std::unordered_map<uint32_t, TypeId> copies_;
};

}  // namespace

bool Resolver::AddWorldItem(WorldBuilder& builder, bool is_export, WorldItem item, Span span,
                            bool may_merge) {
  if (!Count(1 + item.function.params.size(), span)) return false;
  WorldBuilder::Side& side = builder.sides[is_export];
  const char* what = is_export ? "export" : "import";
  const size_t index = side.items.size();
  if (item.name.empty()) {
    const auto [known, added] = side.interfaces.emplace(item.interface.value, index);
    if (!added) {
      // Interfaces that come with included worlds are there once
      // [wit:de-duplication-of-interfaces]. Without a gate is more than with one.
      if (item.stability.empty()) side.items[known->second].stability = {};
      return may_merge || Fail(span, std::string("this ") + what + " is there already");
    }
  } else {
    const auto [known, added] = side.names.emplace(CanonicalName(item.name), index);
    if (!added) {
      const WorldItem& other = side.items[known->second];
      return Fail(span, std::string("the ") + what + " `" + item.name + "` is there already, as " +
                            KindName(other));
    }
  }
  side.items.push_back(std::move(item));
  return true;
}

// [wit:extern-type]
bool Resolver::ResolveExtern(WorldBuilder& builder, const ast::Extern& item) {
  const Span span = item.name ? item.name->span : std::get<ast::UsePath>(item.type).name.span;
  bool included = false;
  if (!Included(builder.block, item.attributes, span, &included)) return false;
  if (!included) return true;
  WorldItem out{.docs = item.attributes.docs,
                .stability = StabilityOf(item.attributes),
                .external_id = item.attributes.external_id};
  if (item.name) out.name = item.name->text;
  if (const auto* path = std::get_if<ast::UsePath>(&item.type)) {
    const uint32_t found = FindItem(builder.block, *path, false);
    if (found == kNone) return false;
    out.interface = items_[found].interface_id;
  } else if (const auto* interface = std::get_if<ast::InlineInterface>(&item.type)) {
    out.interface = NewInterface({.name = {},
                                  .package = UnitOf(builder.block).id,
                                  .types = {},
                                  .functions = {},
                                  .docs = std::exchange(out.docs, {}),
                                  .stability = out.stability});
    if (!Count(1, span) || !FillInterface(out.interface, builder.block, interface->items))
      return false;
  } else {
    Context context{.block = builder.block,
                    .owner = Owner::Of(builder.id),
                    .scope = &builder.scope,
                    .taken = &builder.taken};
    ast::Func func = std::get<ast::Func>(item.type);
    func.attributes = item.attributes;
    Function function;
    if (!ResolveFunction(context, func, nullptr, &function)) return false;
    out = FunctionItem(std::move(function));
  }
  return AddWorldItem(builder, item.is_export, std::move(out), span, false);
}

// [wit:union-of-worlds-with-include]
bool Resolver::ResolveInclude(WorldBuilder& builder, const ast::Include& include) {
  const Span span = include.path.name.span;
  bool included = false;
  if (!Included(builder.block, include.attributes, span, &included)) return false;
  if (!included) return true;
  const uint32_t found = FindItem(builder.block, include.path, true);
  if (found == kNone) return false;
  const WorldId from = items_[found].world_id;
  std::unordered_map<std::string_view, std::pair<const ast::UseName*, bool>> renames;
  for (const ast::UseName& rename : include.with) {
    if (!renames.emplace(rename.name.text, std::pair(&rename, false)).second)
      return Fail(rename.name.span, "`" + rename.name.text + "` is renamed twice");
  }
  Importer importer(out_, builder.id);
  for (const bool is_export : {false, true}) {
    const size_t count = is_export ? out_[from].exports.size() : out_[from].imports.size();
    for (size_t i = 0; i < count; ++i) {
      WorldItem item = is_export ? out_[from].exports[i] : out_[from].imports[i];
      if (item.implied) continue;
      std::string name = item.name;
      if (!name.empty()) {
        const std::string_view part = RenamedPart(item);
        if (auto rename = renames.find(part); rename != renames.end()) {
          rename->second.second = true;
          const auto at = static_cast<size_t>(part.data() - item.name.data());
          name.replace(at, part.size(), rename->second.first->as.text);
        }
      }
      if (item.kind == WorldItem::Kind::kType) {
        if (!Count(out_[item.type].cases.size(), span)) return false;
        // One that is there already is not there twice.
        const auto known = builder.sides[0].names.find(CanonicalName(name));
        if (known != builder.sides[0].names.end()) {
          const WorldItem& other = builder.sides[0].items[known->second];
          if (other.kind == WorldItem::Kind::kType && other.name == name &&
              out_.UsedFrom(other.type) && out_[other.type].args == out_[item.type].args) {
            importer.Use(item.type, other.type);
            continue;
          }
        }
        item.type = importer.Copy(item.type, name);
      } else if (item.kind == WorldItem::Kind::kFunction) {
        item.function = importer.Map(std::move(item.function), name);
      }
      item.name = std::move(name);
      if (!AddWorldItem(builder, is_export, std::move(item), span, true)) return false;
    }
  }
  for (const ast::UseName& rename : include.with) {
    if (!renames.at(rename.name.text).second) {
      return Fail(rename.name.span, "the world `" + include.path.name.text +
                                        "` has no import or export of the plain name `" +
                                        rename.name.text + "`");
    }
  }
  return true;
}

bool Resolver::ResolveWorld(Item& item) {
  const ast::World& world = *item.world;
  const PackageId package = UnitOf(item.block).id;
  WorldBuilder builder;
  builder.id = item.world_id = WorldId(static_cast<uint32_t>(out_.worlds.size()));
  builder.block = item.block;
  builder.span = world.name.span;
  out_.worlds.push_back({.name = world.name.text,
                         .package = package,
                         .imports = {},
                         .exports = {},
                         .docs = world.attributes.docs,
                         .stability = StabilityOf(world.attributes)});
  out_[package].worlds.push_back(builder.id);
  if (!Count(1, builder.span)) return false;

  Context context{.block = item.block,
                  .owner = Owner::Of(builder.id),
                  .scope = &builder.scope,
                  .taken = &builder.taken};
  TypeItems types;
  for (const ast::WorldItem& part : world.items) {
    if (const auto* use = std::get_if<ast::Use>(&part)) types.uses.push_back(use);
    if (const auto* def = std::get_if<ast::Typedef>(&part)) types.typedefs.push_back(def);
  }
  std::vector<TypeId> type_ids;
  if (!ResolveTypes(context, types, &type_ids)) return false;
  for (TypeId id : type_ids)
    if (!AddWorldItem(builder, false, TypeItem(out_, id), builder.span, false)) return false;
  for (const ast::WorldItem& part : world.items) {
    const auto* external = std::get_if<ast::Extern>(&part);
    if (external != nullptr && !ResolveExtern(builder, *external)) return false;
  }
  std::vector<Function> functions;
  for (const ast::Typedef* def : types.typedefs) {
    functions.clear();
    if (!ResolveResourceFunctions(context, *def, &functions)) return false;
    for (Function& function : functions)
      if (!AddWorldItem(builder, false, FunctionItem(std::move(function)), def->name.span, false))
        return false;
  }
  for (const ast::WorldItem& part : world.items) {
    const auto* include = std::get_if<ast::Include>(&part);
    if (include != nullptr && !ResolveInclude(builder, *include)) return false;
  }
  return ElaborateImports(builder) && ElaborateExports(builder);
}

void Resolver::PostOrder(InterfaceId root, std::unordered_set<uint32_t>* seen,
                         const std::function<bool(InterfaceId)>& follow,
                         std::vector<InterfaceId>* out) {
  struct Frame {
    InterfaceId id;
    const std::vector<InterfaceId>& dependencies;
    size_t next = 0;
  };
  std::vector<Frame> stack;
  const auto open = [&](InterfaceId id) {
    if (seen->insert(id.value).second) stack.push_back({id, dependencies_[id.value]});
  };
  open(root);
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.next == frame.dependencies.size()) {
      out->push_back(frame.id);
      stack.pop_back();
    } else if (const InterfaceId next = frame.dependencies[frame.next++]; follow(next)) {
      open(next);
    }
  }
}

// The interfaces that imports need become imports before them.
bool Resolver::ElaborateImports(WorldBuilder& builder) {
  WorldBuilder::Side& side = builder.sides[0];
  std::vector<WorldItem> interfaces, types, functions;
  std::unordered_set<uint32_t> seen;
  std::vector<InterfaceId> needed;
  std::unordered_map<uint32_t, size_t> implied;  // interfaces to their places
  const auto follow = [](InterfaceId) { return true; };
  const auto require = [&](InterfaceId id) {
    needed.clear();
    PostOrder(id, &seen, follow, &needed);
    for (InterfaceId interface : needed) {
      if (auto written = side.interfaces.find(interface.value); written != side.interfaces.end()) {
        interfaces.push_back(std::move(side.items[written->second]));
      } else {
        if (!Count(1, builder.span)) return false;
        implied.emplace(interface.value, interfaces.size());
        interfaces.push_back({.interface = interface, .implied = true});
      }
    }
    return true;
  };
  for (WorldItem& item : side.items) {
    if (item.kind != WorldItem::Kind::kInterface) continue;
    if (item.name.empty()) {
      if (!require(item.interface)) return false;
      continue;
    }
    for (InterfaceId id : dependencies_[item.interface.value])
      if (!require(id)) return false;
    interfaces.push_back(std::move(item));
  }
  for (WorldItem& item : side.items) {
    if (item.kind == WorldItem::Kind::kType) {
      if (auto from = out_.UsedFrom(item.type); from && !require(*from)) return false;
      types.push_back(std::move(item));
    } else if (item.kind == WorldItem::Kind::kFunction) {
      functions.push_back(std::move(item));
    }
  }
  // What is implied is as stable as the first item that needs it: the first in the world as it is
  // now, whatever the order of the text.
  seen.clear();
  const auto stabilize = [&](InterfaceId id, const Stability& stability) {
    needed.clear();
    PostOrder(id, &seen, follow, &needed);
    for (InterfaceId interface : needed)
      if (const auto place = implied.find(interface.value); place != implied.end())
        interfaces[place->second].stability = stability;
  };
  for (const WorldItem& item : interfaces)
    if (!item.implied)
      for (InterfaceId id : dependencies_[item.interface.value]) stabilize(id, item.stability);
  for (const WorldItem& item : types)
    if (const auto from = out_.UsedFrom(item.type)) stabilize(*from, item.stability);
  std::vector<WorldItem>& imports = out_[builder.id].imports;
  for (std::vector<WorldItem>* part : {&interfaces, &types, &functions})
    std::move(part->begin(), part->end(), std::back_inserter(imports));
  return true;
}

// What exports need is exported if the world says so, and imported otherwise. It cannot be both: a
// type would then be two different ones.
bool Resolver::ElaborateExports(WorldBuilder& builder) {
  WorldBuilder::Side& side = builder.sides[1];
  World& world = out_[builder.id];
  std::unordered_set<uint32_t> imported;
  for (const WorldItem& item : world.imports)
    if (item.kind == WorldItem::Kind::kInterface && item.name.empty())
      imported.insert(item.interface.value);
  const auto is_exported = [&](InterfaceId id) { return side.interfaces.contains(id.value); };

  std::vector<WorldItem> functions, interfaces, implied;
  std::unordered_set<uint32_t> exports_seen, imports_seen;
  std::vector<InterfaceId> order, needed;
  const auto require = [&](InterfaceId exporter, const WorldItem& item) {
    for (InterfaceId dependency : dependencies_[exporter.value]) {
      if (is_exported(dependency)) continue;
      needed.clear();
      PostOrder(dependency, &imports_seen, [](InterfaceId) { return true; }, &needed);
      for (InterfaceId id : needed) {
        if (is_exported(id)) {
          return Fail(builder.span,
                      "the export `" + out_.NameOf(item) + "` needs `" + out_.NameOf(id) +
                          "` as an export and, through another interface, as an import");
        }
        if (!imported.insert(id.value).second) continue;
        if (!Count(1, builder.span)) return false;
        implied.push_back({.interface = id, .stability = item.stability, .implied = true});
      }
    }
    return true;
  };
  for (WorldItem& item : side.items) {
    if (item.kind == WorldItem::Kind::kFunction) {
      functions.push_back(std::move(item));
      continue;
    }
    order.clear();
    if (item.name.empty()) {
      PostOrder(item.interface, &exports_seen, is_exported, &order);
    } else {
      for (InterfaceId id : dependencies_[item.interface.value])
        if (is_exported(id)) PostOrder(id, &exports_seen, is_exported, &order);
    }
    for (InterfaceId id : order) {
      WorldItem& exported = side.items[side.interfaces.at(id.value)];
      if (!require(id, exported)) return false;
      interfaces.push_back(std::move(exported));
    }
    if (item.name.empty()) continue;
    if (!require(item.interface, item)) return false;
    interfaces.push_back(std::move(item));
  }
  const auto behind_interfaces =
      std::find_if(world.imports.begin(), world.imports.end(),
                   [](const WorldItem& item) { return item.kind != WorldItem::Kind::kInterface; });
  world.imports.insert(behind_interfaces, std::make_move_iterator(implied.begin()),
                       std::make_move_iterator(implied.end()));
  std::move(functions.begin(), functions.end(), std::back_inserter(world.exports));
  std::move(interfaces.begin(), interfaces.end(), std::back_inserter(world.exports));
  return true;
}

}  // namespace component::wit
