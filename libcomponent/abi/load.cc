// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/load.h"

#include <utility>

#include "libcomponent/abi/string_encodings.h"
#include "libwasm/support/utf8.h"

namespace component::abi {

using wasm::Result;

Result<char32_t> ConvertI32ToChar(uint32_t i) {
  if (!wasm::IsScalarValue(i)) return Trap(kBadChar);
  return i;
}

Result<uint64_t> CheckListRange(Bytes memory, PtrType ptr_type, Range range,
                                const ValType& element) {
  const ValType::Layout& layout = element.layout(ptr_type);
  if (layout.size != 0 && range.length > kMaxListByteLength / layout.size)
    return Trap(kListTooLong);
  const uint64_t byte_length = range.length * layout.size;
  if (!IsAligned(range.ptr, layout.alignment)) return Trap(kUnaligned);
  if (!InBounds(memory.size(), range.ptr, byte_length)) return Trap(kListOutOfBounds);
  return byte_length;
}

Result<Value> Load(Context& cx, uint64_t ptr, const ValType& type) {
  Loader loader(cx);
  if (!InBounds(loader.memory().size(), ptr, type.layout(cx.ptr).size)) return Trap(kOutOfBounds);
  return loader.Load(ptr, type);
}

Result<std::vector<Value>> LoadListFromValidRange(Context& cx, uint64_t ptr, uint64_t length,
                                                  const ValType& element) {
  Loader loader(cx);
  const uint32_t size = element.layout(cx.ptr).size;
  if (size != 0 && length > loader.memory().size() / size) return Trap(kOutOfBounds);
  if (!InBounds(loader.memory().size(), ptr, length * size)) return Trap(kOutOfBounds);
  return loader.LoadListFromValidRange(ptr, length, element);
}

// [cabi:load]
Result<Value> Loader::Load(uint64_t ptr, const ValType& type) {
  switch (type.kind) {
    case ValKind::kBool:
      return Value::Bool(Int(ptr, 1) != 0);
    case ValKind::kU8:
      return Value::U8(static_cast<uint8_t>(Int(ptr, 1)));
    case ValKind::kU16:
      return Value::U16(static_cast<uint16_t>(Int(ptr, 2)));
    case ValKind::kU32:
      return Value::U32(static_cast<uint32_t>(Int(ptr, 4)));
    case ValKind::kU64:
      return Value::U64(Int(ptr, 8));
    case ValKind::kS8:
      return Value::S8(static_cast<int8_t>(Int(ptr, 1)));
    case ValKind::kS16:
      return Value::S16(static_cast<int16_t>(Int(ptr, 2)));
    case ValKind::kS32:
      return Value::S32(static_cast<int32_t>(Int(ptr, 4)));
    case ValKind::kS64:
      return Value::S64(static_cast<int64_t>(Int(ptr, 8)));
    case ValKind::kF32:
      return Value::Scalar(Value::Kind::kF32,
                           CanonicalizeNan32(static_cast<uint32_t>(Int(ptr, 4))));
    case ValKind::kF64:
      return Value::Scalar(Value::Kind::kF64, CanonicalizeNan64(Int(ptr, 8)));
    case ValKind::kChar:
      return Value::Char(TRY(ConvertI32ToChar(static_cast<uint32_t>(Int(ptr, 4)))));
    case ValKind::kString:
      return LoadStringFromRange(LoadRange(ptr));
    case ValKind::kList:
    case ValKind::kMap:
      return LoadListFromRange(LoadRange(ptr), *type.element);
    case ValKind::kFixedLengthList:
      return Value::List(TRY(LoadListFromValidRange(ptr, type.length, *type.element)));
    case ValKind::kRecord:
    case ValKind::kTuple:
      return LoadRecord(ptr, type);
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult:
      return LoadVariant(ptr, type);
    case ValKind::kFlags:
      return Value::Flags(static_cast<uint32_t>(Int(ptr, type.discriminant_size)) &
                          FlagsMask(type));
    case ValKind::kOwn:
    case ValKind::kBorrow:
    case ValKind::kStream:
    case ValKind::kFuture:
    case ValKind::kErrorContext:
      return LiftHandle(static_cast<uint32_t>(Int(ptr, 4)), type);
  }
  __builtin_unreachable();
}

Result<Value> Loader::LiftHandle(uint32_t index, const ValType& type) {
  InstanceAccess& instance = *cx_.instance;
  switch (type.kind) {
    case ValKind::kOwn:
      return instance.LiftOwn(index, type);
    case ValKind::kBorrow:
      return instance.LiftBorrow(index, type);
    case ValKind::kStream:
      return instance.LiftStream(index, type);
    case ValKind::kFuture:
      return instance.LiftFuture(index, type);
    default:
      return instance.LiftErrorContext(index);
  }
}

Range Loader::LoadRange(uint64_t ptr) const {
  const uint32_t size = PtrSize(cx_.ptr);
  return {Int(ptr, size), Int(ptr + size, size)};
}

Result<Value> Loader::LoadStringFromRange(Range range) {
  const StringSource source = TRY(
      abi::LoadStringFromRange(cx_.encoding, cx_.ptr, memory_, range, Checking::kRangeAndContent));
  TRY_VOID(Charge(source.size));
  return ToValue(source);
}

Result<Value> Loader::LoadListFromRange(Range range, const ValType& element) {
  TRY_VOID(CheckListRange(memory_, cx_.ptr, range, element));
  if (element.kind == ValKind::kU8) {
    TRY_VOID(Charge(range.length));
    return Value::Bytes(memory_.subspan(range.ptr, range.length));
  }
  return Value::List(TRY(LoadListFromValidRange(range.ptr, range.length, element)));
}

Result<std::vector<Value>> Loader::LoadListFromValidRange(uint64_t ptr, uint64_t length,
                                                          const ValType& element) {
  std::vector<Value> items = TRY(Reserve(length));
  const uint32_t size = element.layout(cx_.ptr).size;
  for (uint64_t i = 0; i < length; ++i) items.push_back(TRY(Load(ptr + i * size, element)));
  return items;
}

Result<Value> Loader::LoadRecord(uint64_t ptr, const ValType& type) {
  std::vector<Value> items = TRY(Reserve(type.fields.size()));
  const std::vector<uint32_t>& offsets = type.layout(cx_.ptr).offsets;
  for (size_t i = 0; i < type.fields.size(); ++i)
    items.push_back(TRY(Load(ptr + offsets[i], *type.fields[i].type)));
  return Value::Record(std::move(items));
}

Result<Value> Loader::LoadVariant(uint64_t ptr, const ValType& type) {
  const uint64_t index = Int(ptr, type.discriminant_size);
  if (index >= type.fields.size()) return BadDiscriminant(index, type.fields.size());
  const ValType* payload = type.fields[index].type;
  if (payload == nullptr) return Value::Variant(static_cast<uint32_t>(index));
  TRY_VOID(Charge(sizeof(Value)));
  return Value::Variant(static_cast<uint32_t>(index),
                        TRY(Load(ptr + type.layout(cx_.ptr).payload_offset, *payload)));
}

Result<void> Loader::Charge(uint64_t bytes) {
  if (bytes > left_) return Trap(kTooMuch);
  left_ -= bytes;
  return {};
}

Result<std::vector<Value>> Loader::Reserve(uint64_t count) {
  if (count > left_ / sizeof(Value)) return Trap(kTooMuch);
  left_ -= count * sizeof(Value);
  std::vector<Value> items;
  items.reserve(count);
  return items;
}

}  // namespace component::abi
