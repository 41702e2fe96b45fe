// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trace is bounded: after an endless recursion the newest frames tell the story.

#include "libwasm/runtime/trace.h"

#include <memory>
#include <string>
#include <utility>

#include "libwasm/opcodes/visit.h"
#include "libwasm/runtime/instance.h"

namespace wasm::runtime {

namespace {

constexpr size_t kMaxTraceFrames = 64;

struct SkipInstruction {
  template <Opcode op>
  bool Visit(Op<op>, const auto&) {
    return true;
  }
  bool VisitSimple(Opcode, const auto&) { return true; }
};

// The instruction that ends at the frame's pc. Its length is not known from there: the code is read
// from its beginning.
const uint8_t* InstructionBefore(const Frame& frame) {
  if (frame.code == nullptr || frame.pc <= frame.code->code || frame.pc > frame.code->code_end)
    return frame.pc - 1;
  TrustedReader reader(frame.code->code);
  SkipInstruction skip;
  const uint8_t* at = reader.position();
  while (VisitInstruction(reader, skip) && reader.position() < frame.pc) at = reader.position();
  return at;
}

TraceFrame Describe(const Frame& frame, bool newest) {
  const InstanceData& data = *frame.instance->data;
  const Module& module = data.module();
  TraceFrame result;
  result.module_name = data.name();
  result.function_name = module.names.functions.Find(frame.func_index);
  result.function_index = frame.func_index;
  const uint8_t* bytes = module.bytes.data();
  if (frame.pc >= bytes && frame.pc <= bytes + module.bytes.size()) {
    result.code_offset = static_cast<uint64_t>(frame.pc - bytes);
    // A suspended frame continues behind its call.
    if (!newest && result.code_offset != 0)
      result.code_offset = static_cast<uint64_t>(InstructionBefore(frame) - bytes);
  }
  return result;
}

}  // namespace

std::vector<TraceFrame> CaptureTrace(const VMThread& thread) {
  std::vector<TraceFrame> trace;
  for (const Frame* frame = thread.frame_top;
       frame != thread.frame_base && trace.size() < kMaxTraceFrames;) {
    --frame;
    if (frame->instance != nullptr) trace.push_back(Describe(*frame, trace.empty()));
  }
  return trace;
}

Error MakeError(VMThread& thread, Trap trap) {
  if (trap == Trap::kHostError && thread.host_error != nullptr) {
    const std::unique_ptr<Error> owned(static_cast<Error*>(thread.host_error));
    thread.host_error = nullptr;
    Error error = std::move(*owned);
    // An error that passed through inner calls keeps the longer story it already has.
    if (error.trace().empty() && error.kind() != ErrorKind::kExit)
      error.mutable_trace() = CaptureTrace(thread);
    return error;
  }
  std::string message(TrapMessage(trap));
  if (trap == Trap::kUninitializedElement) message += ' ' + std::to_string(thread.trap_detail);
  Error error(TrapErrorKind(trap), std::move(message));
  error.mutable_trace() = CaptureTrace(thread);
  return error;
}

}  // namespace wasm::runtime
