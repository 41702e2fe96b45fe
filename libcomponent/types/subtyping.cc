// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// External types; the comparison of value and function types is in subtyping_values.cc.

#include "libcomponent/types/subtyping.h"

#include <algorithm>
#include <map>

#include "libcomponent/syntax/words.h"

namespace component {

// Variables and identities for the time of one comparison of types that bind resources.
class Matcher::Scope {
 public:
  explicit Scope(Matcher* matcher) : m_(*matcher) {}
  ~Scope() {
    for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) {
      auto& map = m_.maps_[it->side];
      if (it->was_mapped)
        map[it->id] = it->value;
      else
        map.erase(it->id);
    }
    if (!saved_.empty()) Forget();
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  void Variables(Side side, const std::vector<ResourceId>& ids) {
    for (ResourceId id : ids) Set(side, id, kNoResource);
  }
  void Identities(Side side, const std::vector<ResourceId>& ids) {
    for (ResourceId id : ids) Set(side, id, m_.next_rigid_++);
  }

 private:
  struct Saved {
    size_t side;
    ResourceId id;
    bool was_mapped;
    ResourceId value;
  };

  void Set(Side side, ResourceId id, ResourceId value) {
    if (saved_.empty()) Forget();
    auto& map = m_.maps_[m_.Index(side)];
    const auto it = map.find(id);
    saved_.push_back({.side = m_.Index(side),
                      .id = id,
                      .was_mapped = it != map.end(),
                      .value = it != map.end() ? it->second : kNoResource});
    map[id] = value;
  }

  void Forget() {
    m_.equal_.clear();
    m_.matching_.clear();
  }

