// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/native.h"

#include <cstring>
#include <string>
#include <vector>

#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/load.h"
#include "libcomponent/abi/store.h"
#include "libcomponent/abi/string_encodings.h"
#include "libwasm/support/utf8.h"

namespace component::abi {
namespace {

using wasm::Result;
using Kind = NativeType::Kind;

const void* At(const void* object, size_t offset) {
  return static_cast<const uint8_t*>(object) + offset;
}
void* At(void* object, size_t offset) { return static_cast<uint8_t*>(object) + offset; }

// Scalars of these kinds are the same bytes on both sides.
bool IsPlain(ValKind kind) { return kind > ValKind::kBool && kind <= ValKind::kU64; }

// The core value of a scalar [cabi:lower_flat].
Result<uint64_t> CoreValue(const NativeSource& value, ValKind kind) {
  const auto load = [&]<typename T>(T) {
    T scalar;
    std::memcpy(&scalar, value.object, sizeof scalar);
    return scalar;
  };
  switch (kind) {
    case ValKind::kS8:
      return static_cast<uint32_t>(int32_t{load(int8_t{})});
    case ValKind::kS16:
      return static_cast<uint32_t>(int32_t{load(int16_t{})});
    case ValKind::kF32:
      return CanonicalizeNan32(load(uint32_t{}));
    case ValKind::kF64:
      return CanonicalizeNan64(load(uint64_t{}));
    case ValKind::kChar: {
      const uint32_t scalar = load(uint32_t{});
      if (!wasm::IsScalarValue(scalar)) return Mismatch("a char is a Unicode scalar value");
      return scalar;
    }
    default:
      return LoadInt(static_cast<const uint8_t*>(value.object),
                     static_cast<uint32_t>(value.type->size));
  }
}

// FAST: the scalars of a record in the order of its fields, wherever they are in it, if it has
// nothing else.
struct ScalarStep {
  size_t object = 0;    // where in the object
  uint32_t memory = 0;  // and where in memory
  uint32_t size = 0;
  ValKind kind = ValKind::kU8;
};
using ScalarSteps = std::vector<ScalarStep>;

bool AddSteps(const NativeType& native, const ValType& type, PtrType ptr, ScalarStep at,
              ScalarSteps& steps) {
  if (native.kind == Kind::kScalar) {
    steps.push_back({at.object, at.memory, static_cast<uint32_t>(native.size), type.kind});
    return true;
  }
  if (native.kind != Kind::kRecord) return false;
  const std::vector<uint32_t>& offsets = type.layout(ptr).offsets;
  for (size_t i = 0; i < native.fields.size(); ++i) {
    const NativeType::Field& field = native.fields[i];
    if (!AddSteps(*field.type, *type.fields[i].type, ptr,
                  {.object = at.object + field.offset, .memory = at.memory + offsets[i]}, steps))
      return false;
  }
  return true;
}

// The bits of a scalar on their way in either direction, chars apart.
uint64_t Convert(uint64_t bits, ValKind kind) {
  switch (kind) {
    case ValKind::kBool:
      return bits != 0;
    case ValKind::kF32:
      return CanonicalizeNan32(static_cast<uint32_t>(bits));
    case ValKind::kF64:
      return CanonicalizeNan64(bits);
    default:
      return bits;
  }
}

class Lowerer {
 public:
  explicit Lowerer(Context& cx) : target_(cx) {}
  Target& target() { return target_; }

  // [cabi:store]
  Result<void> Store(const NativeSource& value, const ValType& type, uint64_t ptr) {
    const NativeType& native = *value.type;
    switch (native.kind) {
      case Kind::kScalar:
        StoreInt(target_.At(ptr), TRY(CoreValue(value, type.kind)),
                 static_cast<uint32_t>(native.size));
        return {};
      case Kind::kText:
        return StoreRange(ptr, TRY(Text(value)));
      case Kind::kList:
        if (type.kind != ValKind::kFixedLengthList) return StoreRange(ptr, TRY(List(value, type)));
        TRY_VOID(CheckLength(value, type));
        return Elements(value, *type.element, ptr);
      case Kind::kRecord: {
        const std::vector<uint32_t>& offsets = type.layout(target_.ptr()).offsets;
        for (size_t i = 0; i < native.fields.size(); ++i)
          TRY_VOID(Store(Field(value, i), *type.fields[i].type, ptr + offsets[i]));
        return {};
      }
      case Kind::kVariant: {
        uint32_t index = 0;
        const NativeSource payload = TRY(Payload(value, type, index));
        StoreInt(target_.At(ptr), index, type.discriminant_size);
        if (payload.type == nullptr) return {};
        return Store(payload, *type.fields[index].type,
                     ptr + type.layout(target_.ptr()).payload_offset);
      }
      case Kind::kEnum:
      case Kind::kFlags:
        StoreInt(target_.At(ptr), TRY(Integer(value, type)), type.discriminant_size);
        return {};
      case Kind::kHandle: {
        const uint32_t index = TRY(Handle(value, type));
        StoreInt(target_.At(ptr), index, 4);
        return {};
      }
    }
    __builtin_unreachable();
  }

