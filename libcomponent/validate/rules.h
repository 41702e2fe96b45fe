// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules, by concern in rules_*.cc; component_validator.cc walks the definitions.

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_RULES_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_RULES_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/types/names.h"
#include "libcomponent/types/type_arena.h"
#include "libcomponent/validate/scope.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"
#include "libwasm/types/type_store.h"

namespace component {

// Parts of types that may be compared for one component with all that is in it: no more than a few
// seconds' worth, and many times of what real components need.
inline constexpr uint64_t kMaxComparisons = 20'000'000;

class Rules {
 public:
  Rules(const trenail::Engine& engine, const FeatureSet& features);

  wasm::Result<std::shared_ptr<const ValidatedComponent>> CheckComponent(
      std::shared_ptr<const Component> component, const Scope* outer);

 private:
  enum class Direction : uint8_t { kImport, kExport };
  struct CanonOptions;
  struct CoreSpace;

  // component_validator.cc
  wasm::Result<void> CheckDefinition(Scope* scope, const Definition& definition,
                                     ValidatedComponent* validated);
  wasm::Result<void> CheckCoreModule(Scope* scope, const CoreModuleDef& module,
                                     ValidatedComponent* validated);
  wasm::Result<const ComponentType*> FinishComponent(Scope* scope);
  wasm::Result<void> CheckNesting(const Scope& scope);

  // rules_types.cc
  wasm::Result<TypeEntry> CheckType(Scope* scope, const TypeDef& type);
  wasm::Result<const ValType*> CheckValType(const Scope& scope, const ValTypeUse& use);
  wasm::Result<const ValType*> CheckDefValType(const Scope& scope, const DefValType& type);
  wasm::Result<ValType> CheckElementType(const Scope& scope, const DefValType& type);
  wasm::Result<const FuncType*> CheckFuncType(const Scope& scope, const FuncTypeSyntax& type);
  wasm::Result<TypeEntry> CheckResourceType(Scope* scope, const ResourceTypeSyntax& type);
  wasm::Result<const ComponentType*> CheckComponentType(const Scope* outer,
                                                        const ComponentTypeSyntax& type);
  wasm::Result<const InstanceType*> CheckInstanceType(const Scope* outer,
                                                      const InstanceTypeSyntax& type);
  wasm::Result<void> CheckDeclarators(Scope* scope, const std::vector<Declarator>& decls);

  // rules_externs.cc
  wasm::Result<void> CheckImport(Scope* scope, const ExternName& name, const ExternDesc& type);
  wasm::Result<void> CheckExport(Scope* scope, const Export& exported);
  wasm::Result<void> CheckExportDecl(Scope* scope, const ExternName& name, const ExternDesc& type);
  wasm::Result<ExternType> Introduce(const Scope& scope, const ExternDesc& type,
                                     std::vector<ResourceId>* fresh);
  wasm::Result<const InstanceType*> Open(const InstanceType& type, std::vector<ResourceId>* fresh);
  void AddToIndexSpace(Scope* scope, const ExternType& type);
  wasm::Result<void> Declare(Scope* scope, Direction direction, const ExternName& name,
                             const ExternType& type);
  // The name alone, and what it asks of the type; `resources` are those it may speak of.
  wasm::Result<void> CheckName(Direction direction, const ExternName& name, const ExternType& type,
                               DeclaredNames* declared);
  wasm::Result<void> CheckAnnotation(const ParsedName& name, const ExternType& type,
                                     const DeclaredNames& declared);
  // The type of what a definition names, used as a value if it is one.
  wasm::Result<ExternType> ItemType(Scope* scope, const SortIdx& item);

  // rules_instances.cc
  wasm::Result<const InstanceType*> CheckInstance(Scope* scope, const InstanceDef& instance);
  wasm::Result<const InstanceType*> Instantiate(Scope* scope, const InstanceDef& instance);
  wasm::Result<void> CheckAlias(Scope* scope, const Alias& alias);
  wasm::Result<void> CheckExportAlias(Scope* scope, const Alias& alias);
  wasm::Result<void> CheckCoreExportAlias(Scope* scope, const Alias& alias);
  wasm::Result<void> CheckOuterAlias(Scope* scope, const Alias& alias);

