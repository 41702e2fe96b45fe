// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/wac_parser.h"

#include <utility>

#include "libcomponent/wit/parser_impl.h"

namespace component::compose::wac {

namespace {

using wit::Problem;
using wit::TokenKind;

class DocumentParser : public wit::Parser {
 public:
  using wit::Parser::Parser;

  bool Parse(Document* out);

 private:
  // `let`, `new` and `targets` are names everywhere else.
  bool AtWord(std::string_view word) const { return At(TokenKind::kId) && Text(token_) == word; }
  bool AtDots();
  bool TakeDots();

  bool ParsePath(ast::UsePath* out);

  bool ParseStatement(std::vector<Statement>* out);
  bool ParseImport(Import* out);
  bool ParseExternType(ExternType* out);
  bool ParseExternName(ExternName* out);
  bool ParseTypeDecl(std::vector<Statement>* out);
  bool ParseFuncAlias(FuncAlias* out);
  bool AtFuncAlias();
  bool ParseInterface(Interface* out);
  bool ParseWorld(World* out);
  bool ParseWorldExtern(WorldExtern* out);
  bool ParseExport(Export* out);
  bool ParseExpr(Expr* out);
  bool ParseNew(New* out);
  bool ParseArgument(New* out);

  uint32_t expr_nesting_ = 0;
};

// ---- tokens ------------------------------------------------------------------------------------

bool DocumentParser::AtDots() {
  return At(TokenKind::kPeriod) && lexer_.source().substr(token_.begin, 3) == "...";
}

bool DocumentParser::TakeDots() {
  if (!AtDots()) return false;
  return Advance() && Advance() && Advance();
}

bool DocumentParser::ParseExternName(ExternName* out) {
  if (!ok()) return false;
  out->span = SpanOf(token_);
  if (At(TokenKind::kString)) {
    out->is_string = true;
    out->text = wit::StringValue(Text(token_));
    return Advance();
  }
  if (!AtId()) return Unexpected("an identifier or a string");
  ast::Name name;
  if (!ParseName(&name)) return false;
  out->text = name.text;
  return true;
}

// Behind its first name the parts of a path may be keywords, as in `wasi:http/world`.
bool DocumentParser::ParsePath(ast::UsePath* out) {
  if (!AtId()) return ok() && Unexpected("an identifier");
  keywords_are_names_ = true;
  const bool parsed = ParseUsePath(out);
  keywords_are_names_ = false;
  return parsed;
}

// ---- statements --------------------------------------------------------------------------------

bool DocumentParser::Parse(Document* out) {
  if (!Advance()) return false;
  if (!AtKeyword("package")) return Unexpected("a package declaration, as `package a:b;`");
  if (!Advance() || !ParsePackageName(&out->package, &out->package_span)) return false;
  if (AtWord("targets")) {
    if (!Advance() || !ParsePath(&out->targets.emplace())) return false;
    if (!out->targets->package)
      return Fail(out->targets->name.span, "the path of a world, as `a:b/c`, has to follow");
  }
  if (!Expect(TokenKind::kSemicolon)) return false;
  while (ok() && !At(TokenKind::kEnd))
    if (!ParseStatement(&out->statements)) return false;
  return ok();
}

bool DocumentParser::ParseStatement(std::vector<Statement>* out) {
  if (AtKeyword("import")) return ParseImport(&std::get<Import>(out->emplace_back(Import())));
  if (AtKeyword("export")) return ParseExport(&std::get<Export>(out->emplace_back(Export())));
  if (AtWord("let")) {
    Let& let = std::get<Let>(out->emplace_back(Let()));
    return Advance() && ParseName(&let.name) && Expect(TokenKind::kEquals) &&
           ParseExpr(&let.expr) && Expect(TokenKind::kSemicolon);
  }
  if (AtKeyword("interface")) {
    Interface& interface = std::get<Interface>(out->emplace_back(Interface()));
    return Advance() && ParseName(&interface.name) && ParseInterface(&interface);
  }
  if (AtKeyword("world")) {
    World& world = std::get<World>(out->emplace_back(World()));
    return Advance() && ParseName(&world.name) && ParseWorld(&world);
  }
  if (AtKeyword("resource"))
    return Fail(SpanOf(token_), "a resource belongs to an interface or a world");
  if (AtTypedef()) return ParseTypeDecl(out);
  if (AtKeyword("package")) return Fail(SpanOf(token_), "the document has a package already");
  return Unexpected("`import`, `let`, `export` or a type");
}

bool DocumentParser::ParseImport(Import* out) {
  if (!Advance() || !ParseName(&out->name)) return false;
  if (TakeKeyword("as") && !ParseExternName(&out->as.emplace())) return false;
  if (!Expect(TokenKind::kColon)) return false;
  const bool is_inline = AtKeyword("interface");
  if (!ParseExternType(&out->type)) return false;
  // As in a world, nothing has to end what ends with a brace.
  if (is_inline && !At(TokenKind::kSemicolon)) return true;
  return Expect(TokenKind::kSemicolon);
}

bool DocumentParser::ParseExternType(ExternType* out) {
  if (!ok()) return false;
  if (AtKeyword("interface")) return Advance() && ParseInterface(&out->emplace<Interface>());
  if (AtKeyword("func") || AtKeyword("async")) return ParseFuncType(&out->emplace<ast::Func>());
  if (AtId()) return ParsePath(&out->emplace<ast::UsePath>());
  return Unexpected("`func`, `interface` or the name of a type");
}

// At `type`: whether a function type follows the name.
bool DocumentParser::AtFuncAlias() {
  if (!AtKeyword("type")) return false;
  const uint32_t after = lexer_.offset();
  wit::Token name, equals, next;
  const bool read = lexer_.Next(&name) && lexer_.Next(&equals) && lexer_.Next(&next);
  lexer_.Seek(after);
  if (!read || equals.kind != TokenKind::kEquals || next.kind != TokenKind::kKeyword) return false;
  return Text(next) == "func" || Text(next) == "async";
}

bool DocumentParser::ParseFuncAlias(FuncAlias* out) {
  return Advance() && ParseName(&out->name) && Expect(TokenKind::kEquals) &&
         ParseFuncType(&out->type) && Expect(TokenKind::kSemicolon);
}

bool DocumentParser::ParseTypeDecl(std::vector<Statement>* out) {
  if (AtFuncAlias()) return ParseFuncAlias(&std::get<FuncAlias>(out->emplace_back(FuncAlias())));
  return ParseTypedef(&std::get<ast::Typedef>(out->emplace_back(ast::Typedef())));
}

// At the brace, up to the one that closes it.
bool DocumentParser::ParseInterface(Interface* out) {
  if (!Expect(TokenKind::kLeftBrace)) return false;
  while (ok() && !Take(TokenKind::kRightBrace)) {
    ast::Attributes attributes;
    if (!ParseAttributes(&attributes)) return false;
    if (AtKeyword("use")) {
      if (!ParseUse(&std::get<ast::Use>(out->items.emplace_back(ast::Use())))) return false;
    } else if (AtFuncAlias()) {
      if (!ParseFuncAlias(&std::get<FuncAlias>(out->items.emplace_back(FuncAlias())))) return false;
    } else if (AtTypedef()) {
      if (!ParseTypedef(&std::get<ast::Typedef>(out->items.emplace_back(ast::Typedef()))))
        return false;
    } else if (AtId()) {
      ast::Name name;
      if (!ParseName(&name) || !Expect(TokenKind::kColon)) return false;
      if (AtId()) {
        FuncRef& func = std::get<FuncRef>(out->items.emplace_back(FuncRef()));
        func.name = std::move(name);
        if (!ParseName(&func.type)) return false;
      } else {
        ast::Func& func = std::get<ast::Func>(out->items.emplace_back(ast::Func()));
        func.name = std::move(name);
        if (!ParseFuncType(&func)) return false;
      }
      if (!Expect(TokenKind::kSemicolon)) return false;
    } else {
      return ok() && Unexpected("a type, a function or `use`");
    }
  }
  return ok();
}

bool DocumentParser::ParseWorld(World* out) {
  if (!Expect(TokenKind::kLeftBrace)) return false;
  while (ok() && !Take(TokenKind::kRightBrace)) {
    ast::Attributes attributes;
    if (!ParseAttributes(&attributes)) return false;
    bool parsed = false;
    if (AtKeyword("import") || AtKeyword("export"))
      parsed = ParseWorldExtern(&std::get<WorldExtern>(out->items.emplace_back(WorldExtern())));
    else if (AtKeyword("use"))
      parsed = ParseUse(&std::get<ast::Use>(out->items.emplace_back(ast::Use())));
    else if (AtKeyword("include"))
      parsed = ParseInclude(&std::get<ast::Include>(out->items.emplace_back(ast::Include())));
    else if (AtFuncAlias())
      parsed = ParseFuncAlias(&std::get<FuncAlias>(out->items.emplace_back(FuncAlias())));
    else if (AtTypedef())
      parsed = ParseTypedef(&std::get<ast::Typedef>(out->items.emplace_back(ast::Typedef())));
    else
      return ok() && Unexpected("`import`, `export`, `include`, `use` or a type");
    if (!parsed) return false;
    // WAC ends an `include … with { … }` with a semicolon, WIT does not.
    if (std::holds_alternative<ast::Include>(out->items.back())) Take(TokenKind::kSemicolon);
  }
  return ok();
}

bool DocumentParser::ParseWorldExtern(WorldExtern* out) {
  out->is_export = AtKeyword("export");
  if (!Advance()) return false;
  out->span = SpanOf(token_);
  if (!AtId()) return Unexpected("an identifier");
  if (AtPathRatherThanName())
    return ParsePath(&out->type.emplace<ast::UsePath>()) && Expect(TokenKind::kSemicolon);
  if (!ParseName(&out->name.emplace()) || !Expect(TokenKind::kColon)) return false;
  const bool is_inline = AtKeyword("interface");
  if (!ParseExternType(&out->type)) return false;
  if (is_inline && !At(TokenKind::kSemicolon)) return true;
  return Expect(TokenKind::kSemicolon);
}

bool DocumentParser::ParseExport(Export* out) {
  const uint32_t begin = token_.begin;
  if (!Advance() || !ParseExpr(&out->expr)) return false;
  if (TakeDots()) {
    out->spread = true;
    if (AtKeyword("as"))
      return Fail(SpanOf(token_), "what `...` exports keeps its names: there is no `as` behind it");
  } else if (TakeKeyword("as")) {
    if (!ParseExternName(&out->as.emplace())) return false;
  }
  if (!ok()) return false;
  out->span = SpanFrom(begin);
  return Expect(TokenKind::kSemicolon);
}

// ---- expressions -------------------------------------------------------------------------------

bool DocumentParser::ParseExpr(Expr* out) {
  if (!ok()) return false;
  const uint32_t begin = token_.begin;
  if (expr_nesting_ >= kMaxExprNesting)
    return Fail(SpanOf(token_), "expressions nest too deeply here");
  ++expr_nesting_;
  bool parsed = false;
  if (AtWord("new")) {
    parsed = Advance() && ParseNew(&out->primary.emplace<New>());
  } else if (Take(TokenKind::kLeftParen)) {
    auto& inner = out->primary.emplace<std::unique_ptr<Expr>>(std::make_unique<Expr>());
    parsed = ParseExpr(inner.get()) && Expect(TokenKind::kRightParen);
  } else if (ok() && AtId()) {
    parsed = ParseName(&out->primary.emplace<ast::Name>());
  } else {
    return ok() && Unexpected("`new`, `(` or the name of an item");
  }
  --expr_nesting_;
  if (!parsed) return false;
  while (ok()) {
    if (At(TokenKind::kPeriod) && !AtDots()) {
      ast::Name name;
      if (!Advance() || !ParseName(&name)) return false;
      out->accesses.push_back({.name = {.text = name.text, .span = name.span}});
    } else if (Take(TokenKind::kLeftBracket)) {
      if (!At(TokenKind::kString)) return Unexpected("a string");
      if (!ParseExternName(&out->accesses.emplace_back().name) || !Expect(TokenKind::kRightBracket))
        return false;
    } else {
      break;
    }
  }
  out->span = SpanFrom(begin);
  return ok();
}

bool DocumentParser::ParseNew(New* out) {
  if (!ParsePackageName(&out->package, &out->span) || !Expect(TokenKind::kLeftBrace)) return false;
  return ParseList(TokenKind::kRightBrace, [&] { return ParseArgument(out); });
}

bool DocumentParser::ParseArgument(New* out) {
  if (out->implicit) return Fail(SpanOf(token_), "`...` has to be the last argument");
  if (AtDots()) {
    if (!TakeDots()) return false;
    if (!AtId()) {
      out->implicit = true;
      return ok();
    }
    Argument& argument = out->args.emplace_back();
    argument.kind = Argument::Kind::kSpread;
    return ParseExternName(&argument.name);
  }
  Argument& argument = out->args.emplace_back();
  if (!ParseExternName(&argument.name)) return false;
  if (!At(TokenKind::kColon)) {
    if (argument.name.is_string) return Unexpected("`:` and the argument of that name");
    return true;
  }
  argument.kind = Argument::Kind::kNamed;
  argument.expr = std::make_unique<Expr>();
  return Advance() && ParseExpr(argument.expr.get());
}

}  // namespace

std::expected<Document, Problem> ParseDocument(const wit::Sources& sources, uint32_t file) {
  const std::string_view text = sources.file(file).text;
  if (text.size() > wit::Sources::kMaxFileBytes) {
    return std::unexpected(Problem{.kind = wasm::ErrorKind::kExhausted,
                                   .span = {file, 0, 0},
                                   .message = "the file is too large"});
  }
  if (auto problem = wit::CheckText(text, file)) return std::unexpected(*std::move(problem));
  DocumentParser parser(text, file);
  Document out;
  if (!parser.Parse(&out)) return std::unexpected(parser.TakeProblem());
  return out;
}

}  // namespace component::compose::wac
