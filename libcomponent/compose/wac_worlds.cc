// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Worlds that a document declares, as types of components [wit:wit-worlds].

#include <algorithm>
#include <set>

#include "libcomponent/compose/wac_types.h"

namespace component::compose::wac {

void CollectResources(const component::ExternType& type, std::set<ResourceId>* seen,
                      std::vector<ResourceId>* ids) {
  if (type.sort == Sort::kInstance) {
    for (const NamedExtern& item : type.instance->exports) CollectResources(item.type, seen, ids);
  } else if (type.sort == Sort::kType && type.type.kind == TypeEntry::Kind::kResource) {
    if (seen->insert(type.type.resource).second) ids->push_back(type.type.resource);
  }
}

// The imports and exports so far. An interface that is there already is the same interface: its
// resource types become those that are there.
class Types::WorldBuilder {
 public:
  explicit WorldBuilder(TypeArena* arena) : arena_(*arena) {}

  bool Add(bool is_export, const ExternDef& def) {
    for (const NamedExtern& needed : def.needed) Need(needed);
    std::vector<NamedExtern>& items = is_export ? exports : imports;
    if (const NamedExtern* known = Find(items, def.item.name.name)) {
      if (def.item.name.name.find(':') == std::string::npos) return false;
      Unify(known->type, def.item.type);
      return true;
    }
    // A method and a static function of one name are too much alike, too.
    std::set<std::string>& taken = is_export ? exported_ : imported_;
    if (!taken.insert(wit::CanonicalName(def.item.name.name)).second) return false;
    items.push_back(def.item);
    return true;
  }

  // An export that mentions an exported interface means that one; all else is imported.
  void Need(const NamedExtern& needed) {
    const NamedExtern* known = Find(exports, needed.name.name);
    if (known == nullptr) known = Find(imports, needed.name.name);
    if (known != nullptr)
      Unify(known->type, needed.type);
    else
      imports.push_back(needed);
  }

  wasm::Result<const ComponentType*> Finish() {
    Substitution substitution(&arena_);
    for (const auto& [from, to] : same_) substitution.Map(from, Root(to));
    ComponentType type;
    type.imports = TRY(substitution.Apply(imports));
    type.exports = TRY(substitution.Apply(exports));
    std::set<ResourceId> seen;
    for (const NamedExtern& item : type.imports)
      CollectResources(item.type, &seen, &type.imported_resources);
    for (const NamedExtern& item : type.exports)
      CollectResources(item.type, &seen, &type.defined_resources);
    return arena_.Add(std::move(type));
  }

  std::vector<NamedExtern> imports;
  std::vector<NamedExtern> exports;

 private:
  static const NamedExtern* Find(const std::vector<NamedExtern>& items, const std::string& name) {
    const auto it = std::find_if(items.begin(), items.end(),
                                 [&](const NamedExtern& i) { return i.name.name == name; });
    return it == items.end() ? nullptr : &*it;
  }

  ResourceId Root(ResourceId id) const {
    for (auto it = same_.find(id); it != same_.end(); it = same_.find(id)) id = it->second;
    return id;
  }

  void Unify(const component::ExternType& known, const component::ExternType& added) {
    if (known.sort != added.sort) return;
    if (known.sort == Sort::kInstance) {
      for (const NamedExtern& item : known.instance->exports)
        if (const NamedExtern* other = added.instance->Find(item.name.name))
          Unify(item.type, other->type);
    } else if (known.sort == Sort::kType && known.type.kind == TypeEntry::Kind::kResource &&
               added.type.kind == TypeEntry::Kind::kResource) {
      const ResourceId a = Root(known.type.resource), b = Root(added.type.resource);
      if (a != b) same_[b] = a;
    }
  }

