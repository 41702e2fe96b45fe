// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Aggregate and cast instructions [syntax-instr-aggr] [syntax-instr-ref]. Values of fields travel
// as slots, v128 as two. What allocates may collect: see the rule in ops_aggregate.cc. Accesses to
// single fields are inline, since they are the hot ones.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_AGGREGATE_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_AGGREGATE_H_

#include <cstdint>
#include <cstring>

#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::Instance;
using runtime::Ref;
using runtime::Slot;

namespace internal {

// The bytes of a field into a slot (v128: two), zero-extended.
inline void LoadField(uint32_t size, const uint8_t* at, Slot* out) {
  switch (size) {
    case 1:
      out[0] = *at;
      return;
    case 2: {
      uint16_t v;
      std::memcpy(&v, at, 2);
      out[0] = v;
      return;
    }
    case 4: {
      uint32_t v;
      std::memcpy(&v, at, 4);
      out[0] = v;
      return;
    }
    case 8:
      std::memcpy(out, at, 8);
      return;
    default:
      std::memcpy(out, at, 16);
      return;
  }
}
inline void StoreField(uint32_t size, uint8_t* at, const Slot* value) {
  switch (size) {  // little-endian: the low bytes come first
    case 1:
      *at = static_cast<uint8_t>(*value);
      return;
    case 2:
      std::memcpy(at, value, 2);
      return;
    case 4:
      std::memcpy(at, value, 4);
      return;
    case 8:
      std::memcpy(at, value, 8);
      return;
    default:
      std::memcpy(at, value, 16);
      return;
  }
}
inline Slot SignExtendPacked(uint32_t size, Slot value) {
  const int32_t extended = size == 1 ? static_cast<int8_t>(value) : static_cast<int16_t>(value);
  return static_cast<uint32_t>(extended);
}
inline const CanonType::FieldLayout& LayoutOf(Instance& instance, TypeIdx type, uint32_t field) {
  return instance.types->Get(instance.type_ids[type.value]).layout[field];
}

}  // namespace internal

// ---- structs -----------------------------------------------------------------------------------

// `fields`: the slots of all fields, first field first.
OrTrap<Ref> StructNew(Instance& instance, TypeIdx type, const Slot* fields);
OrTrap<Ref> StructNewDefault(Instance& instance, TypeIdx type);

// Also struct.get_u: packed fields are zero-extended.
[[nodiscard]] inline Trap StructGet(Instance& instance, TypeIdx type, FieldIdx field, Ref ref,
                                    Slot* out) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullStructureReference;
  const auto& layout = internal::LayoutOf(instance, type, field.value);
  internal::LoadField(layout.size, runtime::gc::AsObject(ref)->payload() + layout.offset, out);
  return Trap::kNone;
}
[[nodiscard]] inline Trap StructGetS(Instance& instance, TypeIdx type, FieldIdx field, Ref ref,
                                     Slot* out) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullStructureReference;
  const auto& layout = internal::LayoutOf(instance, type, field.value);
  internal::LoadField(layout.size, runtime::gc::AsObject(ref)->payload() + layout.offset, out);
  *out = internal::SignExtendPacked(layout.size, *out);
  return Trap::kNone;
}
[[nodiscard]] inline Trap StructSet(Instance& instance, TypeIdx type, FieldIdx field, Ref ref,
                                    const Slot* value) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullStructureReference;
  const auto& layout = internal::LayoutOf(instance, type, field.value);
  internal::StoreField(layout.size, runtime::gc::AsObject(ref)->payload() + layout.offset, value);
  return Trap::kNone;
}

// ---- arrays ------------------------------------------------------------------------------------

