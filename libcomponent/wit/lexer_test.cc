// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/lexer.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

namespace component::wit {
namespace {

// The tokens with spaces between them, then the problem if there is one.
std::string Tokens(std::string_view text) {
  Lexer lexer(text, 0);
  std::string out;
  Token token;
  for (;;) {
    if (!lexer.Next(&token)) return out + "! " + lexer.problem().message;
    if (token.kind == TokenKind::kEnd) return out;
    out += std::string(text.substr(token.begin, token.end - token.begin)) + " ";
  }
}

TEST_CASE("Tokens need no space between them") {
  CHECK(Tokens("f:func(a:u32)->list<u8,4>;") == "f : func ( a : u32 ) -> list < u8 , 4 > ; ");
  CHECK(Tokens("use a:b/c@1 .{d}") == "use a : b / c @ 1 . { d } ");
  CHECK(Tokens("result<_,%type>") == "result < _ , %type > ");
}

TEST_CASE("Comments nest and are skipped") {
  CHECK(Tokens("a // b\n/* c /* d */ e */ f") == "a f ");
  CHECK(Tokens("a /* /* */") == "a ! unterminated block comment");
  CHECK(Tokens("/*/") == "! unterminated block comment");
}

TEST_CASE("Identifiers are labels") {
  CHECK(Tokens("a_b").starts_with("! `a_b` is not in kebab case"));
  CHECK(Tokens("aB").starts_with("! `aB` is not in kebab case"));
  CHECK(Tokens("%").starts_with("! expected an identifier"));
  CHECK(Tokens("a-").starts_with("! "));
}

TEST_CASE("Strings are those of the text format of WebAssembly") {
  CHECK(StringValue(R"("\u{2603}\t\41\"")") == "\xe2\x98\x83\tA\"");
  CHECK(Tokens("\"a\n\"") == "! unterminated string literal");
  CHECK(Tokens(R"("\q")") == "! malformed escape");
  CHECK(Tokens(R"("\u{d800}")") == "! malformed escape");
  CHECK(Tokens(R"("\ff")") == "! malformed UTF-8 encoding");
  CHECK(Tokens(R"("\u{)") == "! malformed escape");
}

TEST_CASE("Some characters no file contains") {
  CHECK_FALSE(CheckText("a\t\r\n \xe2\x98\x83", 0));
  CHECK(CheckText("a\x01", 0)->message == "control code U+0001 is not allowed");
  CHECK(CheckText("a\x7f", 0).has_value());
  CHECK(CheckText("// \xe2\x80\xae", 0)->message ==
        "bidirectional override character U+202e is not allowed");
  CHECK(CheckText("\xc5\x89", 0).has_value());
  CHECK(CheckText("a\xff", 0)->span.begin == 1);
}

TEST_CASE("Documentation is what three slashes or two stars begin") {
  CHECK(Documentation("/// a\n  ///  b  \n///\n///c\n") == "a\n b\n\nc");
  CHECK(Documentation("// a\n//// b\n/* c */ /*** d ***/ /**/\n").empty());
  CHECK(Documentation("/** a\n    b */\n/// c") == "a\n    b\nc");
}

}  // namespace
}  // namespace component::wit
