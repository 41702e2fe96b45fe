// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values.

#include <algorithm>
#include <cstring>

#include "libcomponent/abi/store.h"
#include "libcomponent/c_api/handles.h"
#include "libwasm/support/utf8.h"

namespace trenail::c_api {

std::vector<ComponentValue> TakeValues(trenail_value_t* const values[], size_t count) {
  std::vector<ComponentValue> result;
  result.reserve(count);
  for (size_t i = 0; i < count; ++i) result.push_back(TakeValue(values[i]));
  return result;
}
std::vector<ComponentValue> CopyValues(const trenail_value_t* const values[], size_t count) {
  std::vector<ComponentValue> result;
  result.reserve(count);
  for (size_t i = 0; i < count; ++i) result.push_back(FromC(values[i]));
  return result;
}

namespace {

bool HasText(const component::ValType& type) {
  switch (type.kind) {
    case component::ValKind::kErrorContext:
    case component::ValKind::kOwn:
    case component::ValKind::kBorrow:
    case component::ValKind::kStream:
    case component::ValKind::kFuture:
      return false;
    default:
      return true;
  }
}

}  // namespace

Result<void> CheckValue(const ComponentValue& value, const component::ValType& type, bool as_text) {
  if (as_text && !HasText(type)) {
    return std::unexpected(
        Error(ErrorKind::kHost, "handles, streams, futures and error contexts have no text"));
  }
  TRY_VOID(component::abi::CheckShape(value, type));
  if (value.is_compact() && type.element->kind == component::ValKind::kU8) return {};
  for (size_t i = 0; i < value.items().size(); ++i) {
    const component::ValType& item = type.is_record()    ? *type.fields[i].type
                                     : type.is_variant() ? *type.fields[value.case_index()].type
                                                         : *type.element;
    if (IsNumberOf(value.items()[i], item)) continue;
    TRY_VOID(CheckValue(value.items()[i], item, as_text));
  }
  return {};
}

}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::ComponentValue;
using ValueKind = ComponentValue::Kind;

static_assert(TRENAIL_VALUE_ERROR_CONTEXT == static_cast<int>(ValueKind::kErrorContext));
static_assert(TRENAIL_VALUE_STRING == static_cast<int>(ValueKind::kString));

// ---- making them

namespace {

// Made where it stays.
template <auto kMake>
trenail_value_t* NewNumber(auto value) {
  return ToC(new ComponentValue(kMake(value)));
}

}  // namespace

trenail_value_t* trenail_value_new_unit(void) { return NewValue(ComponentValue()); }
trenail_value_t* trenail_value_new_bool(bool value) {
  return NewNumber<ComponentValue::Bool>(value);
}
trenail_value_t* trenail_value_new_s8(int8_t value) { return NewNumber<ComponentValue::S8>(value); }
trenail_value_t* trenail_value_new_u8(uint8_t value) {
  return NewNumber<ComponentValue::U8>(value);
}
trenail_value_t* trenail_value_new_s16(int16_t value) {
  return NewNumber<ComponentValue::S16>(value);
}
trenail_value_t* trenail_value_new_u16(uint16_t value) {
  return NewNumber<ComponentValue::U16>(value);
}
trenail_value_t* trenail_value_new_s32(int32_t value) {
  return NewNumber<ComponentValue::S32>(value);
}
trenail_value_t* trenail_value_new_u32(uint32_t value) {
  return NewNumber<ComponentValue::U32>(value);
}
trenail_value_t* trenail_value_new_s64(int64_t value) {
  return NewNumber<ComponentValue::S64>(value);
}
trenail_value_t* trenail_value_new_u64(uint64_t value) {
  return NewNumber<ComponentValue::U64>(value);
}
trenail_value_t* trenail_value_new_f32(float value) {
  return NewNumber<ComponentValue::F32>(value);
}
trenail_value_t* trenail_value_new_f64(double value) {
  return NewNumber<ComponentValue::F64>(value);
}
trenail_value_t* trenail_value_new_char(uint32_t code_point) {
  if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) return nullptr;
  return NewValue(ComponentValue::Char(code_point));
}
trenail_value_t* trenail_value_new_string(const char* utf8, size_t size) {
  const std::string_view text(utf8, size);
  if (!wasm::IsValidUtf8(text)) return nullptr;
  return NewValue(ComponentValue::String(std::string(text)));
}
trenail_value_t* trenail_value_new_bytes(const void* bytes, size_t size) {
  return NewValue(ComponentValue::Bytes(std::string(static_cast<const char*>(bytes), size)));
}
trenail_value_t* trenail_value_new_list(trenail_value_t* const items[], size_t count) {
  return NewValue(ComponentValue::List(TakeValues(items, count)));
}
trenail_value_t* trenail_value_new_record(trenail_value_t* const fields[], size_t count) {
  return NewValue(ComponentValue::Record(TakeValues(fields, count)));
}
trenail_value_t* trenail_value_new_variant(uint32_t case_index, trenail_value_t* payload) {
  if (payload == nullptr) return NewValue(ComponentValue::Variant(case_index));
  return NewValue(ComponentValue::Variant(case_index, TakeValue(payload)));
}
trenail_value_t* trenail_value_new_option(trenail_value_t* payload) {
  return trenail_value_new_variant(payload != nullptr ? 1 : 0, payload);
}
trenail_value_t* trenail_value_new_result(bool ok, trenail_value_t* payload) {
  return trenail_value_new_variant(ok ? 0 : 1, payload);
}
trenail_value_t* trenail_value_new_flags(uint32_t bits) {
  return NewValue(ComponentValue::Flags(bits));
}

