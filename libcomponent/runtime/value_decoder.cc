// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//

#include "libcomponent/runtime/value_decoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "libwasm/support/reader.h"
#include "libwasm/support/utf8.h"

namespace component::runtime {
namespace {

std::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Decoder {
 public:
  explicit Decoder(std::span<const uint8_t> bytes) : in_(bytes, 0, &sink_) {}

  wasm::Result<Value> Run(const ValType& type) {
    Value value = Decode(type);
    if (in_.ok() && !in_.AtEnd()) in_.Malformed("trailing bytes behind a value");
    if (!in_.ok()) return std::unexpected(sink_.TakeError());
    return value;
  }

 private:
  Value Decode(const ValType& type) {
    if (!in_.ok()) return {};
    switch (type.kind) {
      case ValKind::kBool: {
        const uint8_t byte = in_.ReadByte();
        if (byte > 1) in_.Malformed("a bool is 0 or 1");
        return Value::Bool(byte != 0);
      }
      case ValKind::kS8:
        return Value::S8(static_cast<int8_t>(in_.ReadByte()));
      case ValKind::kU8:
        return Value::U8(in_.ReadByte());
      case ValKind::kS16:
        return Value::S16(static_cast<int16_t>(Bounded(in_.ReadS32(), INT16_MIN, INT16_MAX)));
      case ValKind::kU16:
        return Value::U16(static_cast<uint16_t>(Bounded(in_.ReadU32(), 0, UINT16_MAX)));
      case ValKind::kS32:
        return Value::S32(in_.ReadS32());
      case ValKind::kU32:
        return Value::U32(in_.ReadU32());
      case ValKind::kS64:
        return Value::S64(in_.ReadS64());
      case ValKind::kU64:
        return Value::U64(in_.ReadU64());
      case ValKind::kF32:
        return Value::Scalar(Value::Kind::kF32, in_.ReadFixed<uint32_t>());
      case ValKind::kF64:
        return Value::Scalar(Value::Kind::kF64, in_.ReadFixed<uint64_t>());
      case ValKind::kChar:
        return DecodeChar();
      case ValKind::kString:
        return DecodeString();
      case ValKind::kRecord:
      case ValKind::kTuple: {
        std::vector<Value> items;
        for (const ValType::Field& field : type.fields) items.push_back(Decode(*field.type));
        return Value::Record(std::move(items));
      }
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult:
        return DecodeVariant(type);
      case ValKind::kList:
      case ValKind::kMap:
        return DecodeItems(*type.element, in_.ReadU32());
      case ValKind::kFixedLengthList:
        return DecodeItems(*type.element, type.length);
      case ValKind::kFlags: {
        uint32_t bits = 0;
        for (size_t i = 0; i < (type.fields.size() + 7) / 8; ++i)
          bits |= uint32_t{in_.ReadByte()} << (8 * i);
        return Value::Flags(bits);
      }
      default:
        in_.Malformed("there are no values of this type in a file");
        return {};
    }
  }

  int64_t Bounded(int64_t value, int64_t min, int64_t max) {
    if (value < min || value > max) in_.Malformed("integer too large");
    return value;
  }

  Value DecodeChar() {
    const uint8_t first = in_.PeekByte();
    const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const auto bytes = in_.ReadBytes(length);
    if (bytes.size() != length) return {};
    if (!wasm::IsValidUtf8(Text(bytes))) {
      in_.Malformed("malformed UTF-8 encoding");
      return {};
    }
    uint32_t code = length == 1 ? first : first & (0x7f >> length);
    for (size_t i = 1; i < length; ++i) code = code << 6 | (bytes[i] & 0x3f);
    return Value::Char(code);
  }

  Value DecodeString() {
    const auto bytes = in_.ReadBytes(in_.ReadU32());
    if (!wasm::IsValidUtf8(Text(bytes))) in_.Malformed("malformed UTF-8 encoding");
    return Value::String(std::string(Text(bytes)));
  }

  Value DecodeVariant(const ValType& type) {
    const uint32_t index = in_.ReadU32();
    if (!in_.ok()) return {};
    if (index >= type.fields.size()) {
      in_.Malformed("a case that does not exist");
      return {};
    }
    const ValType* payload = type.fields[index].type;
    return payload == nullptr ? Value::Variant(index) : Value::Variant(index, Decode(*payload));
  }

  Value DecodeItems(const ValType& element, uint64_t count) {
    // Every value takes a byte at least.
    if (count > in_.remaining()) {
      in_.Malformed("unexpected end");
      return {};
    }
    std::vector<Value> items;
    for (uint64_t i = 0; i < count && in_.ok(); ++i) items.push_back(Decode(element));
    return Value::List(std::move(items));
  }

  wasm::ErrorSink sink_;
  wasm::CheckedReader in_;
};

}  // namespace

wasm::Result<Value> DecodeValue(std::span<const uint8_t> bytes, const ValType& type) {
  return Decoder(bytes).Run(type);
}

}  // namespace component::runtime
