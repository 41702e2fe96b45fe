// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A parsed WIT file, named as the grammar names its productions [wit:lexical-structure]. Names are
// not resolved yet: that needs all files of a package and the packages it uses.

#ifndef TRENAIL_LIBCOMPONENT_WIT_AST_H_
#define TRENAIL_LIBCOMPONENT_WIT_AST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libcomponent/wit/diagnostic.h"
#include "libcomponent/wit/names.h"

namespace component::wit::ast {

struct Name {
  std::string text;  // without `%`
  Span span;
};

// Documentation, gates and the external id in front of an item [wit:feature-gates].
struct Attributes {
  std::string docs;
  std::optional<std::string> unstable;  // the feature
  std::optional<SemVer> since;
  std::optional<SemVer> deprecated;
  std::optional<std::string> external_id;
  Span external_id_span;
  Span span;  // of the first attribute
};

// [wit:use-path]; without a package, the name is one of this file or package.
struct UsePath {
  std::optional<PackageName> package;
  Span package_span;
  Name name;
};

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
  kNamed,
  kTuple,
  kList,
  kFixedLengthList,
  kOption,
  kResult,  // args are ok and error
  kMap,
  kOwn,
  kBorrow,
  kFuture,
  kStream,
  kAbsent,  // an argument that is not there, as in `result<_, e>` or `future`
};

// [wit:ty]
struct Type {
  TypeKind kind = TypeKind::kAbsent;
  Span span;
  Name name;            // of kNamed, kOwn and kBorrow
  uint32_t length = 0;  // of kFixedLengthList
  std::vector<Type> args;
};

struct Param {
  Name name;
  Type type;
};

enum class FuncKind : uint8_t { kFreestanding, kMethod, kStatic, kConstructor };

struct Func {
  Attributes attributes;
  Name name;  // of a constructor: the keyword
  FuncKind kind = FuncKind::kFreestanding;
  bool is_async = false;
  std::vector<Param> params;
  std::optional<Type> result;
};

// A field of a record, a case of a variant or an enum, a label of flags.
struct Case {
  std::string docs;
  Name name;
  std::optional<Type> type;
};

enum class TypedefKind : uint8_t { kAlias, kRecord, kFlags, kVariant, kEnum, kResource };

struct Typedef {
  Attributes attributes;
  Name name;
  TypedefKind kind = TypedefKind::kAlias;
  Type aliased;
  std::vector<Case> cases;
  std::vector<Func> funcs;  // of a resource
};

struct UseName {
  Name name;
  Name as;  // the same as the name if there is no `as`
};

struct Use {
  Attributes attributes;
  UsePath path;
  std::vector<UseName> names;
};

using InterfaceItem = std::variant<Use, Typedef, Func>;

struct Include {
  Attributes attributes;
  UsePath path;
  std::vector<UseName> with;
};

struct InlineInterface {
  std::vector<InterfaceItem> items;
};

// An import or export of a world. Without a name, it is an interface under its own name.
struct Extern {
  Attributes attributes;
  bool is_export = false;
  std::optional<Name> name;
  std::variant<UsePath, Func, InlineInterface> type;
};

using WorldItem = std::variant<Use, Typedef, Include, Extern>;

struct ToplevelUse {
  UsePath path;
  Name as;  // the name it has in this file
};

struct Interface {
  Attributes attributes;
  Name name;
  Span span;  // all of it, without the attributes
  std::vector<InterfaceItem> items;
};

struct World {
  Attributes attributes;
  Name name;
  Span span;
  std::vector<WorldItem> items;
};

using PackageItem = std::variant<ToplevelUse, Interface, World>;

struct PackageDecl {
  std::string docs;
  PackageName name;
  Span span;
};

struct NestedPackage {
  PackageDecl decl;
  std::vector<PackageItem> items;
};

struct File {
  std::optional<PackageDecl> package;
  std::vector<PackageItem> items;
  std::vector<NestedPackage> nested;
};

}  // namespace component::wit::ast

#endif  // TRENAIL_LIBCOMPONENT_WIT_AST_H_
