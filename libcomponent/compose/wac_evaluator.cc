// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statements; expressions are in wac_expressions.cc.

#include "libcomponent/compose/wac_evaluator.h"

#include <algorithm>

#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"
#include "libcomponent/compose/wac.h"
#include "libcomponent/compose/wac_parser.h"
#include "libcomponent/types/names.h"
#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/component_validator.h"
#include "libwasm/engine_impl.h"

namespace component::compose::wac {

using wit::Problem;

Checked<std::shared_ptr<const Component>> Evaluator::Evaluate() {
  for (const Statement& statement : document_.statements) TRY_VOID(Evaluate(statement));
  wasm::Result<std::shared_ptr<const Component>> built = composition_.Build();
  if (!built) {
    Span span = document_.package_span;
    if (composition_.culprit()) {
      const auto it = news_.find(*composition_.culprit());
      if (it != news_.end()) span = it->second;
    }
    return std::unexpected(
        Problem{.kind = built.error().kind(), .span = span, .message = built.error().message()});
  }
  if (document_.targets) TRY_VOID(CheckTarget(**built));
  return *std::move(built);
}

Checked<void> Evaluator::Declare(const ast::Name& name, Declared declared) {
  if (!names_.names.try_emplace(name.text, std::move(declared)).second)
    return Fail(name.span, "`" + name.text + "` is defined already; names are not variables");
  return {};
}

// [wac:type-statements]
Checked<void> Evaluator::Define(const ast::Name& name, Declared declared, const TypeEntry& type) {
  TRY_VOID(Declare(name, std::move(declared)));
  if (composition_.IsExported(name.text))
    return Fail(name.span, "`" + name.text + "` is exported already, and a type is an export, too");
  const NodeId node = composition_.Define({.name = name.text}, type);
  definitions_[name.text] = node;
  extern_names_[node] = name.text;
  return {};
}

Checked<void> Evaluator::Evaluate(const Statement& statement) {
  if (const auto* import = std::get_if<Import>(&statement)) return EvaluateImport(*import);
  if (const auto* exported = std::get_if<Export>(&statement)) return EvaluateExport(*exported);
  if (const auto* let = std::get_if<Let>(&statement)) {
    const NodeId node = TRY(Evaluate(let->expr));
    return Declare(let->name, {.what = Declared::Item{.node = node}});
  }
  const auto define = [this](const ast::Name& name, ExternDef def) -> Checked<void> {
    const TypeEntry type = TRY(types_.Packaged(name.span, def));
    return Define(name, {.what = std::move(def)}, type);
  };
  const auto define_func = [this](const ast::Name& name, const FuncType* func) {
    return Define(name, {.what = func}, {.kind = TypeEntry::Kind::kFunc, .func = func});
  };
  if (const auto* interface = std::get_if<Interface>(&statement))
    return define(interface->name, TRY(types_.DeclareInterface(names_, *interface)));
  if (const auto* world = std::get_if<World>(&statement))
    return define(world->name, TRY(types_.DeclareWorld(names_, *world)));
  if (const auto* alias = std::get_if<FuncAlias>(&statement))
    return define_func(alias->name, TRY(types_.Func(names_, alias->type)));
  const auto& type = std::get<ast::Typedef>(statement);
  if (const FuncType* func = types_.AliasedFunc(names_, type)) return define_func(type.name, func);
  const TypeEntry entry = TRY(types_.Named(type.name.span, TRY(types_.DeclareType(names_, type))));
  return Define(type.name, {.what = entry}, entry);
}

// [wac:import-statements]
Checked<void> Evaluator::EvaluateImport(const Import& import) {
  ExternDef def = TRY(types_.Resolve(names_, import.type, ""));
  const std::string interface = def.item.name.name;
  Span span = import.name.span;
  if (import.as) {
    def.item.name = {.name = import.as->text};
    span = import.as->span;
  } else if (interface.empty()) {
    def.item.name.name = import.name.text;
  }
  const std::string name = FullName(def.item.name);
  if (auto valid = CheckExternName(def.item.name, features_); !valid)
    return Fail(span, valid.error().message());
  if (implicit_imports_.contains(name))
    return Fail(span, "`" + name +
                          "` is imported already, for a component above that is instantiated "
                          "with `...`");
  if (!explicit_imports_.insert(name).second)
    return Fail(span, "`" + name + "` is imported already" +
                          (import.as ? "" : "; `as` gives an import another name"));
  std::vector<NamedExtern> imports = std::move(def.needed);
  imports.push_back(std::move(def.item));
  const NodeId node = composition_.Import(std::move(imports), "the import `" + name + "`");
  extern_names_[node] = name;
  if (!interface.empty()) interface_names_[node] = interface;
  return Declare(import.name, {.what = Declared::Item{.node = node}});
}

Checked<void> Evaluator::AddExport(Span span, component::ExternName name, NodeId node) {
  if (composition_.IsExported(FullName(name)))
    return Fail(span, "`" + FullName(name) + "` is exported already");
  const auto valid = CheckExternName(name, features_);
  if (!valid) return Fail(span, valid.error().message());
  if (valid->kind > ParsedName::Kind::kInterface)
    return Fail(span, "`" + name.name + "` is a name for imports alone");
  composition_.Export(std::move(name), node);
  return {};
}

// [wac:export-statements]
Checked<void> Evaluator::EvaluateExport(const Export& exported) {
  const NodeId node = TRY(Evaluate(exported.expr));
  const component::ExternType& type = composition_.TypeOf(node).type;
  if (exported.spread) {
    if (type.sort != Sort::kInstance)
      return Fail(exported.expr.span,
                  "only the exports of an instance can be spread, and this is a " +
                      std::string(SortName(type.sort)));
    bool any = false;
    for (const NamedExtern& item : type.instance->exports) {
      if (composition_.IsExported(FullName(item.name))) continue;
      TRY_VOID(AddExport(exported.span, item.name, Access(node, item.name.name)));
      any = true;
    }
    if (!any)
      return Fail(exported.expr.span, type.instance->exports.empty()
                                          ? "the instance has no exports"
                                          : "all exports of the instance are exported already");
    return {};
  }
  component::ExternName name;
  if (exported.as) {
    name.name = exported.as->text;
  } else if (const auto it = interface_names_.find(node); it != interface_names_.end()) {
    name.name = it->second;
  } else if (const auto named = extern_names_.find(node); named != extern_names_.end()) {
    name.name = named->second;
  } else {
    return Fail(exported.expr.span,
                "what is exported here has no name of its own: `as` gives it one");
  }
  return AddExport(exported.as ? exported.as->span : exported.expr.span, std::move(name), node);
}

// [wac:package-directive]: whatever runs the world can run the composition.
Checked<void> Evaluator::CheckTarget(const Component& composed) {
  const Span span = document_.targets->name.span;
  const std::string path = document_.targets->package->InterfaceName(document_.targets->name.text);
  const ExternDef def = TRY(types_.Resolve(names_, *document_.targets));
  if (def.item.type.sort != Sort::kComponent) return Fail(span, "`" + path + "` is not a world");
  const ComponentType& world = *def.item.type.component;
  auto valid = Validate(engine_, std::make_shared<const Component>(composed), features_);
  if (!valid) return Fail(span, valid.error().message());
  const ComponentType& type = *(*valid)->type;
  for (const NamedExtern& import : type.imports)
    if (world.FindImport(import.name.name) == nullptr)
      return Fail(span, "the composition imports `" + FullName(import.name) +
                            "`, which the world `" + path + "` does not have");
  for (const NamedExtern& item : world.exports)
    if (type.FindExport(item.name.name) == nullptr)
      return Fail(span, "the world `" + path + "` asks for an export `" + FullName(item.name) +
                            "`, which the composition does not have");
  Matcher matcher(*engine_.impl()->types);
  if (!matcher.Matches(type, world))
    return Fail(span, "the composition does not fit the world `" + path + "`" +
                          FirstDifference(matcher.TakeError()));
  return {};
}

wit::Parsed<std::shared_ptr<const Component>> Compose(const trenail::Engine& engine,
                                                      wit::SourceText document,
                                                      const FindPackage& find_package,
                                                      const FeatureSet& features) {
  wit::Sources sources;
  const uint32_t file = sources.Add(std::move(document));
  auto parsed = ParseDocument(sources, file);
  if (!parsed) return std::unexpected(sources.Describe(parsed.error()));
  auto evaluated = Evaluator(engine, *parsed, find_package, features).Evaluate();
  if (!evaluated) return std::unexpected(sources.Describe(evaluated.error()));
  return *std::move(evaluated);
}

}  // namespace component::compose::wac
