// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/validate/component_validator.h"

#include <algorithm>
#include <utility>

#include "libcomponent/types/substitution.h"
#include "libcomponent/validate/rules.h"
#include "libwasm/engine_impl.h"

namespace component {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

Result<std::shared_ptr<const ValidatedComponent>> Validate(
    const trenail::Engine& engine, std::shared_ptr<const Component> component,
    const FeatureSet& features) {
  return Rules(engine, features).CheckComponent(std::move(component), nullptr);
}

Rules::Rules(const trenail::Engine& engine, const FeatureSet& features)
    : engine_(engine),
      features_(features),
      store_(*engine.impl()->types),
      arena_(std::make_shared<TypeArena>()),
      guest_calls_(std::make_shared<GuestCalls>()) {}

Error Rules::At(Error error) const {
  if (offset_ == 0 || error.offset().has_value()) return error;
  return std::move(error).WithOffset(offset_);
}

Error Rules::OutOfBounds(uint32_t index, std::string_view what) const {
  return At(Error(ErrorKind::kInvalid, "unknown " + std::string(what) + ' ' +
                                           std::to_string(index) + ": " + std::string(what) +
                                           " index out of bounds"));
}

Result<void> Rules::Need(Feature feature, std::string_view what) const {
  if (!Has(feature))
    return Invalid(std::string(what) + " needs the feature " + std::string(FeatureName(feature)));
  return {};
}

Result<void> Rules::CheckNesting(const Scope& scope) {
  if (scope.depth >= kMaxNesting) return Invalid("nesting too deep");
  return {};
}

Result<std::shared_ptr<const ValidatedComponent>> Rules::CheckComponent(
    std::shared_ptr<const Component> component, const Scope* outer) {
  Scope scope(Scope::Kind::kComponent, outer);
  TRY_VOID(CheckNesting(scope));
  auto validated = std::make_shared<ValidatedComponent>();
  validated->syntax = std::move(component);
  validated->arena = arena_;
  validated->guest_calls = guest_calls_;
  const uint64_t outer_offset = offset_;
  for (const Definition& definition : validated->syntax->definitions) {
    offset_ = definition.offset;
    TRY_VOID(CheckDefinition(&scope, definition, validated.get()));
  }
  TRY_VOID(CheckValuesUsed(scope));
  validated->type = TRY(FinishComponent(&scope));
  offset_ = outer_offset;

  validated->types = std::move(scope.types);
  validated->funcs = std::move(scope.funcs);
  for (const ValueEntry& value : scope.values) validated->values.push_back(value.type);
  validated->instances = std::move(scope.instances);
  validated->components = std::move(scope.components);
  validated->core_modules = std::move(scope.core_modules);
  for (const wasm::TypeId id : scope.core_funcs)
    validated->core_funcs.push_back(store_.Get(id).type.comp.func);
  for (const CoreTypeEntry& type : scope.core_types) validated->core_type_ids.push_back(type.id);
  return validated;
}

Result<void> Rules::CheckDefinition(Scope* scope, const Definition& definition,
                                    ValidatedComponent* validated) {
  if (const auto* module = std::get_if<CoreModuleDef>(&definition.def))
    return CheckCoreModule(scope, *module, validated);
  if (const auto* instance = std::get_if<CoreInstanceDef>(&definition.def)) {
    scope->core_instances.push_back(TRY(CheckCoreInstance(*scope, *instance)));
    return {};
  }
  if (const auto* type = std::get_if<CoreType>(&definition.def)) return CheckCoreType(scope, *type);
  if (const auto* nested = std::get_if<std::shared_ptr<const Component>>(&definition.def)) {
    auto component = TRY(CheckComponent(*nested, scope));
    scope->components.push_back(component->type);
    validated->nested_components.push_back(std::move(component));
    return {};
  }
  if (const auto* instance = std::get_if<InstanceDef>(&definition.def)) {
    scope->instances.push_back(TRY(CheckInstance(scope, *instance)));
    return {};
  }
  if (const auto* alias = std::get_if<Alias>(&definition.def)) return CheckAlias(scope, *alias);
  if (const auto* type = std::get_if<TypeDef>(&definition.def)) {
    scope->types.push_back(TRY(CheckType(scope, *type)));
    return {};
  }
  if (const auto* canon = std::get_if<Canon>(&definition.def)) return CheckCanon(scope, *canon);
  if (const auto* start = std::get_if<Start>(&definition.def)) return CheckStart(scope, *start);
  if (const auto* import = std::get_if<Import>(&definition.def))
    return CheckImport(scope, import->name, import->type);
  if (const auto* exported = std::get_if<Export>(&definition.def))
    return CheckExport(scope, *exported);
  if (const auto* value = std::get_if<ValueDef>(&definition.def)) return CheckValue(scope, *value);
  return {};  // a custom section
}

Result<void> Rules::CheckCoreModule(Scope* scope, const CoreModuleDef& module,
                                    ValidatedComponent* validated) {
  Result<trenail::Module> parsed = trenail::Module::Parse(engine_, module.bytes);
  if (!parsed.has_value()) {
    Error& error = parsed.error();
    if (offset_ != 0 && error.offset().has_value())
      return std::unexpected(std::move(error).WithOffset(offset_ + *error.offset()));
    return std::unexpected(std::move(error));
  }
  ModuleType type;
  type.imports = parsed->imports();
  type.exports = parsed->exports();
  TRY_VOID(CheckImportsDiffer(type.imports));
  scope->core_modules.push_back(TRY(At(arena_->Add(std::move(type)))));
  validated->nested_modules.push_back(*std::move(parsed));
  return {};
}

Result<const ComponentType*> Rules::FinishComponent(Scope* scope) {
  ComponentType type;
  type.imports = std::move(scope->imports);
  type.exports = std::move(scope->exports);
  type.imported_resources = std::move(scope->imported_resources);
  // What nobody outside can see need not be made anew for the outside at each instantiation.
  FreeResources seen;
  for (const NamedExtern& item : type.exports) seen.Collect(item.type);
  for (ResourceId id : scope->defined_resources)
    if (seen.Contains(id)) type.defined_resources.push_back(id);
  return At(arena_->Add(std::move(type)));
}

}  // namespace component
