// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files, packages, interfaces and worlds [wit:top-level-items].

#include "libcomponent/wit/parser.h"

#include <utility>

#include "libcomponent/wit/parser_impl.h"

namespace component::wit {

bool Parser::Fail(Span span, std::string message) {
  if (!problem_) problem_ = {.span = span, .message = std::move(message)};
  return false;
}

bool Parser::Unexpected(std::string_view expected) {
  std::string message = "expected " + std::string(expected) + ", found ";
  if (At(TokenKind::kKeyword))
    message += "the keyword `" + std::string(Text(token_)) + "`";
  else if (AtId() || At(TokenKind::kInteger))
    message += "`" + std::string(Text(token_)) + "`";
  else
    message += TokenKindName(token_.kind);
  return Fail(SpanOf(token_), std::move(message));
}

bool Parser::Advance() {
  last_end_ = token_.end;
  if (lexer_.Next(&token_)) return true;
  if (!problem_) problem_ = lexer_.problem();
  return false;
}

bool Parser::Expect(TokenKind kind) {
  if (!ok()) return false;
  return At(kind) ? Advance() : Unexpected(TokenKindName(kind));
}

bool Parser::ExpectKeyword(std::string_view word) {
  if (!ok()) return false;
  return AtKeyword(word) ? Advance() : Unexpected("the keyword `" + std::string(word) + "`");
}

bool Parser::ParseName(ast::Name* out) {
  if (!ok()) return false;
  if (!AtId()) return Unexpected("an identifier");
  out->text = Text(token_);
  if (At(TokenKind::kEscapedId)) out->text.erase(0, 1);
  out->span = SpanOf(token_);
  return Advance();
}

// At the token before the version, which only then is scanned.
bool Parser::ParseVersion(SemVer* out) {
  lexer_.Seek(token_.end);
  auto version = lexer_.NextVersion();
  if (!version) return Fail(lexer_.problem().span, lexer_.problem().message);
  *out = *std::move(version);
  token_.end = lexer_.offset();
  return Advance();
}

// [wit:package-decl] behind the keyword.
bool Parser::ParsePackageName(PackageName* out, Span* span) {
  const uint32_t begin = token_.begin;
  ast::Name part;
  const auto words = [&] {
    if (!ParseName(&part)) return false;
    if (IsWords(part.text)) return true;
    return Fail(part.span, "the names of packages are in lower case");
  };
  if (!words()) return false;
  out->ns = part.text;
  if (!Expect(TokenKind::kColon) || !words()) return false;
  while (Take(TokenKind::kColon)) {
    out->ns += ":" + part.text;
    if (!words()) return false;
  }
  out->name = part.text;
  while (Take(TokenKind::kSlash)) {
    if (!words()) return false;
    out->name += "/" + part.text;
  }
  if (At(TokenKind::kAt) && !ParseVersion(&out->version.emplace())) return false;
  *span = SpanFrom(begin);
  return ok();
}

bool Parser::ParsePackageDecl(std::string docs, ast::PackageDecl* out) {
  out->docs = std::move(docs);
  return ExpectKeyword("package") && ParsePackageName(&out->name, &out->span);
}

bool Parser::Parse(ast::File* out) {
  if (!Advance()) return false;
  if (AtKeyword("package")) {
    ast::PackageDecl decl;
    std::string docs = DocsBefore(token_);
    if (!ParsePackageDecl(std::move(docs), &decl)) return false;
    if (Take(TokenKind::kSemicolon)) {
      out->package = std::move(decl);
    } else {
      if (!ok() || !Expect(TokenKind::kLeftBrace)) return false;
      ast::NestedPackage& nested = out->nested.emplace_back();
      nested.decl = std::move(decl);
      while (ok() && !Take(TokenKind::kRightBrace))
        if (!ParsePackageItem(&nested.items)) return false;
    }
  }
  while (ok() && !At(TokenKind::kEnd)) {
    if (AtKeyword("package")) {
      if (!ParseNestedPackage(DocsBefore(token_), out)) return false;
    } else if (!ParsePackageItem(&out->items)) {
      return false;
    }
  }
  return ok();
}

bool Parser::ParseNestedPackage(std::string docs, ast::File* out) {
  ast::NestedPackage nested;
  if (!ParsePackageDecl(std::move(docs), &nested.decl) || !Expect(TokenKind::kLeftBrace))
    return false;
  while (ok() && !Take(TokenKind::kRightBrace))
    if (!ParsePackageItem(&nested.items)) return false;
  out->nested.push_back(std::move(nested));
  return ok();
}

bool Parser::ParsePackageItem(std::vector<ast::PackageItem>* out) {
  if (AtKeyword("package")) return Fail(SpanOf(token_), "packages do not nest in each other");
  const Span start = SpanOf(token_);
  ast::Attributes attributes;
  if (!ParseAttributes(&attributes)) return false;
  const uint32_t begin = token_.begin;
  if (AtKeyword("use")) {
    if (attributes.span.end != 0) return Fail(start, "a `use` at the top level has no gates");
    ast::ToplevelUse use;
    if (!ParseToplevelUse(&use)) return false;
    out->push_back(std::move(use));
    return true;
  }
  if (!NoExternalId(attributes, "a top-level item")) return false;
  if (TakeKeyword("interface")) {
    ast::Interface interface;
    interface.attributes = std::move(attributes);
    if (!ParseName(&interface.name) || !Expect(TokenKind::kLeftBrace) ||
        !ParseInterfaceItems(&interface.items))
      return false;
    interface.span = SpanFrom(begin);
    out->push_back(std::move(interface));
    return true;
  }
  if (ok() && TakeKeyword("world")) {
    ast::World world;
    world.attributes = std::move(attributes);
    if (!ParseName(&world.name) || !Expect(TokenKind::kLeftBrace)) return false;
    while (ok() && !Take(TokenKind::kRightBrace))
      if (!ParseWorldItem(&world.items)) return false;
    world.span = SpanFrom(begin);
    out->push_back(std::move(world));
    return ok();
  }
  return ok() && Unexpected("`world`, `interface` or `use`");
}

// [wit:toplevel-use-item]
bool Parser::ParseToplevelUse(ast::ToplevelUse* out) {
  if (!ExpectKeyword("use") || !ParseUsePath(&out->path)) return false;
  if (TakeKeyword("as")) {
    if (!ParseName(&out->as)) return false;
  } else {
    out->as = out->path.name;
  }
  return Expect(TokenKind::kSemicolon);
}

// [wit:use-path]
bool Parser::ParseUsePath(ast::UsePath* out) {
  const uint32_t begin = token_.begin;
  if (!ParseName(&out->name)) return false;
  if (!At(TokenKind::kColon)) return true;
  PackageName& package = out->package.emplace();
  const auto words = [&] {
    if (IsWords(out->name.text)) return true;
    return Fail(out->name.span, "the names of packages are in lower case");
  };
  while (Take(TokenKind::kColon)) {
    if (!words()) return false;
    if (!package.ns.empty()) package.ns += ":";
    package.ns += out->name.text;
    if (!ParseName(&out->name)) return false;
  }
  out->package_span = SpanFrom(begin);
  if (ok() && !At(TokenKind::kSlash)) return Unexpected("`/` and the name of an interface");
  while (Take(TokenKind::kSlash)) {
    if (!words()) return false;
    if (!package.name.empty()) package.name += "/";
    package.name += out->name.text;
    if (!ParseName(&out->name)) return false;
  }
  if (ok() && At(TokenKind::kAt)) return ParseVersion(&package.version.emplace());
  return ok();
}

// The field's name and the equals sign, where the parser stops.
bool Parser::ParseGateField(std::string_view field) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (!AtId() || Text(token_) != field) return Unexpected("`" + std::string(field) + "`");
  if (!Advance()) return false;
  return At(TokenKind::kEquals) || Unexpected("`=`");
}

