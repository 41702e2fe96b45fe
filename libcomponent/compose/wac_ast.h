// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A parsed WAC document [wac:wac-grammar]: WIT's declarations, and statements that put components
// together. Names are not resolved yet.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_WAC_AST_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_WAC_AST_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libcomponent/wit/ast.h"

namespace component::compose::wac {

namespace ast = wit::ast;
using wit::Span;

// `name: other`: a function of a type that has a name.
struct FuncRef {
  ast::Name name;
  ast::Name type;
};
// `type name = func(…)`
struct FuncAlias {
  ast::Name name;
  ast::Func type;
};

using InterfaceItem = std::variant<ast::Use, ast::Typedef, ast::Func, FuncRef, FuncAlias>;
struct Interface {
  ast::Name name;  // empty: inline
  std::vector<InterfaceItem> items;
};

// What an import is, of the document or of a world.
using ExternType = std::variant<ast::UsePath, ast::Func, Interface>;
struct WorldExtern {
  bool is_export = false;
  std::optional<ast::Name> name;
  Span span;
  ExternType type;
};
using WorldItem = std::variant<ast::Use, ast::Typedef, FuncAlias, WorldExtern, ast::Include>;
struct World {
  ast::Name name;
  std::vector<WorldItem> items;
};

// A name as it is, or a string.
struct ExternName {
  std::string text;
  bool is_string = false;
  Span span;
};

struct Import {
  ast::Name name;
  std::optional<ExternName> as;
  ExternType type;
};

struct Expr;
struct Argument {
  enum class Kind : uint8_t { kInferred, kNamed, kSpread };
  Kind kind = Kind::kInferred;
  ExternName name;             // kNamed: of the import; else the local name
  std::unique_ptr<Expr> expr;  // kNamed
};
struct Access {
  ExternName name;
};
struct New {
  wit::PackageName package;
  Span span;
  std::vector<Argument> args;
  bool implicit = false;  // `...` at the end
};
struct Expr {
  std::variant<ast::Name, New, std::unique_ptr<Expr>> primary;
  std::vector<Access> accesses;
  Span span;
};

struct Let {
  ast::Name name;
  Expr expr;
};
struct Export {
  Expr expr;
  bool spread = false;
  std::optional<ExternName> as;
  Span span;
};

using Statement = std::variant<Import, Interface, World, ast::Typedef, FuncAlias, Let, Export>;

struct Document {
  wit::PackageName package;
  Span package_span;
  std::optional<ast::UsePath> targets;
  std::vector<Statement> statements;
};

}  // namespace component::compose::wac

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_WAC_AST_H_
