// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations of compiled code on the native stack: one record for each entry from C++, linked from
// the thread. Traps leave to the newest one; the collector and traces read them all.

#ifndef TRENAIL_LIBWASM_RUNTIME_NATIVE_ENTRY_H_
#define TRENAIL_LIBWASM_RUNTIME_NATIVE_ENTRY_H_

#include <vector>

#include "libwasm/runtime/vm_layout.h"

namespace wasm::runtime {

struct NativeTrace;

struct EntryRecord {
  void* stack_pointer =
      nullptr;  // of the trampoline, which finds it here: compiled code lies below
  EntryRecord* previous = nullptr;
  // The interpreter's stacks at the entry: frames from here on are newer than this activation.
  Frame* frame_top = nullptr;
  Slot* stack_top = nullptr;
  Instance* caller = nullptr;  // whose code called out of compiled code last
  // Adds what runs in all activations of the thread now, the newest first.
  void (*trace)(VMThread& thread, std::vector<NativeTrace>& out) = nullptr;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_NATIVE_ENTRY_H_
