// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/validate/value_decoder.h"

#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasm/support/reader.h"
#include "libwasm/support/utf8.h"

namespace component {

namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

std::unexpected<Error> Invalid(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}

constexpr uint32_t kCanonicalNan32 = 0x7fc00000;
constexpr uint64_t kCanonicalNan64 = 0x7ff8000000000000;

class ValueDecoder {
 public:
  explicit ValueDecoder(std::span<const uint8_t> bytes) : r_(bytes, 0, &sink_) {}

  Result<Value> DecodeAll(const ValType& type) {
    Value value = TRY(Decode(type));
    if (!r_.ok()) return Invalid("value: " + sink_.TakeError().message());
    if (!r_.AtEnd()) return Invalid("value: there are bytes behind its end");
    return value;
  }

 private:
  // As deep as types are.
  Result<Value> Decode(const ValType& type) {
    switch (type.kind) {
      case ValKind::kBool: {
        const uint8_t byte = r_.ReadByte();
        if (byte > 1) return Invalid("value: a bool is 0 or 1");
        return Value::Bool(byte != 0);
      }
      case ValKind::kS8:
        return Value::S8(static_cast<int8_t>(r_.ReadByte()));
      case ValKind::kU8:
        return Value::U8(r_.ReadByte());
      case ValKind::kS16: {
        const int32_t v = r_.ReadS32();
        if (v < INT16_MIN || v > INT16_MAX) return Invalid("value: s16 out of range");
        return Value::S16(static_cast<int16_t>(v));
      }
      case ValKind::kU16: {
        const uint32_t v = r_.ReadU32();
        if (v > UINT16_MAX) return Invalid("value: u16 out of range");
        return Value::U16(static_cast<uint16_t>(v));
      }
      case ValKind::kS32:
        return Value::S32(r_.ReadS32());
      case ValKind::kU32:
        return Value::U32(r_.ReadU32());
      case ValKind::kS64:
        return Value::S64(r_.ReadS64());
      case ValKind::kU64:
        return Value::U64(r_.ReadU64());
      case ValKind::kF32: {
        const uint32_t bits = r_.ReadFixed<uint32_t>();
        const float v = std::bit_cast<float>(bits);
        if (v != v && bits != kCanonicalNan32) return Invalid("value: a NaN is not canonical");
        return Value::F32(v);
      }
      case ValKind::kF64: {
        const uint64_t bits = r_.ReadFixed<uint64_t>();
        const double v = std::bit_cast<double>(bits);
        if (v != v && bits != kCanonicalNan64) return Invalid("value: a NaN is not canonical");
        return Value::F64(v);
      }
      case ValKind::kChar:
        return Char();
      case ValKind::kString:
        return String();
      case ValKind::kRecord:
      case ValKind::kTuple: {
        std::vector<Value> items;
        for (const ValType::Field& field : type.fields) items.push_back(TRY(Decode(*field.type)));
        return Value::Record(std::move(items));
      }
      case ValKind::kList:
      case ValKind::kMap:
        return List(*type.element, r_.ReadU32());
      case ValKind::kFixedLengthList:
        return List(*type.element, type.length);
      case ValKind::kFlags:
        return Flags(type.fields.size());
      case ValKind::kVariant:
      case ValKind::kEnum:
        return Case(type, r_.ReadU32());
      case ValKind::kOption:
      case ValKind::kResult:
        return Case(type, r_.ReadByte());
      case ValKind::kErrorContext:
      case ValKind::kOwn:
      case ValKind::kBorrow:
      case ValKind::kStream:
      case ValKind::kFuture:
        return Invalid("value: handles cannot be written down");
    }
    return Invalid("value: unknown type");
  }

  Result<Value> Char() {
    const std::string_view rest(reinterpret_cast<const char*>(r_.position()), r_.remaining());
    std::string_view left = rest;
    const std::optional<char32_t> c = wasm::DecodeUtf8(&left);
    if (!c.has_value()) return Invalid("value: malformed UTF-8 encoding");
    r_.SetPosition(r_.position() + (rest.size() - left.size()));
    return Value::Char(*c);
  }

  Result<Value> String() {
    const std::span<const uint8_t> bytes = r_.ReadBytes(r_.ReadU32());
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!wasm::IsValidUtf8(text)) return Invalid("value: malformed UTF-8 encoding");
    return Value::String(std::string(text));
  }

  Result<Value> List(const ValType& element, uint32_t count) {
    // No value takes no bytes.
    if (count > r_.remaining()) return Invalid("value: the list is longer than its bytes");
    std::vector<Value> items;
    items.reserve(count);
    for (uint32_t i = 0; i < count && r_.ok(); ++i) items.push_back(TRY(Decode(element)));
    return Value::List(std::move(items));
  }

  Result<Value> Flags(size_t count) {
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i += 8) bits |= uint32_t{r_.ReadByte()} << i;
    if (count < 32 && bits >> count != 0) return Invalid("value: unknown flags");
    return Value::Flags(bits);
  }

  Result<Value> Case(const ValType& type, uint32_t index) {
    if (index >= type.fields.size()) return Invalid("value: unknown case");
    const ValType* payload = type.fields[index].type;
    if (payload == nullptr) return Value::Variant(index);
    return Value::Variant(index, TRY(Decode(*payload)));
  }

  wasm::ErrorSink sink_;
  wasm::CheckedReader r_;
};

}  // namespace

Result<Value> DecodeValue(const ValType& type, std::span<const uint8_t> bytes) {
  return ValueDecoder(bytes).DecodeAll(type);
}

}  // namespace component
