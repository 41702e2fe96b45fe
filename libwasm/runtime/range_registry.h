// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges of addresses with an owner each, which a signal handler can look up: finding takes no lock
// and no memory. Few are expected; lookups are for traps and traces.

#ifndef TRENAIL_LIBWASM_RUNTIME_RANGE_REGISTRY_H_
#define TRENAIL_LIBWASM_RUNTIME_RANGE_REGISTRY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace wasm::runtime {

class RangeRegistry {
 public:
  constexpr RangeRegistry() = default;

  void Add(uintptr_t begin, uintptr_t end, const void* owner) {
    const std::lock_guard lock(mutex_);
    for (Chunk* chunk = &first_;; chunk = chunk->next.load(std::memory_order_relaxed)) {
      for (Range& range : chunk->ranges) {
        if (range.begin.load(std::memory_order_relaxed) != 0) continue;
        range.end.store(end, std::memory_order_relaxed);
        range.owner.store(owner, std::memory_order_relaxed);
        range.begin.store(begin, std::memory_order_release);
        return;
      }
      // Chunks stay for the life of the process: a handler may be reading them.
      if (chunk->next.load(std::memory_order_relaxed) == nullptr)
        chunk->next.store(new Chunk, std::memory_order_release);
    }
  }

  void Remove(uintptr_t begin) {
    const std::lock_guard lock(mutex_);
    for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
      for (Range& range : chunk->ranges) {
        if (range.begin.load(std::memory_order_relaxed) != begin) continue;
        range.begin.store(0, std::memory_order_release);
        return;
      }
    }
  }

  // The owner of the range with `address`, or null. The caller knows that such a range, if there is
  // one, is not being removed.
  const void* Find(uintptr_t address) const {
    for (const Chunk* chunk = &first_; chunk != nullptr;
         chunk = chunk->next.load(std::memory_order_acquire)) {
      for (const Range& range : chunk->ranges) {
        const uintptr_t begin = range.begin.load(std::memory_order_acquire);
        if (begin == 0 || address < begin || address >= range.end.load()) continue;
        const void* owner = range.owner.load();
        if (range.begin.load() == begin) return owner;
      }
    }
    return nullptr;
  }

 private:
  struct Range {
    std::atomic<uintptr_t> begin = 0;  // 0: free
    std::atomic<uintptr_t> end = 0;
    std::atomic<const void*> owner = nullptr;
  };
  struct Chunk {
    Range ranges[64];
    std::atomic<Chunk*> next = nullptr;
  };

  std::mutex mutex_;
  Chunk first_;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_RANGE_REGISTRY_H_
