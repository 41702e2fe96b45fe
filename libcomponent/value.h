// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component-level value of any type [Explainer: Fundamental value types]: a tree, for hosts that
// learn types at run time, for WAVE, and for the plain path of the canonical ABI. What it means is
// told by a type; the value itself knows its shape only. A copied own handle is the same handle:
// lowering either copy uses it up.

#ifndef TRENAIL_LIBCOMPONENT_VALUE_H_
#define TRENAIL_LIBCOMPONENT_VALUE_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace component {

// What a handle, stream, future or error context refers to; see runtime/.
class HandleObject {
 public:
  virtual ~HandleObject() = default;
};

class Value {
 public:
  enum class Kind : uint8_t {
    kUnit,  // no value: the payload of a case without one, an element of a `stream`
    kBool,
    kS8,
    kU8,
    kS16,
    kU16,
    kS32,
    kU32,
    kS64,
    kU64,
    kF32,
    kF64,
    kChar,
    kString,        // UTF-8; bits: how it was encoded where it came from (abi/string_encodings.h)
    kList,          // items; also fixed-length lists, and maps as lists of pairs; or bytes
    kRecord,        // items in the order of the fields; also tuples
    kVariant,       // bits: the case; items: one payload or none; also enums, options and results
    kFlags,         // bits: a set bit per flag
    kHandle,        // own and borrow: object
    kStream,        // object
    kFuture,        // object
    kErrorContext,  // object
  };
  // No value, and values of each kind. Checked against types only where they are passed to guests:
  Value() = default;
  static Value Bool(bool v) { return Scalar(Kind::kBool, v); }
  static Value S8(int8_t v) { return Scalar(Kind::kS8, static_cast<uint64_t>(int64_t{v})); }
  static Value U8(uint8_t v) { return Scalar(Kind::kU8, v); }
  static Value S16(int16_t v) { return Scalar(Kind::kS16, static_cast<uint64_t>(int64_t{v})); }
  static Value U16(uint16_t v) { return Scalar(Kind::kU16, v); }
  static Value S32(int32_t v) { return Scalar(Kind::kS32, static_cast<uint64_t>(int64_t{v})); }
  static Value U32(uint32_t v) { return Scalar(Kind::kU32, v); }
  static Value S64(int64_t v) { return Scalar(Kind::kS64, static_cast<uint64_t>(v)); }
  static Value U64(uint64_t v) { return Scalar(Kind::kU64, v); }
  static Value F32(float v) { return Scalar(Kind::kF32, std::bit_cast<uint32_t>(v)); }
  static Value F64(double v) { return Scalar(Kind::kF64, std::bit_cast<uint64_t>(v)); }
  static Value Char(char32_t v) { return Scalar(Kind::kChar, v); }
  // A string, which counts as UTF-8 (0) if it is of the host; a list of values of one type:
  static Value String(std::string utf8, uint8_t encoded_as = 0) {
    Value value = Scalar(Kind::kString, encoded_as);
    value.text_ = std::move(utf8);
    return value;
  }
  static Value List(std::vector<Value> items) { return Compound(Kind::kList, 0, std::move(items)); }
  // A list<u8>, without a value for each element until someone asks for them.
  static Value Bytes(std::string bytes) {
    Value value = Scalar(Kind::kList, kCompact);
    value.text_ = std::move(bytes);
    return value;
  }
  static Value Bytes(std::span<const uint8_t> bytes) {
    return Bytes(std::string(bytes.begin(), bytes.end()));
  }
  static Value Record(std::vector<Value> items) {  // the fields in order, or a tuple's items
    return Compound(Kind::kRecord, 0, std::move(items));
  }
  static Value Variant(uint32_t index) { return Scalar(Kind::kVariant, index); }  // a case
  static Value Variant(uint32_t index, Value payload) {
    std::vector<Value> items;
    items.push_back(std::move(payload));
    return Compound(Kind::kVariant, index, std::move(items));
  }
  static Value Flags(uint32_t bits) { return Scalar(Kind::kFlags, bits); }  // flag n is bit n
  static Value Object(Kind kind, std::shared_ptr<HandleObject> object) {    // internal
    Value value = Scalar(kind, 0);
    value.object_ = std::move(object);
    return value;
  }
  static Value Scalar(Kind kind, uint64_t bits) {  // of a kind that is all bits
    Value value;
    value.kind_ = kind;
    value.bits_ = bits;
    return value;
  }

  Kind kind() const { return kind_; }  // and so which of the following may be asked for
  // Integers sign- or zero-extended, floats as their bits, chars as code points, cases and flags.
  uint64_t bits() const { return bits_; }
  bool boolean() const { return bits_ != 0; }                    // of a bool; and so on:
  uint32_t u32() const { return static_cast<uint32_t>(bits_); }  // u32
  float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(bits_)); }  // f32
  double f64() const { return std::bit_cast<double>(bits_); }                       // f64
  uint32_t case_index() const { return static_cast<uint32_t>(bits_); }              // of a variant
  const std::string& string() const { return text_; }  // UTF-8, or the bytes of a compact list
  const std::vector<Value>& items() const {            // of lists, records, variants
    if (is_compact()) const_cast<Value*>(this)->Expand();
    return items_;
  }
  std::vector<Value>& items() {  // the same, to be changed or moved from
    if (is_compact()) Expand();
    return items_;
  }
  // Of a list: how many items, without making them.
  size_t size() const { return is_compact() ? text_.size() : items_.size(); }
  // A list<u8> whose items nobody has asked for: its bytes are string().
  bool is_compact() const { return kind_ == Kind::kList && bits_ == kCompact; }
  // Of a list<u8>, either way.
  std::string TakeBytes() && {
    if (is_compact()) return std::move(text_);
    std::string bytes;
    bytes.reserve(items_.size());
    for (const Value& item : items_) bytes.push_back(static_cast<char>(item.bits_));
    return bytes;
  }
  bool has_payload() const { return !items_.empty(); }                     // of a variant's case
  const Value& payload() const { return items_.front(); }                  // only if it has one
  const std::shared_ptr<HandleObject>& object() const { return object_; }  // internal

  // Equal shape and contents; NaNs by their bits, objects by identity, strings by their text.
  friend bool operator==(const Value& a, const Value& b) {
    if (a.is_compact() != b.is_compact()) return a.kind_ == b.kind_ && a.items() == b.items();
    return a.kind_ == b.kind_ && (a.bits_ == b.bits_ || a.kind_ == Kind::kString) &&
           a.text_ == b.text_ && a.items_ == b.items_ && a.object_ == b.object_;
  }

 private:
  static constexpr uint64_t kCompact = 1;

  void Expand() {
    items_.reserve(text_.size());
    for (const char byte : text_) items_.push_back(U8(static_cast<uint8_t>(byte)));
    text_.clear();
    bits_ = 0;
  }
  static Value Compound(Kind kind, uint64_t bits, std::vector<Value> items) {
    Value value = Scalar(kind, bits);
    value.items_ = std::move(items);
    return value;
  }

  Kind kind_ = Kind::kUnit;
  uint64_t bits_ = 0;
  std::string text_;
  std::vector<Value> items_;
  std::shared_ptr<HandleObject> object_;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALUE_H_
