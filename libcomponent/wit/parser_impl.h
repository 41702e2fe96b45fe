// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parser's state, shared by parser.cc (packages, worlds, interfaces) and parse_types.cc.
// Methods named At… look, Take… consume if it is there, Expect… and Parse… fail if it is not. The
// first problem wins and is kept; parsers return false from then on.

#ifndef TRENAIL_LIBCOMPONENT_WIT_PARSER_IMPL_H_
#define TRENAIL_LIBCOMPONENT_WIT_PARSER_IMPL_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/wit/ast.h"
#include "libcomponent/wit/lexer.h"
#include "libcomponent/wit/parser.h"

namespace component::wit {

class Parser {
 public:
  Parser(std::string_view source, uint32_t file) : lexer_(source, file), file_(file) {}

  bool Parse(ast::File* out);
  Problem TakeProblem() { return *std::move(problem_); }

 protected:  // for languages that have WIT in them
  // --- Tokens ---
  bool Advance();
  bool At(TokenKind kind) const { return token_.kind == kind; }
  bool AtId() const {
    return At(TokenKind::kId) || At(TokenKind::kEscapedId) ||
           (keywords_are_names_ && At(TokenKind::kKeyword));
  }
  bool AtKeyword(std::string_view word) const {
    return At(TokenKind::kKeyword) && Text(token_) == word;
  }
  // Consumes the token if it is this one. A problem behind it shows up at the next Expect….
  bool Take(TokenKind kind) { return At(kind) && Advance(); }
  bool TakeKeyword(std::string_view word) { return AtKeyword(word) && Advance(); }
  bool Expect(TokenKind kind);
  bool ExpectKeyword(std::string_view word);
  bool ParseName(ast::Name* out);
  bool ParseVersion(SemVer* out);
  // Elements with commas between them, and maybe one behind the last, up to and with `close`.
  template <typename ParseElement>
  bool ParseList(TokenKind close, ParseElement parse);

  std::string_view Text(const Token& token) const {
    return lexer_.source().substr(token.begin, token.end - token.begin);
  }
  Span SpanOf(const Token& token) const { return {file_, token.begin, token.end}; }
  // From there to the end of the token before the current one.
  Span SpanFrom(uint32_t begin) const { return {file_, begin, last_end_}; }
  std::string DocsBefore(const Token& token) const {
    return Documentation(
        lexer_.source().substr(token.space_begin, token.begin - token.space_begin));
  }
  [[gnu::cold]] bool Fail(Span span, std::string message);
  [[gnu::cold]] bool Unexpected(std::string_view expected);
  bool ok() const { return !problem_.has_value(); }

  // --- parser.cc ---
  bool ParsePackageName(PackageName* out, Span* span);
  bool ParsePackageDecl(std::string docs, ast::PackageDecl* out);
  bool ParseNestedPackage(std::string docs, ast::File* out);
  bool ParsePackageItem(std::vector<ast::PackageItem>* out);
  bool ParseToplevelUse(ast::ToplevelUse* out);
  bool ParseUsePath(ast::UsePath* out);
  bool ParseAttributes(ast::Attributes* out);
  bool ParseGateField(std::string_view field);
  bool ParseInterfaceItems(std::vector<ast::InterfaceItem>* out);
  bool ParseWorldItem(std::vector<ast::WorldItem>* out);
  bool ParseUse(ast::Use* out);
  bool ParseUseName(ast::UseName* out, bool needs_as);
  bool ParseInclude(ast::Include* out);
  bool ParseExtern(ast::Extern* out);
  bool AtPathRatherThanName();
  bool NoExternalId(const ast::Attributes& attributes, std::string_view where);

  // --- parse_types.cc ---
  bool AtTypedef() const;
  bool ParseTypedef(ast::Typedef* out);
  bool ParseCases(ast::Typedef* out);
  bool ParseResource(ast::Typedef* out);
  bool ParseResourceFunc(ast::Func* out);
  bool ParseFuncType(ast::Func* out);
  bool ParseParams(ast::Func* out);
  bool ParseType(ast::Type* out);
  bool ParseTypeArgs(ast::Type* out);
  bool ParseListType(ast::Type* out);
  bool ParseResultType(ast::Type* out);
  bool ParseTupleType(ast::Type* out);
  bool ParseMapType(ast::Type* out);

  Lexer lexer_;
  uint32_t file_;
  Token token_;
  uint32_t last_end_ = 0;
  uint32_t type_nesting_ = 0;
  bool keywords_are_names_ = false;
  std::optional<Problem> problem_;
};

template <typename ParseElement>
bool Parser::ParseList(TokenKind close, ParseElement parse) {
  while (!Take(close)) {
    if (!ok() || !parse()) return false;
    if (Take(TokenKind::kComma)) continue;
    return ok() && Expect(close);
  }
  return ok();
}

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_PARSER_IMPL_H_