  Matcher& m_;
  std::vector<Saved> saved_;
};

std::string_view SortName(Sort sort) { return Word(sort); }

std::string_view KindName(TypeEntry::Kind kind) {
  switch (kind) {
    case TypeEntry::Kind::kVal:
      return "defined type";
    case TypeEntry::Kind::kFunc:
      return "func";
    case TypeEntry::Kind::kComponent:
      return "component";
    case TypeEntry::Kind::kInstance:
      return "instance";
    case TypeEntry::Kind::kResource:
      return "resource";
  }
  return "?";
}

bool Matcher::CheckSort(const ExternType& sub, const ExternType& super) {
  return sub.sort == super.sort || Fail("expected " + std::string(SortName(super.sort)) +
                                        ", found " + std::string(SortName(sub.sort)));
}

bool Matcher::FillOrCompare(ResourceId sub, ResourceId super) {
  const ResourceId offered = Resolve(Side::kSub, sub);
  const ResourceId expected = Resolve(Side::kSuper, super);
  if (expected == kNoResource) {
    Map(Side::kSuper, super, offered);
    return true;
  }
  return offered == expected || Fail("resource types are not the same");
}

bool Matcher::Matches(const ExternType& sub, const ExternType& super) {
  if (!Spend() || !CheckSort(sub, super)) return false;
  switch (super.sort) {
    case Sort::kCoreModule:
      if (exact_) {
        if (!Matches(*sub.module, *super.module)) return false;
        return Matches(*super.module, *sub.module);
      }
      return Matches(*sub.module, *super.module);
    case Sort::kFunc:
      return Equal(*sub.func, *super.func);
    case Sort::kValue:
      return Equal(*sub.value, *super.value);
    case Sort::kType:
      return Equal(sub.type, super.type);
    case Sort::kComponent:
      return exact_ ? EqualComponents(*sub.component, *super.component)
                    : Matches(*sub.component, *super.component);
    case Sort::kInstance:
      return exact_ ? EqualInstances(*sub.instance, *super.instance)
                    : Matches(*sub.instance, *super.instance);
    default:
      return Fail("not an external type");
  }
}

bool Matcher::Matches(const InstanceType& sub, const InstanceType& super) {
  if (&sub == &super && !sub.contains_resource) return true;
  if (matching_.contains(Pair(&sub, &super))) return true;
  Scope scope(this);
  scope.Identities(Side::kSub, sub.resources);
  scope.Variables(Side::kSuper, super.resources);
  for (const NamedExtern& expected : super.exports) {
    const NamedExtern* offered = sub.Find(expected.name.name);
    if (offered == nullptr) return Fail("missing expected export `" + expected.name.name + "`");
    if (!Matches(offered->type, expected.type))
      return In("type mismatch in instance export `" + expected.name.name + "`");
  }
  if (sub.resources.empty() && super.resources.empty()) matching_.insert(Pair(&sub, &super));
  return true;
}

bool Matcher::Matches(const ComponentType& sub, const ComponentType& super) {
  if (&sub == &super && !sub.contains_resource) return true;
  // The importer of `super` knows nothing of what its imports will be, nor `super` itself of what
  // `sub` defines.
  Scope scope(this);
  scope.Variables(Side::kSub, sub.imported_resources);
  scope.Identities(Side::kSub, sub.defined_resources);
  scope.Identities(Side::kSuper, super.imported_resources);
  scope.Variables(Side::kSuper, super.defined_resources);
  for (const NamedExtern& expected : sub.imports) {
    const NamedExtern* offered = super.FindImport(expected.name.name);
    if (offered == nullptr) return Fail("missing expected import `" + expected.name.name + "`");
    flipped_ = !flipped_;
    const bool matches = Matches(offered->type, expected.type);
    flipped_ = !flipped_;
    if (!matches) return In("type mismatch in import `" + expected.name.name + "`");
  }
  for (const NamedExtern& expected : super.exports) {
    const NamedExtern* offered = sub.FindExport(expected.name.name);
    if (offered == nullptr) return Fail("missing expected export `" + expected.name.name + "`");
    if (!Matches(offered->type, expected.type))
      return In("type mismatch in export `" + expected.name.name + "`");
  }
  return true;
}

bool Matcher::FilledOneToOne(const std::vector<ResourceId>& sub,
                             const std::vector<ResourceId>& super) {
  std::unordered_set<ResourceId> left;
  for (ResourceId id : sub) left.insert(Resolve(Side::kSub, id));
  for (ResourceId id : super)
    if (left.erase(Resolve(Side::kSuper, id)) == 0) return Fail("resource types are not the same");
  return left.empty() || Fail("resource types are not the same");
}

bool Matcher::EqualInstances(const InstanceType& sub, const InstanceType& super) {
  if (&sub == &super && !sub.contains_resource) return true;
  if (equal_.contains(Pair(&sub, &super))) return true;
  if (sub.exports.size() != super.exports.size())
    return Fail("expected " + std::to_string(super.exports.size()) + " exports, found " +
                std::to_string(sub.exports.size()));
  Scope scope(this);
  scope.Identities(Side::kSub, sub.resources);
  scope.Variables(Side::kSuper, super.resources);
  for (const NamedExtern& expected : super.exports) {
    const NamedExtern* offered = sub.Find(expected.name.name);
    if (offered == nullptr) return Fail("missing expected export `" + expected.name.name + "`");
    if (!Matches(offered->type, expected.type))
      return In("type mismatch in instance export `" + expected.name.name + "`");
  }
  if (sub.resources.empty() && super.resources.empty()) equal_.insert(Pair(&sub, &super));
  return FilledOneToOne(sub.resources, super.resources);
}

bool Matcher::EqualComponents(const ComponentType& sub, const ComponentType& super) {
  if (&sub == &super && !sub.contains_resource) return true;
  if (sub.imports.size() != super.imports.size())
    return Fail("expected " + std::to_string(super.imports.size()) + " imports, found " +
                std::to_string(sub.imports.size()));
  if (sub.exports.size() != super.exports.size())
    return Fail("expected " + std::to_string(super.exports.size()) + " exports, found " +
                std::to_string(sub.exports.size()));
  Scope scope(this);
  for (const auto* ids : {&sub.imported_resources, &sub.defined_resources})
    scope.Identities(Side::kSub, *ids);
  for (const auto* ids : {&super.imported_resources, &super.defined_resources})
    scope.Variables(Side::kSuper, *ids);
  for (const NamedExtern& expected : super.imports) {
    const NamedExtern* offered = sub.FindImport(expected.name.name);
    if (offered == nullptr) return Fail("missing expected import `" + expected.name.name + "`");
    if (!Matches(offered->type, expected.type))
      return In("type mismatch in import `" + expected.name.name + "`");
  }
  for (const NamedExtern& expected : super.exports) {
    const NamedExtern* offered = sub.FindExport(expected.name.name);
    if (offered == nullptr) return Fail("missing expected export `" + expected.name.name + "`");
    if (!Matches(offered->type, expected.type))
      return In("type mismatch in export `" + expected.name.name + "`");
  }
  return FilledOneToOne(sub.imported_resources, super.imported_resources) &&
         FilledOneToOne(sub.defined_resources, super.defined_resources);
}

bool Matcher::Equal(const TypeEntry& sub, const TypeEntry& super) {
  if (sub.kind != super.kind)
    return Fail("expected " + std::string(KindName(super.kind)) + ", found " +
                std::string(KindName(sub.kind)));
  switch (super.kind) {
    case TypeEntry::Kind::kVal:
      if (super.val->is_primitive() && !sub.val->is_primitive())
        return Fail("expected primitive, found " + std::string(KindName(sub.val->kind)));
      return Equal(*sub.val, *super.val);
    case TypeEntry::Kind::kFunc:
      return Equal(*sub.func, *super.func);
    case TypeEntry::Kind::kResource:
      return FillOrCompare(sub.resource, super.resource);
    case TypeEntry::Kind::kComponent:
    case TypeEntry::Kind::kInstance: {
      const bool was_exact = std::exchange(exact_, true);
      const bool equal = super.kind == TypeEntry::Kind::kInstance
                             ? EqualInstances(*sub.instance, *super.instance)
                             : EqualComponents(*sub.component, *super.component);
      exact_ = was_exact;
      return equal;
    }
  }
  return false;
}

// [Explainer: core:moduletype], by the rules of core linking [match-externtype].
bool Matcher::Matches(const ModuleType& sub, const ModuleType& super) {
  if (&sub == &super) return true;
  std::map<std::pair<std::string_view, std::string_view>, const trenail::ExternType*> imports;
  for (const trenail::ImportType& import : super.imports)
    imports.emplace(std::pair(std::string_view(import.module), std::string_view(import.name)),
                    &import.type);
  for (const trenail::ImportType& expected : sub.imports) {
    if (!Spend()) return false;
    const auto it = imports.find({expected.module, expected.name});
    const std::string name = '`' + expected.module + "::" + expected.name + '`';
    if (it == imports.end()) return Fail("missing expected import " + name);
    if (!Matches(*it->second, expected.type)) return In("type mismatch in import " + name);
  }
  std::map<std::string_view, const trenail::ExternType*> exports;
  for (const trenail::ExportType& e : sub.exports) exports.emplace(e.name, &e.type);
  for (const trenail::ExportType& expected : super.exports) {
    if (!Spend()) return false;
    const auto it = exports.find(expected.name);
    if (it == exports.end()) return Fail("missing expected export `" + expected.name + "`");
    if (!Matches(*it->second, expected.type))
      return In("type mismatch in export `" + expected.name + "`");
  }
  return true;
}

namespace {

std::string_view ExternKindName(wasm::ExternKind kind) {
  switch (kind) {
    case wasm::ExternKind::kFunc:
      return "func";
    case wasm::ExternKind::kTable:
      return "table";
    case wasm::ExternKind::kMemory:
      return "memory";
    case wasm::ExternKind::kGlobal:
      return "global";
    case wasm::ExternKind::kTag:
      return "tag";
  }
  return "?";
}

}  // namespace

bool Matcher::Matches(const trenail::ExternType& sub, const trenail::ExternType& super) {
  if (sub.kind != super.kind)
    return Fail("expected " + std::string(ExternKindName(super.kind)) + ", found " +
                std::string(ExternKindName(sub.kind)));
  const auto fail = [&](std::string_view what) {
    return Fail(std::string(what) + ": expected: (" + trenail::ToString(super) + "), found: (" +
                trenail::ToString(sub) + ")");
  };
  switch (super.kind) {
    case wasm::ExternKind::kFunc:
      return store_.IsSubtype(sub.type_id, super.type_id) || fail("type mismatch");
    case wasm::ExternKind::kTag:
      return sub.type_id == super.type_id || fail("type mismatch");
    case wasm::ExternKind::kGlobal:
      if (store_.Matches(sub.global, super.global)) return true;
      if (sub.global.is_mutable == super.global.is_mutable)
        return Fail("expected global type " + trenail::ToString(super.global.type) + ", found " +
                    trenail::ToString(sub.global.type));
      return fail("global types differ in mutability");
    case wasm::ExternKind::kTable:
      if (store_.Matches(sub.table, super.table)) return true;
      if (sub.table.element != super.table.element)
        return Fail("expected table element type " + trenail::ToString(super.table.element) +
                    ", found " + trenail::ToString(sub.table.element));
      return fail("mismatch in table limits");
    case wasm::ExternKind::kMemory:
      if (store_.Matches(sub.memory, super.memory)) return true;
      if (sub.memory.shared != super.memory.shared)
        return fail("mismatch in the shared flag for memories");
      if (sub.memory.page_size_log2 != super.memory.page_size_log2)
        return fail("mismatch in page size for memories");
      if (sub.memory.addr_type != super.memory.addr_type)
        return fail("mismatch in index type used for memories");
      return fail("mismatch in memory limits");
  }
  return false;
}

}  // namespace component
