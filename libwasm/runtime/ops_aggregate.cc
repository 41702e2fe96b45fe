// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs, arrays and casts. THE RULE: whatever here may allocate may collect, and finds its
// reference operands rooted: an engine pops them off its stack only after the operation returns.
// What an operation itself has just allocated is safe until it allocates again.

#include "libwasm/runtime/ops_aggregate.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/elem_segment.h"
#include "libwasm/runtime/instance.h"

namespace wasm::rt {

namespace {

using runtime::gc::AsObject;
using runtime::gc::Object;

const CanonType& TypeOf(Instance& instance, TypeIdx type) {
  return instance.types->Get(instance.type_ids[type.value]);
}

runtime::gc::Heap& HeapOf(Instance& instance) { return instance.data->store().heap(); }

Trap ChargeBytes(Instance& instance, uint64_t length, uint32_t size) {
  return ChargeFuel(instance, length * size / kBytesPerFuel);
}

OrTrap<Object*> NewArray(Instance& instance, const CanonType& type, uint32_t length) {
  if (const Trap trap = ChargeBytes(instance, length, type.layout[0].size); trap != Trap::kNone)
    return trap;
  Object* array = HeapOf(instance).NewArray(type, length);
  if (array == nullptr) [[unlikely]]
    return Trap::kOutOfMemory;
  return array;
}

Trap FillElements(Instance& instance, Object* array, uint32_t size, uint32_t index,
                  const Slot* value, uint32_t length) {
  uint8_t* at = array->payload() + uint64_t{index} * size;
  return InChunks(instance, length, kChunkElements, false, [&](uint64_t offset, uint64_t count) {
    uint8_t* chunk = at + offset * size;
    switch (size) {
      case 1:
        std::memset(chunk, static_cast<uint8_t>(*value), count);
        break;
      case 8:
        std::fill_n(reinterpret_cast<Slot*>(chunk), count, *value);
        break;
      default:
        for (uint64_t i = 0; i < count; ++i) internal::StoreField(size, chunk + i * size, value);
    }
  });
}

// Copies the segment's bytes as they are: elements and segments are both little-endian.
Trap CopyData(Instance& instance, std::span<const uint8_t> data, Object* array, uint32_t size,
              uint32_t index, uint32_t offset, uint32_t length) {
  uint8_t* at = array->payload() + uint64_t{index} * size;
  return InChunks(instance, uint64_t{length} * size, kChunkBytes, false,
                  [&](uint64_t done, uint64_t bytes) {
                    std::memcpy(at + done, data.data() + offset + done, bytes);
                  });
}

}  // namespace

OrTrap<Ref> StructNew(Instance& instance, TypeIdx type_index, const Slot* fields) {
  const CanonType& type = TypeOf(instance, type_index);
  Object* object = HeapOf(instance).NewStruct(type);
  if (object == nullptr) [[unlikely]]
    return Trap::kOutOfMemory;
  for (const CanonType::FieldLayout& field : type.layout) {
    internal::StoreField(field.size, object->payload() + field.offset, fields);
    fields += field.type.slots();
  }
  return runtime::gc::ToRef(object);
}

OrTrap<Ref> StructNewDefault(Instance& instance, TypeIdx type) {
  Object* object = HeapOf(instance).NewStruct(TypeOf(instance, type));
  if (object == nullptr) [[unlikely]]
    return Trap::kOutOfMemory;
  return runtime::gc::ToRef(object);
}

OrTrap<Ref> ArrayNew(Instance& instance, TypeIdx type_index, const Slot* init, uint32_t length) {
  const CanonType& type = TypeOf(instance, type_index);
  const OrTrap<Object*> array = NewArray(instance, type, length);
  if (!array.ok()) return array.trap;
  const Trap trap = FillElements(instance, array.value, type.layout[0].size, 0, init, length);
  if (trap != Trap::kNone) return trap;
  return runtime::gc::ToRef(array.value);
}

OrTrap<Ref> ArrayNewDefault(Instance& instance, TypeIdx type, uint32_t length) {
  const OrTrap<Object*> array = NewArray(instance, TypeOf(instance, type), length);
  if (!array.ok()) return array.trap;
  return runtime::gc::ToRef(array.value);
}

OrTrap<Ref> ArrayNewFixed(Instance& instance, TypeIdx type_index, const Slot* values,
                          uint32_t length) {
  const CanonType& type = TypeOf(instance, type_index);
  const OrTrap<Object*> array = NewArray(instance, type, length);
  if (!array.ok()) return array.trap;
  const uint32_t size = type.layout[0].size;
  const uint32_t slots = type.layout[0].type.slots();
  uint8_t* at = array.value->payload();
  for (uint32_t i = 0; i < length; ++i)
    internal::StoreField(size, at + uint64_t{i} * size, values + uint64_t{i} * slots);
  return runtime::gc::ToRef(array.value);
}

OrTrap<Ref> ArrayNewData(Instance& instance, TypeIdx type_index, DataIdx data, uint32_t offset,
                         uint32_t length) {
  const CanonType& type = TypeOf(instance, type_index);
  const uint32_t size = type.layout[0].size;
  const std::span<const uint8_t> bytes = instance.data->DataBytes(data);
  if (!InBounds(offset, uint64_t{length} * size, bytes.size())) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  const OrTrap<Object*> array = NewArray(instance, type, length);
  if (!array.ok()) return array.trap;
  const Trap trap = CopyData(instance, bytes, array.value, size, 0, offset, length);
  if (trap != Trap::kNone) return trap;
  return runtime::gc::ToRef(array.value);
}

OrTrap<Ref> ArrayNewElem(Instance& instance, TypeIdx type, ElemIdx elem, uint32_t offset,
                         uint32_t length) {
  if (!InBounds(offset, length, instance.data->ElemSize(elem))) [[unlikely]]
    return Trap::kTableOutOfBounds;
  // The elements first: making them allocates too.
  OrTrap<const Ref*> elements = static_cast<const Ref*>(nullptr);
  if (length != 0) elements = runtime::ElementsOf(instance, elem);
  if (!elements.ok()) return elements.trap;
  const OrTrap<Object*> array = NewArray(instance, TypeOf(instance, type), length);
  if (!array.ok()) return array.trap;
  if (length != 0)
    std::memcpy(array.value->payload(), elements.value + offset, uint64_t{length} * sizeof(Ref));
  return runtime::gc::ToRef(array.value);
}

Trap ArrayFill(Instance& instance, TypeIdx type, Ref ref, uint32_t index, const Slot* value,
               uint32_t length) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  Object* array = AsObject(ref);
  if (!InBounds(index, length, array->length)) [[unlikely]]
    return Trap::kArrayOutOfBounds;
  const uint32_t size = internal::LayoutOf(instance, type, 0).size;
  if (const Trap trap = ChargeBytes(instance, length, size); trap != Trap::kNone) return trap;
  return FillElements(instance, array, size, index, value, length);
}

