// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value is a pattern without anything left open, so there is one parser.

#include "libwasm/text/wast_values.h"

#include "libwasm/text/keywords.h"
#include "libwasm/text/parse_instr.h"

namespace wasm::text {
namespace {

bool ParseLane(Cursor& in, bool is_float, int bits, LanePattern* lane) {
  if (!is_float) return ParseIntLiteral(in, bits, &lane->bits);
  if (in.TakeKeyword("nan:canonical")) {
    lane->nan = NanPattern::kCanonical;
    return true;
  }
  if (in.TakeKeyword("nan:arithmetic")) {
    lane->nan = NanPattern::kArithmetic;
    return true;
  }
  return ParseFloatLiteral(in, bits, &lane->bits);
}

bool ParseVector(Cursor& in, ResultPattern* pattern) {
  VecShape shape;
  if (!ParseVecShape(in, &shape)) return false;
  pattern->kind = ResultPattern::Kind::kV128;
  pattern->num_lanes = shape.lanes;
  pattern->lane_bits = shape.bits;
  pattern->float_lanes = shape.is_float;
  for (int i = 0; i < shape.lanes; ++i) {
    if (in.At(TokenKind::kRight)) return in.Fail(in.Peek(), "wrong number of lane literals");
    if (!ParseLane(in, shape.is_float, shape.bits, &pattern->lanes[i])) return false;
  }
  return true;
}

// `ref.` and the rest of the word.
bool ParseReference(Cursor& in, std::string_view word, ResultPattern* pattern) {
  using Kind = ResultPattern::Kind;
  if (word == "null") {
    pattern->kind = Kind::kRefNull;
    if (in.At(TokenKind::kRight)) return true;
    pattern->heap_type = FindAbstractHeapType(in.Text(in.Peek()));
    if (!in.At(TokenKind::kKeyword) || !pattern->heap_type) return in.Unexpected();
    in.Take();
    return true;
  }
  const bool host = word == "host";
  pattern->heap_type = FindAbstractHeapType(host ? "any" : word);
  pattern->kind = Kind::kRef;
  if ((host || word == "extern") && in.At(TokenKind::kNat)) {
    pattern->kind = host ? Kind::kRefHost : Kind::kRefExtern;
    return in.ExpectNat(32, &pattern->lanes[0].bits);
  }
  // The number that some scripts give functions is of no use to anybody.
  if (word == "func" && in.AtIndex()) in.Take();
  return true;
}

}  // namespace

bool ParseResultPattern(Cursor& in, ResultPattern* pattern) {
  using Kind = ResultPattern::Kind;
  static constexpr struct {
    std::string_view word;
    Kind kind;
    uint8_t bits;
    bool is_float;
  } kNumbers[] = {{"i32.const", Kind::kI32, 32, false},
                  {"i64.const", Kind::kI64, 64, false},
                  {"f32.const", Kind::kF32, 32, true},
                  {"f64.const", Kind::kF64, 64, true}};
  for (const auto& number : kNumbers) {
    if (!in.TakeForm(number.word)) continue;
    pattern->kind = number.kind;
    pattern->lane_bits = number.bits;
    pattern->float_lanes = number.is_float;
    return ParseLane(in, number.is_float, number.bits, &pattern->lanes[0]) && in.ExpectRight();
  }
  if (in.TakeForm("v128.const")) return ParseVector(in, pattern) && in.ExpectRight();
  if (in.TakeForm("either")) {
    pattern->kind = Kind::kEither;
    while (in.At(TokenKind::kLeft)) {
      // One level is all there is; more would let a script choose the depth of this recursion.
      if (in.AtForm("either")) return in.Unexpected();
      if (!ParseResultPattern(in, &pattern->either.emplace_back())) return false;
    }
    return in.ExpectRight();
  }
  if (!in.Expect(TokenKind::kLeft)) return false;
  const std::string_view word =
      in.At(TokenKind::kKeyword) ? in.Text(in.Peek()) : std::string_view();
  const bool known = word == "ref.host" || word == "ref.null" ||
                     (word.starts_with("ref.") && FindAbstractHeapType(word.substr(4)));
  if (!known) return in.Unexpected();
  in.Take();
  return ParseReference(in, word.substr(4), pattern) && in.ExpectRight();
}

bool ParseScriptValue(Cursor& in, ScriptValue* value) {
  const Token& token = in.Peek(1);
  ResultPattern pattern;
  if (!ParseResultPattern(in, &pattern)) return false;
  for (int i = 0; i < pattern.num_lanes; ++i)
    if (pattern.lanes[i].nan != NanPattern::kNone)
      return in.Fail(token, "unexpected token: a pattern where a value is wanted");
  value->bits = pattern.lanes[0].bits;
  switch (pattern.kind) {
    case ResultPattern::Kind::kI32:
      value->kind = ScriptValue::Kind::kI32;
      return true;
    case ResultPattern::Kind::kI64:
      value->kind = ScriptValue::Kind::kI64;
      return true;
    case ResultPattern::Kind::kF32:
      value->kind = ScriptValue::Kind::kF32;
      return true;
    case ResultPattern::Kind::kF64:
      value->kind = ScriptValue::Kind::kF64;
      return true;
    case ResultPattern::Kind::kRefExtern:
      value->kind = ScriptValue::Kind::kRefExtern;
      return true;
    case ResultPattern::Kind::kRefHost:
      value->kind = ScriptValue::Kind::kRefHost;
      return true;
    case ResultPattern::Kind::kV128: {
      value->kind = ScriptValue::Kind::kV128;
      const int bytes = pattern.lane_bits / 8;
      for (int i = 0; i < 16; ++i)
        value->v128.bytes[i] =
            static_cast<uint8_t>(pattern.lanes[i / bytes].bits >> (8 * (i % bytes)));
      return true;
    }
    case ResultPattern::Kind::kRefNull:
      if (!pattern.heap_type) break;
      value->kind = ScriptValue::Kind::kRefNull;
      value->heap_type = *pattern.heap_type;
      return true;
    default:
      break;
  }
  return in.Fail(token, "unexpected token: a pattern where a value is wanted");
}

}  // namespace wasm::text
