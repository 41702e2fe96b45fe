// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Virtual memory: a memory begins with exactly its size; when it outgrows that, address space for
// twice as much is reserved without rights and the pages are moved there by the kernel, so a memory
// that grows page by page is moved a logarithmic number of times and hardly ever copied. Small
// blocks come from the C heap: clearing them takes less time than asking the kernel twice and
// faulting.

#include "libwasm/runtime/backing.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "libwasm/runtime/memory_image.h"
#include "libwasm/runtime/range_registry.h"

#ifndef TRENAIL_NO_VM
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace wasm::runtime {

uint8_t Backing::empty_[1];

ZeroedBlock& ZeroedBlock::operator=(ZeroedBlock&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

#ifndef TRENAIL_NO_VM

namespace {

constexpr uint64_t kSmallBytes = 256 * 1024;
// Of address space, for the growth of small memories in place.
constexpr uint64_t kRoomBytes = 1024 * 1024;

uint64_t PageSize() {
  static const uint64_t size = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Callers bound `size` far below the end of the address space.
uint64_t RoundUpToPage(uint64_t size) { return (size + PageSize() - 1) & ~(PageSize() - 1); }

uint8_t* Map(uint64_t size, int protection) {
  void* at = mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? nullptr : static_cast<uint8_t*>(at);
}

// Emulators take the request for a hint and keep what was written.
bool ProbeClearing() {
  const uint64_t size = PageSize();
  uint8_t* const page = Map(size, PROT_READ | PROT_WRITE);
  if (page == nullptr) return false;
  *page = 1;
  bool cleared = madvise(page, size, MADV_DONTNEED) == 0 && *page == 0;
  constexpr uint8_t kByte = 2;
  const auto image = MemoryImage::Make(std::array{MemoryImage::Segment{0, {&kByte, 1}}});
  if (image != nullptr && image->MapInto(page)) {
    *page = 3;
    cleared = cleared && madvise(page, size, MADV_DONTNEED) == 0 && *page == kByte;
  }
  munmap(page, size);
  return cleared;
}

// Gives the pages back; they begin anew as zeros, or as the image that is mapped.
bool Clear(uint8_t* base, uint64_t size) {
  static const bool clears = ProbeClearing();
  return clears && (size == 0 || madvise(base, size, MADV_DONTNEED) == 0);
}

// Address space of guarded memories. A few freed pieces are kept, since some systems (and more so
// emulators) take long to hand out and take back that much.
class GuardedSpace {
 public:
  uint8_t* Take(uint64_t bytes) {
    uint8_t* base = nullptr;
    if (bytes == Backing::kGuardedBytes) {
      const std::lock_guard lock(mutex_);
      if (num_free_ > 0) base = free_[--num_free_];
    }
    if (base == nullptr) base = Map(bytes, PROT_NONE);
    if (base == nullptr) return nullptr;
    const auto begin = reinterpret_cast<uintptr_t>(base);
    registry_.Add(begin, begin + bytes, this);
    return base;
  }

  // `used` bytes from the base on have been accessible.
  void Give(uint8_t* base, uint64_t used, uint64_t bytes) {
    registry_.Remove(reinterpret_cast<uintptr_t>(base));
    const bool reset =
        bytes == Backing::kGuardedBytes &&
        (used == 0 || mmap(base, used, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == base);
    if (reset) {
      const std::lock_guard lock(mutex_);
      if (num_free_ < kMaxFree) {
        free_[num_free_++] = base;
        return;
      }
    }
    munmap(base, bytes);
  }

  bool Contains(uintptr_t address) const { return registry_.Find(address) != nullptr; }

 private:
  static constexpr size_t kMaxFree = 16;
  std::mutex mutex_;
  uint8_t* free_[kMaxFree] = {};
  size_t num_free_ = 0;
  RangeRegistry registry_;
};

// Never destroyed: memories may outlive static objects.
constinit GuardedSpace guarded_space;

}  // namespace

ZeroedBlock::ZeroedBlock(size_t size) : size_(size) {
  mapped_ = size > kSmallBytes;
  data_ = mapped_ ? Map(size, PROT_READ | PROT_WRITE)
                  : static_cast<uint8_t*>(std::calloc(1, std::max<size_t>(size, 1)));
}

ZeroedBlock::~ZeroedBlock() {
  if (data_ == nullptr) return;
  if (mapped_) {
    munmap(data_, size_);
  } else {
    std::free(data_);
  }
}

bool ZeroedBlock::KeepOnly(size_t bytes) {
  return !mapped_ || size_ <= bytes || Clear(data_ + bytes, size_ - bytes);
}

Backing::~Backing() {
  if (base_ == empty_) return;
  if (guarded_) {
    guarded_space.Give(base_, committed_, reserved_);
  } else if (mapped_) {
    munmap(base_, reserved_);
  } else {
    std::free(base_);
  }
}

bool Backing::Allocate(uint64_t size, uint64_t reservation) {
  fixed_ = reservation != 0;
  mapped_ = fixed_ || size > kSmallBytes;
  if (size == 0 && !fixed_) return true;
  uint64_t committed = size;
  uint64_t reserved = size;
  uint8_t* base;
  if (mapped_) {
    committed = RoundUpToPage(size);
    // The page behind a reservation is the guard: an access just past the end faults.
    reserved = fixed_ ? RoundUpToPage(std::max(size, reservation)) + PageSize() : committed;
    base = Map(reserved, fixed_ ? PROT_NONE : PROT_READ | PROT_WRITE);
  } else {
    base = static_cast<uint8_t*>(std::calloc(1, static_cast<size_t>(size)));
  }
  if (base == nullptr) return false;
  if (fixed_ && committed != 0 && mprotect(base, committed, PROT_READ | PROT_WRITE) != 0) {
    munmap(base, reserved);
    return false;
  }
  base_ = base;
  size_ = size;
  committed_ = committed;
  reserved_ = reserved;
  return true;
}

bool Backing::AllocateGuarded(uint64_t size, bool wide) {
  const uint64_t bytes = wide ? kWideGuardedBytes : kGuardedBytes;
  uint8_t* base = guarded_space.Take(bytes);
  if (base == nullptr) return false;
  const uint64_t committed = RoundUpToPage(size);
  if (committed != 0 && mprotect(base, committed, PROT_READ | PROT_WRITE) != 0) {
    guarded_space.Give(base, 0, bytes);
    return false;
  }
  base_ = base;
  size_ = size;
  committed_ = committed;
  reserved_ = bytes;
  fixed_ = guarded_ = mapped_ = true;
  return true;
}

bool Backing::AllocateReusable(uint64_t size, uint64_t max_size) {
  if (size == 0) return Allocate(0, 0);
  const uint64_t committed = RoundUpToPage(size);
  const uint64_t reserved =
      RoundUpToPage(std::max(size, std::min(max_size, std::max(2 * size, size + kRoomBytes))));
  uint8_t* const base = Map(reserved, PROT_NONE);
  if (base == nullptr) return false;
  if (mprotect(base, committed, PROT_READ | PROT_WRITE) != 0) {
    munmap(base, reserved);
    return false;
  }
  base_ = base;
  size_ = size;
  committed_ = committed;
  reserved_ = reserved;
  mapped_ = true;
  return true;
}

bool Backing::MapImage(const MemoryImage& image) {
  if (!mapped_ || image.begin() + image.size() > committed_ || !image.MapInto(base_)) return false;
  image_ = &image;
  return true;
}

bool Backing::DropImage() {
  if (image_ == nullptr) return true;
  if (mmap(base_ + image_->begin(), image_->size(), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
    return false;
  image_ = nullptr;
  return true;
}

bool Backing::Reset(uint64_t size) {
  if (!mapped_) {
    // Smaller than it would be worth to ask the system.
    if (size != size_ || base_ == empty_) return size == size_;
    std::memset(base_, 0, size_);
    return true;
  }
  const uint64_t committed = RoundUpToPage(size);
  if (committed > committed_ || !Clear(base_, committed_)) return false;
  if (committed < committed_ && mprotect(base_ + committed, committed_ - committed, PROT_NONE) != 0)
    return false;
  committed_ = committed;
  size_ = size;
  return true;
}

bool Backing::IsGuarded(uintptr_t address) { return guarded_space.Contains(address); }

bool Backing::Grow(uint64_t new_size, uint64_t max_size) {
  const uint64_t committed = RoundUpToPage(new_size);
  const uint64_t guard = fixed_ ? PageSize() : 0;
  if (new_size > committed_) {
    if (!mapped_ || committed + guard > reserved_) {
      if (fixed_ || !MoveTo(committed, std::max(new_size, max_size))) return false;
    } else if (mprotect(base_ + committed_, committed - committed_, PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
    committed_ = committed;
  }
  // What lies behind the old size within its last page was never written: accesses are checked.
  size_ = new_size;
  return true;
}

bool Backing::MoveTo(uint64_t committed, uint64_t max_size) {
  uint64_t reserved = std::max(committed, std::min(2 * reserved_, RoundUpToPage(max_size)));
  reserved = RoundUpToPage(reserved);
  uint8_t* base = Map(reserved, PROT_NONE);
  if (base == nullptr) {
    reserved = committed;
    base = Map(reserved, PROT_NONE);
    if (base == nullptr) return false;
  }
  // The new bytes first: if they are refused, the old place is still whole.
  const uint64_t moved = mapped_ ? committed_ : 0;
  if (mprotect(base + moved, committed - moved, PROT_READ | PROT_WRITE) != 0) {
    munmap(base, reserved);
    return false;
  }
  if (!mapped_) {
    std::memcpy(base, base_, size_);
    if (base_ != empty_) std::free(base_);
  } else if (image_ == nullptr &&
             mremap(base_, moved, moved, MREMAP_MAYMOVE | MREMAP_FIXED, base) != MAP_FAILED) {
    if (reserved_ > moved) munmap(base_ + moved, reserved_ - moved);
  } else {
    // The kernel may keep neighbouring pages as several mappings, which it will not move.
    if (moved != 0 && mprotect(base, moved, PROT_READ | PROT_WRITE) != 0) {
      munmap(base, reserved);
      return false;
    }
    std::memcpy(base, base_, size_);
    munmap(base_, reserved_);
  }
  base_ = base;
  reserved_ = reserved;
  mapped_ = true;
  image_ = nullptr;
  return true;
}

#else  // TRENAIL_NO_VM

ZeroedBlock::ZeroedBlock(size_t size)
    : data_(static_cast<uint8_t*>(std::calloc(1, std::max<size_t>(size, 1)))), size_(size) {}

ZeroedBlock::~ZeroedBlock() { std::free(data_); }
bool ZeroedBlock::KeepOnly(size_t) { return false; }

Backing::~Backing() {
  if (base_ != empty_) std::free(base_);
}

bool Backing::Allocate(uint64_t size, uint64_t reservation) {
  fixed_ = reservation != 0;
  const uint64_t bytes = std::max(size, reservation);
  if (bytes == 0) return true;
  if (bytes > SIZE_MAX) return false;
  auto* base = static_cast<uint8_t*>(std::calloc(1, static_cast<size_t>(bytes)));
  if (base == nullptr) return false;
  base_ = base;
  size_ = size;
  committed_ = reserved_ = bytes;
  return true;
}

bool Backing::AllocateGuarded(uint64_t, bool) { return false; }
bool Backing::IsGuarded(uintptr_t) { return false; }
bool Backing::AllocateReusable(uint64_t size, uint64_t) { return Allocate(size, 0); }
bool Backing::MapImage(const MemoryImage&) { return false; }
bool Backing::DropImage() { return true; }
bool Backing::Reset(uint64_t size) {
  if (size > committed_) return false;
  if (committed_ != 0) std::memset(base_, 0, static_cast<size_t>(committed_));
  size_ = size;
  return true;
}

bool Backing::Grow(uint64_t new_size, uint64_t max_size) {
  if (new_size > committed_) {
    if (fixed_) return false;
    uint64_t bytes = std::max(new_size, std::min(committed_ + committed_ / 2, max_size));
    if (bytes > SIZE_MAX) return false;
    void* old = base_ == empty_ ? nullptr : base_;
    void* base = std::realloc(old, static_cast<size_t>(bytes));
    if (base == nullptr && bytes > new_size) {
      bytes = new_size;
      base = std::realloc(old, static_cast<size_t>(bytes));
    }
    if (base == nullptr) return false;
    base_ = static_cast<uint8_t*>(base);
    committed_ = reserved_ = bytes;
    std::memset(base_ + size_, 0, static_cast<size_t>(bytes - size_));
  }
  size_ = new_size;
  return true;
}

#endif  // TRENAIL_NO_VM

}  // namespace wasm::runtime
