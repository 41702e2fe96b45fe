// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a memory holds when its instance has been made, as pages of a file in memory: mapping them
// privately over a memory gives all instances of a module the same pages, up to the first write to
// each. With TRENAIL_NO_VM there are none.

#ifndef TRENAIL_LIBWASM_RUNTIME_MEMORY_IMAGE_H_
#define TRENAIL_LIBWASM_RUNTIME_MEMORY_IMAGE_H_

#include <cstdint>
#include <memory>
#include <span>

namespace wasm::runtime {

class MemoryImage {
 public:
  struct Segment {
    uint64_t offset = 0;  // in the memory
    std::span<const uint8_t> bytes;
  };

  // Of the segments, those behind over those in front; null if there are no bytes in them, or if
  // the system refuses.
  static std::unique_ptr<const MemoryImage> Make(std::span<const Segment> segments);
  ~MemoryImage();
  MemoryImage(const MemoryImage&) = delete;
  MemoryImage& operator=(const MemoryImage&) = delete;

  // The part of the memory, in whole pages of the system.
  uint64_t begin() const { return begin_; }
  uint64_t size() const { return size_; }
  // Maps it into the memory at `base`, whose pages are there already. False: nothing has changed.
  bool MapInto(uint8_t* base) const;

 private:
  MemoryImage(int file, uint64_t begin, uint64_t size) : file_(file), begin_(begin), size_(size) {}

  [[maybe_unused]] int file_;
  uint64_t begin_;
  uint64_t size_;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_MEMORY_IMAGE_H_
