// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types that a WAC document declares or names [wac:statements]. A document is read from top to
// bottom: what a type is made of stands before it. Interfaces of other packages are found in their
// components, be they packages of WIT in binary or components that import or export the interface.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_WAC_TYPES_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_WAC_TYPES_H_

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/compose/composition.h"
#include "libcomponent/compose/wac_ast.h"
#include "libcomponent/types/substitution.h"
#include "libcomponent/types/type_arena.h"
#include "libcomponent/types/types.h"
#include "libcomponent/validate/validated_component.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/support/error.h"

namespace component::compose::wac {

// What a name of a package stands for: a component, which may be a package of WIT in binary, or
// WIT texts. One of the two.
struct Package {
  std::shared_ptr<const ValidatedComponent> component;
  std::shared_ptr<const wit::ResolvedPackage> wit;
};
// Errors: kHost if there is none of that name.
using FindPackage = std::function<wasm::Result<Package>(const wit::PackageName& name)>;

template <typename T>
using Checked = std::expected<T, wit::Problem>;

// An interface, function or world as it would be imported: under its own name, if it has one, and
// with the imports that its types come from. All ids are of the arena of Types.
struct ExternDef {
  NamedExtern item;
  std::vector<NamedExtern> needed;
};

// What a name in a document or an interface stands for.
struct Declared {
  struct Item {
    NodeId node;
  };
  std::variant<TypeEntry, const FuncType*, ExternDef, Item> what;
};
struct Names {
  const Names* outer = nullptr;
  std::map<std::string, Declared, std::less<>> names = {};

  const Declared* Find(std::string_view name) const;
};

// The resource types that are introduced as types, each once, in order.
void CollectResources(const component::ExternType& type, std::set<ResourceId>* seen,
                      std::vector<ResourceId>* ids);

class Types {
 public:
  Types(wit::PackageName package, const FindPackage& find_package)
      : package_(std::move(package)), find_package_(find_package) {}

  // A package, loaded once.
  Checked<Package> Load(const wit::PackageName& name, Span span);
  // What a path or a name means; a world is a component.
  Checked<ExternDef> Resolve(const Names& names, const ast::UsePath& path);
  Checked<ExternDef> Resolve(const Names& names, const ExternType& type, std::string name);
  Checked<ExternDef> DeclareInterface(const Names& names, const Interface& interface);
  Checked<ExternDef> DeclareWorld(const Names& names, const World& world);
  Checked<TypeEntry> DeclareType(const Names& names, const ast::Typedef& type);
  // The type under a name of its own.
  Checked<TypeEntry> Named(Span span, TypeEntry entry);
  // An interface or world as the type that stands for it in a package in its binary form: of a
  // component that exports it [WIT: package format].
  Checked<TypeEntry> Packaged(Span span, const ExternDef& def);
  Checked<const FuncType*> Func(const Names& names, const ast::Func& func);
  // The function type that a type is another name of; null if it is not.
  static const FuncType* AliasedFunc(const Names& names, const ast::Typedef& type);

 private:
  struct Scope;  // an interface or world while it is being declared
  class WorldBuilder;

  template <typename T>
  Checked<T> At(Span span, wasm::Result<T> result) {
    if (result) return *std::move(result);
    return std::unexpected(wit::Problem{
        .kind = result.error().kind(), .span = span, .message = result.error().message()});
  }
  static std::unexpected<wit::Problem> Fail(Span span, std::string message) {
    return std::unexpected(wit::Problem{
        .kind = wasm::ErrorKind::kInvalid, .span = span, .message = std::move(message)});
  }

  Checked<const ValType*> Type(const Names& names, const ast::Type& type);
  Checked<TypeEntry> Handled(const Names& names, const ast::Name& name);
  Checked<const FuncType*> Func(const Names& names, const ast::Func& func,
                                const TypeEntry* resource);
  Checked<void> AddType(Scope* scope, const ast::Typedef& type);
  Checked<void> AddResourceFunc(Scope* scope, const ast::Typedef& type, const TypeEntry& resource,
                                const ast::Func& func);
  Checked<void> AddUse(Scope* scope, const ast::Use& use);
  Checked<void> AddItem(Scope* scope, Span span, std::string name, ExternType type);
  Checked<void> AddItem(Scope* scope, Span span, std::string name, component::ExternType type);
  Checked<const InstanceType*> Items(const Names& names, const Interface& interface,
                                     std::vector<NamedExtern>* needed);
  Checked<ExternDef> FromPackage(const ValidatedComponent& package, const ast::UsePath& path);
  // Interfaces and worlds of WIT texts; in wac_wit.cc.
  struct Wit {
    std::shared_ptr<const wit::ResolvedPackage> package;
    std::map<uint32_t, TypeEntry> types;
    std::map<uint32_t, ExternDef> interfaces;
    const wit::Resolve& resolve() const { return package->resolve; }
  };
  Checked<ExternDef> FromWit(const wac::Package& package, const ast::UsePath& path);
  Checked<ExternDef> WitInterface(Wit* wit, wit::InterfaceId id, Span span);
  Checked<ExternDef> WitWorld(Wit* wit, wit::WorldId id, Span span);
  Checked<TypeEntry> WitEntry(Wit* wit, wit::TypeId id, Span span);
  Checked<const ValType*> WitValue(Wit* wit, const wit::TypeDef& def, Span span);
  Checked<const ValType*> WitType(Wit* wit, const std::optional<wit::Type>& type, Span span);
  Checked<const FuncType*> WitFunc(Wit* wit, const wit::Function& func, Span span);
  Checked<ExternDef> Fresh(Span span, const NamedExtern& item,
                           const std::vector<NamedExtern>& needed,
                           const std::vector<const std::vector<ResourceId>*>& ids);

  wit::PackageName package_;
  const FindPackage& find_package_;
  TypeArena arena_;
  std::map<std::string, wac::Package> packages_;
  std::map<const wit::ResolvedPackage*, Wit> wits_;
};

}  // namespace component::compose::wac

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_WAC_TYPES_H_
