// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/lexer.h"

#include <algorithm>
#include <array>

#include "libwasm/support/utf8.h"

namespace component::wit {
namespace {

constexpr bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsWord(char c) { return IsWordStart(c) || IsDigit(c) || c == '-' || c == '_'; }
constexpr bool IsHex(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr uint32_t HexValue(char c) {
  return static_cast<uint32_t>(IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

// Why WIT does not have this character; nullptr if it has [wit:lexical-structure].
const char* Forbidden(char32_t c) {
  if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || (c >= 0x7f && c < 0xa0))
    return "control code";
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
    return "bidirectional override character";
  constexpr std::array<char32_t, 8> kDeprecated = {0x149,  0x673,  0xf77,  0xf79,
                                                   0x17a3, 0x17a4, 0x17b4, 0x17b5};
  if (std::find(kDeprecated.begin(), kDeprecated.end(), c) != kDeprecated.end())
    return "character deprecated by Unicode";
  return nullptr;
}

std::string_view TrimEnd(std::string_view text) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  return TrimEnd(text);
}

// Behind the comment at `at`; nested ones belong to it. npos if it does not end.
size_t EndOfComment(std::string_view text, size_t at) {
  if (text[at + 1] == '/') return std::min(text.find('\n', at), text.size());
  size_t depth = 0;
  do {
    if (text.substr(at).starts_with("/*")) {
      ++depth;
      at += 2;
    } else if (text.substr(at).starts_with("*/")) {
      --depth;
      at += 2;
    } else if (at++ >= text.size()) {
      return std::string_view::npos;
    }
  } while (depth > 0);
  return at;
}

}  // namespace

std::string_view TokenKindName(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd:
      return "the end of the file";
    case TokenKind::kEquals:
      return "`=`";
    case TokenKind::kComma:
      return "`,`";
    case TokenKind::kColon:
      return "`:`";
    case TokenKind::kSemicolon:
      return "`;`";
    case TokenKind::kLeftParen:
      return "`(`";
    case TokenKind::kRightParen:
      return "`)`";
    case TokenKind::kLeftBrace:
      return "`{`";
    case TokenKind::kRightBrace:
      return "`}`";
    case TokenKind::kLeftBracket:
      return "`[`";
    case TokenKind::kRightBracket:
      return "`]`";
    case TokenKind::kLess:
      return "`<`";
    case TokenKind::kGreater:
      return "`>`";
    case TokenKind::kStar:
      return "`*`";
    case TokenKind::kArrow:
      return "`->`";
    case TokenKind::kSlash:
      return "`/`";
    case TokenKind::kPeriod:
      return "`.`";
    case TokenKind::kAt:
      return "`@`";
    case TokenKind::kUnderscore:
      return "`_`";
    case TokenKind::kInteger:
      return "an integer";
    case TokenKind::kKeyword:
      return "a keyword";
    case TokenKind::kId:
    case TokenKind::kEscapedId:
      return "an identifier";
    case TokenKind::kString:
      return "a string";
  }
  return "";
}

std::optional<Problem> CheckText(std::string_view source, uint32_t file) {
  std::string_view rest = source;
  while (!rest.empty()) {
    const auto at = static_cast<uint32_t>(source.size() - rest.size());
    const std::optional<char32_t> c = wasm::DecodeUtf8(&rest);
    if (!c) return Problem{.span = {file, at, at + 1}, .message = "malformed UTF-8 encoding"};
    if (const char* why = Forbidden(*c)) {
      constexpr std::string_view kHex = "0123456789abcdef";
      std::string code;
      for (int shift = *c > 0xffff ? 20 : 12; shift >= 0; shift -= 4)
        code += kHex[(*c >> shift) & 15];
      return Problem{.span = {file, at, static_cast<uint32_t>(source.size() - rest.size())},
                     .message = std::string(why) + " U+" + code + " is not allowed"};
    }
  }
  return std::nullopt;
}

bool Lexer::Fail(uint32_t begin, uint32_t end, std::string message) {
  problem_ = {.span = {file_, begin, end}, .message = std::move(message)};
  return false;
}

bool Lexer::SkipSpace() {
  for (;;) {
    if (at_ < source_.size() && IsSpace(source_[at_])) {
      ++at_;
    } else if (Peek() == '/' && (Peek(1) == '/' || Peek(1) == '*')) {
      const size_t end = EndOfComment(source_, at_);
      if (end == std::string_view::npos) return Fail(at_, at_ + 2, "unterminated block comment");
      at_ = static_cast<uint32_t>(end);
    } else {
      return true;
    }
  }
}

bool Lexer::ScanWord(Token* token) {
  if (Peek() == '%') ++at_;
  const uint32_t begin = at_;
  if (!IsWordStart(Peek())) return Fail(token->begin, at_ + 1, "expected an identifier after `%`");
  while (IsWord(Peek())) ++at_;
  const std::string_view word = source_.substr(begin, at_ - begin);
  if (!IsLabel(word)) {
    return Fail(token->begin, at_,
                "`" + std::string(word) +
                    "` is not in kebab case: words of lower-case or of upper-case letters and "
                    "digits with single hyphens between them");
  }
  if (begin > token->begin)
    token->kind = TokenKind::kEscapedId;
  else
    token->kind = IsKeyword(word) ? TokenKind::kKeyword : TokenKind::kId;
  return true;
}

bool Lexer::ScanString(Token* token) {
  token->kind = TokenKind::kString;
  const uint32_t begin = at_++;
  for (;;) {
    const char c = Peek();
    if (at_ >= source_.size() || c == '\n' || c == '\r')
      return Fail(begin, at_, "unterminated string literal");
    if (c == '\t') return Fail(at_, at_ + 1, "a string literal contains a control code");
    ++at_;
    if (c == '"') break;
    if (c != '\\') continue;
    const uint32_t escape = at_ - 1;
    const char e = Peek();
    if (e == 'u') {
      ++at_;
      uint64_t code = 0;
      bool digit = false;
      if (Peek() != '{') return Fail(escape, at_, "malformed escape");
      for (++at_; IsHex(Peek()) || (digit && Peek() == '_' && IsHex(Peek(1))); ++at_) {
        if (Peek() == '_') continue;
        digit = true;
        code = std::min<uint64_t>(code * 16 + HexValue(Peek()), 0x110000);
      }
      if (!digit || Peek() != '}' || !wasm::IsScalarValue(code))
        return Fail(escape, at_, "malformed escape");
      ++at_;
    } else if (IsHex(e) && IsHex(Peek(1))) {
      at_ += 2;
    } else if (e != '\0' && std::string_view("nrt\\'\"").find(e) != std::string_view::npos) {
      ++at_;
    } else {
      return Fail(escape, at_, "malformed escape");
    }
  }
  if (!wasm::IsValidUtf8(StringValue(source_.substr(begin, at_ - begin))))
    return Fail(begin, at_, "malformed UTF-8 encoding");
  return true;
}

bool Lexer::Next(Token* token) {
  token->space_begin = at_;
  if (!SkipSpace()) return false;
  token->begin = at_;
  const auto one = [&](TokenKind kind) {
    token->kind = kind;
    ++at_;
    return true;
  };
  const auto scan = [&] {
    if (at_ >= source_.size()) {
      token->kind = TokenKind::kEnd;
      return true;
    }
    const char c = source_[at_];
    switch (c) {
      case '=':
        return one(TokenKind::kEquals);
      case ',':
        return one(TokenKind::kComma);
      case ':':
        return one(TokenKind::kColon);
      case ';':
        return one(TokenKind::kSemicolon);
      case '(':
        return one(TokenKind::kLeftParen);
      case ')':
        return one(TokenKind::kRightParen);
      case '{':
        return one(TokenKind::kLeftBrace);
      case '}':
        return one(TokenKind::kRightBrace);
      case '[':
        return one(TokenKind::kLeftBracket);
      case ']':
        return one(TokenKind::kRightBracket);
      case '<':
        return one(TokenKind::kLess);
      case '>':
        return one(TokenKind::kGreater);
      case '*':
        return one(TokenKind::kStar);
      case '/':
        return one(TokenKind::kSlash);
      case '.':
        return one(TokenKind::kPeriod);
      case '@':
        return one(TokenKind::kAt);
      case '"':
        return ScanString(token);
      case '-':
        if (Peek(1) != '>') break;
        ++at_;
        return one(TokenKind::kArrow);
      case '_':
        if (IsWord(Peek(1))) break;
        return one(TokenKind::kUnderscore);
      default:
        if (IsWordStart(c) || c == '%') return ScanWord(token);
        if (!IsDigit(c)) break;
        token->kind = TokenKind::kInteger;
        while (IsDigit(Peek())) ++at_;
        return true;
    }
    std::string_view rest = source_.substr(at_);
    wasm::DecodeUtf8(&rest);
    const auto end = static_cast<uint32_t>(source_.size() - rest.size());
    return Fail(at_, end,
                "unexpected character `" + std::string(source_.substr(at_, end - at_)) + "`");
  };
  const bool ok = scan();
  token->end = at_;
  return ok;
}

std::optional<SemVer> Lexer::NextVersion() {
  if (!SkipSpace()) return std::nullopt;
  std::string_view rest = source_.substr(at_);
  auto version = SemVer::ParsePrefix(&rest);
  if (version) {
    at_ = static_cast<uint32_t>(source_.size() - rest.size());
  } else {
    uint32_t end = at_;
    while (end < source_.size() &&
           (IsWord(source_[end]) || source_[end] == '+' ||
            (source_[end] == '.' && end + 1 < source_.size() && IsWord(source_[end + 1]))))
      ++end;
    Fail(at_, end, "expected a version such as 1.2.3");
  }
  return version;
}

std::string StringValue(std::string_view literal) {
  std::string out;
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] != '\\') {
      out += literal[i];
      continue;
    }
    const char c = literal[++i];
    if (c == 'n') {
      out += '\n';
    } else if (c == 'r') {
      out += '\r';
    } else if (c == 't') {
      out += '\t';
    } else if (c == 'u') {
      uint32_t code = 0;
      for (i += 2; literal[i] != '}'; ++i)
        if (literal[i] != '_') code = code * 16 + HexValue(literal[i]);
      wasm::AppendUtf8(out, code);
    } else if (IsHex(c)) {
      out += static_cast<char>(HexValue(c) * 16 + HexValue(literal[++i]));
    } else {
      out += c;
    }
  }
  return out;
}

std::string Documentation(std::string_view space) {
  std::string out;
  bool any = false;
  const auto add = [&](std::string_view line) {
    if (any) out += '\n';
    out += TrimEnd(line);
    any = true;
  };
  for (size_t at = 0; at < space.size();) {
    if (space[at] != '/') {
      ++at;
      continue;
    }
    const size_t end = std::min(EndOfComment(space, at), space.size());
    std::string_view comment = space.substr(at, end - at);
    at = end;
    if (comment.starts_with("///") && !comment.starts_with("////")) {
      comment.remove_prefix(3);
      if (comment.starts_with(' ')) comment.remove_prefix(1);
      add(comment);
    } else if (comment.starts_with("/**") && !comment.starts_with("/***") && comment.size() > 4) {
      comment = Trim(comment.substr(3, comment.size() - 5));
      for (;;) {
        const size_t line_end = std::min(comment.find('\n'), comment.size());
        add(comment.substr(0, line_end));
        if (line_end == comment.size()) break;
        comment.remove_prefix(line_end + 1);
      }
    }
  }
  return out;
}

}  // namespace component::wit
