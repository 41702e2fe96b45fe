// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/lexer.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wasm::text {
namespace {

using namespace std::string_view_literals;

// A letter per token: ( ) keyword reserved $id nat int float string annotation.
std::string Kinds(std::string_view source) {
  Lexer lexer(source);
  std::string kinds;
  for (;;) {
    Token token;
    if (!lexer.Next(&token)) return "error: " + lexer.TakeError().message();
    if (token.kind == TokenKind::kEnd) return kinds;
    kinds += "?()kr$nifsa"[static_cast<int>(token.kind)];
  }
}

std::string Value(std::string_view literal) {
  std::string value;
  AppendStringValue(literal, &value);
  return value;
}

TEST_CASE("tokens are told apart by their characters") {
  CHECK(Kinds("(module $m (func nop))") == "(k$(kk))");
  CHECK(Kinds("0 0x1F 1_000 +1 -0x1 1.5 1e3 0x1p-4 1. inf -nan nan:0x7f") == "nnniifffffff");
  CHECK(Kinds("nan:canonical infinite i32.const offset=4") == "kkkk");
  CHECK(Kinds("0x 1_ _1 1__0 .5 0x1.g 1e 0x1p +0x") == "rrrrrrrrr");
  CHECK(Kinds("@a , ; [ ] { }") == "rrrrrrr");
}

TEST_CASE("what has no space between is one token") {
  CHECK(Kinds("(nop)nop(nop)") == "(k)k(k)");
  CHECK(Kinds("0$l") == "r");
  CHECK(Kinds("$l\"a\"") == "r");
  CHECK(Kinds("$\"l\"0") == "r");
  CHECK(Kinds("\"a\"\"b\"") == "r");
  CHECK(Kinds("data\"a\"") == "r");
  CHECK(Kinds("func;;comment") == "k");
  CHECK(Kinds("func(;comment;)func") == "kk");
}

TEST_CASE("white space and comments") {
  CHECK(Kinds(" \t\r\n") == "");
  CHECK(Kinds("(;a(;b;)c;)x") == "k");
  CHECK(Kinds(";; to the end\rx ;; and\n y;;") == "kk");
  CHECK(Kinds("(;\0;)"sv) == "");
  CHECK(Kinds("(; (; ;)") == "error: unclosed comment");
  CHECK(Kinds(";; \x80") == "error: malformed UTF-8 encoding");
  CHECK(Kinds("\x0b") == "error: illegal character");
  CHECK(Kinds("x\xc3\xa4") == "error: illegal character");
  CHECK(Kinds("x\xff") == "error: malformed UTF-8 encoding");
}

TEST_CASE("character literals, where they are allowed") {
  constexpr std::string_view kSource = R"x('a' '(' '"' ' ' '\'' '\u{e9}' 'é' ')x";
  Lexer lexer(kSource);
  lexer.AllowCharLiterals();
  std::vector<std::string_view> literals;
  for (Token token; lexer.Next(&token) && token.kind != TokenKind::kEnd;) {
    CHECK(token.kind == TokenKind::kReserved);
    literals.push_back(kSource.substr(token.begin, token.end - token.begin));
  }
  CHECK(literals == std::vector<std::string_view>{"'a'", "'('", "'\"'", "' '", R"('\'')",
                                                  R"('\u{e9}')", "'é'", "'"});
  // Elsewhere an apostrophe is a character like any other.
  CHECK(Kinds("'a' '('") == "rr(r");
}

TEST_CASE("strings and their escapes") {
  CHECK(Kinds(R"("" "a\n\t\\\'\"\00\ff\u{10ffff}")") == "ss");
  CHECK(Value(R"("a\n\t\\\'\"\41\u{e4}\u{1_F600}")") == "a\n\t\\'\"A\xc3\xa4\xf0\x9f\x98\x80");
  CHECK(Value("\"\\00\\ff\"") == "\0\xff"sv);
  CHECK(Kinds("\"a") == "error: unclosed string literal");
  CHECK(Kinds("\"a\nb\"") == "error: unclosed string literal");
  CHECK(Kinds("\"a\tb\"") == "error: illegal control character in string literal");
  CHECK(Kinds("\"\\q\"") == "error: illegal escape");
  CHECK(Kinds("\"\\u{110000}\"") == "error: illegal escape");
  CHECK(Kinds("\"\\u{d800}\"") == "error: illegal escape");
  CHECK(Kinds("\"\xff\"") == "error: malformed UTF-8 encoding");
}

TEST_CASE("identifiers may be quoted") {
  std::string storage;
  CHECK(IdName("$ab", &storage) == "ab");
  CHECK(IdName("$\"a\\62\"", &storage) == "ab");
  CHECK(Kinds("$\"a b\"") == "$");
  CHECK(Kinds("$") == "error: empty identifier");
  CHECK(Kinds("$\"\"") == "error: empty identifier");
  CHECK(Kinds("$ \"a\"") == "error: empty identifier");
  CHECK(Kinds("$\"a\nb\"") == "error: empty identifier");
  CHECK(Kinds("$\"\\ef\"") == "error: malformed UTF-8 encoding");
}

TEST_CASE("annotations vanish unless they have a meaning") {
  CHECK(Kinds("(@a)x(@\"b c\" (d) ({) ,;] \")\" (; ) ;) $ 0x (@) )y") == "kk");
  CHECK(Kinds("(@name \"x\")(@custom \"y\" (after func))(@metadata.code.branch_hint \"\\00\")") ==
        "aaa");
  CHECK(Kinds("(@\"na\\6de\" \"x\")") == "a");
  CHECK(Kinds("( @a)") == "(r)");
  CHECK(Kinds("(@)") == "error: empty annotation id");
  CHECK(Kinds("(@\"\")") == "error: empty annotation id");
  CHECK(Kinds("(@x (y)") == "error: unclosed annotation");
  CHECK(Kinds("(@x \"") == "error: unclosed string literal");
  CHECK(Kinds("(@x \x01)") == "error: illegal character");
}

TEST_CASE("parentheses know their partners") {
  Lexer lexer("(a (b) c) (d)");
  std::vector<Token> tokens;
  REQUIRE(lexer.Form(&tokens));
  REQUIRE(tokens.size() == 7);
  CHECK(tokens[0].partner == 6);
  CHECK(tokens[6].partner == 0);
  CHECK(tokens[2].partner == 4);
  REQUIRE(lexer.Form(&tokens));
  CHECK(tokens.size() == 10);
  CHECK(tokens[7].partner == 9);

  for (std::string_view text : {"(a", "(a))", ")"}) {
    Lexer unbalanced(text);
    tokens.clear();
    CHECK_FALSE(unbalanced.All(&tokens));
    CHECK(unbalanced.TakeError().message().starts_with("unexpected token"));
  }
}

TEST_CASE("positions count lines and characters") {
  const std::string_view text = "a\nb\r\nc\rd \xc3\xa4 x";
  auto at = [&](std::string_view what) {
    const TextPosition position = PositionAt(text, static_cast<uint32_t>(text.find(what)));
    return std::pair(position.line, position.column);
  };
  CHECK(at("a") == std::pair(1u, 1u));
  CHECK(at("b") == std::pair(2u, 1u));
  CHECK(at("c") == std::pair(3u, 1u));
  CHECK(at("d") == std::pair(4u, 1u));
  CHECK(at("x") == std::pair(4u, 5u));
  CHECK(PositionAt(text, 1000).line == 4);
}

}  // namespace
}  // namespace wasm::text
