// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/cursor.h"

#include <utility>

#include "libwasm/support/utf8.h"
#include "libwasm/text/keywords.h"
#include "libwasm/text/numbers.h"

namespace wasm::text {

bool Cursor::ExpectString(std::string* out) {
  if (!At(TokenKind::kString)) return Unexpected();
  AppendStringValue(Text(Take()), out);
  return true;
}

bool Cursor::ExpectName(std::string* out) {
  const Token& token = Peek();
  if (!ExpectString(out)) return false;
  return IsValidUtf8(*out) || Fail(token, "malformed UTF-8 encoding");
}

bool Cursor::ExpectNat(int bits, uint64_t* out) {
  if (!At(TokenKind::kNat)) return Unexpected();
  const Token& token = Take();
  const auto value = ParseNat(Text(token), ~uint64_t{0} >> (64 - bits));
  if (!value) return Fail(token, "i" + std::to_string(bits) + " constant out of range");
  *out = *value;
  return true;
}

bool Cursor::Unexpected() {
  const Token& token = Peek();
  const std::string_view text = Text(token);
  // What is shown of a long token.
  constexpr size_t kShown = 60;
  switch (token.kind) {
    case TokenKind::kEnd:
      return Fail(token, "unexpected token: end of text");
    case TokenKind::kAnnotation:
      switch (AnnotationKindOf(text)) {
        case AnnotationKind::kName:
          return Fail(token, "misplaced @name annotation");
        case AnnotationKind::kBranchHint:
          return Fail(token, "@metadata.code.branch_hint annotation: not in a function");
        default:
          return Fail(token, "misplaced @custom annotation");
      }
    case TokenKind::kReserved:
      return Fail(token, "unknown operator " + std::string(text.substr(0, kShown)));
    case TokenKind::kKeyword:
      if (!IsKnownKeyword(text))
        return Fail(token, "unknown operator " + std::string(text.substr(0, kShown)));
      [[fallthrough]];
    default:
      return Fail(token, "unexpected token " + std::string(text.substr(0, kShown)));
  }
}

bool Cursor::Fail(const Token& token, std::string message) {
  return FailWith(Error(ErrorKind::kMalformed, std::move(message))
                      .WithPosition(PositionAt(source_, token.begin)));
}

bool Cursor::FailWith(Error error) {
  if (!error_) error_ = std::move(error);
  return false;
}

}  // namespace wasm::text
