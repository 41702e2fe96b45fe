// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of memories: how a type, an address type, the store's limits and the system bound them. A
// shared memory's bytes and its list of handles are guarded by one lock, taken only by growth and
// by the making and ending of handles.

#include "libwasm/runtime/memory.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace wasm::runtime {

namespace {

// What any 64-bit system can address; also keeps every sum of sizes far from overflow.
constexpr uint64_t kMaxAddressableBytes = uint64_t{1} << 46;

// The largest size in pages whose number memory.size can say.
uint64_t MaxPages(const MemType& type) {
  const uint64_t addressable = kMaxAddressableBytes >> type.page_size_log2;
  if (type.addr_type == AddrType::kI64) return addressable;
  const uint64_t pages = (uint64_t{1} << 32) >> type.page_size_log2;
  return std::min({pages, uint64_t{0xffffffff}, addressable});
}

uint64_t MaxBytes(const MemType& type, const StoreLimits& limits) {
  uint64_t pages = MaxPages(type);
  if (type.limits.max) pages = std::min(pages, *type.limits.max);
  uint64_t bytes = pages << type.page_size_log2;
  if (limits.max_memory_bytes != 0) bytes = std::min(bytes, limits.max_memory_bytes);
  return bytes;
}

}  // namespace

struct MemoryInst::SharedData {
  std::mutex mutex;
  Backing backing;
  uint64_t size = 0;                 // bytes
  std::vector<MemoryInst*> handles;  // of all stores
};

MemoryInst::MemoryInst(const MemType& type, const StoreLimits& limits)
    : type_(type), max_bytes_(MaxBytes(type, limits)) {}

MemoryInst::~MemoryInst() {
  if (shared_ == nullptr) return;
  const std::lock_guard lock(shared_->mutex);
  std::erase(shared_->handles, this);
}

Result<std::unique_ptr<MemoryInst>> MemoryInst::New(const MemType& type, const StoreLimits& limits,
                                                    bool guarded) {
  return Make(type, limits, guarded, false);
}

Result<std::unique_ptr<MemoryInst>> MemoryInst::NewReusable(const MemType& type,
                                                            const StoreLimits& limits, bool guarded,
                                                            const MemoryImage* image) {
  auto memory = TRY(Make(type, limits, guarded, true));
  memory->has_image_ = image != nullptr && memory->backing_.MapImage(*image);
  return memory;
}

bool MemoryInst::AllocateOwn(bool guarded, bool reusable, uint64_t reservation) {
  const uint64_t min_bytes = type_.limits.min << type_.page_size_log2;
  if (guarded && backing_.AllocateGuarded(min_bytes, type_.addr_type == AddrType::kI64))
    return true;
  if (reusable && reservation == 0) return backing_.AllocateReusable(min_bytes, max_bytes_);
  return backing_.Allocate(min_bytes, reservation);
}

