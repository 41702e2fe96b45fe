// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wave/scanner.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "libwasm/support/utf8.h"

namespace component::wave {

using wasm::Error;
using wasm::Result;

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordChar(char c) { return IsWordStart(c) || IsDigit(c) || c == '-'; }

}  // namespace

bool IsKeyword(std::string_view word) {
  constexpr std::array<std::string_view, 8> kKeywords = {"true", "false", "inf", "nan",
                                                         "some", "none",  "ok",  "err"};
  return std::ranges::find(kKeywords, word) != kKeywords.end();
}

void Scanner::SkipSpace() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '/' && Peek(1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

bool Scanner::AtEnd() {
  SkipSpace();
  return at_ == text_.size();
}

bool Scanner::At(char c) {
  SkipSpace();
  return at_ < text_.size() && text_[at_] == c;
}

bool Scanner::AtWord() {
  SkipSpace();
  return IsWordStart(Peek()) || (Peek() == '%' && IsWordStart(Peek(1)));
}

bool Scanner::Take(char c) {
  if (!At(c)) return false;
  ++at_;
  return true;
}

Result<void> Scanner::Expect(char c) {
  if (Take(c)) return {};
  return Expected(std::string("`") + c + '`');
}

Result<void> Scanner::ExpectEnd() {
  if (AtEnd()) return {};
  return Expected("the end of the text");
}

Result<Word> Scanner::ExpectWord(std::string_view what) {
  if (!AtWord()) return Expected(what);
  Word word{.at = at_};
  if (Peek() == '%') {
    word.percent = true;
    ++at_;
  }
  const size_t begin = at_;
  while (IsWordChar(Peek())) ++at_;
  word.text = text_.substr(begin, at_ - begin);
  return word;
}

std::string_view Scanner::TakeNumber() {
  SkipSpace();
  size_t ahead = Peek() == '-' ? 1 : 0;
  if (!IsDigit(Peek(ahead))) return {};
  if (Peek(ahead) == '0')
    ++ahead;
  else
    while (IsDigit(Peek(ahead))) ++ahead;
  if (Peek(ahead) == '.' && IsDigit(Peek(ahead + 1))) {
    ++ahead;
    while (IsDigit(Peek(ahead))) ++ahead;
  }
  if ((Peek(ahead) | 0x20) == 'e') {
    size_t exponent = ahead + 1;
    if (Peek(exponent) == '+' || Peek(exponent) == '-') ++exponent;
    if (IsDigit(Peek(exponent))) {
      ahead = exponent;
      while (IsDigit(Peek(ahead))) ++ahead;
    }
  }
  const std::string_view number = text_.substr(at_, ahead);
  at_ += ahead;
  return number;
}

// ---- chars and strings -------------------------------------------------------------------------

Result<char32_t> Scanner::Scalar() {
  std::string_view rest = text_.substr(at_);
  const auto scalar = wasm::DecodeUtf8(&rest);
  if (!scalar) return Fail(at_, "the text is not UTF-8");
  at_ = text_.size() - rest.size();
  return *scalar;
}

// Behind the backslash.
Result<char32_t> Scanner::Escape() {
  const size_t begin = at_ - 1;
  switch (Peek()) {
    case '\'':
    case '"':
    case '\\':
      return static_cast<char32_t>(text_[at_++]);
    case 't':
      ++at_;
      return U'\t';
    case 'n':
      ++at_;
      return U'\n';
    case 'r':
      ++at_;
      return U'\r';
    case 'u':
      break;
    default:
      return Fail(begin, "unknown escape: expected one of \\' \\\" \\\\ \\t \\n \\r \\u{…}");
  }
  ++at_;
  if (Peek() != '{') return Fail(at_, "expected `{` of \\u{…}");
  ++at_;
  uint32_t code = 0;
  size_t digits = 0;
  for (;; ++at_, ++digits) {
    const char c = Peek();
    uint32_t digit;
    if (IsDigit(c))
      digit = static_cast<uint32_t>(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      digit = static_cast<uint32_t>((c | 0x20) - 'a' + 10);
    else
      break;
    code = std::min<uint32_t>(code * 16 + digit, 0x110000);
  }
  if (digits == 0 || Peek() != '}') return Fail(at_, "expected hexadecimal digits and `}`");
  ++at_;
  if (!wasm::IsScalarValue(code)) return Fail(begin, "not a Unicode scalar value");
  return code;
}

Result<char32_t> Scanner::ExpectChar() {
  if (!Take('\'')) return Expected("a char, as in 'x'");
  if (at_ == text_.size()) return Fail(at_, "the char has no end");
  char32_t scalar;
  if (Peek() == '\\') {
    ++at_;
    scalar = TRY(Escape());
  } else if (Peek() == '\'' || Peek() == '\n') {
    return Fail(at_, "expected one character, with ' and line breaks escaped");
  } else {
    scalar = TRY(Scalar());
  }
  if (Peek() != '\'') return Fail(at_, "expected `'` behind one character");
  ++at_;
  return scalar;
}

Result<std::string> Scanner::ExpectString() {
  if (!At('"')) return Expected("a string, as in \"abc\"");
  if (text_.substr(at_).starts_with("\"\"\"")) return MultilineString();
  const size_t begin = at_++;
  std::string out;
  for (;;) {
    if (at_ == text_.size()) return Fail(begin, "the string has no end");
    switch (Peek()) {
      case '"':
        ++at_;
        return out;
      case '\n':
        return Fail(at_, "a line break in a string: write \\n, or \"\"\" for several lines");
      case '\\':
        ++at_;
        wasm::AppendUtf8(out, TRY(Escape()));
        break;
      default:
        wasm::AppendUtf8(out, TRY(Scalar()));
        break;
    }
  }
}

Result<std::string> Scanner::MultilineString() {
  const size_t begin = at_;
  at_ += 3;
  if (Peek() == '\r' && Peek(1) == '\n') ++at_;
  if (Peek() != '\n') return Fail(at_, "expected a line break behind \"\"\"");
  const size_t first_break = at_++;
  const size_t close = text_.find("\"\"\"", at_);
  if (close == std::string_view::npos) return Fail(begin, "the string has no end");
  size_t last_break = close;
  while (text_[last_break - 1] == ' ') --last_break;
  if (text_[--last_break] != '\n')
    return Fail(close, "expected a line break and nothing but spaces before the closing \"\"\"");
  std::string out;
  if (last_break != first_break) {
    const size_t indent = close - last_break - 1;
    // The last line break and its carriage return are no content.
    const size_t end = text_[last_break - 1] == '\r' ? last_break - 1 : last_break;
    out = TRY(MultilineContent(end, indent));
  }
  at_ = close + 3;
  return out;
}

Result<std::string> Scanner::MultilineContent(size_t end, size_t indent) {
  std::string out;
  for (bool line_begins = true;;) {
    if (line_begins) {
      for (size_t i = 0; i < indent; ++i) {
        if (at_ >= end || Peek() != ' ')
          return Fail(at_, "expected " + std::to_string(indent) +
                               " spaces, as many as are before the closing \"\"\"");
        ++at_;
      }
      line_begins = false;
    }
    if (at_ >= end) return out;
    switch (Peek()) {
      case '\r':
        ++at_;
        if (Peek() != '\n') out.push_back('\r');
        break;
      case '\n':
        ++at_;
        out.push_back('\n');
        line_begins = true;
        break;
      case '\\':
        ++at_;
        wasm::AppendUtf8(out, TRY(Escape()));
        break;
      default:
        wasm::AppendUtf8(out, TRY(Scalar()));
        break;
    }
  }
}

// ---- errors ------------------------------------------------------------------------------------

std::unexpected<Error> Scanner::Fail(size_t at, std::string message) const {
  wasm::TextPosition position{.line = 1, .column = 1};
  for (size_t i = 0; i < at && i < text_.size(); ++i) {
    if (text_[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return std::unexpected(
      Error(wasm::ErrorKind::kMalformed, std::move(message)).WithPosition(position));
}

std::unexpected<Error> Scanner::Expected(std::string_view what) {
  SkipSpace();
  std::string got = "the end of the text";
  if (at_ < text_.size()) {
    // A word, or one character if it is readable.
    size_t end = at_;
    while (end < text_.size() && IsWordChar(text_[end]) && end - at_ < 40) ++end;
    if (end > at_)
      got = "`" + std::string(text_.substr(at_, end - at_)) + "`";
    else if (text_[at_] > ' ' && text_[at_] < 0x7f)
      got = std::string("`") + text_[at_] + '`';
    else
      got = "something else";
  }
  return Fail(at_, "expected " + std::string(what) + ", got " + got);
}

}  // namespace component::wave
