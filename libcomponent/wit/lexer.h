// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokens of WIT [wit:lexical-structure], made on demand: versions have a grammar of their own
// and are scanned where the parser expects one. White space and comments are skipped; a token knows
// where the text before it begins, so that a parser can look for documentation there.

#ifndef TRENAIL_LIBCOMPONENT_WIT_LEXER_H_
#define TRENAIL_LIBCOMPONENT_WIT_LEXER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libcomponent/wit/diagnostic.h"
#include "libcomponent/wit/names.h"

namespace component::wit {

enum class TokenKind : uint8_t {
  kEnd,
  kEquals,
  kComma,
  kColon,
  kSemicolon,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,  // in languages that have WIT in them
  kRightBracket,
  kLess,
  kGreater,
  kStar,
  kArrow,
  kSlash,
  kPeriod,
  kAt,
  kUnderscore,
  kInteger,
  kKeyword,
  kId,         // a label that is no keyword
  kEscapedId,  // the same behind `%`, where keywords are labels too
  kString,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t space_begin = 0;  // where the white space before it begins
  uint32_t begin = 0;
  uint32_t end = 0;
};

// How messages name it.
std::string_view TokenKindName(TokenKind kind);

// UTF-8 without the characters that no WIT file may contain: controls, overrides of the writing
// direction, and what Unicode has given up. The first problem, if there is one.
std::optional<Problem> CheckText(std::string_view source, uint32_t file);

class Lexer {
 public:
  // CheckText() has found nothing in `source`.
  Lexer(std::string_view source, uint32_t file) : source_(source), file_(file) {}

  // False if no token begins here, which problem() describes.
  bool Next(Token* token);
  // The version at the current place.
  std::optional<SemVer> NextVersion();

  uint32_t offset() const { return at_; }
  void Seek(uint32_t offset) { at_ = offset; }
  const Problem& problem() const { return problem_; }
  std::string_view source() const { return source_; }

 private:
  bool Fail(uint32_t begin, uint32_t end, std::string message);
  bool SkipSpace();
  bool ScanWord(Token* token);
  bool ScanString(Token* token);
  char Peek(uint32_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  std::string_view source_;
  uint32_t file_;
  uint32_t at_ = 0;
  Problem problem_;
};

// What a string token means [text-string].
std::string StringValue(std::string_view literal);

// The documentation in the white space before an item: `///` lines and `/** */` blocks.
std::string Documentation(std::string_view space);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_LEXER_H_
