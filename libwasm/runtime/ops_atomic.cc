// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Wait queues, one set for the process: a waiter is keyed by the host address of its cell, which is
// the same in every store that shares the memory. A waiter lives on its own stack, is linked into
// the bucket of its key, and decides under the bucket's lock, so no wake-up is lost.

#include "libwasm/runtime/ops_atomic.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/memory.h"

namespace wasm::rt {

namespace {

enum WaitResult : uint32_t { kWoken = 0, kNotEqual = 1, kTimedOut = 2 };

struct Waiter {
  const void* key;
  const runtime::VMThread* thread;
  std::condition_variable condition;
  bool woken = false;
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

// Waiters in the order they came [exec-memory.atomic.notify].
struct alignas(64) Bucket {
  std::mutex mutex;
  Waiter* first = nullptr;
  Waiter* last = nullptr;

  void Append(Waiter* waiter) {
    waiter->previous = last;
    (last != nullptr ? last->next : first) = waiter;
    last = waiter;
  }
  void Remove(Waiter* waiter) {
    (waiter->previous != nullptr ? waiter->previous->next : first) = waiter->next;
    (waiter->next != nullptr ? waiter->next->previous : last) = waiter->previous;
  }
};

constexpr size_t kNumBuckets = 64;

Bucket* Buckets() {
  // Never destroyed: detached threads may still wait when the process ends.
  static Bucket* buckets = new Bucket[kNumBuckets];
  return buckets;
}

Bucket& BucketOf(const void* key) {
  const uint64_t hash = (reinterpret_cast<uintptr_t>(key) >> 2) * 0x9e3779b97f4a7c15u;
  return Buckets()[hash >> 58];
}
static_assert(kNumBuckets == 1u << (64 - 58));

template <typename T>
OrTrap<uint32_t> Wait(Instance& instance, MemIdx memory, uint64_t index, uint64_t offset,
                      T expected, int64_t timeout) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(T));
  if (!at.ok()) return at.trap;
  if (!instance.data->memory(memory).shared()) return Trap::kExpectedSharedMemory;

  const std::atomic<Trap>& interrupt = instance.thread->interrupt;
  const auto begin = std::chrono::steady_clock::now();
  // Times past the end of the clock mean for ever.
  const bool forever =
      timeout < 0 || timeout > (std::chrono::steady_clock::time_point::max() - begin).count();
  const auto deadline = begin + std::chrono::nanoseconds(forever ? 0 : timeout);

  Bucket& bucket = BucketOf(at.value);
  std::unique_lock lock(bucket.mutex);
  if (__atomic_load_n(reinterpret_cast<T*>(at.value), __ATOMIC_SEQ_CST) != expected)
    return uint32_t{kNotEqual};
  Waiter waiter{.key = at.value, .thread = instance.thread, .condition = {}};
  bucket.Append(&waiter);
  bool timed_out = false;
  while (!waiter.woken && !timed_out && interrupt.load() == Trap::kNone) {
    if (forever) {
      waiter.condition.wait(lock);
    } else {
      timed_out = waiter.condition.wait_until(lock, deadline) == std::cv_status::timeout;
    }
  }
  if (waiter.woken) return uint32_t{kWoken};  // the notifier has unlinked it
  bucket.Remove(&waiter);
  if (const Trap trap = interrupt.load(); trap != Trap::kNone) return trap;
  return uint32_t{kTimedOut};
}

}  // namespace

OrTrap<uint32_t> MemoryAtomicNotify(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint32_t count) {
  const auto at = internal::AtomicAddress(instance, memory, index, offset, sizeof(uint32_t));
  if (!at.ok()) return at.trap;
  // Nobody can wait on an unshared memory.
  if (!instance.data->memory(memory).shared()) return uint32_t{0};
  Bucket& bucket = BucketOf(at.value);
  const std::lock_guard lock(bucket.mutex);
  uint32_t woken = 0;
  for (Waiter* waiter = bucket.first; waiter != nullptr && woken < count;) {
    Waiter* next = waiter->next;
    if (waiter->key == at.value) {
      bucket.Remove(waiter);
      waiter->woken = true;
      waiter->condition.notify_one();
      ++woken;
    }
    waiter = next;
  }
  return woken;
}

OrTrap<uint32_t> MemoryAtomicWait32(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint32_t expected, int64_t timeout) {
  return Wait<uint32_t>(instance, memory, index, offset, expected, timeout);
}

OrTrap<uint32_t> MemoryAtomicWait64(Instance& instance, MemIdx memory, uint64_t index,
                                    uint64_t offset, uint64_t expected, int64_t timeout) {
  return Wait<uint64_t>(instance, memory, index, offset, expected, timeout);
}

void WakeInterruptedWaiters(const runtime::VMThread* thread) {
  for (size_t i = 0; i < kNumBuckets; ++i) {
    Bucket& bucket = Buckets()[i];
    const std::lock_guard lock(bucket.mutex);
    for (Waiter* waiter = bucket.first; waiter != nullptr; waiter = waiter->next)
      if (waiter->thread == thread) waiter->condition.notify_one();
  }
}

}  // namespace wasm::rt
