// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces and worlds that a document names by their paths.

#include <algorithm>

#include "libcomponent/compose/versions.h"
#include "libcomponent/compose/wac_types.h"

namespace component::compose::wac {

Checked<Package> Types::Load(const wit::PackageName& name, Span span) {
  wac::Package& known = packages_[name.ToString()];
  if (known.component == nullptr && known.wit == nullptr)
    known = TRY(At(span, find_package_(name)));
  return known;
}

// The item with resource types of our own arena, as often as it is asked for. What mentions none
// stays where it is: packages are kept.
Checked<ExternDef> Types::Fresh(Span span, const NamedExtern& item,
                                const std::vector<NamedExtern>& needed,
                                const std::vector<const std::vector<ResourceId>*>& ids) {
  Substitution substitution(&arena_);
  for (const std::vector<ResourceId>* list : ids)
    for (const ResourceId id : *list) substitution.Map(id, arena_.NewResource());
  ExternDef def;
  def.needed = TRY(At(span, substitution.Apply(needed)));
  def.item.name = item.name;
  def.item.type = TRY(At(span, substitution.Apply(item.type)));
  return def;
}

Checked<ExternDef> Types::FromPackage(const ValidatedComponent& package, const ast::UsePath& path) {
  const Span span = path.name.span;
  const ComponentType& type = *package.type;
  // A package of WIT in binary: its interfaces and worlds are types of components, which import
  // what is used and export the one that is meant.
  const NamedExtern* found = type.FindExport(path.name.text);
  if (found != nullptr && found->type.sort == Sort::kType) {
    const TypeEntry& entry = found->type.type;
    if (entry.kind == TypeEntry::Kind::kComponent && !entry.component->exports.empty()) {
      const ComponentType& wrapper = *entry.component;
      return Fresh(span, wrapper.exports.back(), wrapper.imports,
                   {&wrapper.imported_resources, &wrapper.defined_resources});
    }
    if (entry.kind == TypeEntry::Kind::kInstance) {
      NamedExtern item;
      item.name.name = path.package->InterfaceName(path.name.text);
      item.type.sort = Sort::kInstance;
      InstanceType open;
      open.exports = entry.instance->exports;
      item.type.instance = TRY(At(span, arena_.Add(std::move(open))));
      return Fresh(span, item, {}, {&entry.instance->resources});
    }
  }
  // Any other component: what it imports or exports under that name.
  const std::string name = path.package->InterfaceName(path.name.text);
  for (const auto* items : {&type.exports, &type.imports}) {
    for (const NamedExtern& item : *items) {
      const std::string full = FullName(item.name);
      const bool same = path.package->version ? full == name : SameInterface(full, name);
      if (!same) continue;
      std::vector<NamedExtern> needed;
      for (const NamedExtern& import : type.imports) {
        if (&import == &item) break;
        if (import.type.sort == Sort::kInstance && ContainsResource(import.type))
          needed.push_back(import);
      }
      if (!ContainsResource(item.type)) needed.clear();
      return Fresh(span, item, needed, {&type.imported_resources, &type.defined_resources});
    }
  }
  return Fail(span,
              "the package `" + path.package->ToString() + "` has no `" + path.name.text + "`");
}

Checked<ExternDef> Types::Resolve(const Names& names, const ast::UsePath& path) {
  const Names* scope = &names;
  if (path.package) {
    if (*path.package != package_) {
      const Package package = TRY(Load(*path.package, path.package_span));
      return package.wit != nullptr ? FromWit(package, path)
                                    : FromPackage(*package.component, path);
    }
    while (scope->outer != nullptr) scope = scope->outer;
  }
  const Declared* declared = scope->Find(path.name.text);
  if (declared == nullptr)
    return Fail(path.name.span,
                "there is nothing of the name `" + path.name.text + "` before this");
  if (const auto* def = std::get_if<ExternDef>(&declared->what)) return *def;
  if (const auto* func = std::get_if<const FuncType*>(&declared->what)) {
    ExternDef def;
    def.item.type.sort = Sort::kFunc;
    def.item.type.func = *func;
    return def;
  }
  return Fail(path.name.span,
              "`" + path.name.text + "` is not an interface, a world or a function type");
}

}  // namespace component::compose::wac
