// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trap never unwinds: everything between the entry and the trap is compiled code or a builtin
// that holds nothing, so the stack pointer is simply put back. Exceptions unwind frame by frame,
// as compiled functions may catch them; an adapter at the bottom catches the rest.

#include "libwasm/native/activation.h"

#include <unwind.h>

#include <utility>

#include "libwasm/native/backtrace.h"
#include "libwasm/native/compiled_module.h"
#include "libwasm/native/enter.h"
#include "libwasm/native/signals.h"
#include "libwasm/native/unwind.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/running_thread.h"
#include "libwasm/runtime/trace.h"

#if defined(__SANITIZE_ADDRESS__)
#define TRENAIL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRENAIL_ASAN 1
#endif
#endif
#ifdef TRENAIL_ASAN
extern "C" void __asan_handle_no_return();
#endif

namespace wasm::native {

namespace {

using runtime::EntryRecord;
using runtime::FuncInst;
using runtime::Slot;
using runtime::VMThread;

// Described only now: a signal handler could not, and exceptions are mostly caught.
[[gnu::noinline, gnu::cold]] void KeepTrace(VMThread* thread, const EntryRecord& record, Trap trap,
                                            NativeFrames& frames) {
  runtime::NativeTrace trace{.frame_top = record.frame_top};
  if (trap == Trap::kException) trace.exception = thread->pending_exception;
  DescribeFrames(*thread, frames.frames, frames.frames + frames.count, trace.frames);
  frames.count = 0;
  runtime::AddLeftTrace(*thread, std::move(trace));
}

// One per native thread, as big as it is.
NativeFrames& ThreadFrames() {
  static thread_local NativeFrames frames;
  return frames;
}

}  // namespace

void CollectLeftFrames() { CollectFrames(running.thread->native_top, *running.frames); }

Trap EnterCompiled(VMThread* thread, FuncInst* func, Slot* slots) {
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < thread->native_stack_limit)
    return Trap::kStackExhausted;
  if (running.frames == nullptr) [[unlikely]] {
    if (!PrepareThreadForSignals()) return Trap::kOutOfMemory;
    running.frames = &ThreadFrames();
  }
  EntryRecord record{.previous = thread->native_top,
                     .frame_top = thread->frame_top,
                     .stack_top = thread->stack_top,
                     .trace = TraceActivations};
  thread->native_top = &record;
  VMThread* const outer = std::exchange(running.thread, thread);
  const uint32_t result = TrenailEnterNative(&record, reinterpret_cast<ArrayThunk>(func->host_data),
                                             func->native, func->native_context, slots);
  thread->native_top = record.previous;
  running.thread = outer;
  if (result == 0) [[likely]]
    return Trap::kNone;
  const Trap trap =
      result == kReturnedException ? Trap::kException : static_cast<Trap>(result - kLeftByTrap);
  if (running.frames->count != 0) KeepTrace(thread, record, trap, *running.frames);
  return trap;
}

void Leave(VMThread* thread, Trap trap) {
  if (trap == Trap::kException) RaisePending(thread);  // returns if there is nobody to catch it
  if (runtime::WantsTrace(*thread, trap)) CollectLeftFrames();
#ifdef TRENAIL_ASAN
  __asan_handle_no_return();
#endif
  TrenailLeaveNative(thread->native_top, kLeftByTrap + static_cast<uint32_t>(trap));
}

}  // namespace wasm::native