// [wit:feature-gates], and the external id, whose place among them does not matter.
bool Parser::ParseAttributes(ast::Attributes* out) {
  out->docs = DocsBefore(token_);
  while (ok() && At(TokenKind::kAt)) {
    const uint32_t begin = token_.begin;
    if (!Advance()) return false;
    ast::Name name;
    if (!ParseName(&name)) return false;
    const auto once = [&](bool is_there) {
      return !is_there || Fail(name.span, "`@" + name.text + "` is there already");
    };
    if (name.text == "unstable") {
      ast::Name feature;
      if (!once(out->unstable.has_value()) || !ParseGateField("feature") || !Advance() ||
          !ParseName(&feature))
        return false;
      out->unstable = feature.text;
    } else if (name.text == "since") {
      if (!once(out->since.has_value()) || !ParseGateField("version") ||
          !ParseVersion(&out->since.emplace()))
        return false;
    } else if (name.text == "deprecated") {
      if (!once(out->deprecated.has_value()) || !ParseGateField("version") ||
          !ParseVersion(&out->deprecated.emplace()))
        return false;
    } else if (name.text == "external-id") {
      if (!once(out->external_id.has_value()) || !Expect(TokenKind::kLeftParen)) return false;
      if (!At(TokenKind::kString)) return Unexpected("a string");
      out->external_id = StringValue(Text(token_));
      out->external_id_span = name.span;
      if (!Advance()) return false;
    } else {
      return Fail(name.span, "unknown attribute `@" + name.text +
                                 "`; there are @since, @unstable, @deprecated and @external-id");
    }
    if (!Expect(TokenKind::kRightParen)) return false;
    if (out->span.end == 0) out->span = SpanFrom(begin);
  }
  if (!ok()) return false;
  if (out->since && out->unstable)
    return Fail(out->span, "an item is either `@since` a version or `@unstable`, not both");
  if (out->deprecated && !out->since && !out->unstable)
    return Fail(out->span, "`@deprecated` needs a `@since` or an `@unstable` beside it");
  return true;
}

