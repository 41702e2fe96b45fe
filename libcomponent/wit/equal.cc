// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structural equality. Named types are compared where they are defined and by their names
// everywhere else, so that nothing is compared twice.

#include <algorithm>
#include <utility>

#include "libcomponent/wit/resolve.h"

namespace component::wit {
namespace {

class Comparison {
 public:
  Comparison(const Resolve& a, const Resolve& b) : a_(a), b_(b) {}

  bool Packages(PackageId a_id, PackageId b_id) const {
    const Package& a = a_[a_id];
    const Package& b = b_[b_id];
    return a.name == b.name && a.docs == b.docs &&
           ByName(
               a.interfaces, b.interfaces, [&](InterfaceId id) { return a_[id].name; },
               [&](InterfaceId id) { return b_[id].name; },
               [&](InterfaceId x, InterfaceId y) { return Interfaces(x, y); }) &&
           ByName(
               a.worlds, b.worlds, [&](WorldId id) { return a_[id].name; },
               [&](WorldId id) { return b_[id].name; },
               [&](WorldId x, WorldId y) { return Worlds(x, y); });
  }

 private:
  template <typename T, typename NameA, typename NameB, typename Same>
  static bool ByName(const std::vector<T>& a, const std::vector<T>& b, NameA name_a, NameB name_b,
                     Same same) {
    if (a.size() != b.size()) return false;
    std::vector<std::pair<std::string, size_t>> x, y;
    for (size_t i = 0; i < a.size(); ++i) {
      x.emplace_back(name_a(a[i]), i);
      y.emplace_back(name_b(b[i]), i);
    }
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    for (size_t i = 0; i < x.size(); ++i)
      if (x[i].first != y[i].first || !same(a[x[i].second], b[y[i].second])) return false;
    return true;
  }

  bool Interfaces(InterfaceId a_id, InterfaceId b_id) const {
    const Interface& a = a_[a_id];
    const Interface& b = b_[b_id];
    const auto name = [](const Function& function) { return function.name; };
    return a.name == b.name && a.docs == b.docs && a.stability == b.stability &&
           ByName(
               a.types, b.types, [&](TypeId id) { return a_[id].name; },
               [&](TypeId id) { return b_[id].name; },
               [&](TypeId x, TypeId y) { return TypeDefs(x, y); }) &&
           ByName(a.functions, b.functions, name, name,
                  [&](const Function& x, const Function& y) { return Functions(x, y); });
  }

  bool Worlds(WorldId a_id, WorldId b_id) const {
    const World& a = a_[a_id];
    const World& b = b_[b_id];
    const auto name_a = [&](const WorldItem& item) { return a_.NameOf(item); };
    const auto name_b = [&](const WorldItem& item) { return b_.NameOf(item); };
    const auto same = [&](const WorldItem& x, const WorldItem& y) { return Items(x, y); };
    return a.docs == b.docs && a.stability == b.stability &&
           ByName(a.imports, b.imports, name_a, name_b, same) &&
           ByName(a.exports, b.exports, name_a, name_b, same);
  }

  bool Items(const WorldItem& a, const WorldItem& b) const {
    if (a.kind != b.kind || a.docs != b.docs || a.stability != b.stability ||
        a.external_id != b.external_id || a.implied != b.implied)
      return false;
    switch (a.kind) {
      case WorldItem::Kind::kInterface: {
        const bool named = !a_[a.interface].name.empty();
        if (named != !b_[b.interface].name.empty()) return false;
        return named ? a_.NameOf(a.interface) == b_.NameOf(b.interface)
                     : Interfaces(a.interface, b.interface);
      }
      case WorldItem::Kind::kType:
        return TypeDefs(a.type, b.type);
      case WorldItem::Kind::kFunction:
        return Functions(a.function, b.function);
    }
    return false;
  }

  bool Functions(const Function& a, const Function& b) const {
    if (a.kind != b.kind || a.is_async != b.is_async || a.docs != b.docs ||
        a.stability != b.stability || a.external_id != b.external_id ||
        a.params.size() != b.params.size() || !Types(a.result, b.result))
      return false;
    for (size_t i = 0; i < a.params.size(); ++i) {
      if (a.params[i].name != b.params[i].name || !Types(a.params[i].type, b.params[i].type))
        return false;
    }
    return true;
  }

  // The insides of two types; of anonymous ones that is all there is.
  bool Shapes(const TypeDef& a, const TypeDef& b) const {
    if (a.kind != b.kind || a.length != b.length || a.cases.size() != b.cases.size() ||
        a.args.size() != b.args.size())
      return false;
    for (size_t i = 0; i < a.cases.size(); ++i) {
      if (a.cases[i].name != b.cases[i].name || a.cases[i].docs != b.cases[i].docs ||
          !Types(a.cases[i].type, b.cases[i].type))
        return false;
    }
    for (size_t i = 0; i < a.args.size(); ++i)
      if (!Types(a.args[i], b.args[i])) return false;
    return true;
  }

  bool TypeDefs(TypeId a_id, TypeId b_id) const {
    const TypeDef& a = a_[a_id];
    const TypeDef& b = b_[b_id];
    return a.docs == b.docs && a.stability == b.stability && a.external_id == b.external_id &&
           Shapes(a, b);
  }

  bool Types(const std::optional<Type>& a, const std::optional<Type>& b) const {
    if (a.has_value() != b.has_value()) return false;
    if (!a) return true;
    if (a->kind != b->kind) return false;
    if (a->kind != TypeKind::kDefined) return true;
    const TypeDef& x = a_[a->id];
    const TypeDef& y = b_[b->id];
    if (x.name != y.name) return false;
    return x.name.empty() ? Shapes(x, y) : OwnerName(a_, x.owner) == OwnerName(b_, y.owner);
  }

  static std::string OwnerName(const Resolve& resolve, const Owner& owner) {
    if (owner.kind != Owner::Kind::kInterface) return "world";
    const InterfaceId id(owner.index);
    return resolve[id].name.empty() ? "inline" : resolve.NameOf(id);
  }

  const Resolve& a_;
  const Resolve& b_;
};

}  // namespace

bool EqualPackages(const Resolve& a, PackageId a_id, const Resolve& b, PackageId b_id) {
  return Comparison(a, b).Packages(a_id, b_id);
}

bool Equal(const Resolve& a, const Resolve& b) {
  if (a.packages.size() != b.packages.size()) return false;
  for (uint32_t i = 0; i < a.packages.size(); ++i) {
    const auto other = b.FindPackage(a.packages[i].name);
    if (!other || !EqualPackages(a, PackageId(i), b, *other)) return false;
  }
  return true;
}

}  // namespace component::wit
