// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions, and the names that arguments go by [wac:let-statements].

#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"
#include "libcomponent/compose/wac_evaluator.h"
#include "libcomponent/types/subtyping.h"

namespace component::compose::wac {

namespace {

// The one name that is a path to an interface of that name; empty if none or several are.
std::string OnlyPath(const std::vector<NamedExtern>& items, std::string_view interface) {
  std::string found;
  for (const NamedExtern& item : items) {
    if (item.name.name == interface) return {};
    if (VersionedName::Of(FullName(item.name)).interface() != interface) continue;
    if (!found.empty()) return {};
    found = item.name.name;
  }
  return found;
}

// The import that a name stands for: the same, or a compatible version of it.
const NamedExtern* FindImport(const ComponentType& type, std::string_view name) {
  if (const NamedExtern* import = type.FindImport(name)) return import;
  for (const NamedExtern& import : type.imports)
    if (CompatibilityKey(FullName(import.name)) == CompatibilityKey(name)) return &import;
  return nullptr;
}

}  // namespace

Checked<NodeId> Evaluator::LocalItem(Span span, std::string_view name) {
  const Declared* declared = names_.Find(name);
  if (declared == nullptr)
    return Fail(span, "there is nothing of the name `" + std::string(name) + "` before this");
  if (const auto it = definitions_.find(name); it != definitions_.end()) return it->second;
  const auto* item = std::get_if<Declared::Item>(&declared->what);
  if (item == nullptr)
    return Fail(span, "`" + std::string(name) +
                          "` is a type; only what was imported or made by `let` is a value here");
  return item->node;
}

NodeId Evaluator::Access(NodeId node, const std::string& name) {
  const auto [it, added] = accesses_.try_emplace({node, name}, 0);
  if (!added) return it->second;
  it->second = composition_.Access(node, name);
  extern_names_[it->second] = name;
  return it->second;
}

// [wac:access-expressions] [wac:named-access-expressions]
Checked<NodeId> Evaluator::Access(Span span, NodeId node, const ExternName& name) {
  const component::ExternType& type = composition_.TypeOf(node).type;
  if (type.sort != Sort::kInstance)
    return Fail(span,
                "only an instance has exports, and this is a " + std::string(SortName(type.sort)));
  std::string wanted = name.text;
  if (!name.is_string)
    if (std::string path = OnlyPath(type.instance->exports, wanted); !path.empty())
      wanted = std::move(path);
  if (type.instance->Find(wanted) == nullptr)
    return Fail(name.span, "the instance has no export `" + name.text + "`; it exports " +
                               ListNames(type.instance->exports));
  return Access(node, wanted);
}

Checked<NodeId> Evaluator::Evaluate(const Expr& expr) {
  NodeId node = 0;
  if (const auto* name = std::get_if<ast::Name>(&expr.primary))
    node = TRY(LocalItem(name->span, name->text));
  else if (const auto* made = std::get_if<New>(&expr.primary))
    node = TRY(Instantiate(*made));
  else
    node = TRY(Evaluate(*std::get<std::unique_ptr<Expr>>(expr.primary)));
  for (const wac::Access& access : expr.accesses) node = TRY(Access(expr.span, node, access.name));
  return node;
}

// ---- new expressions ---------------------------------------------------------------------------

// [wac:inferred-arguments]
std::string Evaluator::InferredName(const ComponentType& type, std::string_view local,
                                    NodeId node) const {
  for (const auto* names : {&interface_names_, &extern_names_}) {
    const auto it = names->find(node);
    if (it == names->end()) continue;
    if (const NamedExtern* import = FindImport(type, it->second)) return import->name.name;
  }
  std::string path = OnlyPath(type.imports, local);
  return path.empty() ? std::string(local) : path;
}

Checked<void> Evaluator::PassArgument(const New& expr, NodeId instance, const Argument& argument,
                                      const NodeId* value) {
  const ComponentType& type = composition_.TypeOfPart(instances_[instance]);
  NodeId node = 0;
  std::string name;
  if (value != nullptr) {
    node = *value;
    name = argument.name.text;
    if (!argument.name.is_string)
      if (std::string path = OnlyPath(type.imports, name); !path.empty()) name = std::move(path);
  } else {
    node = TRY(LocalItem(argument.name.span, argument.name.text));
    name = InferredName(type, argument.name.text, node);
  }
  if (type.FindImport(name) == nullptr)
    return Fail(argument.name.span, "`" + expr.package.ToString() + "` has no import `" + name +
                                        "`; it imports " + ListNames(type.imports));
  if (composition_.IsSatisfied(instance, name))
    return Fail(argument.name.span, "the import `" + name + "` has an argument already");
  composition_.Satisfy(instance, name, node);
  return {};
}

// [wac:spread-arguments]
Checked<void> Evaluator::Spread(const New& expr, NodeId instance, const Argument& argument) {
  const ComponentType& type = composition_.TypeOfPart(instances_[instance]);
  const NodeId node = TRY(LocalItem(argument.name.span, argument.name.text));
  const component::ExternType offered = composition_.TypeOf(node).type;
  if (offered.sort != Sort::kInstance)
    return Fail(argument.name.span, "only the exports of an instance can be spread, and `" +
                                        argument.name.text + "` is a " +
                                        std::string(SortName(offered.sort)));
  bool any = false;
  for (const NamedExtern& import : type.imports) {
    if (composition_.IsSatisfied(instance, import.name.name)) continue;
    const NamedExtern* found = offered.instance->Find(import.name.name);
    const std::string key = CompatibilityKey(FullName(import.name));
    for (const NamedExtern& item : offered.instance->exports)
      if (found == nullptr && CompatibilityKey(FullName(item.name)) == key) found = &item;
    if (found == nullptr) continue;
    composition_.Satisfy(instance, import.name.name, Access(node, found->name.name));
    any = true;
  }
  if (!any)
    return Fail(argument.name.span, "no export of `" + argument.name.text + "` is an import of `" +
                                        expr.package.ToString() + "` that has no argument yet");
  return {};
}

// [wac:implicit-imports]
Checked<void> Evaluator::CheckMissing(const New& expr, NodeId instance) {
  const ComponentType& type = composition_.TypeOfPart(instances_[instance]);
  std::vector<NamedExtern> missing;
  for (const NamedExtern& import : type.imports) {
    // A type comes with the import that it is used from.
    if (import.type.sort == Sort::kType || composition_.IsSatisfied(instance, import.name.name))
      continue;
    missing.push_back(import);
    const std::string name = FullName(import.name);
    if (expr.implicit && explicit_imports_.contains(name))
      return Fail(expr.span, "`" + expr.package.ToString() + "` needs `" + name +
                                 "`, which an import statement has already: pass that as an "
                                 "argument");
    if (expr.implicit) implicit_imports_.insert(name);
  }
  if (expr.implicit || missing.empty()) return {};
  return Fail(expr.span, "`" + expr.package.ToString() + "` has no argument for " +
                             ListNames(missing) + "; `...` at the end imports what is missing");
}

Checked<NodeId> Evaluator::Instantiate(const New& expr) {
  const std::string package = expr.package.ToString();
  if (expr.package == document_.package)
    return Fail(expr.span, "`" + package + "` is this composition itself");
  auto part = parts_.find(package);
  if (part == parts_.end()) {
    const Package found = TRY(types_.Load(expr.package, expr.span));
    if (found.component == nullptr)
      return Fail(expr.span, "`" + package + "` is WIT, and only a component has instances");
    part = parts_.emplace(package, composition_.AddPart(package, found.component)).first;
  }
  // The arguments are nodes before the instance is one; so it is made behind them.
  std::vector<NodeId> made;
  for (const Argument& argument : expr.args)
    if (argument.kind == Argument::Kind::kNamed) made.push_back(TRY(Evaluate(*argument.expr)));
  wasm::Result<NodeId> instance = composition_.Instantiate(part->second);
  if (!instance) return Fail(expr.span, instance.error().message());
  instances_[*instance] = part->second;
  news_[*instance] = expr.span;
  size_t next = 0;
  for (const Argument& argument : expr.args)
    if (argument.kind != Argument::Kind::kSpread)
      TRY_VOID(PassArgument(expr, *instance, argument,
                            argument.kind == Argument::Kind::kNamed ? &made[next++] : nullptr));
  for (const Argument& argument : expr.args)
    if (argument.kind == Argument::Kind::kSpread) TRY_VOID(Spread(expr, *instance, argument));
  TRY_VOID(CheckMissing(expr, *instance));
  return *instance;
}

}  // namespace component::compose::wac
