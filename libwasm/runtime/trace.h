// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a trap to the Error that the embedder sees: message, details and the frames that led there.

#ifndef TRENAIL_LIBWASM_RUNTIME_TRACE_H_
#define TRENAIL_LIBWASM_RUNTIME_TRACE_H_

#include <vector>

#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"

namespace wasm::runtime {

class CompiledCode;

// Frames of one activation of compiled code, innermost first.
struct NativeTrace {
  const Frame* frame_top = nullptr;  // the interpreter's frames before this one are older
  Ref exception = kNullRef;          // what it was left by, if that was an exception
  std::vector<TraceFrame> frames;
};

inline constexpr size_t kMaxTraceFrames = 64;

// A frame with what is behind its description: beyond the first kMaxTraceFrames, the description
// has no names and no lines.
struct StackFrame {
  TraceFrame description;
  // Of the interpreter: its frame, where its operands end, and whether its pc is the instruction
  // that failed; otherwise it waits for what that call, described, leads to. Null: compiled code.
  const Frame* interpreted = nullptr;
  const Slot* operands_end = nullptr;
  bool at_instruction = false;
};

// For compiled code: an activation that `trace` describes is being left by a trap, which may go on
// through older ones.
void AddLeftTrace(VMThread& thread, NativeTrace trace);
// What host code gets that wants to go on on a stack that is being left for good.
Error UnwindingError(const VMThread& thread);
// False if the frames of what is being left will not be asked for.
bool WantsTrace(const VMThread& thread, Trap trap);
// A frame of compiled code. `context` is only a guess at the instance.
TraceFrame DescribeCompiled(const VMThread& thread, const CompiledCode* code, const void* context,
                            uint32_t defined_index, uint64_t code_offset);
// The same, by the index in the module's index space of functions.
TraceFrame DescribeCompiledIndex(const VMThread& thread, const CompiledCode* code,
                                 const void* context, uint32_t func_index, uint64_t code_offset);
// The context that the same instance calls its import with.
const void* ContextOfImport(const VMThread& thread, const CompiledCode* code, const void* context,
                            uint32_t import);

// The newest `max_frames` frames of the thread, innermost first. An engine that returns a trap
// leaves thread.frame_top one past the trapping frame, with that frame's pc at the instruction.
// Compiled code has kMaxTraceFrames at most.
std::vector<StackFrame> CaptureStack(VMThread& thread, Trap trap, size_t max_frames);

// What `trap` means to the embedder. Takes the thread's host error; keeps its pending exception.
Error MakeError(VMThread& thread, Trap trap);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_TRACE_H_
