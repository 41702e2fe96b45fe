// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Backtraces through compiled code, in two steps: addresses are collected while the frames are
// there (also in a signal handler, so without allocating), and described when that is safe.

#ifndef TRENAIL_LIBWASM_NATIVE_BACKTRACE_H_
#define TRENAIL_LIBWASM_NATIVE_BACKTRACE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/trace.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

struct NativeFrame {
  uintptr_t pc = 0;  // within the instruction: for a caller, the last byte of its call
  uintptr_t context = 0;
  uintptr_t stack_pointer = 0;
};
struct NativeFrames {
  NativeFrame frames[runtime::kMaxTraceFrames];
  size_t count = 0;
};

// The newest frames in compiled code from the caller's on, those of the activation `until` and of
// newer ones.
void CollectFrames(const runtime::EntryRecord* until, NativeFrames& out);

// Adds what frames [first, end) mean.
void DescribeFrames(const runtime::VMThread& thread, const NativeFrame* first,
                    const NativeFrame* end, std::vector<TraceFrame>& out);

// EntryRecord::trace.
void TraceActivations(runtime::VMThread& thread, std::vector<runtime::NativeTrace>& out);

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_BACKTRACE_H_
