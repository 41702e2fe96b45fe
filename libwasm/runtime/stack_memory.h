// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory of one more stack of guest code: a native stack with a guard below it, and behind it
// the interpreter's two, all in one mapping, of which only what is touched becomes memory.

#ifndef TRENAIL_LIBWASM_RUNTIME_STACK_MEMORY_H_
#define TRENAIL_LIBWASM_RUNTIME_STACK_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "libwasm/runtime/guest_stack.h"

namespace wasm::runtime {

class StackMemory {
 public:
  static constexpr size_t kMaxBytes = size_t{1} << 30;  // of each of the two sizes

  StackMemory() = default;
  ~StackMemory();
  StackMemory(StackMemory&& other) noexcept { *this = std::move(other); }
  StackMemory& operator=(StackMemory&& other) noexcept;

  // `native_bytes` for guest code, to which the room for host functions is added; `guest_bytes` for
  // the interpreter's values and frames. False if there is no memory.
  bool Allocate(size_t native_bytes, size_t guest_bytes);
  bool Fits(size_t native_bytes, size_t guest_bytes) const {
    return native_bytes == native_bytes_ && guest_bytes == guest_bytes_;
  }
  bool empty() const { return base_ == nullptr; }
  // Gives back the memory of deep stacks, for one that waits for its next use: what remains, nobody
  // reads. False if that cannot be.
  bool Trim();

  // The native stack, from its lowest address.
  uint8_t* native_begin() const;
  size_t native_size() const;
  uint8_t* native_end() const { return native_begin() + native_size(); }
  // The lowest address that frames may reach.
  uintptr_t native_limit() const;
  // The state of a stack on which nothing runs yet.
  GuestStack NewStack() const;

 private:
  uint8_t* base_ = nullptr;
  size_t size_ = 0;
  size_t native_bytes_ = 0;
  size_t guest_bytes_ = 0;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_STACK_MEMORY_H_
