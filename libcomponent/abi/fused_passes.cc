// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/fused_passes.h"

#include <cstring>

#include "libcomponent/abi/load.h"
#include "libcomponent/abi/store.h"

namespace component::abi {

using wasm::Result;

namespace {

// As many as Values may be lifted.
constexpr uint64_t kMaxHandles = kMaxLiftedBytes / sizeof(Value);

Range LoadRange(const uint8_t* at, PtrType ptr) {
  const uint32_t size = PtrSize(ptr);
  return {LoadInt(at, size), LoadInt(at + size, size)};
}

// Units that lie side by side, in one go.
void CopyUnits(CopyOp op, const uint8_t* from, uint8_t* to, uint64_t count) {
  switch (op) {
    case CopyOp::kBool:
      for (uint64_t i = 0; i < count; ++i) to[i] = from[i] != 0;
      return;
    case CopyOp::kFloat32:
      for (uint64_t i = 0; i < count; ++i) {
        uint32_t bits;
        std::memcpy(&bits, from + 4 * i, 4);
        bits = CanonicalizeNan32(bits);
        std::memcpy(to + 4 * i, &bits, 4);
      }
      return;
    case CopyOp::kFloat64:
      for (uint64_t i = 0; i < count; ++i) {
        uint64_t bits;
        std::memcpy(&bits, from + 8 * i, 8);
        bits = CanonicalizeNan64(bits);
        std::memcpy(to + 8 * i, &bits, 8);
      }
      return;
    default:
      if (count != 0) std::memcpy(to, from, count * UnitSize(op));
      return;
  }
}

Result<void> CheckUnits(CopyOp op, const uint8_t* from, uint64_t count) {
  if (op != CopyOp::kChar) return {};
  for (uint64_t i = 0; i < count; ++i)
    TRY_VOID(ConvertI32ToChar(static_cast<uint32_t>(LoadInt(from + 4 * i, 4))));
  return {};
}

}  // namespace

// ---- frames ------------------------------------------------------------------------------------

void FrameSpill::Spill(const ValType& type, uint8_t* at) {
  const ValType::Layout& layout = type.layout(ptr_);
  switch (type.kind) {
    case ValKind::kBool:
      *at = vi_.Next32() != 0;
      return;
    case ValKind::kString:
    case ValKind::kList:
    case ValKind::kMap:
      StoreInt(at, vi_.NextPtr(ptr_), PtrSize(ptr_));
      StoreInt(at + PtrSize(ptr_), vi_.NextPtr(ptr_), PtrSize(ptr_));
      return;
    case ValKind::kFixedLengthList:
      for (uint32_t i = 0; i < type.length; ++i)
        Spill(*type.element, at + uint64_t{i} * type.element->layout(ptr_).size);
      return;
    case ValKind::kRecord:
    case ValKind::kTuple:
      for (size_t i = 0; i < type.fields.size(); ++i)
        Spill(*type.fields[i].type, at + layout.offsets[i]);
      return;
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult: {
      const size_t end = vi_.at() + layout.flat_count;
      const uint32_t index = vi_.Next32();
      if (index < type.fields.size()) {
        StoreInt(at, index, type.discriminant_size);
        if (type.fields[index].type != nullptr)
          Spill(*type.fields[index].type, at + layout.payload_offset);
      } else if (bad_variant_ == nullptr) {
        bad_variant_ = at;
        bad_index_ = index;
      }
      vi_.Seek(end);
      return;
    }
    default:
      StoreInt(at, vi_.Next64(), layout.size);
      return;
  }
}

void FrameFill::Fill(const ValType& type, const uint8_t* at) {
  const ValType::Layout& layout = type.layout(ptr_);
  switch (type.kind) {
    case ValKind::kS8:
      Push(static_cast<uint32_t>(int32_t{static_cast<int8_t>(*at)}));
      return;
    case ValKind::kS16:
      Push(static_cast<uint32_t>(int32_t{static_cast<int16_t>(LoadInt(at, 2))}));
      return;
    case ValKind::kString:
    case ValKind::kList:
    case ValKind::kMap:
      Push(LoadInt(at, PtrSize(ptr_)));
      Push(LoadInt(at + PtrSize(ptr_), PtrSize(ptr_)));
      return;
    case ValKind::kFixedLengthList:
      for (uint32_t i = 0; i < type.length; ++i)
        Fill(*type.element, at + uint64_t{i} * type.element->layout(ptr_).size);
      return;
    case ValKind::kRecord:
    case ValKind::kTuple:
      for (size_t i = 0; i < type.fields.size(); ++i)
        Fill(*type.fields[i].type, at + layout.offsets[i]);
      return;
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult: {
      const size_t end = count_ + layout.flat_count;
      const uint64_t index = LoadInt(at, type.discriminant_size);
      Push(index);
      if (type.fields[index].type != nullptr)
        Fill(*type.fields[index].type, at + layout.payload_offset);
      while (count_ < end) Push(0);
      return;
    }
    default:
      Push(LoadInt(at, layout.size));
      return;
  }
}

// ---- lifting -----------------------------------------------------------------------------------

Result<void> CopyCheck::Run(uint32_t body, const uint8_t* source) {
  const CopyBody& steps = program_.body(body);
  if (!steps.checked) return {};
  for (const CopyStep& step : steps.steps) TRY_VOID(Step(step, source + step.from));
  return {};
}

Result<void> CopyCheck::RunElements(uint32_t body, const uint8_t* source, uint32_t size,
                                    uint64_t count) {
  const CopyBody& element = program_.body(body);
  if (!element.checked) return {};
  if (element.bulk) {
    const CopyStep& step = element.steps.front();
    return CheckUnits(step.op, source, step.count * count);
  }
  for (uint64_t i = 0; i < count; ++i) TRY_VOID(Run(body, source + i * size));
  return {};
}

Result<void> CopyCheck::Step(const CopyStep& step, const uint8_t* at) {
  switch (step.op) {
    case CopyOp::kChar:
      return CheckUnits(step.op, at, step.count);
    case CopyOp::kString:
      TRY_VOID(LoadStringFromRange(from_.encoding, from_.ptr, memory_, LoadRange(at, from_.ptr),
                                   Checking::kRangeAndContent));
      return {};
    case CopyOp::kList: {
      const Range range = LoadRange(at, from_.ptr);
      TRY_VOID(CheckListRange(memory_, from_.ptr, range, *step.from_type));
      return RunElements(step.body, memory_.data() + range.ptr,
                         step.from_type->layout(from_.ptr).size, range.length);
    }
    case CopyOp::kRepeat:
      return RunElements(step.body, at, step.from_type->layout(from_.ptr).size, step.count);
    case CopyOp::kVariant:
      return Variant(step, at);
    case CopyOp::kHandle:
      return Handle(step, at);
    default:
      return {};
  }
}

Result<void> CopyCheck::Variant(const CopyStep& step, const uint8_t* at) {
  const uint64_t index = at == bad_variant_ ? bad_index_ : LoadInt(at, step.size);
  if (index >= step.count) return BadDiscriminant(index, step.count);
  const uint32_t body = program_.case_body(step, index);
  if (body == CopyProgram::kNoBody) return {};
  return Run(body, at + step.from_type->layout(from_.ptr).payload_offset);
}

Result<void> CopyCheck::Handle(const CopyStep& step, const uint8_t* at) {
  if (handles_.size() >= kMaxHandles) return Trap(kTooMuch);
  handles_.push_back(
      TRY(Loader(from_).LiftHandle(static_cast<uint32_t>(LoadInt(at, 4)), *step.from_type)));
  return {};
}

// ---- lowering ----------------------------------------------------------------------------------

Result<void> CopyWrite::Run(uint32_t body, const uint8_t* source, Place to) {
  for (const CopyStep& step : program_.body(body).steps)
    TRY_VOID(Step(step, source + step.from, to + step.to));
  return {};
}

Result<void> CopyWrite::RunElements(uint32_t body, const uint8_t* source, uint32_t from_size,
                                    Place to, uint32_t to_size, uint64_t count) {
  const CopyBody& element = program_.body(body);
  if (element.bulk) {
    const CopyStep& step = element.steps.front();
    CopyUnits(step.op, source, At(to), step.count * count);
    return {};
  }
  for (uint64_t i = 0; i < count; ++i)
    TRY_VOID(Run(body, source + i * from_size, to + i * to_size));
  return {};
}

Result<void> CopyWrite::Step(const CopyStep& step, const uint8_t* source, Place to) {
  switch (step.op) {
    case CopyOp::kBytes:
    case CopyOp::kBool:
    case CopyOp::kFloat32:
    case CopyOp::kFloat64:
    case CopyOp::kChar:
      CopyUnits(step.op, source, At(to), step.count);
      return {};
    case CopyOp::kFlags:
      StoreInt(At(to), LoadInt(source, step.size) & step.mask, step.size);
      return {};
    case CopyOp::kString:
      StoreRange(TRY(CopyString(source)), to);
      return {};
    case CopyOp::kList:
      StoreRange(TRY(CopyList(step, source)), to);
      return {};
    case CopyOp::kRepeat:
      return RunElements(step.body, source, step.from_type->layout(from_.ptr).size, to,
                         step.to_type->layout(target_.ptr()).size, step.count);
    case CopyOp::kVariant:
      return CopyVariant(step, source, to);
    case CopyOp::kHandle: {
      if (next_handle_ >= handles_.size()) return Trap("memory changed while it was copied");
      Storer storer(target_.cx());
      const uint32_t index = TRY(storer.LowerHandle(handles_[next_handle_++], *step.to_type));
      StoreInt(At(to), index, 4);
      return {};
    }
  }
  __builtin_unreachable();
}

Result<Range> CopyWrite::CopyString(const uint8_t* source) {
  const StringSource string = TRY(LoadStringFromRange(
      from_.encoding, from_.ptr, memory_, LoadRange(source, from_.ptr), Checking::kRange));
  return StoreStringIntoRange(target_, string);
}

Result<Range> CopyWrite::CopyList(const CopyStep& step, const uint8_t* source) {
  const Range range = LoadRange(source, from_.ptr);
  TRY_VOID(CheckListRange(memory_, from_.ptr, range, *step.from_type));
  const ValType::Layout& layout = step.to_type->layout(target_.ptr());
  const uint64_t ptr =
      TRY(target_.Allocate(layout.alignment, range.length * layout.size, kReallocListOutOfBounds));
  TRY_VOID(RunElements(step.body, memory_.data() + range.ptr,
                       step.from_type->layout(from_.ptr).size, {ptr, false}, layout.size,
                       range.length));
  return Range{ptr, range.length};
}

Result<void> CopyWrite::CopyVariant(const CopyStep& step, const uint8_t* source, Place to) {
  const uint64_t index = LoadInt(source, step.size);
  if (index >= step.count) return BadDiscriminant(index, step.count);
  StoreInt(At(to), index, step.size);
  const uint32_t body = program_.case_body(step, index);
  if (body == CopyProgram::kNoBody) return {};
  return Run(body, source + step.from_type->layout(from_.ptr).payload_offset,
             to + step.to_type->layout(target_.ptr()).payload_offset);
}

void CopyWrite::StoreRange(Range range, Place to) {
  uint8_t* at = At(to);
  StoreInt(at, range.ptr, PtrSize(target_.ptr()));
  StoreInt(at + PtrSize(target_.ptr()), range.length, PtrSize(target_.ptr()));
}

}  // namespace component::abi
