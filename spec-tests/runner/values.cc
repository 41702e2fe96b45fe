// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/values.h"

#include <algorithm>

#include "libwasm/text/printer_values.h"

namespace trenail::spec {
namespace {

using Kind = ResultPattern::Kind;

// Whether the bits are a NaN of the kind that the pattern asks for [aux-nans].
bool IsNan(uint64_t bits, bool is_f64, Kind kind) {
  const uint64_t quiet = is_f64 ? 0x7ff8000000000000 : 0x7fc00000;
  const uint64_t magnitude = bits & (is_f64 ? 0x7fffffffffffffff : 0x7fffffff);
  return kind == Kind::kCanonicalNan ? magnitude == quiet : (magnitude & quiet) == quiet;
}

// `width` bits from bit `at` of a vector.
uint64_t LaneOf(uint64_t low, uint64_t high, uint32_t at, uint32_t width) {
  const uint64_t half = at < 64 ? low >> at : high >> (at - 64);
  return width >= 64 ? half : half & ((uint64_t{1} << width) - 1);
}

bool MatchesNumber(uint64_t bits, bool is_f64, const ResultPattern& pattern) {
  if (pattern.kind == Kind::kBits) return bits == pattern.low;
  return IsNan(bits, is_f64, pattern.kind);
}

bool MatchesRef(const Value& value, HeapType heap_type) {
  if (value.is_null()) return false;
  const RefKind kind = value.ref_kind();
  if (heap_type.is_concrete()) return true;
  switch (heap_type.abstract()) {
    case HeapType::kFunc:
      return kind == RefKind::kFunc;
    case HeapType::kExn:
      return kind == RefKind::kException;
    case HeapType::kI31:
      return kind == RefKind::kI31;
    case HeapType::kStruct:
      return kind == RefKind::kStruct;
    case HeapType::kArray:
      return kind == RefKind::kArray;
    case HeapType::kEq:
      return kind == RefKind::kI31 || kind == RefKind::kStruct || kind == RefKind::kArray;
    case HeapType::kAny:
    case HeapType::kExtern:
      return kind != RefKind::kFunc && kind != RefKind::kException;
    default:
      return false;
  }
}

bool IsBelow(ValType type, HeapType::Abstract top, HeapType::Abstract bottom) {
  return !type.heap_type().is_concrete() &&
         (type.heap_type() == HeapType(top) || type.heap_type() == HeapType(bottom));
}

void AppendNumber(std::string& out, ValType type, uint64_t low, uint64_t high) {
  out += '(';
  out += wasm::text::NumTypeText(type.code());
  out += ".const ";
  switch (type.code()) {
    case ValType::kI8:
      wasm::text::AppendSigned(out, static_cast<int8_t>(low));
      break;
    case ValType::kI16:
      wasm::text::AppendSigned(out, static_cast<int16_t>(low));
      break;
    case ValType::kI32:
      wasm::text::AppendSigned(out, static_cast<int32_t>(low));
      break;
    case ValType::kI64:
      wasm::text::AppendSigned(out, static_cast<int64_t>(low));
      break;
    case ValType::kF32:
      wasm::text::AppendF32(out, static_cast<uint32_t>(low));
      break;
    case ValType::kF64:
      wasm::text::AppendF64(out, low);
      break;
    default:
      wasm::text::AppendV128(out, Value::FromSlots(type, low, high).v128());
      break;
  }
  out += ')';
}

uint64_t HostNumber(const Value& value) { return reinterpret_cast<uintptr_t>(value.host_data()); }

std::string ToText(const Value& value) {
  std::string out;
  if (!value.is_ref()) {
    AppendNumber(out, value.type(), value.low(), value.high());
    return out;
  }
  switch (value.ref_kind()) {
    case RefKind::kNull:
      return "(ref.null)";
    case RefKind::kI31:
      return "(ref.i31 " + std::to_string(value.i31()) + ")";
    case RefKind::kStruct:
      return "(ref.struct)";
    case RefKind::kArray:
      return "(ref.array)";
    case RefKind::kFunc:
      return "(ref.func)";
    case RefKind::kException:
      return "(ref.exn)";
    case RefKind::kHost:
      out = IsBelow(value.type(), HeapType::kExtern, HeapType::kNoExtern) ? "(ref.extern "
                                                                          : "(ref.host ";
      return out + std::to_string(HostNumber(value)) + ")";
  }
  return out;
}

std::string ToText(const ResultPattern& pattern) {
  std::string out;
  switch (pattern.kind) {
    case Kind::kBits:
      AppendNumber(out, pattern.type, pattern.low, pattern.high);
      return out;
    case Kind::kCanonicalNan:
    case Kind::kArithmeticNan:
      out = "(";
      out += wasm::text::NumTypeText(pattern.type.code());
      return out + (pattern.kind == Kind::kCanonicalNan ? ".const nan:canonical)"
                                                        : ".const nan:arithmetic)");
    case Kind::kVector:
    case Kind::kEither:
      out = pattern.kind == Kind::kVector ? "(v128.const" : "(either";
      for (const ResultPattern& part : pattern.parts) out += " " + ToText(part);
      return out + ")";
    case Kind::kNull:
      return "(ref.null)";
    case Kind::kExtern:
      return "(ref.extern " + std::to_string(pattern.low) + ")";
    case Kind::kHost:
      return "(ref.host " + std::to_string(pattern.low) + ")";
    case Kind::kRef:
      if (pattern.heap_type.is_concrete()) return "(ref)";
      out = "(ref.";
      out += wasm::text::HeapTypeText(pattern.heap_type.abstract());
      return out + ")";
  }
  return out;
}

template <typename T>
std::string ListText(std::span<const T> items) {
  std::string out;
  for (const T& item : items) out += (out.empty() ? "" : " ") + ToText(item);
  return out.empty() ? "nothing" : out;
}

}  // namespace

Value ToValue(Store& store, const ScriptValue& value) {
  switch (value.kind) {
    case ScriptValue::Kind::kNumber:
      return Value::FromSlots(value.type, value.low, value.high);
    case ScriptValue::Kind::kNull:
      return Value::Null(value.heap_type);
    case ScriptValue::Kind::kExtern:
    case ScriptValue::Kind::kHost:
      break;
  }
  Value host = store.NewHostRef(reinterpret_cast<void*>(static_cast<uintptr_t>(value.low)));
  if (value.kind == ScriptValue::Kind::kExtern) return host;
  // any.convert_extern does not change the reference [exec-any.convert_extern].
  Value any = Value::FromSlots(wasm::kAnyRef, host.low(), host.high());
  any.KeepAlive(std::make_shared<Value>(host));
  return any;
}

bool Matches(const Value& value, const ResultPattern& pattern) {
  const ValType type = value.type();
  switch (pattern.kind) {
    case Kind::kBits:
      return type == pattern.type && value.low() == pattern.low &&
             (!type.is_vec() || value.high() == pattern.high);
    case Kind::kCanonicalNan:
    case Kind::kArithmeticNan:
      return type == pattern.type &&
             MatchesNumber(value.low(), type == ValType(ValType::kF64), pattern);
    case Kind::kVector:
      if (!type.is_vec()) return false;
      for (uint32_t i = 0; i < pattern.parts.size(); ++i) {
        const uint64_t lane =
            LaneOf(value.low(), value.high(), i * pattern.lane_bits, pattern.lane_bits);
        if (!MatchesNumber(lane, pattern.lane_bits == 64, pattern.parts[i])) return false;
      }
      return true;
    case Kind::kNull:
      return type.is_ref() && value.is_null();
    case Kind::kRef:
      return type.is_ref() && MatchesRef(value, pattern.heap_type);
    case Kind::kExtern:
    case Kind::kHost:
      return type.is_ref() && !value.is_null() && value.ref_kind() == RefKind::kHost &&
             HostNumber(value) == pattern.low;
    case Kind::kEither:
      return std::any_of(pattern.parts.begin(), pattern.parts.end(),
                         [&](const ResultPattern& part) { return Matches(value, part); });
  }
  return false;
}

std::string ToText(std::span<const Value> values) { return ListText(values); }
std::string ToText(std::span<const ResultPattern> patterns) { return ListText(patterns); }

}  // namespace trenail::spec
