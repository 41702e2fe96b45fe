// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scanning by hand, longest match first as [text-token] asks: a run of identifier characters and
// strings without anything between them is one token, so `0$l` or `"a""b"` is reserved.

#include "libwasm/text/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libwasm/support/utf8.h"

namespace wasm::text {
namespace {

constexpr bool IsDigit(uint8_t c) { return c >= '0' && c <= '9'; }
constexpr bool IsHexDigit(uint8_t c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr uint32_t HexValue(uint8_t c) { return IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

// [text-idchar]
constexpr auto kIdChars = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  for (char c : std::string_view("!#$%&'*+-./:<=>?@\\^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}();

// Bytes of the UTF-8 sequence at the beginning of `s`; 0 if there is none.
uint32_t Utf8Length(std::string_view s) {
  if (!s.empty() && static_cast<uint8_t>(s[0]) < 0x80) return 1;
  std::string_view rest = s;
  return DecodeUtf8(&rest) ? static_cast<uint32_t>(s.size() - rest.size()) : 0;
}

// Digits with single underscores between them; advances *i. False if there is no digit.
bool ScanDigits(std::string_view s, size_t* i, bool hex) {
  auto digit = [&](size_t at) {
    if (at >= s.size()) return false;
    const auto c = static_cast<uint8_t>(s[at]);
    return hex ? IsHexDigit(c) : IsDigit(c);
  };
  if (!digit(*i)) return false;
  ++*i;
  for (;;) {
    if (digit(*i)) {
      ++*i;
    } else if (*i < s.size() && s[*i] == '_' && digit(*i + 1)) {
      *i += 2;
    } else {
      return true;
    }
  }
}

// [text-int], [text-float]
TokenKind ClassifyNumber(std::string_view s) {
  size_t i = 0;
  const bool sign = s[0] == '+' || s[0] == '-';
  if (sign) ++i;
  const std::string_view magnitude = s.substr(i);
  if (magnitude == "inf" || magnitude == "nan") return TokenKind::kFloat;
  if (magnitude.starts_with("nan:0x")) {
    i += 6;
    return ScanDigits(s, &i, true) && i == s.size() ? TokenKind::kFloat : TokenKind::kReserved;
  }
  const bool hex = magnitude.starts_with("0x");
  if (hex) i += 2;
  if (!ScanDigits(s, &i, hex)) return TokenKind::kReserved;
  if (i == s.size()) return sign ? TokenKind::kInt : TokenKind::kNat;
  if (s[i] == '.') {
    ++i;
    ScanDigits(s, &i, hex);
  }
  if (i < s.size() && (s[i] | 0x20) == (hex ? 'p' : 'e')) {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (!ScanDigits(s, &i, false)) return TokenKind::kReserved;
  }
  return i == s.size() ? TokenKind::kFloat : TokenKind::kReserved;
}

}  // namespace

TextPosition PositionAt(std::string_view source, uint32_t offset) {
  return PositionAt(source, offset, 0, {1, 1});
}

TextPosition PositionAt(std::string_view source, uint32_t offset, uint32_t begin,
                        TextPosition position) {
  const size_t end = std::min<size_t>(offset, source.size());
  for (size_t i = begin; i < end; ++i) {
    const auto c = static_cast<uint8_t>(source[i]);
    if (c == '\n' || (c == '\r' && !(i + 1 < source.size() && source[i + 1] == '\n'))) {
      ++position.line;
      position.column = 1;
    } else if ((c & 0xc0) != 0x80) {
      ++position.column;
    }
  }
  return position;
}

bool IsNat(std::string_view text) {
  return !text.empty() && ClassifyNumber(text) == TokenKind::kNat;
}

void AppendStringValue(std::string_view literal, std::string* out) {
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] != '\\') {
      out->push_back(literal[i]);
      continue;
    }
    const char c = literal[++i];
    switch (c) {
      case 'n':
        out->push_back('\n');
        break;
      case 'r':
        out->push_back('\r');
        break;
      case 't':
        out->push_back('\t');
        break;
      case '\\':
      case '\'':
      case '"':
        out->push_back(c);
        break;
      case 'u': {
        uint32_t code = 0;
        for (i += 2; literal[i] != '}'; ++i)
          if (literal[i] != '_') code = code * 16 + HexValue(static_cast<uint8_t>(literal[i]));
        AppendUtf8(*out, code);
        break;
      }
      default:
        out->push_back(static_cast<char>(HexValue(static_cast<uint8_t>(c)) * 16 +
                                         HexValue(static_cast<uint8_t>(literal[i + 1]))));
        ++i;
    }
  }
}

std::string_view IdName(std::string_view id, std::string* storage) {
  if (id.size() < 2 || id[1] != '"') return id.substr(1);
  storage->clear();
  AppendStringValue(id.substr(1), storage);
  return *storage;
}

AnnotationKind AnnotationKindOf(std::string_view annotation) {
  std::string_view name = annotation.substr(2);
  std::string decoded;
  if (name.starts_with('"')) {
    size_t end = 1;
    while (name[end] != '"') end += name[end] == '\\' ? 2 : 1;
    AppendStringValue(name.substr(0, end + 1), &decoded);
    name = decoded;
  } else {
    size_t end = 0;
    while (end < name.size() && kIdChars[static_cast<uint8_t>(name[end])]) ++end;
    name = name.substr(0, end);
  }
  if (name == "custom") return AnnotationKind::kCustom;
  if (name == "name") return AnnotationKind::kName;
  if (name == "metadata.code.branch_hint") return AnnotationKind::kBranchHint;
  return AnnotationKind::kOther;
}

bool Lexer::Fail(uint32_t at, std::string_view message) {
  error_ = Error(ErrorKind::kMalformed, std::string(message)).WithPosition(PositionAt(source_, at));
  return false;
}

bool Lexer::ScanUtf8() {
  const uint32_t length = Utf8Length(source_.substr(at_));
  at_ += length;
  return length != 0;
}

bool Lexer::SkipLineComment() {
  while (!AtEnd() && Peek() != '\n' && Peek() != '\r')
    if (!ScanUtf8()) return Fail(at_, "malformed UTF-8 encoding");
  return true;
}

bool Lexer::SkipBlockComment() {
  const uint32_t begin = at_;
  uint32_t depth = 0;
  do {
    if (AtEnd()) return Fail(begin, "unclosed comment");
    if (Peek() == '(' && Peek(1) == ';') {
      ++depth;
      at_ += 2;
    } else if (Peek() == ';' && Peek(1) == ')') {
      --depth;
      at_ += 2;
    } else if (!ScanUtf8()) {
      return Fail(at_, "malformed UTF-8 encoding");
    }
  } while (depth > 0);
  return true;
}

// [text-space], annotations aside
bool Lexer::SkipSpace() {
  for (;;) {
    const uint8_t c = Peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == ';' && Peek(1) == ';') {
      if (!SkipLineComment()) return false;
    } else if (c == '(' && Peek(1) == ';') {
      if (!SkipBlockComment()) return false;
    } else {
      return true;
    }
  }
}

// From the opening quote to behind the closing one [text-string].
bool Lexer::ScanString(const char** problem) {
  const uint32_t begin = at_++;
  for (;;) {
    const uint8_t c = Peek();
    if (AtEnd() || c == '\n') {
      at_ = begin;
      *problem = "unclosed string literal";
      return false;
    }
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c < 0x20 || c == 0x7f) {
      *problem = "illegal control character in string literal";
      return false;
    }
    if (c >= 0x80) {
      if (ScanUtf8()) continue;
      *problem = "malformed UTF-8 encoding";
      return false;
    }
    if (c != '\\') {
      ++at_;
      continue;
    }
    *problem = "illegal escape";
    if (!ScanEscape()) return false;
  }
}