bool Parser::NoExternalId(const ast::Attributes& attributes, std::string_view where) {
  if (!ok()) return false;
  if (!attributes.external_id) return true;
  return Fail(attributes.external_id_span, std::string(where) + " has no external id");
}

// [wit:interface-items] up to and with the closing brace.
bool Parser::ParseInterfaceItems(std::vector<ast::InterfaceItem>* out) {
  while (ok() && !Take(TokenKind::kRightBrace)) {
    ast::Attributes attributes;
    if (!ParseAttributes(&attributes)) return false;
    if (AtKeyword("use")) {
      ast::Use use;
      if (!NoExternalId(attributes, "a `use`")) return false;
      use.attributes = std::move(attributes);
      if (!ParseUse(&use)) return false;
      out->push_back(std::move(use));
    } else if (AtTypedef()) {
      ast::Typedef typedef_item;
      typedef_item.attributes = std::move(attributes);
      if (!ParseTypedef(&typedef_item)) return false;
      out->push_back(std::move(typedef_item));
    } else if (AtId()) {
      ast::Func func;
      func.attributes = std::move(attributes);
      if (!ParseName(&func.name) || !Expect(TokenKind::kColon) || !ParseFuncType(&func) ||
          !Expect(TokenKind::kSemicolon))
        return false;
      out->push_back(std::move(func));
    } else {
      return Unexpected("a type, a function or `use`");
    }
  }
  return ok();
}

// [wit:world-items]
bool Parser::ParseWorldItem(std::vector<ast::WorldItem>* out) {
  ast::Attributes attributes;
  if (!ParseAttributes(&attributes)) return false;
  if (AtKeyword("import") || AtKeyword("export")) {
    ast::Extern item;
    item.attributes = std::move(attributes);
    if (!ParseExtern(&item)) return false;
    out->push_back(std::move(item));
    return true;
  }
  if (AtTypedef()) {
    ast::Typedef item;
    item.attributes = std::move(attributes);
    if (!ParseTypedef(&item)) return false;
    out->push_back(std::move(item));
    return true;
  }
  if (AtKeyword("use")) {
    ast::Use item;
    if (!NoExternalId(attributes, "a `use`")) return false;
    item.attributes = std::move(attributes);
    if (!ParseUse(&item)) return false;
    out->push_back(std::move(item));
    return true;
  }
  if (AtKeyword("include")) {
    ast::Include item;
    if (!NoExternalId(attributes, "an `include`")) return false;
    item.attributes = std::move(attributes);
    if (!ParseInclude(&item)) return false;
    out->push_back(std::move(item));
    return true;
  }
  return Unexpected("`import`, `export`, `include`, `use` or a type");
}

bool Parser::ParseUseName(ast::UseName* out, bool needs_as) {
  if (!ParseName(&out->name)) return false;
  if (TakeKeyword("as")) return ParseName(&out->as);
  if (!ok()) return false;
  if (needs_as) return Unexpected("the keyword `as`");
  out->as = out->name;
  return true;
}