trenail_value_t* trenail_value_copy(const trenail_value_t* value) {
  return value != nullptr ? NewValue(FromC(value)) : nullptr;
}
void trenail_value_delete(trenail_value_t* value) { TakeValue(value); }
bool trenail_value_equal(const trenail_value_t* a, const trenail_value_t* b) {
  return FromC(a) == FromC(b);
}

// ---- looking into them

trenail_value_kind_t trenail_value_kind(const trenail_value_t* value) {
  return static_cast<trenail_value_kind_t>(FromC(value).kind());
}
bool trenail_value_bool(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kBool && FromC(value).boolean();
}
int64_t trenail_value_signed(const trenail_value_t* value) {
  switch (FromC(value).kind()) {
    case ValueKind::kS8:
    case ValueKind::kS16:
    case ValueKind::kS32:
    case ValueKind::kS64:
      return static_cast<int64_t>(FromC(value).bits());
    default:
      return 0;
  }
}
uint64_t trenail_value_unsigned(const trenail_value_t* value) {
  switch (FromC(value).kind()) {
    case ValueKind::kU8:
    case ValueKind::kU16:
    case ValueKind::kU32:
    case ValueKind::kU64:
      return FromC(value).bits();
    default:
      return 0;
  }
}
float trenail_value_f32(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kF32 ? FromC(value).f32() : 0;
}
double trenail_value_f64(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kF64 ? FromC(value).f64() : 0;
}
uint32_t trenail_value_char(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kChar ? FromC(value).u32() : 0;
}
const char* trenail_value_string(const trenail_value_t* value, size_t* size) {
  const bool is_string = FromC(value).kind() == ValueKind::kString;
  if (size != nullptr) *size = is_string ? FromC(value).string().size() : 0;
  return is_string ? FromC(value).string().c_str() : nullptr;
}
size_t trenail_value_bytes(const trenail_value_t* value, void* out, size_t size) {
  const ComponentValue& list = FromC(value);
  if (list.is_compact()) {
    const size_t count = std::min(size, list.string().size());
    if (count != 0) std::memcpy(out, list.string().data(), count);
    return list.string().size();
  }
  const auto is_byte = [](const ComponentValue& item) { return item.kind() == ValueKind::kU8; };
  if (list.kind() != ValueKind::kList || !std::ranges::all_of(list.items(), is_byte)) return 0;
  for (size_t i = 0; i < std::min(size, list.items().size()); ++i)
    static_cast<uint8_t*>(out)[i] = static_cast<uint8_t>(list.items()[i].bits());
  return list.items().size();
}
size_t trenail_value_size(const trenail_value_t* value) { return FromC(value).size(); }
const trenail_value_t* trenail_value_item(const trenail_value_t* value, size_t index) {
  return ToC(&FromC(value).items()[index]);
}
uint32_t trenail_value_case(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kVariant ? FromC(value).case_index() : 0;
}
const trenail_value_t* trenail_value_payload(const trenail_value_t* value) {
  const ComponentValue& variant = FromC(value);
  return variant.kind() == ValueKind::kVariant && variant.has_payload() ? ToC(&variant.payload())
                                                                        : nullptr;
}
uint32_t trenail_value_flags(const trenail_value_t* value) {
  return FromC(value).kind() == ValueKind::kFlags ? FromC(value).u32() : 0;
}
bool trenail_value_push(trenail_value_t* list, trenail_value_t* item) {
  ComponentValue taken = TakeValue(item);
  if (FromC(list).kind() != ValueKind::kList) return false;
  FromC(list).items().push_back(std::move(taken));
  return true;
}