  // rules_core.cc
  wasm::Result<void> CheckCoreType(Scope* scope, const CoreType& type);
  wasm::Result<void> AddRecType(std::vector<CoreTypeEntry>* types, const CoreRecType& type);
  wasm::Result<const ModuleType*> CheckModuleType(const Scope& scope, const CoreModuleType& type);
  wasm::Result<trenail::ExternType> CheckCoreExtern(const std::vector<CoreTypeEntry>& types,
                                                    const CoreExternType& type);
  wasm::Result<wasm::ValType> CanonicalCoreValType(const std::vector<CoreTypeEntry>& types,
                                                   wasm::ValType type);
  wasm::Result<void> CheckImportsDiffer(const std::vector<trenail::ImportType>& imports);
  wasm::Result<std::shared_ptr<const CoreInstanceType>> CheckCoreInstance(
      const Scope& scope, const CoreInstanceDef& instance);
  wasm::Result<trenail::ExternType> CoreItemType(const Scope& scope, const SortIdx& item);
  trenail::ExternType CoreFuncExtern(wasm::ExternKind kind, wasm::TypeId id) const;

  // rules_canon.cc, canon_options.cc, rules_builtins.cc
  wasm::Result<void> CheckCanon(Scope* scope, const Canon& canon);
  wasm::Result<void> CheckCanonFeature(const Canon& canon);
  wasm::Result<CanonOptions> CheckOptions(const Scope& scope, const Canon& canon);
  wasm::Result<void> CheckMemoryOption(const Scope& scope, uint32_t index, PtrType* ptr);
  wasm::Result<const FuncType*> CheckLift(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckLower(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckTaskReturn(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckResourceBuiltin(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckContextBuiltin(Scope* scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckCopyBuiltin(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckErrorContextBuiltin(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckThreadBuiltin(const Scope& scope, const Canon& canon);
  wasm::Result<wasm::FuncType> CheckBuiltin(Scope* scope, const Canon& canon);
  wasm::Result<const ValType*> StreamOrFuture(const Scope& scope, const Canon& canon);
  wasm::Result<void> NeedsMemory(const CanonOptions& options, bool needed);
  wasm::Result<void> NeedsRealloc(const CanonOptions& options, bool needed);

  // rules_values.cc
  wasm::Result<void> CheckStart(Scope* scope, const Start& start);
  wasm::Result<void> CheckValue(Scope* scope, const ValueDef& value);
  wasm::Result<void> CheckValuesUsed(const Scope& scope);
  wasm::Result<const ValType*> UseValue(Scope* scope, uint32_t index);

  // The entry at `index`, or "unknown type 7: type index out of bounds".
  template <typename T>
  wasm::Result<T> Get(const std::vector<T>& space, uint32_t index, std::string_view what) const {
    if (index >= space.size()) return std::unexpected(OutOfBounds(index, what));
    return space[index];
  }
  wasm::Error OutOfBounds(uint32_t index, std::string_view what) const;
  wasm::Result<ResourceId> GetResource(const Scope& scope, uint32_t index, uint32_t* name) const;

  bool Has(Feature feature) const { return features_.Has(feature); }
  bool HasCore(wasm::Feature feature) const { return engine_.options().features.Has(feature); }
  wasm::Result<void> Need(Feature feature, std::string_view what) const;

  // An error at the definition that is being looked at.
  std::unexpected<wasm::Error> Invalid(std::string message) const {
    return std::unexpected(At(wasm::Error(wasm::ErrorKind::kInvalid, std::move(message))));
  }
  wasm::Error At(wasm::Error error) const;
  template <typename T>
  wasm::Result<T> At(wasm::Result<T> result) const {
    if (!result.has_value()) return std::unexpected(At(std::move(result.error())));
    return result;
  }

  const trenail::Engine& engine_;
  const FeatureSet features_;
  wasm::TypeStore& store_;
  std::shared_ptr<TypeArena> arena_;
  std::shared_ptr<GuestCalls> guest_calls_;
  uint64_t offset_ = 0;
  uint64_t budget_ = kMaxComparisons;
  // The instances of components that neither import anything nor make resource types: all of one
  // type.
  std::unordered_map<const ComponentType*, const InstanceType*> plain_instances_;
  std::unordered_map<const ModuleType*, std::shared_ptr<const CoreInstanceType>> core_instances_;
};

// Whether all that a type mentions has a name; adds those that `type` itself introduces.
bool CheckVisible(const ExternType& type, VisibleTypes* visible);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_RULES_H_