// From a backslash to behind the escape; stays where it is if there is none.
bool Lexer::ScanEscape() {
  const uint8_t e = Peek(1);
  if (e == 'n' || e == 'r' || e == 't' || e == '\\' || e == '\'' || e == '"') {
    at_ += 2;
  } else if (IsHexDigit(e) && IsHexDigit(Peek(2))) {
    at_ += 3;
  } else if (e == 'u' && Peek(2) == '{') {
    size_t i = at_ + 3;
    const size_t digits = i;
    if (!ScanDigits(source_, &i, true) || i >= source_.size() || source_[i] != '}') return false;
    uint32_t code = 0;
    for (size_t k = digits; k < i; ++k) {
      if (source_[k] == '_') continue;
      code = code * 16 + HexValue(static_cast<uint8_t>(source_[k]));
      if (code > 0x10ffff) return false;
    }
    if (!IsScalarValue(code)) return false;
    at_ = static_cast<uint32_t>(i) + 1;
  } else {
    return false;
  }
  return true;
}

// At an apostrophe. What is no literal is left to be a token like any other.
void Lexer::ScanCharLiteral() {
  const uint32_t begin = at_++;
  const bool scanned = Peek() == '\\' ? ScanEscape() : Peek() >= 0x20 && ScanUtf8();
  if (scanned && Peek() == '\'') {
    ++at_;
  } else {
    at_ = begin;
  }
}