// [wit:use-item]
bool Parser::ParseUse(ast::Use* out) {
  if (!ExpectKeyword("use") || !ParseUsePath(&out->path) || !Expect(TokenKind::kPeriod) ||
      !Expect(TokenKind::kLeftBrace))
    return false;
  const bool listed = ParseList(TokenKind::kRightBrace,
                                [&] { return ParseUseName(&out->names.emplace_back(), false); });
  return listed && Expect(TokenKind::kSemicolon);
}

// [wit:include-item]
bool Parser::ParseInclude(ast::Include* out) {
  if (!ExpectKeyword("include") || !ParseUsePath(&out->path)) return false;
  if (!TakeKeyword("with")) return Expect(TokenKind::kSemicolon);
  return Expect(TokenKind::kLeftBrace) && ParseList(TokenKind::kRightBrace, [&] {
           return ParseUseName(&out->with.emplace_back(), true);
         });
}

// `a:b` without space is the beginning of a path, `a: b` a name and what it names [wit:world-item].
bool Parser::AtPathRatherThanName() {
  const uint32_t after = lexer_.offset();
  Token colon, next;
  const bool read = lexer_.Next(&colon) && colon.kind == TokenKind::kColon && lexer_.Next(&next);
  lexer_.Seek(after);
  if (!read) return colon.kind != TokenKind::kColon;
  const bool is_id = next.kind == TokenKind::kId || next.kind == TokenKind::kEscapedId;
  return is_id && colon.begin == token_.end && next.begin == colon.end;
}

// [wit:export-item], [wit:import-item]
bool Parser::ParseExtern(ast::Extern* out) {
  out->is_export = AtKeyword("export");
  if (!Advance()) return false;
  if (!AtId()) return Unexpected("an identifier");
  if (AtPathRatherThanName()) {
    ast::UsePath path;
    if (!NoExternalId(out->attributes, "an interface under its own name") || !ParseUsePath(&path))
      return false;
    out->type = std::move(path);
    return Expect(TokenKind::kSemicolon);
  }
  if (!ParseName(&out->name.emplace()) || !Expect(TokenKind::kColon)) return false;
  if (TakeKeyword("interface")) {
    ast::InlineInterface interface;
    if (!Expect(TokenKind::kLeftBrace) || !ParseInterfaceItems(&interface.items)) return false;
    out->type = std::move(interface);
    return true;
  }
  if (!ok()) return false;
  if (AtId()) {
    ast::UsePath path;
    if (!ParseUsePath(&path)) return false;
    out->type = std::move(path);
    return Expect(TokenKind::kSemicolon);
  }
  if (!AtKeyword("func") && !AtKeyword("async"))
    return Unexpected("`func`, `interface` or the name of an interface");
  ast::Func func;
  func.name = *out->name;
  if (!ParseFuncType(&func)) return false;
  out->type = std::move(func);
  return Expect(TokenKind::kSemicolon);
}

std::expected<ast::File, Problem> ParseFile(const Sources& sources, uint32_t file) {
  const std::string_view text = sources.file(file).text;
  if (text.size() > Sources::kMaxFileBytes) {
    return std::unexpected(Problem{.kind = wasm::ErrorKind::kExhausted,
                                   .span = {file, 0, 0},
                                   .message = "the file is too large"});
  }
  if (auto problem = CheckText(text, file)) return std::unexpected(*std::move(problem));
  Parser parser(text, file);
  ast::File out;
  if (!parser.Parse(&out)) return std::unexpected(parser.TakeProblem());
  return out;
}

bool SameTokens(const Sources& sources, Span a, Span b) {
  Lexer left(sources.Text(a), a.file), right(sources.Text(b), b.file);
  const auto text = [](const Lexer& lexer, const Token& token) {
    std::string_view out = lexer.source().substr(token.begin, token.end - token.begin);
    if (out.starts_with('%')) out.remove_prefix(1);
    return out;
  };
  for (;;) {
    Token x, y;
    // A version may look like no tokens at all; what is behind it is then compared as it stands.
    if (!left.Next(&x) || !right.Next(&y))
      return left.source().substr(x.begin) == right.source().substr(y.begin);
    if (text(left, x) != text(right, y)) return false;
    if (x.kind == TokenKind::kEnd || y.kind == TokenKind::kEnd) return x.kind == y.kind;
  }
}

}  // namespace component::wit
