// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From low to high addresses: the guard, the native stack, values, frames.

#include "libwasm/runtime/stack_memory.h"

#include <cstdlib>

#include "libwasm/runtime/native_stack.h"
#include "libwasm/runtime/store_impl.h"

#ifndef TRENAIL_NO_VM
#include <sys/mman.h>
#endif

namespace wasm::runtime {

namespace {

// A multiple of every page size there is.
constexpr size_t kGranule = 64 * 1024;
#ifdef TRENAIL_NO_VM
constexpr size_t kGuardBytes = 0;
#else
// Compiled functions touch their frames page by page, so that one that passed its check at the
// limit and is larger than the room arrives here.
constexpr size_t kGuardBytes = kGranule;
#endif

// Of each of the two, for the next use.
[[maybe_unused]] constexpr size_t kKeptBytes = kGranule;

constexpr size_t RoundUp(size_t bytes) { return (bytes + kGranule - 1) & ~(kGranule - 1); }
constexpr size_t NativeSize(size_t native_bytes) { return RoundUp(native_bytes + kHostRoom); }

}  // namespace

StackMemory::~StackMemory() {
  if (base_ == nullptr) return;
#ifdef TRENAIL_NO_VM
  std::free(base_);
#else
  munmap(base_, size_);
#endif
}

StackMemory& StackMemory::operator=(StackMemory&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  std::swap(native_bytes_, other.native_bytes_);
  std::swap(guest_bytes_, other.guest_bytes_);
  return *this;
}

bool StackMemory::Allocate(size_t native_bytes, size_t guest_bytes) {
  const size_t size =
      kGuardBytes + NativeSize(native_bytes) + RoundUp(guest_bytes + kHostCallSlots * sizeof(Slot));
#ifdef TRENAIL_NO_VM
  void* const base = std::aligned_alloc(kGranule, size);
  if (base == nullptr) return false;
#else
  void* const base = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (base == MAP_FAILED) return false;
  if (mprotect(base, kGuardBytes, PROT_NONE) != 0) {
    munmap(base, size);
    return false;
  }
#ifdef MADV_NOHUGEPAGE
  // The first frame of each stack would take one.
  if (size >= size_t{2} << 20) madvise(base, size, MADV_NOHUGEPAGE);
#endif
#endif
  base_ = static_cast<uint8_t*>(base);
  size_ = size;
  native_bytes_ = native_bytes;
  guest_bytes_ = guest_bytes;
  return true;
}

bool StackMemory::Trim() {
#ifdef TRENAIL_NO_VM
  return false;
#else
  // Native stacks grow down to here, values up from here.
  uint8_t* const middle = native_end();
  uint8_t* const end = base_ + size_;
  return (native_size() <= kKeptBytes ||
          madvise(native_begin(), native_size() - kKeptBytes, MADV_DONTNEED) == 0) &&
         (end - middle <= static_cast<ptrdiff_t>(kKeptBytes) ||
          madvise(middle + kKeptBytes, static_cast<size_t>(end - middle) - kKeptBytes,
                  MADV_DONTNEED) == 0);
#endif
}

uint8_t* StackMemory::native_begin() const { return base_ + kGuardBytes; }
size_t StackMemory::native_size() const { return NativeSize(native_bytes_); }
uintptr_t StackMemory::native_limit() const {
  return reinterpret_cast<uintptr_t>(native_begin()) + kHostRoom;
}

GuestStack StackMemory::NewStack() const {
  // In the proportion of the first stack's: Store::Impl::EnsureStacks.
  const size_t num_frames = guest_bytes_ * 3 / 8 / sizeof(Frame);
  const size_t num_slots = (guest_bytes_ - num_frames * sizeof(Frame)) / sizeof(Slot);
  GuestStack stack;
  stack.stack_base = stack.stack_top = reinterpret_cast<Slot*>(native_end());
  stack.stack_limit = stack.stack_base + num_slots;
  stack.frame_base = stack.frame_top = stack.frame_floor =
      reinterpret_cast<Frame*>(stack.stack_limit + kHostCallSlots);
  stack.frame_limit = stack.frame_base + num_frames;
  stack.native_stack_limit = native_limit();
  return stack;
}

}  // namespace wasm::runtime