// A `$`: an identifier, plain or quoted.
bool Lexer::ScanId(Token* token) {
  const uint32_t begin = at_++;
  token->kind = TokenKind::kId;
  if (Peek() == '"') {
    const char* problem = nullptr;
    if (!ScanString(&problem)) return Fail(begin, "empty identifier");
    if (at_ == begin + 3) return Fail(begin, "empty identifier");
    std::string name;
    AppendStringValue(source_.substr(begin + 1, at_ - begin - 1), &name);
    if (!IsValidUtf8(name)) return Fail(begin, "malformed UTF-8 encoding");
  } else {
    while (kIdChars[Peek()]) ++at_;
    if (at_ == begin + 1 && !inside_annotation_) return Fail(begin, "empty identifier");
  }
  return true;
}

bool Lexer::ScanAtom(Token* token) {
  const uint32_t begin = at_;
  const uint8_t first = Peek();
  const char* problem = nullptr;
  if (first == '$') {
    if (!ScanId(token)) return false;
  } else if (first == '"') {
    if (!ScanString(&problem)) return Fail(at_, problem);
    token->kind = TokenKind::kString;
  } else {
    if (first == '\'' && char_literals_) ScanCharLiteral();
    while (kIdChars[Peek()]) ++at_;
    const std::string_view text = source_.substr(begin, at_ - begin);
    if (first >= 'a' && first <= 'z') {
      const bool may_be_number = text == "inf" || text.starts_with("nan");
      token->kind = may_be_number && ClassifyNumber(text) == TokenKind::kFloat
                        ? TokenKind::kFloat
                        : TokenKind::kKeyword;
    } else {
      token->kind = ClassifyNumber(text);
    }
  }
  // Whatever sticks to it makes it a reserved token.
  while (kIdChars[Peek()] || Peek() == '"') {
    token->kind = TokenKind::kReserved;
    if (Peek() == '"') {
      if (!ScanString(&problem)) return Fail(at_, problem);
    } else {
      ++at_;
    }
  }
  return true;
}

