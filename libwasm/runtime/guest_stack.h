// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stacks that guest code runs on. A store runs on one at a time, whose state is in VMThread and
// Store::Impl, where engines and compiled code find it without asking which one it is. That of the
// others waits in GuestStacks; a switch (libwasm/fiber.cc) exchanges the two.

#ifndef TRENAIL_LIBWASM_RUNTIME_GUEST_STACK_H_
#define TRENAIL_LIBWASM_RUNTIME_GUEST_STACK_H_

#include <cstddef>
#include <cstdint>

#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::runtime {

class RootRange;

// What belongs to the activations of one stack, under the names that it has in VMThread and in
// Store::Impl.
struct GuestStack {
  Slot* stack_base = nullptr;
  Slot* stack_limit = nullptr;
  Slot* stack_top = nullptr;
  Frame* frame_base = nullptr;
  Frame* frame_limit = nullptr;
  Frame* frame_top = nullptr;
  uintptr_t native_stack_limit = 0;
  Ref pending_exception = kNullRef;
  EntryRecord* native_top = nullptr;
  bool unwinding = false;

  uint32_t call_depth = 0;
  Frame* frame_floor = nullptr;
  EntryRecord* native_floor = nullptr;
  RootRange* root_ranges = nullptr;

  // Of the native stack that waits: its lowest address in use, saved registers included.
  const Slot* native_stack_pointer = nullptr;

  void MarkRoots(gc::Heap& heap) const;
};

// What a store knows of its other stacks.
class WaitingStacks {
 public:
  virtual void MarkRoots(gc::Heap& heap) const = 0;
  // The store, still whole, is about to go: ends whatever waits. The object's last duty to it.
  virtual void Close() = 0;
  // Whether one of them runs now.
  virtual bool IsRunning() const = 0;

 protected:
  ~WaitingStacks() = default;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_GUEST_STACK_H_
