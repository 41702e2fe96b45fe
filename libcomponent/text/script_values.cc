// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/script_values.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "libwasm/support/utf8.h"
#include "libwasm/text/numbers.h"

namespace component::text {
namespace {

using wasm::text::Cursor;
using wasm::text::NanPattern;
using wasm::text::Token;
using wasm::text::TokenKind;
using Kind = ScriptValue::Kind;

// Deeper values than any type of a script needs.
constexpr uint32_t kMaxDepth = 100;

struct ValueWord {
  std::string_view word;
  Kind kind;
  bool is_error = false;
};
constexpr ValueWord kWords[] = {
    {"bool.const", Kind::kBool},       {"s8.const", Kind::kS8},
    {"u8.const", Kind::kU8},           {"s16.const", Kind::kS16},
    {"u16.const", Kind::kU16},         {"s32.const", Kind::kS32},
    {"u32.const", Kind::kU32},         {"s64.const", Kind::kS64},
    {"u64.const", Kind::kU64},         {"f32.const", Kind::kF32},
    {"f64.const", Kind::kF64},         {"char.const", Kind::kChar},
    {"str.const", Kind::kString},      {"list.const", Kind::kList},
    {"record.const", Kind::kRecord},   {"tuple.const", Kind::kTuple},
    {"variant.const", Kind::kVariant}, {"enum.const", Kind::kEnum},
    {"option.none", Kind::kOption},    {"option.some", Kind::kOption},
    {"result.ok", Kind::kResult},      {"result.err", Kind::kResult, true},
    {"flags.const", Kind::kFlags},
};

class ValueParser {
 public:
  ValueParser(Cursor& in, bool pattern) : in_(in), pattern_(pattern) {}

  bool Parse(ScriptValue* value) {
    // A part of a value may stand without parentheses of its own.
    const bool bare = depth_ > 0 && !in_.At(TokenKind::kLeft);
    if (++depth_ > kMaxDepth) return in_.Fail(in_.Peek(), "nesting too deep");
    for (const ValueWord& word : kWords) {
      if (!(bare ? in_.TakeKeyword(word.word) : in_.TakeForm(word.word))) continue;
      value->kind = word.kind;
      value->is_error = word.is_error;
      const bool ok = word.word == "option.some" ? Child(value) : Contents(value);
      --depth_;
      return ok && (bare || in_.ExpectRight());
    }
    if (in_.At(TokenKind::kLeft)) in_.Take();
    return in_.Unexpected();
  }

 private:
  bool Child(ScriptValue* value) { return Parse(&value->children.emplace_back()); }
  bool OptionalChild(ScriptValue* value) { return in_.At(TokenKind::kRight) || Child(value); }

  bool Contents(ScriptValue* value) {
    switch (value->kind) {
      case Kind::kBool:
        if (!in_.AtKeyword("true") && !in_.AtKeyword("false")) return in_.Unexpected();
        value->bits = in_.AtKeyword("true") ? 1 : 0;
        in_.Take();
        return true;
      case Kind::kS8:
        return Integer(8, true, value);
      case Kind::kU8:
        return Integer(8, false, value);
      case Kind::kS16:
        return Integer(16, true, value);
      case Kind::kU16:
        return Integer(16, false, value);
      case Kind::kS32:
        return Integer(32, true, value);
      case Kind::kU32:
        return Integer(32, false, value);
      case Kind::kS64:
        return Integer(64, true, value);
      case Kind::kU64:
        return Integer(64, false, value);
      case Kind::kF32:
        return Float(32, value);
      case Kind::kF64:
        return Float(64, value);
      case Kind::kChar:
        return Char(value);
      case Kind::kString:
      case Kind::kEnum:
        return in_.ExpectName(&value->text);
      case Kind::kList:
      case Kind::kTuple:
        while (!in_.At(TokenKind::kRight))
          if (!Child(value)) return false;
        return true;
      case Kind::kRecord:
        while (in_.TakeForm("field")) {
          if (!in_.ExpectName(&value->labels.emplace_back()) || !Child(value) || !in_.ExpectRight())
            return false;
        }
        return true;
      case Kind::kVariant:
        return in_.ExpectName(&value->text) && OptionalChild(value);
      case Kind::kOption:
        return true;
      case Kind::kResult:
        return OptionalChild(value);
      case Kind::kFlags:
        while (in_.At(TokenKind::kString))
          if (!in_.ExpectName(&value->labels.emplace_back())) return false;
        return true;
    }
    return false;
  }

  // Any N-bit pattern may be written with or without a sign, as everywhere in scripts.
  bool Integer(int bits, bool is_signed, ScriptValue* value) {
    if (!in_.At(TokenKind::kNat) && !in_.At(TokenKind::kInt)) return in_.Unexpected();
    const Token& token = in_.Take();
    const auto parsed = wasm::text::ParseInt(in_.Text(token), bits);
    if (!parsed) return in_.Fail(token, "i" + std::to_string(bits) + " constant out of range");
    const int shift = 64 - bits;
    value->bits = is_signed ? static_cast<uint64_t>(static_cast<int64_t>(*parsed << shift) >> shift)
                            : *parsed << shift >> shift;
    return true;
  }

  bool Float(int bits, ScriptValue* value) {
    if (pattern_ && in_.TakeKeyword("nan:canonical")) {
      value->nan = NanPattern::kCanonical;
      return true;
    }
    if (pattern_ && in_.TakeKeyword("nan:arithmetic")) {
      value->nan = NanPattern::kArithmetic;
      return true;
    }
    if (!in_.AtNumber()) return in_.Unexpected();
    const Token& token = in_.Take();
    std::optional<uint64_t> parsed;
    if (bits == 64) {
      parsed = wasm::text::ParseF64(in_.Text(token));
    } else if (const auto f32 = wasm::text::ParseF32(in_.Text(token))) {
      parsed = *f32;
    }
    if (!parsed) return in_.Fail(token, "constant out of range");
    value->bits = *parsed;
    return true;
  }

  // A string of one character.
  bool Char(ScriptValue* value) {
    const Token& token = in_.Peek();
    std::string text;
    if (!in_.ExpectName(&text)) return false;
    std::string_view rest = text;
    const auto code = wasm::DecodeUtf8(&rest);
    if (!code || !rest.empty()) return in_.Fail(token, "unexpected token: not one character");
    value->bits = *code;
    return true;
  }

  Cursor& in_;
  bool pattern_;
  uint32_t depth_ = 0;
};

}  // namespace

bool AtComponentValue(const Cursor& in) {
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](const ValueWord& word) { return in.AtForm(word.word); });
}

bool ParseComponentValue(Cursor& in, bool pattern, ScriptValue* value) {
  return ValueParser(in, pattern).Parse(value);
}

}  // namespace component::text
