// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bounds are checked before anything is written, so a trap for them leaves the memory as it was
// [exec-memory.fill] [exec-memory.copy] [exec-memory.init]. Racing accesses to a shared memory may
// see any of the bytes involved, as the threads proposal allows.

#include "libwasm/runtime/ops_memory.h"

#include <cstring>
#include <span>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/memory.h"

namespace wasm::rt {

uint64_t MemorySize(Instance& instance, MemIdx memory) {
  return instance.data->memory(memory).pages();
}

uint64_t MemoryGrow(Instance& instance, MemIdx memory, uint64_t delta) {
  runtime::MemoryInst& target = instance.data->memory(memory);
  // The system clears pages when they are touched, so growth costs by pages and not by bytes.
  if (ChargeFuel(instance, 1 + delta / kElementsPerFuel) != Trap::kNone)
    return runtime::MemoryInst::kGrowFailed;  // out of fuel: the next instruction stops
  return target.Grow(delta);
}

Trap MemoryFill(Instance& instance, MemIdx memory, uint64_t dst, uint32_t value, uint64_t length) {
  const runtime::VMMemory& vm = *instance.memories[memory.value];
  if (!InBounds(dst, length, vm.bytes())) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  if (const Trap trap = ChargeFuel(instance, length / kBytesPerFuel); trap != Trap::kNone)
    return trap;
  uint8_t* at = vm.base + dst;
  return InChunks(instance, length, kChunkBytes, false, [&](uint64_t offset, uint64_t size) {
    std::memset(at + offset, static_cast<uint8_t>(value), size);
  });
}

Trap MemoryCopy(Instance& instance, MemIdx dst_memory, MemIdx src_memory, uint64_t dst,
                uint64_t src, uint64_t length) {
  const runtime::VMMemory& to = *instance.memories[dst_memory.value];
  const runtime::VMMemory& from = *instance.memories[src_memory.value];
  if (!InBounds(dst, length, to.bytes()) || !InBounds(src, length, from.bytes())) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  if (const Trap trap = ChargeFuel(instance, length / kBytesPerFuel); trap != Trap::kNone)
    return trap;
  uint8_t* dst_at = to.base + dst;
  const uint8_t* src_at = from.base + src;
  // Chunks of an overlapping copy go in the direction that reads before it writes.
  return InChunks(instance, length, kChunkBytes, dst_at > src_at,
                  [&](uint64_t offset, uint64_t size) {
                    std::memmove(dst_at + offset, src_at + offset, size);
                  });
}

Trap MemoryInit(Instance& instance, DataIdx data, MemIdx memory, uint64_t dst, uint32_t src,
                uint32_t length) {
  const runtime::VMMemory& vm = *instance.memories[memory.value];
  const std::span<const uint8_t> bytes = instance.data->DataBytes(data);
  if (!InBounds(dst, length, vm.bytes()) || !InBounds(src, length, bytes.size())) [[unlikely]]
    return Trap::kMemoryOutOfBounds;
  if (length == 0) return Trap::kNone;  // a dropped segment has no bytes to point at
  if (const Trap trap = ChargeFuel(instance, length / kBytesPerFuel); trap != Trap::kNone)
    return trap;
  return InChunks(instance, length, kChunkBytes, false, [&](uint64_t offset, uint64_t size) {
    std::memcpy(vm.base + dst + offset, bytes.data() + src + offset, size);
  });
}

void DataDrop(Instance& instance, DataIdx data) { instance.data->DropData(data); }

}  // namespace wasm::rt