  // [cabi:lower_flat]; `slots` moves on.
  Result<void> Flat(const NativeSource& value, const ValType& type, uint64_t*& slots) {
    const NativeType& native = *value.type;
    switch (native.kind) {
      case Kind::kScalar:
        *slots++ = TRY(CoreValue(value, type.kind));
        return {};
      case Kind::kText:
      case Kind::kList: {
        if (type.kind == ValKind::kFixedLengthList) return FlatElements(value, type, slots);
        const Range range = TRY(native.kind == Kind::kText ? Text(value) : List(value, type));
        *slots++ = range.ptr;
        *slots++ = range.length;
        return {};
      }
      case Kind::kRecord:
        for (size_t i = 0; i < native.fields.size(); ++i)
          TRY_VOID(Flat(Field(value, i), *type.fields[i].type, slots));
        return {};
      case Kind::kVariant: {
        uint64_t* const end = slots + type.layout(target_.ptr()).flat_count;
        uint32_t index = 0;
        const NativeSource payload = TRY(Payload(value, type, index));
        *slots++ = index;
        if (payload.type != nullptr) TRY_VOID(Flat(payload, *type.fields[index].type, slots));
        while (slots != end) *slots++ = 0;
        return {};
      }
      case Kind::kEnum:
      case Kind::kFlags:
        *slots++ = TRY(Integer(value, type));
        return {};
      case Kind::kHandle:
        *slots++ = TRY(Handle(value, type));
        return {};
    }
    __builtin_unreachable();
  }

