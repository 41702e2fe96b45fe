// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Zeroed memory from the system: blocks that cost nothing until they are touched, and the bytes
// behind a WebAssembly memory, which grow and may have to stay in place. With TRENAIL_NO_VM both
// come from malloc, for systems without virtual memory; nothing else in the runtime knows the
// difference.

#ifndef TRENAIL_LIBWASM_RUNTIME_BACKING_H_
#define TRENAIL_LIBWASM_RUNTIME_BACKING_H_

#include <cstddef>
#include <cstdint>

#include "libwasm/runtime/vm_layout.h"

namespace wasm::runtime {

class MemoryImage;

// A block of zeros, freed with its owner. data() is null if there was no memory.
class ZeroedBlock {
 public:
  ZeroedBlock() = default;
  explicit ZeroedBlock(size_t size);
  ~ZeroedBlock();
  ZeroedBlock(ZeroedBlock&& other) noexcept
      : data_(other.data_), size_(other.size_), mapped_(other.mapped_) {
    other.data_ = nullptr;
  }
  ZeroedBlock& operator=(ZeroedBlock&& other) noexcept;

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  // Gives back the memory behind the first `bytes`, if it is large; the bytes in front stay as they
  // are. False if that cannot be.
  bool KeepOnly(size_t bytes);

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
};

// The bytes of one memory. Not thread-safe by itself.
// A guarded one stays in place, in an address space so large that no 32-bit index with a 32-bit
// offset leaves it: accesses beyond the size fault.
class Backing {
 public:
  // Index plus offset plus the widest access; also in native/abi.h.
  static constexpr uint64_t kGuardedBytes = (uint64_t{8} << 30) + 65536;
  // The same for 64-bit indices up to kMaxGuardedSize, to which compiled code brings them down.
  static constexpr uint64_t kWideGuardedBytes = kMaxGuardedSize + (uint64_t{4} << 30) + 65536;

  Backing() = default;
  ~Backing();
  Backing(const Backing&) = delete;
  Backing& operator=(const Backing&) = delete;

  // `size` zeroed bytes. `reservation` bytes of address space (at least `size`) are set aside for
  // growth in place, with unmapped pages behind them; 0: the bytes may move when they grow. False
  // if the system refuses; then nothing is held.
  bool Allocate(uint64_t size, uint64_t reservation);
  // The same, guarded, for 32-bit indices, at most 4 GiB, or 64-bit ones, at most kMaxGuardedSize.
  bool AllocateGuarded(uint64_t size, bool wide);
  // The same for bytes that are to be used again and again: in whole pages, with some address space
  // for growth. They may move nevertheless.
  bool AllocateReusable(uint64_t size, uint64_t max_size);
  // Lays an image over part of the bytes, which are still as they were allocated, in whole pages.
  // It must outlive this. False: nothing has changed.
  bool MapImage(const MemoryImage& image);
  // Back to zeros in place of the image. False if the system refuses.
  bool DropImage();
  // As allocated, with `size` bytes, and with the image: nothing is left of what was written. False
  // if that cannot be; then it is of no more use.
  bool Reset(uint64_t size);
  // To `new_size` bytes; the new ones are zero. base() may change only if nothing was reserved.
  // `max_size` is a hint. False if the system refuses; nothing has changed then.
  bool Grow(uint64_t new_size, uint64_t max_size);

  // Never null, so that operations on no bytes need no special case.
  uint8_t* base() const { return base_; }
  // Address space held, beyond which the bytes cannot grow in place.
  uint64_t reserved() const { return reserved_; }
  bool guarded() const { return guarded_; }
  bool has_image() const { return image_ != nullptr; }
  // True if the address lies in the address space of a guarded memory. For signal handlers.
  static bool IsGuarded(uintptr_t address);

 private:
  static uint8_t empty_[1];
  // Moves the bytes to a new place with `committed` usable ones.
  bool MoveTo(uint64_t committed, uint64_t max_size);

  uint8_t* base_ = empty_;
  uint64_t size_ = 0;
  uint64_t committed_ = 0;  // usable bytes
  uint64_t reserved_ = 0;   // address space
  bool fixed_ = false;
  bool guarded_ = false;
  bool mapped_ = false;  // in whole pages from the kernel, not from the C heap
  const MemoryImage* image_ = nullptr;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_BACKING_H_
