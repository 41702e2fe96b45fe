// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:Loading]: values out of a guest's memory, as Values.

#ifndef TRENAIL_LIBCOMPONENT_ABI_LOAD_H_
#define TRENAIL_LIBCOMPONENT_ABI_LOAD_H_

#include <cstdint>
#include <vector>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/abi/target.h"

namespace component::abi {

inline constexpr uint64_t kMaxListByteLength = (1 << 28) - 1;  // [cabi:MAX_LIST_BYTE_LENGTH]

// What the Values of one call may take. A list of bytes is many times as large as Values, so the
// size of the guest's memory is no bound that a host could live with.
inline constexpr uint64_t kMaxLiftedBytes = uint64_t{1} << 31;

// The same for a guest whose memory is small: what is in it is no more than so many times as large
// as Values, unless elements of lists lie over each other, by which a page could be said to hold
// all memory of the host.
inline uint64_t MaxLiftedBytes(Bytes memory) {
  constexpr uint64_t kLeast = uint64_t{64} << 20, kTimes = 64;
  return memory.size() > (kMaxLiftedBytes - kLeast) / kTimes ? kMaxLiftedBytes
                                                             : kLeast + kTimes * memory.size();
}

// The value at `ptr`, which must be aligned; memory out of bounds is a trap.
wasm::Result<Value> Load(Context& cx, uint64_t ptr, const ValType& type);

// [cabi:load_list_from_valid_range], of a stream's or future's buffer. The range must be aligned.
wasm::Result<std::vector<Value>> LoadListFromValidRange(Context& cx, uint64_t ptr, uint64_t length,
                                                        const ValType& element);

// Checks of [cabi:load_list_from_range]; how many bytes the elements take.
wasm::Result<uint64_t> CheckListRange(Bytes memory, PtrType ptr_type, Range range,
                                      const ValType& element);
wasm::Result<char32_t> ConvertI32ToChar(uint32_t i);

// The functions that recur. Nothing that they call runs guest code, so the memory stays.
class Loader {
 public:
  explicit Loader(Context& cx) : cx_(cx), memory_(cx.instance->Memory()) {}

  Context& cx() const { return cx_; }
  Bytes memory() const { return memory_; }

  wasm::Result<Value> Load(uint64_t ptr, const ValType& type);
  wasm::Result<Value> LoadStringFromRange(Range range);
  wasm::Result<Value> LoadListFromRange(Range range, const ValType& element);
  wasm::Result<std::vector<Value>> LoadListFromValidRange(uint64_t ptr, uint64_t length,
                                                          const ValType& element);
  // An own, borrow, stream, future or error context by its index.
  wasm::Result<Value> LiftHandle(uint32_t index, const ValType& type);

  // Room for so many Values, or a trap.
  wasm::Result<std::vector<Value>> Reserve(uint64_t count);

 private:
  uint64_t Int(uint64_t ptr, uint32_t bytes) const { return LoadInt(memory_.data() + ptr, bytes); }
  Range LoadRange(uint64_t ptr) const;
  wasm::Result<Value> LoadRecord(uint64_t ptr, const ValType& type);
  wasm::Result<Value> LoadVariant(uint64_t ptr, const ValType& type);
  wasm::Result<void> Charge(uint64_t bytes);

  Context& cx_;
  Bytes memory_;
  uint64_t left_ = MaxLiftedBytes(memory_);
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_LOAD_H_
