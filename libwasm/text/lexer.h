// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokens of the text format [text-lexical]. A token is a kind and a range of the source;
// nothing is copied or converted before a parser asks for it. Parentheses know their partner, so an
// S-expression is skipped in one step. Annotations that this implementation gives no meaning to
// vanish here, like white space; the others become one token that spans them.

#ifndef TRENAIL_LIBWASM_TEXT_LEXER_H_
#define TRENAIL_LIBWASM_TEXT_LEXER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"

namespace wasm::text {

enum class TokenKind : uint8_t {
  kEnd,         // behind the last token
  kLeft,        // (
  kRight,       // )
  kKeyword,     // begins with a lower-case letter; known or not is the parser's question
  kReserved,    // lexically fine, but no token of any grammar [text-reserved]
  kId,          // $name or $"name" [text-id]
  kNat,         // unsigned integer
  kInt,         // integer with a sign
  kFloat,       // a literal that only a float can be
  kString,      // with its quotes, escapes checked
  kAnnotation,  // (@custom …), (@name …) or (@metadata.code.branch_hint …) as a whole
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // byte offsets in the source
  uint32_t end = 0;
  uint32_t partner = 0;  // parentheses: the index of the other one
};

// Line and column of a byte offset. A column counts characters (code points), not bytes; CR, LF and
// CR LF each end a line [text-newline].
TextPosition PositionAt(std::string_view source, uint32_t offset);
// The same, knowing that `begin` is at `position` and does not follow `offset`.
TextPosition PositionAt(std::string_view source, uint32_t offset, uint32_t begin,
                        TextPosition position);

class Lexer {
 public:
  // `inside_annotation`: any token is welcome and annotations are not recognised [text-annot].
  explicit Lexer(std::string_view source, uint32_t offset = 0, bool inside_annotation = false)
      : source_(source), at_(offset), inside_annotation_(inside_annotation) {}

  // The next token, kEnd at the end. False on malformed text, which error() describes.
  bool Next(Token* token);
  // Appends tokens up to the end of the source, with partners; parentheses are balanced or it is
  // an error ("unexpected token"), where the place says which one has no partner.
  bool All(std::vector<Token>* tokens);
  // Appends one S-expression or single token. Nothing at the end of the source.
  bool Form(std::vector<Token>* tokens);

  // 'c' is one token, reserved like all that begins so: the component model's text has such values.
  void AllowCharLiterals() { char_literals_ = true; }

  uint32_t offset() const { return at_; }
  void Seek(uint32_t offset) { at_ = offset; }
  Error TakeError() { return *std::move(error_); }

 private:
  bool Fail(uint32_t at, std::string_view message);
  bool SkipSpace();
  bool SkipBlockComment();
  bool SkipLineComment();
  bool ScanString(const char** problem);
  bool ScanUtf8();
  bool ScanAtom(Token* token);
  bool ScanId(Token* token);
  bool ScanEscape();
  void ScanCharLiteral();
  bool ScanAnnotation(Token* token, bool* significant);
  bool AppendBalanced(Token first, std::vector<Token>* tokens);
  bool AtEnd() const { return at_ >= source_.size(); }
  uint8_t Peek(uint32_t ahead = 0) const {
    return at_ + ahead < source_.size() ? static_cast<uint8_t>(source_[at_ + ahead]) : 0;
  }

  std::string_view source_;
  uint32_t at_;
  bool inside_annotation_;
  bool char_literals_ = false;
  std::optional<Error> error_;
};

// The bytes that a string token means, appended to `out`.
void AppendStringValue(std::string_view literal, std::string* out);

// The name of an identifier token, without `$`; a quoted one is decoded into `storage`.
std::string_view IdName(std::string_view id, std::string* storage);

// The annotation's name, as far as it is one of those that become tokens.
enum class AnnotationKind : uint8_t { kOther, kCustom, kName, kBranchHint };
AnnotationKind AnnotationKindOf(std::string_view annotation);

// True for an unsigned integer literal, as behind `offset=`.
bool IsNat(std::string_view text);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_LEXER_H_