 private:
  static NativeSource Field(const NativeSource& value, size_t i) {
    const NativeType::Field& field = value.type->fields[i];
    return {field.type, At(value.object, field.offset)};
  }
  static Result<NativeSource> Payload(const NativeSource& value, const ValType& type,
                                      uint32_t& index) {
    const void* const payload = value.type->payload(value.object, &index);
    if (index >= type.fields.size()) return Mismatch("a variant has no such case");
    return NativeSource{value.type->cases[index], payload};
  }
  static Result<uint64_t> Integer(const NativeSource& value, const ValType& type) {
    const uint64_t integer =
        LoadInt(static_cast<const uint8_t*>(value.object), static_cast<uint32_t>(value.type->size));
    if (value.type->kind == Kind::kFlags) return integer & FlagsMask(type);
    if (integer >= type.fields.size()) return Mismatch("a variant has no such case");
    return integer;
  }
  Result<uint32_t> Handle(const NativeSource& value, const ValType& type) {
    return Storer(target_.cx()).LowerHandle(value.type->to_value(value.object), type);
  }
  static Result<void> CheckLength(const NativeSource& value, const ValType& type) {
    if (value.type->items(value.object).size != type.length)
      return Mismatch("a list of fixed length has another length");
    return {};
  }
  Result<void> StoreRange(uint64_t ptr, Range range) {
    const uint32_t size = PtrSize(target_.ptr());
    StoreInt(target_.At(ptr), range.ptr, size);
    StoreInt(target_.At(ptr + size), range.length, size);
    return {};
  }
  Result<Range> Text(const NativeSource& value) {
    const NativeType::Items text = value.type->items(value.object);
    return StoreStringIntoRange(
        target_, TRY(SourceOfText({static_cast<const char*>(text.data), text.size})));
  }
  // [cabi:store_list_into_range]
  Result<Range> List(const NativeSource& value, const ValType& type) {
    const ValType& element = *type.element;
    const ValType::Layout& layout = element.layout(target_.ptr());
    const uint64_t length = value.type->items(value.object).size;
    if (layout.size != 0 && length > 2 * kMaxListByteLength / layout.size)
      return Mismatch("a list has at most 268435455 bytes");
    const uint64_t ptr =
        TRY(target_.Allocate(layout.alignment, length * layout.size, kReallocListOutOfBounds));
    TRY_VOID(Elements(value, element, ptr));
    return Range{ptr, length};
  }
  Result<void> Elements(const NativeSource& value, const ValType& element, uint64_t ptr) {
    const NativeType::Items items = value.type->items(value.object);
    const NativeType& native = *value.type->element;
    if (native.kind == Kind::kScalar && IsPlain(element.kind)) {
      if (items.size != 0) std::memcpy(target_.At(ptr), items.data, items.size * native.size);
      return {};
    }
    const uint32_t size = element.layout(target_.ptr()).size;
    if (ScalarSteps steps; items.size > 1 && AddSteps(native, element, target_.ptr(), {}, steps)) {
      uint8_t* to = target_.At(ptr);
      const auto* from = static_cast<const uint8_t*>(items.data);
      for (size_t i = 0; i < items.size; ++i, to += size, from += native.size) {
        for (const ScalarStep& step : steps) {
          const uint64_t bits = LoadInt(from + step.object, step.size);
          if (step.kind == ValKind::kChar && !wasm::IsScalarValue(bits))
            return Mismatch("a char is a Unicode scalar value");
          StoreInt(to + step.memory, Convert(bits, step.kind), step.size);
        }
      }
      return {};
    }
    for (size_t i = 0; i < items.size; ++i)
      TRY_VOID(Store({&native, At(items.data, i * native.size)}, element, ptr + i * size));
    return {};
  }
  Result<void> FlatElements(const NativeSource& value, const ValType& type, uint64_t*& slots) {
    TRY_VOID(CheckLength(value, type));
    const NativeType::Items items = value.type->items(value.object);
    const NativeType& native = *value.type->element;
    for (size_t i = 0; i < items.size; ++i)
      TRY_VOID(Flat({&native, At(items.data, i * native.size)}, *type.element, slots));
    return {};
  }

  Target target_;
};

class Lifter {
 public:
  explicit Lifter(Context& cx) : cx_(cx), memory_(cx.instance->Memory()) {}
  Bytes memory() const { return memory_; }

  // [cabi:load]
  Result<void> Load(uint64_t ptr, const ValType& type, const NativePlace& place) {
    const NativeType& native = *place.type;
    switch (native.kind) {
      case Kind::kScalar:
        return Scalar(LoadInt(memory_.data() + ptr, static_cast<uint32_t>(native.size)), type.kind,
                      place);
      case Kind::kText:
        return Text(LoadRange(ptr), place);
      case Kind::kList: {
        if (type.kind == ValKind::kFixedLengthList)
          return Elements({ptr, type.length}, type, place);
        const Range range = LoadRange(ptr);
        TRY_VOID(CheckListRange(memory_, cx_.ptr, range, *type.element));
        return Elements(range, type, place);
      }
      case Kind::kRecord: {
        const std::vector<uint32_t>& offsets = type.layout(cx_.ptr).offsets;
        for (size_t i = 0; i < native.fields.size(); ++i)
          TRY_VOID(Load(ptr + offsets[i], *type.fields[i].type, Field(place, i)));
        return {};
      }
      case Kind::kVariant: {
        const uint64_t index = LoadInt(memory_.data() + ptr, type.discriminant_size);
        const NativePlace payload = TRY(Emplace(index, type, place));
        if (payload.type == nullptr) return {};
        return Load(ptr + type.layout(cx_.ptr).payload_offset, *type.fields[index].type, payload);
      }
      case Kind::kEnum:
      case Kind::kFlags:
        return Integer(LoadInt(memory_.data() + ptr, type.discriminant_size), type, place);
      case Kind::kHandle:
        return Handle(LoadInt(memory_.data() + ptr, 4), type, place);
    }
    __builtin_unreachable();
  }