// At `(@`. Its content is any balanced sequence of tokens [text-annot].
bool Lexer::ScanAnnotation(Token* token, bool* significant) {
  const uint32_t begin = at_;
  at_ += 2;
  if (Peek() == '"') {
    const char* problem = nullptr;
    const uint32_t name_begin = at_;
    if (!ScanString(&problem)) return Fail(begin, "empty annotation id");
    std::string name;
    AppendStringValue(source_.substr(name_begin, at_ - name_begin), &name);
    if (name.empty()) return Fail(begin, "empty annotation id");
    if (!IsValidUtf8(name)) return Fail(begin, "malformed UTF-8 encoding");
  } else {
    while (kIdChars[Peek()]) ++at_;
    if (at_ == begin + 2) return Fail(begin, "empty annotation id");
  }
  Lexer content(source_, at_, true);
  for (uint32_t depth = 1; depth > 0;) {
    Token inner;
    if (!content.Next(&inner)) {
      error_ = std::move(content.error_);
      return false;
    }
    if (inner.kind == TokenKind::kEnd) return Fail(begin, "unclosed annotation");
    if (inner.kind == TokenKind::kLeft) ++depth;
    if (inner.kind == TokenKind::kRight) --depth;
  }
  at_ = content.at_;
  *token = {TokenKind::kAnnotation, begin, at_, 0};
  *significant = AnnotationKindOf(source_.substr(begin, at_ - begin)) != AnnotationKind::kOther;
  return true;
}

bool Lexer::Next(Token* token) {
  if (source_.size() > 0xffff'fff0u) return Fail(0, "text too long");
  for (;;) {
    if (!SkipSpace()) return false;
    *token = {TokenKind::kEnd, at_, at_, 0};
    if (AtEnd()) return true;
    const uint8_t c = Peek();
    if (c == '(' && Peek(1) == '@' && !inside_annotation_) {
      bool significant = false;
      if (!ScanAnnotation(token, &significant)) return false;
      if (significant) return true;
      continue;
    }
    if (c == '(' || c == ')') {
      token->kind = c == '(' ? TokenKind::kLeft : TokenKind::kRight;
      ++at_;
    } else if (kIdChars[c] || c == '"') {
      if (!ScanAtom(token)) return false;
    } else if (c == ',' || c == ';' || c == '[' || c == ']' || c == '{' || c == '}') {
      token->kind = TokenKind::kReserved;
      ++at_;
    } else if (Utf8Length(source_.substr(at_)) == 0) {
      return Fail(at_, "malformed UTF-8 encoding");
    } else {
      return Fail(at_, "illegal character");
    }
    token->end = at_;
    return true;
  }
}

// `first` and, if it opens an S-expression, the rest of that.
bool Lexer::AppendBalanced(Token first, std::vector<Token>* tokens) {
  // Open parentheses, chained through their `partner`.
  constexpr uint32_t kNone = ~uint32_t{0};
  uint32_t open = kNone;
  Token token = first;
  for (;;) {
    const auto index = static_cast<uint32_t>(tokens->size());
    if (token.kind == TokenKind::kLeft) {
      token.partner = open;
      open = index;
    } else if (token.kind == TokenKind::kRight) {
      if (open == kNone) return Fail(token.begin, "unexpected token )");
      token.partner = open;
      open = std::exchange((*tokens)[open].partner, index);
    } else if (token.kind == TokenKind::kEnd) {
      return Fail(token.begin, "unexpected token: end of text, a parenthesis is not closed");
    }
    tokens->push_back(token);
    if (open == kNone) return true;
    if (!Next(&token)) return false;
  }
}

bool Lexer::Form(std::vector<Token>* tokens) {
  Token token;
  if (!Next(&token)) return false;
  return token.kind == TokenKind::kEnd || AppendBalanced(token, tokens);
}

bool Lexer::All(std::vector<Token>* tokens) {
  // The typical token, with the space around it, takes about five bytes.
  tokens->reserve(tokens->size() + source_.size() / 5);
  for (;;) {
    Token token;
    if (!Next(&token)) return false;
    if (token.kind == TokenKind::kEnd) return true;
    if (!AppendBalanced(token, tokens)) return false;
  }
}

}  // namespace wasm::text
