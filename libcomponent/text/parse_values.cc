// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_values.h"

#include <algorithm>
#include <optional>
#include <string>

#include "libwasm/support/leb128.h"
#include "libwasm/support/utf8.h"
#include "libwasm/text/numbers.h"

namespace component::text {
namespace {

using Kind = DefValType::Kind;

bool ParseInteger(State& s, int bits, bool is_signed, std::vector<uint8_t>& out) {
  Cursor& in = s.in;
  if (!in.At(TokenKind::kNat) && !in.At(TokenKind::kInt)) return in.Unexpected();
  const Token& token = in.Take();
  const std::string_view literal = in.Text(token);
  const bool negative = literal.starts_with('-');
  const auto value = wasm::text::ParseInt(literal, 64);
  const auto as_signed = static_cast<int64_t>(value.value_or(0));
  bool fits = value.has_value();
  if (fits && is_signed) {
    const int64_t max = static_cast<int64_t>(~uint64_t{0} >> (65 - bits));
    fits = negative ? as_signed <= 0 && as_signed >= -max - 1 : as_signed >= 0 && as_signed <= max;
  } else if (fits) {
    fits = (!negative || *value == 0) && *value <= ~uint64_t{0} >> (64 - bits);
  }
  if (!fits)
    return in.Fail(token,
                   (is_signed ? "s" : "u") + std::to_string(bits) + " constant out of range");
  if (bits == 8) {
    out.push_back(static_cast<uint8_t>(*value));
  } else if (is_signed) {
    wasm::WriteSignedLeb(out, as_signed);
  } else {
    wasm::WriteUnsignedLeb(out, *value);
  }
  return true;
}

// [Explainer: f64canon]: of NaNs only the canonical one.
bool ParseFloat(State& s, int bits, std::vector<uint8_t>& out) {
  Cursor& in = s.in;
  if (!in.AtNumber()) return in.Unexpected();
  const Token& token = in.Peek();
  const std::string_view literal = in.Text(token);
  if (literal.contains("nan:")) return in.Unexpected();
  in.Take();
  std::optional<uint64_t> value;
  if (literal.ends_with("nan")) {
    value = bits == 32 ? 0x7fc0'0000u : 0x7ff8'0000'0000'0000u;
  } else if (bits == 32) {
    if (const auto f32 = wasm::text::ParseF32(literal)) value = *f32;
  } else {
    value = wasm::text::ParseF64(literal);
  }
  if (!value) return in.Fail(token, "f" + std::to_string(bits) + " constant out of range");
  for (int i = 0; i < bits; i += 8) out.push_back(static_cast<uint8_t>(*value >> i));
  return true;
}

// 'c' with the escapes of strings.
bool ParseChar(State& s, std::vector<uint8_t>& out) {
  Cursor& in = s.in;
  const Token& token = in.Peek();
  const std::string_view literal = in.Text(token);
  if (!in.At(TokenKind::kReserved) || literal.size() < 3 || !literal.starts_with('\'') ||
      !literal.ends_with('\''))
    return in.Unexpected();
  std::string value;
  wasm::text::AppendStringValue(literal, &value);
  std::string_view rest = value;
  if (!wasm::DecodeUtf8(&rest) || !rest.empty())
    return in.Fail(token, "malformed character literal");
  in.Take();
  out.insert(out.end(), value.begin(), value.end());
  return true;
}

bool ParsePrim(State& s, PrimType prim, std::vector<uint8_t>& out) {
  Cursor& in = s.in;
  switch (prim) {
    case PrimType::kBool:
      if (!in.AtKeyword("true") && !in.AtKeyword("false")) return in.Unexpected();
      out.push_back(in.AtKeyword("true") ? 1 : 0);
      in.Take();
      return true;
    case PrimType::kS8:
      return ParseInteger(s, 8, true, out);
    case PrimType::kU8:
      return ParseInteger(s, 8, false, out);
    case PrimType::kS16:
      return ParseInteger(s, 16, true, out);
    case PrimType::kU16:
      return ParseInteger(s, 16, false, out);
    case PrimType::kS32:
      return ParseInteger(s, 32, true, out);
    case PrimType::kU32:
      return ParseInteger(s, 32, false, out);
    case PrimType::kS64:
      return ParseInteger(s, 64, true, out);
    case PrimType::kU64:
      return ParseInteger(s, 64, false, out);
    case PrimType::kF32:
      return ParseFloat(s, 32, out);
    case PrimType::kF64:
      return ParseFloat(s, 64, out);
    case PrimType::kChar:
      return ParseChar(s, out);
    case PrimType::kString: {
      std::string value;
      if (!in.ExpectName(&value)) return false;
      wasm::WriteUnsignedLeb(out, value.size());
      out.insert(out.end(), value.begin(), value.end());
      return true;
    }
    case PrimType::kErrorContext:
      return in.Fail(in.Peek(), "unexpected token: an error-context has no literals");
  }
  return in.Unexpected();
}

// A name of the type's; its number.
bool ParseLabel(State& s, const ValueType& type, uint32_t* index) {
  const Token& token = s.in.Peek();
  std::string label;
  if (!s.in.ExpectName(&label)) return false;
  const auto found = std::find(type.labels.begin(), type.labels.end(), label);
  if (found == type.labels.end()) return s.in.Fail(token, "unknown label \"" + label + "\"");
  *index = static_cast<uint32_t>(found - type.labels.begin());
  return true;
}

bool ParseVariant(State& s, const ValueType& type, std::vector<uint8_t>& out) {
  uint32_t index = 0;
  if (!s.in.ExpectForm("variant") || !ParseLabel(s, type, &index)) return false;
  wasm::WriteUnsignedLeb(out, index);
  if (!s.in.At(TokenKind::kRight) && !ParseVal(s, type.children[index].get(), out)) return false;
  return s.in.ExpectRight();
}

bool ParseFlags(State& s, const ValueType& type, std::vector<uint8_t>& out) {
  if (!s.in.ExpectForm("flags")) return false;
  const size_t begin = out.size();
  out.resize(begin + (type.labels.size() + 7) / 8);
  while (!s.in.At(TokenKind::kRight)) {
    uint32_t index = 0;
    if (!ParseLabel(s, type, &index)) return false;
    out[begin + index / 8] |= static_cast<uint8_t>(1u << (index % 8));
  }
  return s.in.ExpectRight();
}

// One of several values in order, as of a record.
bool ParseFixed(State& s, std::string_view word, const ValueType& type, size_t count,
                std::vector<uint8_t>& out) {
  if (!s.in.ExpectForm(word)) return false;
  for (size_t i = 0; i < count; ++i) {
    const ValueType* child = type.children[type.children.size() == 1 ? 0 : i].get();
    if (!ParseVal(s, child, out)) return false;
  }
  return s.in.ExpectRight();
}

bool ParseList(State& s, const ValueType& type, std::vector<uint8_t>& out) {
  if (!s.in.ExpectForm("list")) return false;
  std::vector<uint8_t> elements;
  uint32_t count = 0;
  for (; !s.in.At(TokenKind::kRight); ++count)
    if (!ParseVal(s, type.children[0].get(), elements)) return false;
  wasm::WriteUnsignedLeb(out, count);
  out.insert(out.end(), elements.begin(), elements.end());
  return s.in.ExpectRight();
}

bool ParseOption(State& s, const ValueType& type, std::vector<uint8_t>& out) {
  if (s.in.TakeKeyword("none")) {
    out.push_back(0);
    return true;
  }
  out.push_back(1);
  return s.in.ExpectForm("some") && ParseVal(s, type.children[0].get(), out) && s.in.ExpectRight();
}

bool ParseResult(State& s, const ValueType& type, std::vector<uint8_t>& out) {
  for (uint8_t i = 0; i < 2; ++i) {
    const std::string_view word = i == 0 ? "ok" : "error";
    if (s.in.TakeKeyword(word)) {
      out.push_back(i);
      return true;
    }
    if (s.in.TakeForm(word)) {
      out.push_back(i);
      return ParseVal(s, type.children[i].get(), out) && s.in.ExpectRight();
    }
  }
  return s.in.Unexpected();
}

}  // namespace

bool ParseVal(State& s, const ValueType* type, std::vector<uint8_t>& out) {
  const Nested nested(s);
  if (!nested.ok()) return false;
  if (s.in.TakeForm("binary")) {
    std::string bytes;
    while (s.in.At(TokenKind::kString)) s.in.ExpectString(&bytes);
    out.insert(out.end(), bytes.begin(), bytes.end());
    return s.in.ExpectRight();
  }
  if (type == nullptr)
    return s.in.Fail(s.in.Peek(), "unexpected token: the type of this value is not known here");
  switch (type->kind) {
    case Kind::kPrim:
      return ParsePrim(s, type->prim, out);
    case Kind::kRecord:
      return ParseFixed(s, "record", *type, type->children.size(), out);
    case Kind::kTuple:
      return ParseFixed(s, "tuple", *type, type->children.size(), out);
    case Kind::kFixedLengthList:
      return ParseFixed(s, "list", *type, type->length, out);
    case Kind::kList:
      return ParseList(s, *type, out);
    case Kind::kVariant:
      return ParseVariant(s, *type, out);
    case Kind::kFlags:
      return ParseFlags(s, *type, out);
    case Kind::kEnum: {
      uint32_t index = 0;
      if (!s.in.ExpectForm("enum") || !ParseLabel(s, *type, &index)) return false;
      wasm::WriteUnsignedLeb(out, index);
      return s.in.ExpectRight();
    }
    case Kind::kOption:
      return ParseOption(s, *type, out);
    case Kind::kResult:
      return ParseResult(s, *type, out);
    case Kind::kMap:
    case Kind::kOwn:
    case Kind::kBorrow:
    case Kind::kStream:
    case Kind::kFuture:
      break;
  }
  return s.in.Fail(s.in.Peek(), "unexpected token: values of this type have no literals");
}

}  // namespace component::text
