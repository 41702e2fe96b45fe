// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WIT with all names resolved: an arena of packages, interfaces, worlds and types that refer to
// each other by index. It says everything a component type says, so that worlds can be encoded as
// component types and components be read back as worlds:
//
// * Everything stands behind what it depends on: packages in `packages`, interfaces and types in
//   the arenas, types within their interface.
// * A name brought in by `use` is an alias type of the interface or world that uses it; its target
//   belongs to another interface. Aliases keep their names; Dealias() follows them.
// * Anonymous types are shared: equal ones have one id.
// * The imports and exports of worlds are elaborated [wit:transitive-imports-and-worlds]: what
// `use`
//   requires is there, marked as implied. Imports are interfaces, then types, then functions.

#ifndef TRENAIL_LIBCOMPONENT_WIT_RESOLVE_H_
#define TRENAIL_LIBCOMPONENT_WIT_RESOLVE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libcomponent/wit/names.h"
#include "libwasm/support/index.h"

namespace component::wit {

using PackageId = wasm::Index<struct PackageTag>;
using InterfaceId = wasm::Index<struct InterfaceTag>;
using WorldId = wasm::Index<struct WorldTag>;
using TypeId = wasm::Index<struct TypeTag>;

enum class TypeKind : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
  kDefined,  // a type of the arena
};

struct Type {
  TypeKind kind = TypeKind::kBool;
  TypeId id;

  static Type Of(TypeId id) { return {TypeKind::kDefined, id}; }
  friend bool operator==(const Type&, const Type&) = default;
};

// Whether and since when an item is there [wit:feature-gates].
struct Stability {
  std::optional<SemVer> since;
  std::string unstable;  // the feature; empty: not unstable
  std::optional<SemVer> deprecated;

  bool empty() const { return !since && unstable.empty(); }
  friend bool operator==(const Stability&, const Stability&) = default;
};

enum class TypeDefKind : uint8_t {
  kRecord,
  kResource,
  kFlags,
  kTuple,
  kVariant,
  kEnum,
  kOption,
  kResult,
  kList,
  kFixedLengthList,
  kMap,
  kFuture,
  kStream,
  kOwn,
  kBorrow,
  kAlias,
};

// A field of a record, a case of a variant or an enum, a label of flags.
struct Case {
  std::string name;
  std::optional<Type> type;
  std::string docs;
};

// The interface or world that a named type belongs to.
struct Owner {
  enum class Kind : uint8_t { kNone, kInterface, kWorld };
  Kind kind = Kind::kNone;
  uint32_t index = 0;

  static Owner Of(InterfaceId id) { return {Kind::kInterface, id.value}; }
  static Owner Of(WorldId id) { return {Kind::kWorld, id.value}; }
  friend bool operator==(const Owner&, const Owner&) = default;
};

struct TypeDef {
  TypeDefKind kind = TypeDefKind::kAlias;
  std::string name;  // empty: anonymous
  Owner owner;
  std::vector<Case> cases;  // of records, flags, variants and enums
  // Tuple: its elements. Option, list, future, stream: the element, which futures and streams may
  // lack. Result: ok and error. Map: key and value. Handles: the resource. Alias: the target.
  std::vector<std::optional<Type>> args;
  uint32_t length = 0;  // of a list of fixed length
  std::string docs;
  Stability stability;
  std::optional<std::string> external_id;
  // Derived from what it is made of.
  bool contains_borrow = false;
  uint32_t depth = 1;
};

enum class FunctionKind : uint8_t { kFreestanding, kMethod, kStatic, kConstructor };

struct Param {
  std::string name;
  Type type;
};

struct Function {
  std::string name;  // as the component model has it: `[method]file.read`
  FunctionKind kind = FunctionKind::kFreestanding;
  TypeId resource;  // if it belongs to one
  bool is_async = false;
  std::vector<Param> params;  // with the `self` of methods
  std::optional<Type> result;
  std::string docs;
  Stability stability;
  std::optional<std::string> external_id;

  // Without the kind and the resource: `read`; empty for a constructor.
  std::string_view ItemName() const;
};

struct Interface {
  std::string name;  // empty: written inside a world
  PackageId package;
  std::vector<TypeId> types;
  std::vector<Function> functions;
  std::string docs;
  Stability stability;
};

// An import or export.
struct WorldItem {
  enum class Kind : uint8_t { kInterface, kType, kFunction };
  Kind kind = Kind::kInterface;
  std::string name;  // the plain name; empty: an interface under its interface name
  InterfaceId interface;
  TypeId type;
  Function function;
  std::string docs;  // of an interface under a name of this world
  Stability stability;
  std::optional<std::string> external_id;
  bool implied = false;  // nobody wrote it, another item needs it
};

struct World {
  std::string name;
  PackageId package;
  std::vector<WorldItem> imports;
  std::vector<WorldItem> exports;
  std::string docs;
  Stability stability;
};

struct Package {
  PackageName name;
  std::string docs;
  std::vector<InterfaceId> interfaces;
  std::vector<WorldId> worlds;
};

struct Resolve {
  std::vector<Package> packages;
  std::vector<Interface> interfaces;
  std::vector<World> worlds;
  std::vector<TypeDef> types;

  const Package& operator[](PackageId id) const { return packages[id.value]; }
  const Interface& operator[](InterfaceId id) const { return interfaces[id.value]; }
  const World& operator[](WorldId id) const { return worlds[id.value]; }
  const TypeDef& operator[](TypeId id) const { return types[id.value]; }
  Package& operator[](PackageId id) { return packages[id.value]; }
  Interface& operator[](InterfaceId id) { return interfaces[id.value]; }
  World& operator[](WorldId id) { return worlds[id.value]; }
  TypeDef& operator[](TypeId id) { return types[id.value]; }

  std::optional<PackageId> FindPackage(const PackageName& name) const;
  std::optional<InterfaceId> FindInterface(PackageId package, std::string_view name) const;
  std::optional<WorldId> FindWorld(PackageId package, std::string_view name) const;
  std::optional<TypeId> FindType(InterfaceId interface, std::string_view name) const;

  // `wasi:io/streams@0.2.0`; the interface or world has a name.
  std::string NameOf(InterfaceId id) const;
  std::string NameOf(WorldId id) const;
  // The name of the import or export, as a component has it.
  std::string NameOf(const WorldItem& item) const;
  // A named interface under a plain name: it `implements` that interface.
  bool Implements(const WorldItem& item) const {
    return item.kind == WorldItem::Kind::kInterface && !item.name.empty() &&
           !(*this)[item.interface].name.empty();
  }

  // The type behind aliases.
  Type Dealias(Type type) const;
  // The interface that this type was brought in from by `use`, if it was.
  std::optional<InterfaceId> UsedFrom(TypeId id) const;
  // The interfaces whose types this one uses, each once, in the order of use.
  std::vector<InterfaceId> Dependencies(InterfaceId id) const;

  // Adds the type. What it refers to is there already.
  TypeId Add(TypeDef type);
  // The one anonymous type of this shape.
  TypeId Intern(TypeDef type);

 private:
  std::unordered_map<std::string, TypeId> anonymous_;
};

// Whether both have the same packages: the same items with the same names, types, documentation and
// gates. Ids and the order of items do not count, the order of fields, cases and parameters does.
bool Equal(const Resolve& a, const Resolve& b);
// The same for one package; what it uses of others is compared by name.
bool EqualPackages(const Resolve& a, PackageId a_id, const Resolve& b, PackageId b_id);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_RESOLVE_H_