Trap ArrayCopy(Instance& instance, TypeIdx dst_type, TypeIdx, Ref dst, uint32_t dst_index, Ref src,
               uint32_t src_index, uint32_t length) {
  if (dst == runtime::kNullRef || src == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  Object* to = AsObject(dst);
  const Object* from = AsObject(src);
  if (!InBounds(dst_index, length, to->length) || !InBounds(src_index, length, from->length))
      [[unlikely]]
    return Trap::kArrayOutOfBounds;
  // Storage types of matching arrays have the same size [valid-array.copy].
  const uint32_t size = internal::LayoutOf(instance, dst_type, 0).size;
  if (const Trap trap = ChargeBytes(instance, length, size); trap != Trap::kNone) return trap;
  uint8_t* dst_at = to->payload() + uint64_t{dst_index} * size;
  const uint8_t* src_at = from->payload() + uint64_t{src_index} * size;
  return InChunks(instance, uint64_t{length} * size, kChunkBytes, dst_at > src_at,
                  [&](uint64_t offset, uint64_t bytes) {
                    std::memmove(dst_at + offset, src_at + offset, bytes);
                  });
}

Trap ArrayInitData(Instance& instance, TypeIdx type, DataIdx data, Ref ref, uint32_t index,
                   uint32_t offset, uint32_t length) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  Object* array = AsObject(ref);
  if (!InBounds(index, length, array->length)) [[unlikely]]
    return Trap::kArrayOutOfBounds;
  const uint32_t size = internal::LayoutOf(instance, type, 0).size;
  const std::span<const uint8_t> bytes = instance.data->DataBytes(data);
  if (!InBounds(offset, uint64_t{length} * size, bytes.size())) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  if (const Trap trap = ChargeBytes(instance, length, size); trap != Trap::kNone) return trap;
  return CopyData(instance, bytes, array, size, index, offset, length);
}

Trap ArrayInitElem(Instance& instance, TypeIdx, ElemIdx elem, Ref ref, uint32_t index,
                   uint32_t offset, uint32_t length) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  Object* array = AsObject(ref);
  if (!InBounds(index, length, array->length)) [[unlikely]]
    return Trap::kArrayOutOfBounds;
  if (!InBounds(offset, length, instance.data->ElemSize(elem))) [[unlikely]]
    return Trap::kTableOutOfBounds;
  if (length == 0) return Trap::kNone;
  if (const Trap trap = ChargeBytes(instance, length, sizeof(Ref)); trap != Trap::kNone)
    return trap;
  const OrTrap<const Ref*> elements = runtime::ElementsOf(instance, elem);
  if (!elements.ok()) return elements.trap;
  std::memcpy(array->payload() + uint64_t{index} * sizeof(Ref), elements.value + offset,
              uint64_t{length} * sizeof(Ref));
  return Trap::kNone;
}

bool RefTest(Instance& instance, Ref ref, HeapType type, bool nullable) {
  if (ref == runtime::kNullRef) return nullable;
  if (type.is_concrete()) type = HeapType::Concrete(instance.type_ids[type.concrete()]);
  return runtime::gc::RefMatches(*instance.types, ref, ValType::Ref(type, nullable));
}

}  // namespace wasm::rt
