// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two passes of a Copier over its source, and the frames that flat values become so that both
// passes see bytes in memory's layout wherever the values are.

#ifndef TRENAIL_LIBCOMPONENT_ABI_FUSED_PASSES_H_
#define TRENAIL_LIBCOMPONENT_ABI_FUSED_PASSES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "libcomponent/abi/fused_program.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/string_encodings.h"
#include "libcomponent/abi/target.h"

namespace component::abi {

inline constexpr uint64_t kMaxElements = uint64_t{1} << 28;

// Bytes in memory's layout, for values that are flat: few, because at most 16 core values are.
class Frame {
 public:
  uint8_t* Reserve(uint64_t size) {
    if (size <= inline_.size()) return inline_.data();
    heap_ = std::make_unique<uint8_t[]>(size);
    return heap_.get();
  }

 private:
  alignas(8) std::array<uint8_t, 256> inline_ = {};
  std::unique_ptr<uint8_t[]> heap_;
};

// Core values into a frame. A discriminant that names no case may fit no integer there; it is kept
// aside, so that it traps when its turn comes and not before.
class FrameSpill {
 public:
  FrameSpill(PtrType ptr, std::span<const uint64_t> slots) : ptr_(ptr), vi_(slots) {}
  void Spill(const ValType& type, uint8_t* at);
  const uint8_t* bad_variant() const { return bad_variant_; }
  uint32_t bad_index() const { return bad_index_; }

 private:
  PtrType ptr_;
  CoreValueIter vi_;
  const uint8_t* bad_variant_ = nullptr;
  uint32_t bad_index_ = 0;
};

// A frame into core values.
class FrameFill {
 public:
  FrameFill(PtrType ptr, std::span<uint64_t> out) : ptr_(ptr), out_(out) {}
  void Fill(const ValType& type, const uint8_t* at);
  uint32_t count() const { return static_cast<uint32_t>(count_); }

 private:
  void Push(uint64_t slot) {
    WASM_CHECK(count_ < out_.size());
    out_[count_++] = slot;
  }

  PtrType ptr_;
  std::span<uint64_t> out_;
  size_t count_ = 0;
};

// Lifting's checks, in its order, and the handles that it takes.
class CopyCheck {
 public:
  CopyCheck(const CopyProgram& program, Context& from)
      : program_(program), from_(from), memory_(from.instance->Memory()) {}

  Bytes memory() const { return memory_; }
  void set_bad_variant(const uint8_t* at, uint32_t index) {
    bad_variant_ = at;
    bad_index_ = index;
  }
  std::vector<Value> TakeHandles() { return std::move(handles_); }

  wasm::Result<void> Run(uint32_t body, const uint8_t* source);
  wasm::Result<void> RunElements(uint32_t body, const uint8_t* source, uint32_t size,
                                 uint64_t count);

 private:
  wasm::Result<void> Step(const CopyStep& step, const uint8_t* at);
  wasm::Result<void> Variant(const CopyStep& step, const uint8_t* at);
  wasm::Result<void> Handle(const CopyStep& step, const uint8_t* at);

  const CopyProgram& program_;
  Context& from_;
  Bytes memory_;
  std::vector<Value> handles_;
  const uint8_t* bad_variant_ = nullptr;
  uint32_t bad_index_ = 0;
};

// Lowering. Ranges are checked once more: that the source has not changed is nothing that memory
// safety should rest on.
class CopyWrite {
 public:
  // In the target's memory, which may move, or in a frame.
  struct Place {
    uint64_t at = 0;
    bool in_frame = false;
    Place operator+(uint64_t offset) const { return {at + offset, in_frame}; }
  };

  CopyWrite(const CopyProgram& program, Context& from, Context& to, std::vector<Value> handles)
      : program_(program),
        from_(from),
        memory_(from.instance->Memory()),
        target_(to),
        handles_(std::move(handles)) {}

  Target& target() { return target_; }
  void set_frame(uint8_t* frame) { frame_ = frame; }

  wasm::Result<void> Run(uint32_t body, const uint8_t* source, Place to);
  wasm::Result<void> RunElements(uint32_t body, const uint8_t* source, uint32_t from_size, Place to,
                                 uint32_t to_size, uint64_t count);

 private:
  uint8_t* At(Place place) { return place.in_frame ? frame_ + place.at : target_.At(place.at); }
  wasm::Result<void> Step(const CopyStep& step, const uint8_t* source, Place to);
  wasm::Result<Range> CopyString(const uint8_t* source);
  wasm::Result<Range> CopyList(const CopyStep& step, const uint8_t* source);
  wasm::Result<void> CopyVariant(const CopyStep& step, const uint8_t* source, Place to);
  void StoreRange(Range range, Place to);

  const CopyProgram& program_;
  Context& from_;
  Bytes memory_;
  Target target_;
  std::vector<Value> handles_;
  size_t next_handle_ = 0;
  uint8_t* frame_ = nullptr;
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_FUSED_PASSES_H_