  TypeArena& arena_;
  std::set<std::string> imported_, exported_;  // canonical names
  std::map<ResourceId, ResourceId> same_;
};

namespace {

// The name that `with` gives an item of an included world.
const std::string* Renamed(const ast::Include& include, const std::string& name) {
  for (const ast::UseName& renamed : include.with)
    if (renamed.name.text == name) return &renamed.as.text;
  return nullptr;
}

}  // namespace

Checked<ExternDef> Types::DeclareWorld(const Names& outer, const World& world) {
  WorldBuilder builder(&arena_);
  Names names;
  names.outer = &outer;
  const auto taken = [](Span span, const std::string& name) {
    return Fail(span, "`" + name + "` is there already");
  };
  const auto add_type = [&](Span span, const std::string& name, TypeEntry entry) -> Checked<void> {
    ExternDef def;
    def.item.name.name = name;
    def.item.type.sort = Sort::kType;
    def.item.type.type = entry;
    if (!builder.Add(false, def)) return taken(span, name);
    names.names[name] = {.what = entry};
    return {};
  };
  for (const WorldItem& item : world.items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      ExternDef def = TRY(Resolve(names, use->path));
      if (def.item.type.sort != Sort::kInstance || def.item.name.name.empty())
        return Fail(use->path.name.span, "`" + use->path.name.text + "` is not an interface");
      for (const NamedExtern& needed : def.needed) builder.Need(needed);
      builder.Need(def.item);
      for (const ast::UseName& used : use->names) {
        const NamedExtern* type = def.item.type.instance->Find(used.name.text);
        if (type == nullptr || type->type.sort != Sort::kType)
          return Fail(used.name.span,
                      "`" + def.item.name.name + "` has no type `" + used.name.text + "`");
        TRY_VOID(add_type(used.as.span, used.as.text, TRY(Named(used.as.span, type->type.type))));
      }
    } else if (const auto* type = std::get_if<ast::Typedef>(&item)) {
      if (const FuncType* func = AliasedFunc(names, *type)) {
        names.names[type->name.text] = {.what = func};
        continue;
      }
      TypeEntry entry;
      if (type->kind == ast::TypedefKind::kResource) {
        entry.kind = TypeEntry::Kind::kResource;
        entry.resource = arena_.NewResource();
        entry.resource_name = arena_.NewResourceName();
      } else {
        entry = TRY(Named(type->name.span, TRY(DeclareType(names, *type))));
      }
      TRY_VOID(add_type(type->name.span, type->name.text, entry));
      for (const ast::Func& func : type->funcs) {
        ExternDef def;
        const std::string& owner = type->name.text;
        def.item.name.name = func.kind == ast::FuncKind::kConstructor ? "[constructor]" + owner
                             : func.kind == ast::FuncKind::kMethod
                                 ? "[method]" + owner + "." + func.name.text
                                 : "[static]" + owner + "." + func.name.text;
        def.item.type.sort = Sort::kFunc;
        def.item.type.func = TRY(Func(names, func, &entry));
        if (!builder.Add(false, def)) return taken(func.name.span, def.item.name.name);
      }
    } else if (const auto* alias = std::get_if<FuncAlias>(&item)) {
      const FuncType* func = TRY(Func(names, alias->type));
      names.names[alias->name.text] = {.what = func};
    } else if (const auto* named = std::get_if<WorldExtern>(&item)) {
      const ExternDef def =
          TRY(Resolve(names, named->type, named->name ? named->name->text : std::string()));
      if (!builder.Add(named->is_export, def)) return taken(named->span, def.item.name.name);
    } else if (const auto* include = std::get_if<ast::Include>(&item)) {
      const ExternDef def = TRY(Resolve(names, include->path));
      if (def.item.type.sort != Sort::kComponent)
        return Fail(include->path.name.span, "`" + include->path.name.text + "` is not a world");
      const ComponentType& included = *def.item.type.component;
      for (const ast::UseName& renamed : include->with)
        if (included.FindImport(renamed.name.text) == nullptr &&
            included.FindExport(renamed.name.text) == nullptr)
          return Fail(renamed.name.span,
                      "`" + include->path.name.text + "` has no `" + renamed.name.text + "`");
      const Span span = include->path.name.span;
      Substitution fresh(&arena_);
      for (const auto* ids : {&included.imported_resources, &included.defined_resources})
        for (const ResourceId id : *ids) fresh.Map(id, arena_.NewResource());
      for (const bool is_export : {false, true}) {
        const auto& items = is_export ? included.exports : included.imports;
        for (NamedExtern& inner : TRY(At(span, fresh.Apply(items)))) {
          if (const std::string* name = Renamed(*include, inner.name.name)) inner.name.name = *name;
          const std::string name = inner.name.name;
          if (!builder.Add(is_export, {.item = std::move(inner), .needed = {}}))
            return taken(span, name);
        }
      }
    }
  }
  ExternDef def;
  def.item.name.name = package_.InterfaceName(world.name.text);
  def.item.type.sort = Sort::kComponent;
  def.item.type.component = TRY(At(world.name.span, builder.Finish()));
  return def;
}

}  // namespace component::compose::wac