  // [cabi:lift_flat]
  Result<void> Flat(CoreValueIter& slots, const ValType& type, const NativePlace& place) {
    const NativeType& native = *place.type;
    switch (native.kind) {
      case Kind::kScalar: {
        const uint64_t slot = slots.Next64();
        // An i32, whatever the type's width.
        return Scalar(type.kind == ValKind::kBool ? static_cast<uint32_t>(slot) : slot, type.kind,
                      place);
      }
      case Kind::kText:
        return Text(NextRange(slots), place);
      case Kind::kList: {
        if (type.kind == ValKind::kFixedLengthList) return FlatElements(slots, type, place);
        const Range range = NextRange(slots);
        TRY_VOID(CheckListRange(memory_, cx_.ptr, range, *type.element));
        return Elements(range, type, place);
      }
      case Kind::kRecord:
        for (size_t i = 0; i < native.fields.size(); ++i)
          TRY_VOID(Flat(slots, *type.fields[i].type, Field(place, i)));
        return {};
      case Kind::kVariant: {
        const size_t end = slots.at() + type.layout(cx_.ptr).flat_count;
        const uint32_t index = slots.Next32();
        const NativePlace payload = TRY(Emplace(index, type, place));
        if (payload.type != nullptr) TRY_VOID(Flat(slots, *type.fields[index].type, payload));
        slots.Seek(end);
        return {};
      }
      case Kind::kEnum:
      case Kind::kFlags:
        return Integer(slots.Next32(), type, place);
      case Kind::kHandle:
        return Handle(slots.Next32(), type, place);
    }
    __builtin_unreachable();
  }

 private:
  static NativePlace Field(const NativePlace& place, size_t i) {
    const NativeType::Field& field = place.type->fields[i];
    return {field.type, At(place.object, field.offset)};
  }
  Range LoadRange(uint64_t ptr) const {
    const uint32_t size = PtrSize(cx_.ptr);
    return {LoadInt(memory_.data() + ptr, size), LoadInt(memory_.data() + ptr + size, size)};
  }
  Range NextRange(CoreValueIter& slots) const {
    const uint64_t ptr = slots.NextPtr(cx_.ptr);
    return {ptr, slots.NextPtr(cx_.ptr)};
  }
  // A list of bytes is many times as large where each byte is an object of its own, and lists may
  // lie over each other: the bound of Values holds for objects as well.
  Result<void> Charge(uint64_t count, uint64_t size) {
    if (size != 0 && count > left_ / size) return Trap(kTooMuch);
    left_ -= count * size;
    return {};
  }

  Result<void> Scalar(uint64_t bits, ValKind kind, const NativePlace& place) {
    if (kind == ValKind::kChar) TRY(ConvertI32ToChar(static_cast<uint32_t>(bits)));
    StoreInt(static_cast<uint8_t*>(place.object), Convert(bits, kind),
             static_cast<uint32_t>(place.type->size));
    return {};
  }
  Result<void> Text(Range range, const NativePlace& place) {
    const StringSource source =
        TRY(LoadStringFromRange(cx_.encoding, cx_.ptr, memory_, range, Checking::kRangeAndContent));
    TRY_VOID(Charge(source.size, 1));
    std::string other;
    const void* bytes = source.bytes;
    size_t size = source.size;
    if (source.form != CodeUnits::kUtf8) {
      other = ToUtf8(source);
      bytes = other.data();
      size = other.size();
    }
    void* const text = place.type->resize(place.object, size);
    if (size != 0) std::memcpy(text, bytes, size);
    return {};
  }
  // Of a range that has been checked.
  Result<void> Elements(Range range, const ValType& type, const NativePlace& place) {
    const ValType& element = *type.element;
    const NativeType& native = *place.type->element;
    TRY_VOID(Charge(range.length, native.size));
    void* const items = place.type->resize(place.object, range.length);
    if (native.kind == Kind::kScalar && IsPlain(element.kind)) {
      if (range.length != 0)
        std::memcpy(items, memory_.data() + range.ptr, range.length * native.size);
      return {};
    }
    const uint32_t size = element.layout(cx_.ptr).size;
    if (ScalarSteps steps; range.length > 1 && AddSteps(native, element, cx_.ptr, {}, steps)) {
      const uint8_t* from = memory_.data() + range.ptr;
      auto* to = static_cast<uint8_t*>(items);
      for (uint64_t i = 0; i < range.length; ++i, from += size, to += native.size) {
        for (const ScalarStep& step : steps) {
          const uint64_t bits = LoadInt(from + step.memory, step.size);
          if (step.kind == ValKind::kChar) TRY(ConvertI32ToChar(static_cast<uint32_t>(bits)));
          StoreInt(to + step.object, Convert(bits, step.kind), step.size);
        }
      }
      return {};
    }
    for (uint64_t i = 0; i < range.length; ++i)
      TRY_VOID(Load(range.ptr + i * size, element, {&native, At(items, i * native.size)}));
    return {};
  }
  Result<void> FlatElements(CoreValueIter& slots, const ValType& type, const NativePlace& place) {
    const NativeType& native = *place.type->element;
    void* const items = place.type->resize(place.object, type.length);
    for (uint64_t i = 0; i < type.length; ++i)
      TRY_VOID(Flat(slots, *type.element, {&native, At(items, i * native.size)}));
    return {};
  }
  // The payload's place.
  static Result<NativePlace> Emplace(uint64_t index, const ValType& type,
                                     const NativePlace& place) {
    if (index >= type.fields.size()) return BadDiscriminant(index, type.fields.size());
    return NativePlace{place.type->cases[index],
                       place.type->emplace(place.object, static_cast<uint32_t>(index))};
  }
  // Of flags and enums, which may be wider where they come from.
  static Result<void> Integer(uint64_t bits, const ValType& type, const NativePlace& place) {
    if (place.type->kind == Kind::kFlags)
      bits &= FlagsMask(type);
    else if (bits >= type.fields.size())
      return BadDiscriminant(bits, type.fields.size());
    StoreInt(static_cast<uint8_t*>(place.object), bits, static_cast<uint32_t>(place.type->size));
    return {};
  }
  Result<void> Handle(uint64_t index, const ValType& type, const NativePlace& place) {
    place.type->from_value(place.object,
                           TRY(Loader(cx_).LiftHandle(static_cast<uint32_t>(index), type)));
    return {};
  }