Result<std::unique_ptr<MemoryInst>> MemoryInst::Make(const MemType& type, const StoreLimits& limits,
                                                     bool guarded, bool reusable) {
  const std::string pages = std::to_string(type.limits.min) + " pages of " +
                            std::to_string(uint64_t{1} << type.page_size_log2) + " bytes";
  if (type.limits.min > MaxPages(type)) {
    return std::unexpected(Error(ErrorKind::kExhausted,
                                 "out of memory: a memory of " + pages + " cannot be addressed"));
  }
  const uint64_t min_bytes = type.limits.min << type.page_size_log2;
  if (limits.max_memory_bytes != 0 && min_bytes > limits.max_memory_bytes) {
    return std::unexpected(
        Error(ErrorKind::kExhausted, "memory limit exceeded: a memory of " + pages +
                                         " is more than the allowed " +
                                         std::to_string(limits.max_memory_bytes) + " bytes"));
  }
  std::unique_ptr<MemoryInst> memory(new MemoryInst(type, limits));
  guarded = (guarded || limits.guard_memories) && CanBeGuarded(type);
  const bool wide = type.addr_type == AddrType::kI64;
  bool allocated;
  if (type.shared) {
    auto shared = std::make_shared<SharedData>();
    // The base must never change, so the address space for the maximum is taken now; where that
    // much is not to be had, growth will fail sooner.
    uint64_t reservation = std::max<uint64_t>(memory->max_bytes_, 1);
    allocated = (guarded && shared->backing.AllocateGuarded(min_bytes, wide)) ||
                shared->backing.Allocate(min_bytes, reservation);
    while (!allocated && reservation / 2 >= std::max<uint64_t>(min_bytes, 1)) {
      reservation /= 2;
      allocated = shared->backing.Allocate(min_bytes, reservation);
    }
    if (!allocated)
      allocated = shared->backing.Allocate(min_bytes, std::max<uint64_t>(min_bytes, 1));
    if (reservation < memory->max_bytes_) {
      WASM_LOG(limits.log, kWarning,
               "there is no address space for the maximum of a shared memory of " + pages +
                   ": it will not grow as far");
    }
    if (allocated) {
      shared->size = min_bytes;
      memory->Attach(std::move(shared));
    }
  } else {
    const uint64_t reservation = type.addr_type == AddrType::kI32 ? limits.memory_reservation : 0;
    allocated = memory->AllocateOwn(guarded, reusable, reservation);
    memory->base = memory->backing_.base();
    memory->SetSize(min_bytes, std::memory_order_relaxed);
  }
  if (allocated && guarded && !memory->guarded()) {
    WASM_LOG(limits.log, kWarning,
             "there is no address space for guard pages around a memory of " + pages +
                 ": compiled code that relies on them cannot use it");
  }
  if (wide && memory->guarded()) memory->max_bytes_ = std::min(memory->max_bytes_, kMaxGuardedSize);
  if (!allocated) {
    return std::unexpected(
        Error(ErrorKind::kExhausted, "out of memory: the system refuses a memory of " + pages));
  }
  return memory;
}

std::unique_ptr<MemoryInst> MemoryInst::Share(const MemoryInst& other, const StoreLimits& limits) {
  WASM_CHECK(other.shared());
  std::unique_ptr<MemoryInst> memory(new MemoryInst(other.type_, limits));
  memory->Attach(other.shared_);
  return memory;
}

void MemoryInst::Attach(std::shared_ptr<SharedData> shared) {
  shared_ = std::move(shared);
  const std::lock_guard lock(shared_->mutex);
  base = shared_->backing.base();
  SetSize(shared_->size, std::memory_order_release);
  shared_->handles.push_back(this);
}

bool MemoryInst::guarded() const {
  return (shared_ != nullptr ? shared_->backing : backing_).guarded();
}

MemType MemoryInst::type() const {
  MemType type = type_;
  type.limits.min = pages();
  return type;
}

uint64_t MemoryInst::Grow(uint64_t delta) {
  auto new_size = [&](uint64_t old_size) {
    const uint64_t room = (std::max(max_bytes_, old_size) - old_size) >> type_.page_size_log2;
    return delta > room ? kGrowFailed : old_size + (delta << type_.page_size_log2);
  };
  if (shared_ != nullptr) {
    const std::lock_guard lock(shared_->mutex);
    const uint64_t old_size = shared_->size;
    const uint64_t grown = new_size(old_size);
    if (grown == kGrowFailed || !shared_->backing.Grow(grown, max_bytes_)) return kGrowFailed;
    shared_->size = grown;
    for (MemoryInst* handle : shared_->handles) handle->SetSize(grown, std::memory_order_release);
    return old_size >> type_.page_size_log2;
  }
  const uint64_t old_size = bytes();
  const uint64_t grown = new_size(old_size);
  if (grown == kGrowFailed || !backing_.Grow(grown, max_bytes_)) return kGrowFailed;
  base = backing_.base();
  SetSize(grown, std::memory_order_relaxed);
  return old_size >> type_.page_size_log2;
}

bool MemoryInst::DropImage() {
  has_image_ = false;
  return backing_.DropImage();
}

bool MemoryInst::Reset() {
  const uint64_t min_bytes = type_.limits.min << type_.page_size_log2;
  // Growth may have moved it to where it has no image.
  if (shared_ != nullptr || has_image_ != backing_.has_image() || !backing_.Reset(min_bytes))
    return false;
  base = backing_.base();
  SetSize(min_bytes, std::memory_order_relaxed);
  return true;
}

VMMemory* EmptyMemory() {
  static uint8_t byte;
  static VMMemory empty{&byte, 0};
  return &empty;
}

}  // namespace wasm::runtime
