// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types are compared by what they are made of, whatever their names, as the component model does;
// resources by their names.

#include "libcomponent/wit/compare.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "libcomponent/wit/printer.h"

namespace component::wit {
namespace {

using Difference = std::optional<std::string>;

Difference At(std::string_view where, Difference difference) {
  if (difference) difference->insert(0, std::string(where) + ": ");
  return difference;
}

// What is asked for against what is there.
class Comparison {
 public:
  Comparison(const Resolve& need, const Resolve& have, bool exact)
      : need_(need), have_(have), exact_(exact) {}

  Difference Items(std::string_view what, std::string_view lacks,
                   const std::vector<WorldItem>& need, const std::vector<WorldItem>& have) {
    for (const WorldItem& item : need) {
      const std::string name = need_.NameOf(item);
      const std::string where = std::string(what) + " `" + name + "`";
      const WorldItem* other = Find(item, name, have);
      if (other == nullptr) return where + std::string(lacks);
      if (auto difference = At(where, Item(item, *other))) return difference;
    }
    return std::nullopt;
  }

 private:
  // The part of a name that a compatible version shares.
  static std::string Compatible(const std::string& name) {
    const size_t at = name.find('@');
    if (at == std::string::npos) return name;
    const auto version = SemVer::Parse(std::string_view(name).substr(at + 1));
    return version && version->pre.empty() ? name.substr(0, at + 1) + version->CanonVersion()
                                           : name;
  }

  const WorldItem* Find(const WorldItem& item, const std::string& name,
                        const std::vector<WorldItem>& items) const {
    const WorldItem* compatible = nullptr;
    for (const WorldItem& other : items) {
      const std::string other_name = have_.NameOf(other);
      if (other_name == name) return &other;
      if (!exact_ && item.kind == WorldItem::Kind::kInterface &&
          Compatible(other_name) == Compatible(name))
        compatible = &other;
    }
    return compatible;
  }

  Difference Item(const WorldItem& need, const WorldItem& have) {
    if (need.kind != have.kind) {
      constexpr std::string_view kKinds[] = {"an interface", "a type", "a function"};
      return "it is " + std::string(kKinds[static_cast<size_t>(need.kind)]) + ", not " +
             std::string(kKinds[static_cast<size_t>(have.kind)]);
    }
    switch (need.kind) {
      case WorldItem::Kind::kInterface:
        return Interfaces(need_[need.interface], have_[have.interface]);
      case WorldItem::Kind::kType:
        return Types(Type::Of(need.type), Type::Of(have.type));
      case WorldItem::Kind::kFunction:
        return Functions(need.function, have.function);
    }
    return std::nullopt;
  }

  Difference Interfaces(const Interface& need, const Interface& have) {
    for (TypeId id : need.types) {
      const std::string& name = need_[id].name;
      const auto other = std::find_if(have.types.begin(), have.types.end(),
                                      [&](TypeId type) { return have_[type].name == name; });
      const std::string where = "type `" + name + "`";
      if (other == have.types.end()) return where + " is missing";
      if (auto difference = At(where, Types(Type::Of(id), Type::Of(*other)))) return difference;
    }
    for (const Function& function : need.functions) {
      const auto other =
          std::find_if(have.functions.begin(), have.functions.end(),
                       [&](const Function& known) { return known.name == function.name; });
      const std::string where = "function `" + function.name + "`";
      if (other == have.functions.end()) return where + " is missing";
      if (auto difference = At(where, Functions(function, *other))) return difference;
    }
    return std::nullopt;
  }

  Difference Functions(const Function& need, const Function& have) {
    if (need.is_async != have.is_async)
      return need.is_async ? "it is async, not synchronous" : "it is synchronous, not async";
    if (need.params.size() != have.params.size())
      return "it has " + std::to_string(need.params.size()) + " parameters, not " +
             std::to_string(have.params.size());
    for (size_t i = 0; i < need.params.size(); ++i) {
      const Param& param = need.params[i];
      if (param.name != have.params[i].name)
        return "parameter " + std::to_string(i + 1) + " is named `" + param.name + "`, not `" +
               have.params[i].name + "`";
      if (auto difference =
              At("parameter `" + param.name + "`", Types(param.type, have.params[i].type)))
        return difference;
    }
    return At("result", Types(need.result, have.result));
  }