OrTrap<Ref> ArrayNew(Instance& instance, TypeIdx type, const Slot* init, uint32_t length);
OrTrap<Ref> ArrayNewDefault(Instance& instance, TypeIdx type, uint32_t length);
// `values`: the slots of all elements, first element first.
OrTrap<Ref> ArrayNewFixed(Instance& instance, TypeIdx type, const Slot* values, uint32_t length);
OrTrap<Ref> ArrayNewData(Instance& instance, TypeIdx type, DataIdx data, uint32_t offset,
                         uint32_t length);
OrTrap<Ref> ArrayNewElem(Instance& instance, TypeIdx type, ElemIdx elem, uint32_t offset,
                         uint32_t length);

inline OrTrap<uint32_t> ArrayLen(Ref ref) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  return runtime::gc::AsObject(ref)->length;
}
// Also array.get_u.
[[nodiscard]] inline Trap ArrayGet(Instance& instance, TypeIdx type, Ref ref, uint32_t index,
                                   Slot* out) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  const runtime::gc::Object* array = runtime::gc::AsObject(ref);
  if (index >= array->length) [[unlikely]]
    return Trap::kArrayOutOfBounds;
  const uint32_t size = internal::LayoutOf(instance, type, 0).size;
  internal::LoadField(size, array->payload() + uint64_t{index} * size, out);
  return Trap::kNone;
}
[[nodiscard]] inline Trap ArrayGetS(Instance& instance, TypeIdx type, Ref ref, uint32_t index,
                                    Slot* out) {
  const Trap trap = ArrayGet(instance, type, ref, index, out);
  if (trap == Trap::kNone) [[likely]]
    *out = internal::SignExtendPacked(internal::LayoutOf(instance, type, 0).size, *out);
  return trap;
}
[[nodiscard]] inline Trap ArraySet(Instance& instance, TypeIdx type, Ref ref, uint32_t index,
                                   const Slot* value) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullArrayReference;
  runtime::gc::Object* array = runtime::gc::AsObject(ref);
  if (index >= array->length) [[unlikely]]
    return Trap::kArrayOutOfBounds;
  const uint32_t size = internal::LayoutOf(instance, type, 0).size;
  internal::StoreField(size, array->payload() + uint64_t{index} * size, value);
  return Trap::kNone;
}
[[nodiscard]] Trap ArrayFill(Instance& instance, TypeIdx type, Ref ref, uint32_t index,
                             const Slot* value, uint32_t length);
[[nodiscard]] Trap ArrayCopy(Instance& instance, TypeIdx dst_type, TypeIdx src_type, Ref dst,
                             uint32_t dst_index, Ref src, uint32_t src_index, uint32_t length);
[[nodiscard]] Trap ArrayInitData(Instance& instance, TypeIdx type, DataIdx data, Ref ref,
                                 uint32_t index, uint32_t offset, uint32_t length);
[[nodiscard]] Trap ArrayInitElem(Instance& instance, TypeIdx type, ElemIdx elem, Ref ref,
                                 uint32_t index, uint32_t offset, uint32_t length);

// ---- i31 and casts -----------------------------------------------------------------------------

inline OrTrap<uint32_t> I31GetS(Ref ref) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullI31Reference;
  return runtime::I31GetS(ref);
}
inline OrTrap<uint32_t> I31GetU(Ref ref) {
  if (ref == runtime::kNullRef) [[unlikely]]
    return Trap::kNullI31Reference;
  return runtime::I31GetU(ref);
}

// `type` as the instruction writes it: concrete types are indices of the module. Also the test of
// br_on_cast with a ValType made of its target.
bool RefTest(Instance& instance, Ref ref, HeapType type, bool nullable);
inline bool RefTest(Instance& instance, Ref ref, ValType type) {
  return RefTest(instance, ref, type.heap_type(), type.is_nullable());
}
inline OrTrap<Ref> RefCast(Instance& instance, Ref ref, HeapType type, bool nullable) {
  if (!RefTest(instance, ref, type, nullable)) [[unlikely]]
    return Trap::kCastFailure;
  return ref;
}

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_AGGREGATE_H_
