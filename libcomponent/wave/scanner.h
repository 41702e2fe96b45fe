// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A place in a WAVE text, and what is read there without knowing its type.

#ifndef TRENAIL_LIBCOMPONENT_WAVE_SCANNER_H_
#define TRENAIL_LIBCOMPONENT_WAVE_SCANNER_H_

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "libwasm/support/error.h"

namespace component::wave {

// A word in front of which a % decides that it is a label.
struct Word {
  std::string_view text;  // without the %
  bool percent = false;
  size_t at = 0;
};
bool IsKeyword(std::string_view word);

class Scanner {
 public:
  explicit Scanner(std::string_view text, size_t at = 0) : text_(text), at_(at) {}

  size_t at() const { return at_; }
  void Seek(size_t at) { at_ = at; }
  std::string_view text() const { return text_; }

  void SkipSpace();  // and comments
  // These skip space first.
  bool AtEnd();
  bool At(char c);
  bool AtWord();
  bool Take(char c);
  wasm::Result<void> Expect(char c);
  wasm::Result<void> ExpectEnd();
  wasm::Result<Word> ExpectWord(std::string_view what);
  // [wave: number-finite], or nothing.
  std::string_view TakeNumber();
  wasm::Result<char32_t> ExpectChar();
  wasm::Result<std::string> ExpectString();

  [[gnu::cold]] std::unexpected<wasm::Error> Fail(size_t at, std::string message) const;
  // "expected …, got …" at the current place.
  [[gnu::cold]] std::unexpected<wasm::Error> Expected(std::string_view what);

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  wasm::Result<char32_t> Escape();
  wasm::Result<char32_t> Scalar();
  wasm::Result<std::string> MultilineString();
  wasm::Result<std::string> MultilineContent(size_t end, size_t indent);

  std::string_view text_;
  size_t at_;
};

}  // namespace component::wave

#endif  // TRENAIL_LIBCOMPONENT_WAVE_SCANNER_H_
