// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A parser's place in a row of tokens. Methods named At… look, Take… consume if it is there, and
// Expect… fail if it is not. The first error wins and is kept here; parsers return false from then
// on.

#ifndef TRENAIL_LIBWASM_TEXT_CURSOR_H_
#define TRENAIL_LIBWASM_TEXT_CURSOR_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libwasm/support/error.h"
#include "libwasm/text/lexer.h"

namespace wasm::text {

class Cursor {
 public:
  Cursor(std::string_view source, std::span<const Token> tokens)
      : source_(source), tokens_(tokens) {
    end_.begin = end_.end = static_cast<uint32_t>(source.size());
  }

  const Token& Peek(uint32_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : end_;
  }
  const Token& Take() {
    const Token& token = Peek();
    if (at_ < tokens_.size()) ++at_;
    return token;
  }
  std::string_view Text(const Token& token) const {
    return source_.substr(token.begin, token.end - token.begin);
  }
  std::string_view source() const { return source_; }
  std::span<const Token> tokens() const { return tokens_; }

  // Indices of tokens; partners are such indices.
  uint32_t index() const { return at_; }
  void Seek(uint32_t index) { at_ = index; }
  // From an opening parenthesis to behind its partner; any other token is skipped alone.
  void SkipForm() { at_ = Peek().kind == TokenKind::kLeft ? Peek().partner + 1 : at_ + 1; }

  bool At(TokenKind kind) const { return Peek().kind == kind; }
  bool AtKeyword(std::string_view word, uint32_t ahead = 0) const {
    const Token& token = Peek(ahead);
    return token.kind == TokenKind::kKeyword && Text(token) == word;
  }
  bool AtForm(std::string_view word) const { return At(TokenKind::kLeft) && AtKeyword(word, 1); }
  bool AtNumber() const {
    return At(TokenKind::kNat) || At(TokenKind::kInt) || At(TokenKind::kFloat);
  }
  bool AtIndex() const { return At(TokenKind::kNat) || At(TokenKind::kId); }
  bool AtAnnotation(AnnotationKind kind) const {
    return At(TokenKind::kAnnotation) && AnnotationKindOf(Text(Peek())) == kind;
  }

  bool TakeKeyword(std::string_view word) {
    if (!AtKeyword(word)) return false;
    ++at_;
    return true;
  }
  // The two tokens `( word`.
  bool TakeForm(std::string_view word) {
    if (!AtForm(word)) return false;
    at_ += 2;
    return true;
  }

  bool Expect(TokenKind kind) {
    if (!At(kind)) return Unexpected();
    ++at_;
    return true;
  }
  bool ExpectRight() { return Expect(TokenKind::kRight); }
  bool ExpectForm(std::string_view word) {
    if (TakeForm(word)) return true;
    if (At(TokenKind::kLeft)) ++at_;
    return Unexpected();
  }
  // A string's bytes, appended.
  bool ExpectString(std::string* out);
  // A string that is a name: UTF-8 [text-name].
  bool ExpectName(std::string* out);
  // An unsigned integer of 32 or 64 bits; the error is called "iN constant out of range".
  bool ExpectNat(int bits, uint64_t* out);

  // At the current token: a word nobody knows is an "unknown operator", all else is unexpected.
  [[gnu::cold]] bool Unexpected();
  [[gnu::cold]] bool Fail(const Token& token, std::string message);
  [[gnu::cold]] bool FailWith(Error error);
  bool ok() const { return !error_.has_value(); }
  Error TakeError() { return *std::move(error_); }

 private:
  std::string_view source_;
  std::span<const Token> tokens_;
  Token end_;
  uint32_t at_ = 0;
  std::optional<Error> error_;
};

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_CURSOR_H_
