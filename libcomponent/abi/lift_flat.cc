// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/lift_flat.h"

#include <utility>

#include "libcomponent/abi/load.h"

namespace component::abi {

using wasm::Result;

namespace {

class FlatLifter {
 public:
  FlatLifter(Context& cx, CoreValueIter& vi) : loader_(cx), vi_(vi), ptr_(cx.ptr) {}

  Loader& loader() { return loader_; }

  // [cabi:lift_flat] [cabi:lift_flat_unsigned] [cabi:lift_flat_signed]
  Result<Value> Lift(const ValType& type) {
    switch (type.kind) {
      case ValKind::kBool:
        return Value::Bool(vi_.Next32() != 0);
      case ValKind::kU8:
        return Value::U8(static_cast<uint8_t>(vi_.Next32()));
      case ValKind::kU16:
        return Value::U16(static_cast<uint16_t>(vi_.Next32()));
      case ValKind::kU32:
        return Value::U32(vi_.Next32());
      case ValKind::kU64:
        return Value::U64(vi_.Next64());
      case ValKind::kS8:
        return Value::S8(static_cast<int8_t>(vi_.Next32()));
      case ValKind::kS16:
        return Value::S16(static_cast<int16_t>(vi_.Next32()));
      case ValKind::kS32:
        return Value::S32(static_cast<int32_t>(vi_.Next32()));
      case ValKind::kS64:
        return Value::S64(static_cast<int64_t>(vi_.Next64()));
      case ValKind::kF32:
        return Value::Scalar(Value::Kind::kF32, CanonicalizeNan32(vi_.Next32()));
      case ValKind::kF64:
        return Value::Scalar(Value::Kind::kF64, CanonicalizeNan64(vi_.Next64()));
      case ValKind::kChar:
        return Value::Char(TRY(ConvertI32ToChar(vi_.Next32())));
      case ValKind::kString:
        return loader_.LoadStringFromRange(NextRange());
      case ValKind::kList:
      case ValKind::kMap:
        return loader_.LoadListFromRange(NextRange(), *type.element);
      case ValKind::kFixedLengthList: {
        std::vector<Value> items = TRY(loader_.Reserve(type.length));
        for (uint32_t i = 0; i < type.length; ++i) items.push_back(TRY(Lift(*type.element)));
        return Value::List(std::move(items));
      }
      case ValKind::kRecord:
      case ValKind::kTuple: {
        std::vector<Value> items = TRY(loader_.Reserve(type.fields.size()));
        for (const ValType::Field& field : type.fields) items.push_back(TRY(Lift(*field.type)));
        return Value::Record(std::move(items));
      }
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult:
        return LiftVariant(type);
      case ValKind::kFlags:
        return Value::Flags(vi_.Next32() & FlagsMask(type));
      case ValKind::kOwn:
      case ValKind::kBorrow:
      case ValKind::kStream:
      case ValKind::kFuture:
      case ValKind::kErrorContext:
        return loader_.LiftHandle(vi_.Next32(), type);
    }
    __builtin_unreachable();
  }

 private:
  Range NextRange() {
    const uint64_t ptr = vi_.NextPtr(ptr_);
    return {ptr, vi_.NextPtr(ptr_)};
  }

  Result<Value> LiftVariant(const ValType& type) {
    const size_t end = vi_.at() + type.layout(ptr_).flat_count;
    const uint32_t index = vi_.Next32();
    if (index >= type.fields.size()) return BadDiscriminant(index, type.fields.size());
    Value value = Value::Variant(index);
    if (const ValType* payload = type.fields[index].type; payload != nullptr)
      value = Value::Variant(index, TRY(Lift(*payload)));
    vi_.Seek(end);
    return value;
  }

  Loader loader_;
  CoreValueIter& vi_;
  PtrType ptr_;
};

}  // namespace

Result<Value> LiftFlat(Context& cx, CoreValueIter& vi, const ValType& type) {
  return FlatLifter(cx, vi).Lift(type);
}

Result<void> CheckTuple(Bytes memory, uint64_t ptr, const TupleLayout& tuple) {
  if (!IsAligned(ptr, tuple.alignment)) return Trap(kUnaligned);
  if (!InBounds(memory.size(), ptr, tuple.size)) return Trap(kOutOfBounds);
  return {};
}

Result<std::vector<Value>> LiftFlatValues(Context& cx, uint32_t max_flat, CoreValueIter& vi,
                                          Types types) {
  FlatLifter lifter(cx, vi);
  std::vector<Value> values;
  values.reserve(types.size());
  if (FlatCount(types, cx.ptr) <= max_flat) {
    for (const ValType* type : types) values.push_back(TRY(lifter.Lift(*type)));
    return values;
  }
  uint64_t ptr = vi.NextPtr(cx.ptr);
  TRY_VOID(CheckTuple(lifter.loader().memory(), ptr, LayoutOf(types, cx.ptr)));
  for (const ValType* type : types) {
    const ValType::Layout& layout = type->layout(cx.ptr);
    ptr = AlignTo(ptr, layout.alignment);
    values.push_back(TRY(lifter.loader().Load(ptr, *type)));
    ptr += layout.size;
  }
  return values;
}

Result<std::vector<Value>> LiftFlatValues(Context& cx, uint32_t max_flat,
                                          std::span<const uint64_t> flat, Types types) {
  CoreValueIter vi(flat);
  return LiftFlatValues(cx, max_flat, vi, types);
}

}  // namespace component::abi
