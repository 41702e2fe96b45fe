// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/lower_flat.h"

#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/store.h"

namespace component::abi {

using wasm::Result;

namespace {

class FlatLowerer {
 public:
  FlatLowerer(Context& cx, std::span<uint64_t> out) : storer_(cx), out_(out), ptr_(cx.ptr) {}

  Storer& storer() { return storer_; }
  uint32_t count() const { return static_cast<uint32_t>(count_); }
  void Push(uint64_t slot) {
    WASM_CHECK(count_ < out_.size());
    out_[count_++] = slot;
  }

  // [cabi:lower_flat]
  Result<void> Lower(const Value& value, const ValType& type) {
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
        Push(CoreValueOf(value, type));
        return {};
      case ValKind::kString:
        Push(TRY(storer_.StoreStringIntoRange(value)));
        return {};
      case ValKind::kList:
      case ValKind::kMap:
        Push(TRY(storer_.StoreListIntoRange(value, *type.element)));
        return {};
      case ValKind::kFixedLengthList:
        for (const Value& item : value.items()) TRY_VOID(Lower(item, *type.element));
        return {};
      case ValKind::kRecord:
      case ValKind::kTuple:
        for (size_t i = 0; i < type.fields.size(); ++i)
          TRY_VOID(Lower(value.items()[i], *type.fields[i].type));
        return {};
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult:
        return LowerVariant(value, type);
      case ValKind::kOwn:
      case ValKind::kBorrow:
      case ValKind::kStream:
      case ValKind::kFuture:
      case ValKind::kErrorContext:
        Push(TRY(storer_.LowerHandle(value, type)));
        return {};
    }
    __builtin_unreachable();
  }

 private:
  void Push(Range range) {
    Push(range.ptr);
    Push(range.length);
  }

  // [cabi:lower_flat_variant]. A payload's i32 or f32 in an i64 is its zero-extended bits: what the
  // slot holds anyway.
  Result<void> LowerVariant(const Value& value, const ValType& type) {
    const size_t end = count_ + type.layout(ptr_).flat_count;
    Push(value.case_index());
    if (value.has_payload())
      TRY_VOID(Lower(value.payload(), *type.fields[value.case_index()].type));
    while (count_ < end) Push(0);
    return {};
  }

  Storer storer_;
  std::span<uint64_t> out_;
  size_t count_ = 0;
  PtrType ptr_;
};

}  // namespace

Result<uint32_t> LowerFlat(Context& cx, const Value& value, const ValType& type,
                           std::span<uint64_t> out) {
  FlatLowerer lowerer(cx, out);
  TRY_VOID(lowerer.Lower(value, type));
  return lowerer.count();
}

Result<uint32_t> LowerFlatValues(Context& cx, uint32_t max_flat, std::span<const Value> values,
                                 Types types, std::span<uint64_t> out,
                                 std::optional<uint64_t> out_pointer) {
  if (values.size() != types.size())
    return Mismatch(std::to_string(types.size()) + " values are expected");
  FlatLowerer lowerer(cx, out);
  if (FlatCount(types, cx.ptr) <= max_flat) {
    for (size_t i = 0; i < types.size(); ++i) TRY_VOID(lowerer.Lower(values[i], *types[i]));
    return lowerer.count();
  }
  const TupleLayout tuple = LayoutOf(types, cx.ptr);
  Target& target = lowerer.storer().target();
  uint64_t ptr = 0;
  if (out_pointer) {
    ptr = *out_pointer;
    TRY_VOID(CheckTuple(target.memory(), ptr, tuple));
  } else {
    ptr = TRY(target.Allocate(tuple.alignment, tuple.size, kReallocOutOfBounds));
    lowerer.Push(ptr);
  }
  for (size_t i = 0; i < types.size(); ++i) {
    const ValType::Layout& layout = types[i]->layout(cx.ptr);
    ptr = AlignTo(ptr, layout.alignment);
    TRY_VOID(lowerer.storer().Store(values[i], *types[i], ptr));
    ptr += layout.size;
  }
  return lowerer.count();
}

}  // namespace component::abi
