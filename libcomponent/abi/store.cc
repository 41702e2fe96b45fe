// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/store.h"

#include <cstring>

#include "libcomponent/abi/load.h"
#include "libcomponent/abi/string_encodings.h"
#include "libwasm/support/utf8.h"

namespace component::abi {

using wasm::Result;

namespace {

Value::Kind KindOf(const ValType& type) {
  switch (type.kind) {
    case ValKind::kBool:
      return Value::Kind::kBool;
    case ValKind::kS8:
      return Value::Kind::kS8;
    case ValKind::kU8:
      return Value::Kind::kU8;
    case ValKind::kS16:
      return Value::Kind::kS16;
    case ValKind::kU16:
      return Value::Kind::kU16;
    case ValKind::kS32:
      return Value::Kind::kS32;
    case ValKind::kU32:
      return Value::Kind::kU32;
    case ValKind::kS64:
      return Value::Kind::kS64;
    case ValKind::kU64:
      return Value::Kind::kU64;
    case ValKind::kF32:
      return Value::Kind::kF32;
    case ValKind::kF64:
      return Value::Kind::kF64;
    case ValKind::kChar:
      return Value::Kind::kChar;
    case ValKind::kString:
      return Value::Kind::kString;
    case ValKind::kList:
    case ValKind::kFixedLengthList:
    case ValKind::kMap:
      return Value::Kind::kList;
    case ValKind::kRecord:
    case ValKind::kTuple:
      return Value::Kind::kRecord;
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult:
      return Value::Kind::kVariant;
    case ValKind::kFlags:
      return Value::Kind::kFlags;
    case ValKind::kOwn:
    case ValKind::kBorrow:
      return Value::Kind::kHandle;
    case ValKind::kStream:
      return Value::Kind::kStream;
    case ValKind::kFuture:
      return Value::Kind::kFuture;
    case ValKind::kErrorContext:
      return Value::Kind::kErrorContext;
  }
  __builtin_unreachable();
}

}  // namespace

Result<void> CheckShape(const Value& value, const ValType& type) {
  if (value.kind() != KindOf(type)) return Mismatch("its kind is another");
  switch (type.kind) {
    case ValKind::kChar:
      if (!wasm::IsScalarValue(value.bits())) return Mismatch("a char is a Unicode scalar value");
      return {};
    case ValKind::kRecord:
    case ValKind::kTuple:
      if (value.items().size() != type.fields.size())
        return Mismatch("a record has another number of fields");
      return {};
    case ValKind::kFixedLengthList:
      if (value.items().size() != type.length)
        return Mismatch("a list of fixed length has another length");
      return {};
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult:
      if (value.case_index() >= type.fields.size()) return Mismatch("a variant has no such case");
      if (value.has_payload() != (type.fields[value.case_index()].type != nullptr))
        return Mismatch("a case and its payload");
      return {};
    case ValKind::kOwn:
    case ValKind::kBorrow:
    case ValKind::kStream:
    case ValKind::kFuture:
    case ValKind::kErrorContext:
      if (value.object() == nullptr) return Mismatch("a handle refers to nothing");
      return {};
    default:
      return {};
  }
}

uint64_t CoreValueOf(const Value& value, const ValType& type) {
  switch (type.kind) {
    case ValKind::kBool:
      return value.boolean() ? 1 : 0;
    case ValKind::kS64:
    case ValKind::kU64:
      return value.bits();
    case ValKind::kF32:
      return CanonicalizeNan32(static_cast<uint32_t>(value.bits()));
    case ValKind::kF64:
      return CanonicalizeNan64(value.bits());
    case ValKind::kFlags:
      return static_cast<uint32_t>(value.bits()) & FlagsMask(type);
    default:
      return static_cast<uint32_t>(value.bits());
  }
}

Result<void> Store(Context& cx, const Value& value, const ValType& type, uint64_t ptr) {
  Storer storer(cx);
  if (!InBounds(storer.target().memory().size(), ptr, type.layout(cx.ptr).size))
    return Trap(kOutOfBounds);
  return storer.Store(value, type, ptr);
}

Result<void> StoreListIntoValidRange(Context& cx, std::span<const Value> values, uint64_t ptr,
                                     const ValType& element) {
  Storer storer(cx);
  const uint64_t memory_size = storer.target().memory().size();
  const uint32_t size = element.layout(cx.ptr).size;
  if (size != 0 && values.size() > memory_size / size) return Trap(kOutOfBounds);
  if (!InBounds(memory_size, ptr, values.size() * size)) return Trap(kOutOfBounds);
  return storer.StoreListIntoValidRange(values, ptr, element);
}

// [cabi:store]
Result<void> Storer::Store(const Value& value, const ValType& type, uint64_t ptr) {
  TRY_VOID(CheckShape(value, type));
  switch (type.kind) {
    case ValKind::kBool:
    case ValKind::kS8:
    case ValKind::kU8:
    case ValKind::kS16:
    case ValKind::kU16:
    case ValKind::kS32:
    case ValKind::kU32:
    case ValKind::kS64:
    case ValKind::kU64:
    case ValKind::kF32:
    case ValKind::kF64:
    case ValKind::kChar:
    case ValKind::kFlags:
      Int(ptr, CoreValueOf(value, type), type.layout(target_.ptr()).size);
      return {};
    case ValKind::kString:
      StoreRange(ptr, TRY(StoreStringIntoRange(value)));
      return {};
    case ValKind::kList:
    case ValKind::kMap:
      StoreRange(ptr, TRY(StoreListIntoRange(value, *type.element)));
      return {};
    case ValKind::kFixedLengthList:
      return StoreListIntoValidRange(value.items(), ptr, *type.element);
    case ValKind::kRecord:
    case ValKind::kTuple: {
      const std::vector<uint32_t>& offsets = type.layout(target_.ptr()).offsets;
      for (size_t i = 0; i < type.fields.size(); ++i)
        TRY_VOID(Store(value.items()[i], *type.fields[i].type, ptr + offsets[i]));
      return {};
    }
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult: {
      Int(ptr, value.case_index(), type.discriminant_size);
      if (!value.has_payload()) return {};
      return Store(value.payload(), *type.fields[value.case_index()].type,
                   ptr + type.layout(target_.ptr()).payload_offset);
    }
    case ValKind::kOwn:
    case ValKind::kBorrow:
    case ValKind::kStream:
    case ValKind::kFuture:
    case ValKind::kErrorContext:
      Int(ptr, TRY(LowerHandle(value, type)), 4);
      return {};
  }
  __builtin_unreachable();
}

Result<uint32_t> Storer::LowerHandle(const Value& value, const ValType& type) {
  InstanceAccess& instance = target_.instance();
  switch (type.kind) {
    case ValKind::kOwn:
      return instance.LowerOwn(value, type);
    case ValKind::kBorrow:
      return instance.LowerBorrow(value, type);
    case ValKind::kStream:
      return instance.LowerStream(value, type);
    case ValKind::kFuture:
      return instance.LowerFuture(value, type);
    default:
      return instance.LowerErrorContext(value);
  }
}

void Storer::StoreRange(uint64_t ptr, Range range) {
  const uint32_t size = PtrSize(target_.ptr());
  Int(ptr, range.ptr, size);
  Int(ptr + size, range.length, size);
}

Result<Range> Storer::StoreStringIntoRange(const Value& value) {
  return abi::StoreStringIntoRange(target_, TRY(SourceOf(value)));
}

Result<Range> Storer::StoreListIntoRange(const Value& value, const ValType& element) {
  const ValType::Layout& layout = element.layout(target_.ptr());
  const uint64_t length = value.size();
  // A lifted list may need twice its bytes here, where pointers are wider; a host's is bounded too.
  if (layout.size != 0 && length > 2 * kMaxListByteLength / layout.size)
    return Mismatch("a list has at most 268435455 bytes");
  const uint64_t ptr =
      TRY(target_.Allocate(layout.alignment, length * layout.size, kReallocListOutOfBounds));
  if (value.is_compact() && element.kind == ValKind::kU8) {
    if (length != 0) std::memcpy(&target_.memory()[ptr], value.string().data(), length);
    return Range{ptr, length};
  }
  TRY_VOID(StoreListIntoValidRange(value.items(), ptr, element));
  return Range{ptr, length};
}

Result<void> Storer::StoreListIntoValidRange(std::span<const Value> values, uint64_t ptr,
                                             const ValType& element) {
  const uint32_t size = element.layout(target_.ptr()).size;
  for (size_t i = 0; i < values.size(); ++i) TRY_VOID(Store(values[i], element, ptr + i * size));
  return {};
}

}  // namespace component::abi
