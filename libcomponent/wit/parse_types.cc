// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type definitions, functions and types [wit:items-type], [wit:types].

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "libcomponent/wit/parser_impl.h"

namespace component::wit {
namespace {

struct NamedKind {
  std::string_view keyword;
  ast::TypeKind kind;
};

constexpr std::array<NamedKind, 13> kPrimitives = {{
    {"bool", ast::TypeKind::kBool},
    {"s8", ast::TypeKind::kS8},
    {"u8", ast::TypeKind::kU8},
    {"s16", ast::TypeKind::kS16},
    {"u16", ast::TypeKind::kU16},
    {"s32", ast::TypeKind::kS32},
    {"u32", ast::TypeKind::kU32},
    {"s64", ast::TypeKind::kS64},
    {"u64", ast::TypeKind::kU64},
    {"f32", ast::TypeKind::kF32},
    {"f64", ast::TypeKind::kF64},
    {"char", ast::TypeKind::kChar},
    {"string", ast::TypeKind::kString},
}};

}  // namespace

bool Parser::AtTypedef() const {
  if (!At(TokenKind::kKeyword)) return false;
  const std::string_view word = Text(token_);
  return word == "type" || word == "record" || word == "flags" || word == "variant" ||
         word == "enum" || word == "resource";
}

bool Parser::ParseTypedef(ast::Typedef* out) {
  if (TakeKeyword("type")) {
    out->kind = ast::TypedefKind::kAlias;
    return ParseName(&out->name) && Expect(TokenKind::kEquals) && ParseType(&out->aliased) &&
           Expect(TokenKind::kSemicolon);
  }
  if (TakeKeyword("resource")) return ParseResource(out);
  if (!ok()) return false;
  if (AtKeyword("record"))
    out->kind = ast::TypedefKind::kRecord;
  else if (AtKeyword("flags"))
    out->kind = ast::TypedefKind::kFlags;
  else if (AtKeyword("variant"))
    out->kind = ast::TypedefKind::kVariant;
  else
    out->kind = ast::TypedefKind::kEnum;
  return Advance() && ParseName(&out->name) && ParseCases(out);
}

bool Parser::ParseCases(ast::Typedef* out) {
  const Span brace = SpanOf(token_);
  if (!Expect(TokenKind::kLeftBrace)) return false;
  const bool listed = ParseList(TokenKind::kRightBrace, [&] {
    ast::Case& item = out->cases.emplace_back();
    item.docs = DocsBefore(token_);
    if (!ParseName(&item.name)) return false;
    if (out->kind == ast::TypedefKind::kRecord)
      return Expect(TokenKind::kColon) && ParseType(&item.type.emplace());
    if (out->kind != ast::TypedefKind::kVariant || !Take(TokenKind::kLeftParen)) return ok();
    return ParseType(&item.type.emplace()) && Expect(TokenKind::kRightParen);
  });
  if (!listed) return false;
  if (!out->cases.empty() || out->kind == ast::TypedefKind::kRecord) return true;
  const std::string_view what = out->kind == ast::TypedefKind::kFlags     ? "flags have"
                                : out->kind == ast::TypedefKind::kVariant ? "a variant has"
                                                                          : "an enum has";
  return Fail(brace, std::string(what) + " at least one case");
}

// [wit:resource-item] behind the keyword.
bool Parser::ParseResource(ast::Typedef* out) {
  out->kind = ast::TypedefKind::kResource;
  if (!ParseName(&out->name)) return false;
  if (Take(TokenKind::kSemicolon)) return ok();
  if (!Expect(TokenKind::kLeftBrace)) return false;
  while (ok() && !Take(TokenKind::kRightBrace))
    if (!ParseResourceFunc(&out->funcs.emplace_back())) return false;
  return ok();
}

// [wit:resource-method]
bool Parser::ParseResourceFunc(ast::Func* out) {
  if (!ParseAttributes(&out->attributes)) return false;
  if (AtKeyword("constructor")) {
    out->kind = ast::FuncKind::kConstructor;
    out->name = {.text = "constructor", .span = SpanOf(token_)};
    if (!Advance() || !ParseParams(out)) return false;
    if (Take(TokenKind::kArrow) && !ParseType(&out->result.emplace())) return false;
    return Expect(TokenKind::kSemicolon);
  }
  if (!AtId()) return Unexpected("`constructor` or an identifier");
  if (!ParseName(&out->name) || !Expect(TokenKind::kColon)) return false;
  out->kind = TakeKeyword("static") ? ast::FuncKind::kStatic : ast::FuncKind::kMethod;
  return ParseFuncType(out) && Expect(TokenKind::kSemicolon);
}

// [wit:func-type]
bool Parser::ParseFuncType(ast::Func* out) {
  out->is_async = TakeKeyword("async");
  if (!ExpectKeyword("func") || !ParseParams(out)) return false;
  return !Take(TokenKind::kArrow) ? ok() : ParseType(&out->result.emplace());
}

bool Parser::ParseParams(ast::Func* out) {
  return Expect(TokenKind::kLeftParen) && ParseList(TokenKind::kRightParen, [&] {
           ast::Param& param = out->params.emplace_back();
           return ParseName(&param.name) && Expect(TokenKind::kColon) && ParseType(&param.type);
         });
}

// [wit:ty]
bool Parser::ParseType(ast::Type* out) {
  if (!ok()) return false;
  out->span = SpanOf(token_);
  if (AtId()) {
    out->kind = ast::TypeKind::kNamed;
    return ParseName(&out->name);
  }
  if (!At(TokenKind::kKeyword)) return Unexpected("a type");
  const std::string_view word = Text(token_);
  const auto* primitive = std::find_if(kPrimitives.begin(), kPrimitives.end(),
                                       [&](const NamedKind& p) { return p.keyword == word; });
  if (primitive != kPrimitives.end()) {
    out->kind = primitive->kind;
    return Advance();
  }
  if (type_nesting_ >= kMaxTypeNesting) return Fail(out->span, "types nest too deeply here");
  ++type_nesting_;
  const bool parsed = ParseTypeArgs(out);
  --type_nesting_;
  out->span = SpanFrom(out->span.begin);
  return parsed;
}

// A type constructor and what is between its angle brackets.
bool Parser::ParseTypeArgs(ast::Type* out) {
  const auto argument = [&] { return ParseType(&out->args.emplace_back()); };
  if (TakeKeyword("list")) return ParseListType(out);
  if (TakeKeyword("result")) return ParseResultType(out);
  if (TakeKeyword("tuple")) return ParseTupleType(out);
  if (TakeKeyword("map")) return ParseMapType(out);
  if (TakeKeyword("option")) {
    out->kind = ast::TypeKind::kOption;
    return Expect(TokenKind::kLess) && argument() && Expect(TokenKind::kGreater);
  }
  if (AtKeyword("own") || AtKeyword("borrow")) {
    out->kind = AtKeyword("own") ? ast::TypeKind::kOwn : ast::TypeKind::kBorrow;
    return Advance() && Expect(TokenKind::kLess) && ParseName(&out->name) &&
           Expect(TokenKind::kGreater);
  }
  if (AtKeyword("future") || AtKeyword("stream")) {
    out->kind = AtKeyword("future") ? ast::TypeKind::kFuture : ast::TypeKind::kStream;
    if (!Advance()) return false;
    if (Take(TokenKind::kLess)) return argument() && Expect(TokenKind::kGreater);
    out->args.emplace_back();
    return ok();
  }
  return ok() && Unexpected("a type");
}

bool Parser::ParseListType(ast::Type* out) {
  out->kind = ast::TypeKind::kList;
  if (!Expect(TokenKind::kLess) || !ParseType(&out->args.emplace_back())) return false;
  if (Take(TokenKind::kComma)) {
    out->kind = ast::TypeKind::kFixedLengthList;
    if (!At(TokenKind::kInteger)) return ok() && Unexpected("the length of the list");
    const std::string_view digits = Text(token_);
    uint64_t length = 0;
    for (char c : digits)
      length = std::min<uint64_t>(length * 10 + static_cast<uint64_t>(c - '0'), 1ull << 32);
    if (digits[0] == '0') return Fail(SpanOf(token_), "a length begins with a digit from 1 to 9");
    if (length > UINT32_MAX) return Fail(SpanOf(token_), "the length does not fit into 32 bits");
    out->length = static_cast<uint32_t>(length);
    if (!Advance()) return false;
  }
  return Expect(TokenKind::kGreater);
}

bool Parser::ParseResultType(ast::Type* out) {
  out->kind = ast::TypeKind::kResult;
  out->args.resize(2);
  if (!Take(TokenKind::kLess)) return ok();
  if (Take(TokenKind::kUnderscore)) {
    return Expect(TokenKind::kComma) && ParseType(&out->args[1]) && Expect(TokenKind::kGreater);
  }
  if (!ParseType(&out->args[0])) return false;
  if (Take(TokenKind::kComma) && !ParseType(&out->args[1])) return false;
  return Expect(TokenKind::kGreater);
}

bool Parser::ParseTupleType(ast::Type* out) {
  out->kind = ast::TypeKind::kTuple;
  if (!Expect(TokenKind::kLess)) return false;
  if (At(TokenKind::kGreater)) return Unexpected("a type");
  return ParseList(TokenKind::kGreater, [&] { return ParseType(&out->args.emplace_back()); });
}

bool Parser::ParseMapType(ast::Type* out) {
  out->kind = ast::TypeKind::kMap;
  out->args.resize(2);
  ast::Type& key = out->args[0];
  if (!Expect(TokenKind::kLess) || !ParseType(&key)) return false;
  const bool is_key = key.kind <= ast::TypeKind::kString && key.kind != ast::TypeKind::kF32 &&
                      key.kind != ast::TypeKind::kF64;
  if (!is_key) return Fail(key.span, "a key is an integer, a char, a bool or a string");
  return Expect(TokenKind::kComma) && ParseType(&out->args[1]) && Expect(TokenKind::kGreater);
}

}  // namespace component::wit