  Context& cx_;
  Bytes memory_;
  uint64_t left_ = MaxLiftedBytes(memory_);
};

}  // namespace

Result<void> LowerNative(Context& cx, uint32_t max_flat, std::span<const NativeSource> values,
                         Types types, std::span<uint64_t> out,
                         std::optional<uint64_t> out_pointer) {
  Lowerer lowerer(cx);
  if (FlatCount(types, cx.ptr) <= max_flat) {
    uint64_t* slots = out.data();
    for (size_t i = 0; i < types.size(); ++i) TRY_VOID(lowerer.Flat(values[i], *types[i], slots));
    return {};
  }
  const TupleLayout tuple = LayoutOf(types, cx.ptr);
  uint64_t ptr = 0;
  if (out_pointer) {
    ptr = *out_pointer;
    TRY_VOID(CheckTuple(lowerer.target().memory(), ptr, tuple));
  } else {
    ptr = TRY(lowerer.target().Allocate(tuple.alignment, tuple.size, kReallocOutOfBounds));
    out[0] = ptr;
  }
  for (size_t i = 0; i < types.size(); ++i) {
    const ValType::Layout& layout = types[i]->layout(cx.ptr);
    ptr = AlignTo(ptr, layout.alignment);
    TRY_VOID(lowerer.Store(values[i], *types[i], ptr));
    ptr += layout.size;
  }
  return {};
}

Result<void> LiftNative(Context& cx, uint32_t max_flat, std::span<const uint64_t> flat, Types types,
                        std::span<const NativePlace> places) {
  Lifter lifter(cx);
  CoreValueIter slots(flat);
  if (FlatCount(types, cx.ptr) <= max_flat) {
    for (size_t i = 0; i < types.size(); ++i) TRY_VOID(lifter.Flat(slots, *types[i], places[i]));
    return {};
  }
  uint64_t ptr = slots.NextPtr(cx.ptr);
  TRY_VOID(CheckTuple(lifter.memory(), ptr, LayoutOf(types, cx.ptr)));
  for (size_t i = 0; i < types.size(); ++i) {
    const ValType::Layout& layout = types[i]->layout(cx.ptr);
    ptr = AlignTo(ptr, layout.alignment);
    TRY_VOID(lifter.Load(ptr, *types[i], places[i]));
    ptr += layout.size;
  }
  return {};
}

}  // namespace component::abi
