// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an operation whose cost depends on a size stays interruptible and pays for itself: it works
// in chunks and looks at the poll word between them; fuel is taken before anything happens.

#ifndef TRENAIL_LIBWASM_RUNTIME_BULK_H_
#define TRENAIL_LIBWASM_RUNTIME_BULK_H_

#include <algorithm>
#include <cstdint>

#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::rt {

// About a tenth of a millisecond each.
inline constexpr uint64_t kChunkBytes = uint64_t{1} << 20;
inline constexpr uint64_t kChunkElements = uint64_t{1} << 16;
// What one unit of fuel buys.
inline constexpr uint64_t kBytesPerFuel = 64;
inline constexpr uint64_t kElementsPerFuel = 8;

// Calls step(offset, size) for consecutive parts of `total`, from the end if `backwards`.
template <typename Step>
Trap InChunks(Instance& instance, uint64_t total, uint64_t chunk, bool backwards, Step step) {
  for (uint64_t done = 0; done < total;) {
    const uint64_t size = std::min(chunk, total - done);
    step(backwards ? total - done - size : done, size);
    done += size;
    if (done < total && instance.poll.load(std::memory_order_relaxed) != 0) [[unlikely]] {
      if (const Trap trap = Poll(instance); trap != Trap::kNone) return trap;
    }
  }
  return Trap::kNone;
}

// [index, index + length) lies within [0, size)
constexpr bool InBounds(uint64_t index, uint64_t length, uint64_t size) {
  return index <= size && length <= size - index;
}

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_BULK_H_
