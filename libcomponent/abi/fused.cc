// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/fused.h"

#include <cstring>
#include <memory>
#include <utility>

#include "libcomponent/abi/fused_passes.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/load.h"
#include "libcomponent/abi/lower_flat.h"
#include "libcomponent/abi/store.h"

namespace component::abi {

using wasm::Result;

namespace {

// A guest that calls itself: what is stored may be what has yet to be loaded.
bool SameMemory(Context& from, Context& to) {
  const Bytes a = from.instance->Memory(), b = to.instance->Memory();
  return !a.empty() && a.data() == b.data();
}

}  // namespace

Copier::Copier(const Side& from, const Side& to)
    : from_(Layout(from)), to_(Layout(to)), program_(from.ptr, to.ptr) {
  WASM_CHECK(from.types.size() == to.types.size());
  only_slots_ = !from_.in_memory && !to_.in_memory;
  for (size_t i = 0; i < from.types.size(); ++i) {
    bodies_.push_back(program_.Compile(*from.types[i], *to.types[i]));
    only_slots_ = only_slots_ && AddSlots(*from.types[i]);
  }
}

Copier::HalfLayout Copier::Layout(const Side& side) {
  HalfLayout half{.types = {side.types.begin(), side.types.end()},
                  .tuple = LayoutOf(side.types, side.ptr),
                  .offsets = {},
                  .ptr = side.ptr,
                  .max_flat = side.max_flat,
                  .in_memory = FlatCount(side.types, side.ptr) > side.max_flat};
  uint64_t at = 0;
  for (const ValType* type : side.types) {
    at = AlignTo(at, type->layout(side.ptr).alignment);
    half.offsets.push_back(at);
    at += type->layout(side.ptr).size;
  }
  return half;
}

bool Copier::AddSlots(const ValType& type) {
  switch (type.kind) {
    case ValKind::kRecord:
    case ValKind::kTuple:
      for (const ValType::Field& field : type.fields)
        if (!AddSlots(*field.type)) return false;
      return true;
    case ValKind::kFixedLengthList:
      for (uint32_t i = 0; i < type.length; ++i)
        if (!AddSlots(*type.element)) return false;
      return true;
    case ValKind::kFlags:
      slots_.push_back({type.kind, FlagsMask(type)});
      return true;
    default:
      if (type.kind > ValKind::kChar) return false;
      slots_.push_back({type.kind});
      return true;
  }
}

Result<uint32_t> Copier::CopySlots(std::span<const uint64_t> in, std::span<uint64_t> out) const {
  WASM_CHECK(in.size() >= slots_.size() && out.size() >= slots_.size());
  for (size_t i = 0; i < slots_.size(); ++i) {
    const auto i32 = static_cast<uint32_t>(in[i]);
    switch (slots_[i].kind) {
      case ValKind::kBool:
        out[i] = i32 != 0;
        break;
      case ValKind::kU8:
        out[i] = static_cast<uint8_t>(i32);
        break;
      case ValKind::kU16:
        out[i] = static_cast<uint16_t>(i32);
        break;
      case ValKind::kS8:
        out[i] = static_cast<uint32_t>(int32_t{static_cast<int8_t>(i32)});
        break;
      case ValKind::kS16:
        out[i] = static_cast<uint32_t>(int32_t{static_cast<int16_t>(i32)});
        break;
      case ValKind::kS64:
      case ValKind::kU64:
        out[i] = in[i];
        break;
      case ValKind::kF32:
        out[i] = CanonicalizeNan32(i32);
        break;
      case ValKind::kF64:
        out[i] = CanonicalizeNan64(in[i]);
        break;
      case ValKind::kChar:
        out[i] = TRY(ConvertI32ToChar(i32));
        break;
      case ValKind::kFlags:
        out[i] = i32 & slots_[i].mask;
        break;
      default:
        out[i] = i32;
        break;
    }
  }
  return static_cast<uint32_t>(slots_.size());
}

Result<uint32_t> Copier::Copy(Context& from, std::span<const uint64_t> in, Context& to,
                              std::span<uint64_t> out, std::optional<uint64_t> out_pointer) const {
  WASM_CHECK(from.ptr == from_.ptr && to.ptr == to_.ptr);
  if (only_slots_) return CopySlots(in, out);
  if (SameMemory(from, to)) {
    const std::vector<Value> values = TRY(LiftFlatValues(from, from_.max_flat, in, from_.types));
    return LowerFlatValues(to, to_.max_flat, values, to_.types, out, out_pointer);
  }

  // Lifting: flat values are laid out first as they would be in memory.
  CopyCheck check(program_, from);
  Frame from_frame;
  const uint8_t* source = nullptr;
  if (from_.in_memory) {
    CoreValueIter vi(in);
    const uint64_t ptr = vi.NextPtr(from.ptr);
    TRY_VOID(CheckTuple(check.memory(), ptr, from_.tuple));
    source = check.memory().data() + ptr;
  } else {
    uint8_t* bytes = from_frame.Reserve(from_.tuple.size);
    FrameSpill spill(from.ptr, in);
    for (size_t i = 0; i < from_.types.size(); ++i)
      spill.Spill(*from_.types[i], bytes + from_.offsets[i]);
    check.set_bad_variant(spill.bad_variant(), spill.bad_index());
    source = bytes;
  }
  for (size_t i = 0; i < bodies_.size(); ++i)
    TRY_VOID(check.Run(bodies_[i], source + from_.offsets[i]));

  // Lowering
  CopyWrite write(program_, from, to, check.TakeHandles());
  if (!to_.in_memory) {
    Frame to_frame;
    uint8_t* bytes = to_frame.Reserve(to_.tuple.size);
    write.set_frame(bytes);
    for (size_t i = 0; i < bodies_.size(); ++i)
      TRY_VOID(write.Run(bodies_[i], source + from_.offsets[i], {to_.offsets[i], true}));
    FrameFill fill(to.ptr, out);
    for (size_t i = 0; i < to_.types.size(); ++i) fill.Fill(*to_.types[i], bytes + to_.offsets[i]);
    return fill.count();
  }
  uint64_t ptr = 0;
  if (out_pointer) {
    ptr = *out_pointer;
    TRY_VOID(CheckTuple(write.target().memory(), ptr, to_.tuple));
  } else {
    ptr = TRY(write.target().Allocate(to_.tuple.alignment, to_.tuple.size, kReallocOutOfBounds));
    WASM_CHECK(!out.empty());
    out[0] = ptr;
  }
  for (size_t i = 0; i < bodies_.size(); ++i)
    TRY_VOID(write.Run(bodies_[i], source + from_.offsets[i], {ptr + to_.offsets[i], false}));
  return out_pointer ? 0 : 1;
}

Result<void> Copier::CopyElements(Context& from, uint64_t from_ptr, Context& to, uint64_t to_ptr,
                                  uint64_t count) const {
  WASM_CHECK(bodies_.size() == 1 && from.ptr == from_.ptr && to.ptr == to_.ptr);
  if (SameMemory(from, to)) {
    const std::vector<Value> values =
        TRY(LoadListFromValidRange(from, from_ptr, count, *from_.types.front()));
    return StoreListIntoValidRange(to, values, to_ptr, *to_.types.front());
  }
  CopyCheck check(program_, from);
  const uint32_t from_size = from_.types.front()->layout(from.ptr).size;
  const uint32_t to_size = to_.types.front()->layout(to.ptr).size;
  if (count > kMaxElements || !InBounds(check.memory().size(), from_ptr, count * from_size))
    return Trap(kOutOfBounds);
  const uint8_t* source = check.memory().data() + from_ptr;
  TRY_VOID(check.RunElements(bodies_.front(), source, from_size, count));
  CopyWrite write(program_, from, to, check.TakeHandles());
  if (!InBounds(write.target().memory().size(), to_ptr, count * to_size)) return Trap(kOutOfBounds);
  return write.RunElements(bodies_.front(), source, from_size, {to_ptr, false}, to_size, count);
}

}  // namespace component::abi
