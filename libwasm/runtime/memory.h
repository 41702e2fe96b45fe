// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A memory instance [syntax-meminst]: what a store knows of a memory. The bytes of an unshared
// memory belong to it; those of a shared one to all handles on it, in however many stores, and
// never move.

#ifndef TRENAIL_LIBWASM_RUNTIME_MEMORY_H_
#define TRENAIL_LIBWASM_RUNTIME_MEMORY_H_

#include <cstdint>
#include <memory>
#include <span>

#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"
#include "libwasm/types/types.h"

namespace wasm::runtime {

class MemoryInst : public VMMemory {
 public:
  static constexpr uint64_t kGrowFailed = ~uint64_t{0};

  // kExhausted if the type's minimum passes a limit or the system has no memory for it.
  // A memory that can be guarded is if the limits say so or the caller needs it; otherwise, and
  // where the address space does not suffice, it is not.
  static Result<std::unique_ptr<MemoryInst>> New(const MemType& type, const StoreLimits& limits,
                                                 bool guarded = false);
  // The same, for being reused, with what `image` holds, which must outlive it; null: zeros. Not of
  // a shared type.
  static Result<std::unique_ptr<MemoryInst>> NewReusable(const MemType& type,
                                                         const StoreLimits& limits, bool guarded,
                                                         const MemoryImage* image);
  // Another handle on the bytes behind `other`, which must be shared. Thread-safe.
  static std::unique_ptr<MemoryInst> Share(const MemoryInst& other, const StoreLimits& limits);
  ~MemoryInst();

  // With the present size as its minimum, as importing compares it [match-mem].
  MemType type() const;
  bool shared() const { return shared_ != nullptr; }
  // True if accesses outside need no check, and the base never changes.
  bool guarded() const;
  uint64_t page_size() const { return uint64_t{1} << type_.page_size_log2; }
  uint64_t pages() const { return bytes() >> type_.page_size_log2; }
  std::span<uint8_t> data() const { return {base, static_cast<size_t>(bytes())}; }

  // [exec-memory.grow]: the size before in pages, or kGrowFailed. For a shared memory every handle
  // sees the new size.
  uint64_t Grow(uint64_t delta);

  // Whether it holds the image that it was made with, before anybody has used it.
  bool has_image() const { return has_image_; }
  // Zeros instead.
  bool DropImage();
  // For the next user: as it was made, whatever has happened to it. False if that cannot be.
  bool Reset();
  // Address space that it keeps others from.
  uint64_t address_space() const { return backing_.reserved(); }

 private:
  struct SharedData;
  MemoryInst(const MemType& type, const StoreLimits& limits);
  bool AllocateOwn(bool guarded, bool reusable, uint64_t reservation);
  static Result<std::unique_ptr<MemoryInst>> Make(const MemType& type, const StoreLimits& limits,
                                                  bool guarded, bool reusable);
  void Attach(std::shared_ptr<SharedData> shared);

  MemType type_;
  uint64_t max_bytes_ = 0;  // by type, limits and address type
  Backing backing_;         // unshared only
  bool has_image_ = false;
  std::shared_ptr<SharedData> shared_;
};

// Stands in as memory 0 of instances without memories.
VMMemory* EmptyMemory();

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_MEMORY_H_
