// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/layout.h"

#include <algorithm>

#include "libcomponent/types/type_arena.h"

namespace component {

namespace {

constexpr uint64_t AlignTo(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

// [cabi:discriminant_type]
uint32_t DiscriminantSize(size_t num_cases) {
  if (num_cases <= 256) return 1;
  return num_cases <= 65536 ? 2 : 4;
}

// [cabi:alignment_flags] [cabi:elem_size_flags]
uint32_t FlagsSize(size_t num_labels) {
  if (num_labels <= 8) return 1;
  return num_labels <= 16 ? 2 : 4;
}

// [cabi:join]
wasm::ValType Join(wasm::ValType a, wasm::ValType b) {
  using wasm::ValType;
  if (a == b) return a;
  if ((a == ValType::kI32 && b == ValType::kF32) || (a == ValType::kF32 && b == ValType::kI32))
    return ValType::kI32;
  return ValType::kI64;
}

class LayoutMaker {
 public:
  LayoutMaker(const ValType& type, PtrType ptr, ValType::Layout* layout)
      : type_(type), ptr_(ptr), layout_(*layout) {}

  bool Make() {
    layout_ = {};
    switch (type_.kind) {
      case ValKind::kBool:
      case ValKind::kS8:
      case ValKind::kU8:
        Scalar(1, wasm::ValType::kI32);
        break;
      case ValKind::kS16:
      case ValKind::kU16:
        Scalar(2, wasm::ValType::kI32);
        break;
      case ValKind::kS32:
      case ValKind::kU32:
      case ValKind::kChar:
      case ValKind::kErrorContext:
      case ValKind::kOwn:
      case ValKind::kBorrow:
      case ValKind::kStream:
      case ValKind::kFuture:
        Scalar(4, wasm::ValType::kI32);
        break;
      case ValKind::kS64:
      case ValKind::kU64:
        Scalar(8, wasm::ValType::kI64);
        break;
      case ValKind::kF32:
        Scalar(4, wasm::ValType::kF32);
        break;
      case ValKind::kF64:
        Scalar(8, wasm::ValType::kF64);
        break;
      case ValKind::kString:
      case ValKind::kList:
      case ValKind::kMap:
        Pointers();
        break;
      case ValKind::kFlags:
        Scalar(type_.discriminant_size, wasm::ValType::kI32);
        break;
      case ValKind::kRecord:
      case ValKind::kTuple:
        Record();
        break;
      case ValKind::kFixedLengthList:
        FixedLengthList();
        break;
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult:
        Variant();
        break;
    }
    if (flat_count_ > kMaxFlatParams) layout_.flat.clear();
    layout_.flat_count = static_cast<uint32_t>(std::min<uint64_t>(flat_count_, UINT32_MAX));
    layout_.size = static_cast<uint32_t>(size_);
    return size_ <= kMaxElemSize;
  }

 private:
  void Scalar(uint32_t size, wasm::ValType flat) {
    size_ = layout_.alignment = size;
    flat_count_ = 1;
    layout_.flat = {flat};
  }

  void Pointers() {
    const bool is_64 = ptr_ == PtrType::kI64;
    layout_.alignment = is_64 ? 8 : 4;
    size_ = uint64_t{2} * layout_.alignment;
    flat_count_ = 2;
    layout_.flat.assign(2, is_64 ? wasm::ValType::kI64 : wasm::ValType::kI32);
  }

  // Appends as long as there is hope that the list will count.
  void AppendFlat(const ValType::Layout& part) {
    flat_count_ += part.flat_count;
    if (flat_count_ <= kMaxFlatParams)
      layout_.flat.insert(layout_.flat.end(), part.flat.begin(), part.flat.end());
  }

  void Record() {
    layout_.offsets.reserve(type_.fields.size());
    for (const ValType::Field& field : type_.fields) {
      const ValType::Layout& part = field.type->layout(ptr_);
      layout_.alignment = std::max(layout_.alignment, part.alignment);
      size_ = AlignTo(size_, part.alignment);
      layout_.offsets.push_back(static_cast<uint32_t>(std::min<uint64_t>(size_, UINT32_MAX)));
      size_ += part.size;
      AppendFlat(part);
    }
    size_ = AlignTo(size_, layout_.alignment);
  }

  void FixedLengthList() {
    const ValType::Layout& part = type_.element->layout(ptr_);
    layout_.alignment = part.alignment;
    size_ = uint64_t{type_.length} * part.size;
    flat_count_ = uint64_t{type_.length} * part.flat_count;
    if (flat_count_ > kMaxFlatParams) return;
    for (uint32_t i = 0; i < type_.length; ++i)
      layout_.flat.insert(layout_.flat.end(), part.flat.begin(), part.flat.end());
  }

  void Variant() {
    uint32_t case_alignment = 1;
    uint64_t case_size = 0;
    flat_count_ = 1;
    layout_.flat = {wasm::ValType::kI32};
    for (const ValType::Field& c : type_.fields) {
      if (c.type == nullptr) continue;
      const ValType::Layout& part = c.type->layout(ptr_);
      case_alignment = std::max(case_alignment, part.alignment);
      case_size = std::max<uint64_t>(case_size, part.size);
      flat_count_ = std::max<uint64_t>(flat_count_, uint64_t{1} + part.flat_count);
      if (flat_count_ > kMaxFlatParams) continue;
      for (size_t i = 0; i < part.flat.size(); ++i) {
        if (i + 1 < layout_.flat.size())
          layout_.flat[i + 1] = Join(layout_.flat[i + 1], part.flat[i]);
        else
          layout_.flat.push_back(part.flat[i]);
      }
    }
    layout_.alignment = std::max(type_.discriminant_size, case_alignment);
    layout_.payload_offset =
        static_cast<uint32_t>(AlignTo(type_.discriminant_size, case_alignment));
    size_ = AlignTo(layout_.payload_offset + case_size, layout_.alignment);
  }

  const ValType& type_;
  const PtrType ptr_;
  ValType::Layout& layout_;
  uint64_t size_ = 0;
  uint64_t flat_count_ = 0;
};

// [cabi:Type Predicates]
void CollectContents(ValType* type) {
  const auto add = [type](const ValType* part) {
    if (part == nullptr) return;
    type->contains_borrow |= part->contains_borrow;
    type->contains_resource |= part->contains_resource;
    type->contains_pointer |= part->contains_pointer;
    type->contains_async |= part->contains_async;
  };
  for (const ValType::Field& field : type->fields) add(field.type);
  add(type->element);
  switch (type->kind) {
    case ValKind::kString:
    case ValKind::kList:
    case ValKind::kMap:
      type->contains_pointer = true;
      break;
    case ValKind::kOwn:
      type->contains_resource = true;
      break;
    case ValKind::kBorrow:
      type->contains_resource = type->contains_borrow = true;
      break;
    case ValKind::kStream:
    case ValKind::kFuture:
      type->contains_async = true;
      // A handle is passed, its elements are not: they need no memory of this call.
      type->contains_pointer = false;
      break;
    default:
      break;
  }
}

}  // namespace

bool ComputeLayout(ValType* type) {
  CollectContents(type);
  if (type->is_variant())
    type->discriminant_size = DiscriminantSize(type->fields.size());
  else if (type->kind == ValKind::kFlags)
    type->discriminant_size = FlagsSize(type->fields.size());
  bool fits = true;
  for (const PtrType ptr : {PtrType::kI32, PtrType::kI64})
    fits &= LayoutMaker(*type, ptr, &type->layouts[static_cast<size_t>(ptr)]).Make();
  return fits;
}

}  // namespace component
