// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trace is bounded: after an endless recursion the newest frames tell the story.

#include "libwasm/runtime/trace.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libwasm/opcodes/visit.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/native_entry.h"
#include "libwasm/runtime/store_impl.h"

namespace wasm::runtime {

namespace {

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

TraceFrame DescribeFunction(const InstanceData& data, uint32_t func_index) {
  TraceFrame result;
  result.module_name = data.name();
  result.function_name = data.module().names.functions.Find(func_index);
  result.function_index = func_index;
  return result;
}

bool HasLineTable(const Module& module) {
  for (const CustomSection& custom : module.customs)
    if (custom.name == ".debug_line") return true;
  return false;
}

void AddSourceLine(const InstanceData& data, TraceFrame& frame) {
  if (frame.code_offset == 0 || !HasLineTable(data.module())) return;
  std::vector<Store::Impl::ModuleLines>& known = data.store().impl().source_lines;
  auto at = std::find_if(known.begin(), known.end(), [&data](const auto& entry) {
    return entry.module.get() == &data.validated();
  });
  if (at == known.end()) at = known.insert(at, {data.shared_module(), SourceLines(data.module())});
  if (std::optional<SourceLine> source = at->lines.Find(frame.code_offset)) {
    frame.source_file = std::move(source->file);
    frame.source_line = source->line;
  }
}

TraceFrame Describe(const Frame& frame, bool newest) {
  const InstanceData& data = *frame.instance->data;
  const Module& module = data.module();
  TraceFrame result = DescribeFunction(data, frame.func_index);
  const uint8_t* bytes = module.bytes.data();
  if (frame.pc >= bytes && frame.pc <= bytes + module.bytes.size()) {
    result.code_offset = static_cast<uint64_t>(frame.pc - bytes);
    // A suspended frame continues behind its call.
    if (!newest && result.code_offset != 0)
      result.code_offset = static_cast<uint64_t>(InstructionBefore(frame) - bytes);
    AddSourceLine(data, result);
  }
  return result;
}

}  // namespace

void AddLeftTrace(VMThread& thread, NativeTrace trace) {
  std::vector<NativeTrace>& left = thread.store->impl().left_native;
  // An exception that was caught below has left traces that are of no use any more.
  std::erase_if(left, [&trace](const NativeTrace& other) {
    return other.exception != kNullRef && other.exception != trace.exception;
  });
  left.push_back(std::move(trace));
}

Error UnwindingError() { return Error(ErrorKind::kInterrupted, "the fiber is being destroyed"); }

bool WantsTrace(const VMThread& thread, Trap trap) {
  if (thread.unwinding) return false;
  if (trap != Trap::kHostError || thread.host_error == nullptr) return true;
  const auto& error = *static_cast<const Error*>(thread.host_error);
  return error.kind() != ErrorKind::kExit && error.trace().empty();
}

namespace {

// An instance of that code: the one of `context`, or any.
const InstanceData* FindInstance(const VMThread& thread, const CompiledCode* code,
                                 const void* context) {
  const InstanceData* found = nullptr;
  for (const InstanceData* data : thread.store->impl().instances) {
    if (code == nullptr || data->validated().compiled.get() != code) continue;
    if (found == nullptr || &data->vm == context) found = data;
  }
  return found;
}

}  // namespace

TraceFrame DescribeCompiledIndex(const VMThread& thread, const CompiledCode* code,
                                 const void* context, uint32_t func_index, uint64_t code_offset) {
  const InstanceData* const found = FindInstance(thread, code, context);
  TraceFrame frame;
  if (found != nullptr) frame = DescribeFunction(*found, func_index);
  frame.function_index = func_index;
  frame.code_offset = code_offset;
  if (found != nullptr) AddSourceLine(*found, frame);
  return frame;
}

TraceFrame DescribeCompiled(const VMThread& thread, const CompiledCode* code, const void* context,
                            uint32_t defined_index, uint64_t code_offset) {
  const InstanceData* const found = FindInstance(thread, code, context);
  const uint32_t imported = found != nullptr ? found->module().num_imported_functions : 0;
  return DescribeCompiledIndex(thread, code, context, imported + defined_index, code_offset);
}

const void* ContextOfImport(const VMThread& thread, const CompiledCode* code, const void* context,
                            uint32_t import) {
  const InstanceData* const found = FindInstance(thread, code, context);
  if (found == nullptr || import >= found->module().num_imported_functions) return nullptr;
  return found->vm.functions[import]->native_context;
}

std::vector<TraceFrame> CaptureTrace(VMThread& thread, Trap trap) {
  std::vector<NativeTrace> native;
  if (thread.store != nullptr) {
    const Ref exception = trap == Trap::kException ? thread.pending_exception : kNullRef;
    for (NativeTrace& left : thread.store->impl().left_native)
      if (left.exception == exception) native.push_back(std::move(left));
  }
  const size_t num_left = native.size();
  if (thread.native_top != nullptr) thread.native_top->trace(thread, native);

  std::vector<TraceFrame> trace;
  bool first = true;  // of the interpreter's: at the instruction, unless it waits for compiled code
  size_t next = 0;
  for (const Frame* frame = thread.frame_top;;) {
    for (; next < native.size() && native[next].frame_top >= frame; ++next) {
      for (TraceFrame& compiled : native[next].frames) trace.push_back(std::move(compiled));
      first = first && next < num_left;
    }
    if (frame == thread.frame_base || trace.size() >= kMaxTraceFrames) break;
    --frame;
    if (frame->instance != nullptr) {
      trace.push_back(Describe(*frame, first));
      first = false;
    }
  }
  if (trace.size() > kMaxTraceFrames) trace.resize(kMaxTraceFrames);
  return trace;
}

Error MakeError(VMThread& thread, Trap trap) {
  if (trap == Trap::kHostError && thread.host_error != nullptr) {
    const std::unique_ptr<Error> owned(static_cast<Error*>(thread.host_error));
    thread.host_error = nullptr;
    Error error = std::move(*owned);
    // An error that passed through inner calls keeps the longer story it already has.
    if (error.trace().empty() && error.kind() != ErrorKind::kExit && !thread.unwinding)
      error.mutable_trace() = CaptureTrace(thread, trap);
    return error;
  }
  std::string message(TrapMessage(trap));
  if (trap == Trap::kUninitializedElement) message += ' ' + std::to_string(thread.trap_detail);
  Error error(TrapErrorKind(trap), std::move(message));
  error.mutable_trace() = CaptureTrace(thread, trap);
  return error;
}

}  // namespace wasm::runtime