  Difference Mismatch(const std::optional<Type>& need, const std::optional<Type>& have) const {
    const auto text = [](const Resolve& resolve, const std::optional<Type>& type) -> std::string {
      if (!type) return "none";
      if (type->kind == TypeKind::kDefined && !resolve[type->id].name.empty())
        return "`" + resolve[type->id].name + "`";
      return "`" + PrintType(resolve, *type) + "`";
    };
    return "it is " + text(need_, need) + ", not " + text(have_, have);
  }

  // Recursion is bounded as the depth of types is; pairs that are known to be equal are passed
  // over.
  Difference Types(const std::optional<Type>& need, const std::optional<Type>& have) {
    if (need.has_value() != have.has_value()) return Mismatch(need, have);
    if (!need) return std::nullopt;
    const Type a_type = need_.Dealias(*need), b_type = have_.Dealias(*have);
    if (a_type.kind != b_type.kind) return Mismatch(need, have);
    if (a_type.kind != TypeKind::kDefined) return std::nullopt;
    if (!equal_.insert(uint64_t{a_type.id.value} << 32 | b_type.id.value).second)
      return std::nullopt;
    const TypeDef& a = need_[a_type.id];
    const TypeDef& b = have_[b_type.id];
    if (a.kind != b.kind || a.length != b.length || a.args.size() != b.args.size())
      return Mismatch(need, have);
    if (a.kind == TypeDefKind::kResource && a.name != b.name) return Mismatch(need, have);
    if (a.cases.size() != b.cases.size())
      return "it has " + std::to_string(a.cases.size()) + " members, not " +
             std::to_string(b.cases.size());
    for (size_t i = 0; i < a.cases.size(); ++i) {
      if (a.cases[i].name != b.cases[i].name)
        return "member " + std::to_string(i + 1) + " is `" + a.cases[i].name + "`, not `" +
               b.cases[i].name + "`";
      if (auto difference =
              At("member `" + a.cases[i].name + "`", Types(a.cases[i].type, b.cases[i].type)))
        return difference;
    }
    for (size_t i = 0; i < a.args.size(); ++i)
      if (auto difference = Types(a.args[i], b.args[i])) return difference;
    return std::nullopt;
  }

  const Resolve& need_;
  const Resolve& have_;
  bool exact_;
  std::unordered_set<uint64_t> equal_;
};

}  // namespace

std::optional<std::string> DifferenceOfWorlds(const Resolve& a, WorldId a_id, const Resolve& b,
                                              WorldId b_id) {
  const World& x = a[a_id];
  const World& y = b[b_id];
  for (const bool swapped : {false, true}) {
    Comparison comparison(swapped ? b : a, swapped ? a : b, true);
    const World& need = swapped ? y : x;
    const World& have = swapped ? x : y;
    const char* lacks =
        swapped ? " is there in the second world only" : " is there in the first world only";
    if (auto difference = comparison.Items("import", lacks, need.imports, have.imports))
      return difference;
    if (auto difference = comparison.Items("export", lacks, need.exports, have.exports))
      return difference;
  }
  return std::nullopt;
}

std::optional<std::string> MismatchWithWorld(const Resolve& component, WorldId component_id,
                                             const Resolve& target, WorldId target_id) {
  const World& world = component[component_id];
  const World& expected = target[target_id];
  if (auto mismatch =
          Comparison(component, target, false)
              .Items("import", " is not one of the world", world.imports, expected.imports))
    return mismatch;
  return Comparison(target, component, false)
      .Items("export", " is missing in the component", expected.exports, world.exports);
}

}  // namespace component::wit
