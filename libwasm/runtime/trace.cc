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
#include "libwasm/runtime/compiled_code.h"
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

uint32_t IndexOf(const InstanceData& data) {
  const std::vector<InstanceData*>& instances = data.store().impl().instances;
  return static_cast<uint32_t>(std::find(instances.begin(), instances.end(), &data) -
                               instances.begin());
}

TraceFrame DescribeFunction(const InstanceData& data, uint32_t func_index) {
  TraceFrame result;
  result.module_name = data.name();
  result.instance_index = IndexOf(data);
  const auto describe_owner = data.store().impl().describe_owner;
  if (data.owner() != nullptr && describe_owner != nullptr)
    result.component = describe_owner(data.owner());
  result.function_name = data.module().names.functions.Find(func_index);
  result.function_index = func_index;
  result.instance = &data.vm;
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

TraceFrame Describe(const Frame& frame, bool newest, bool in_words) {
  const InstanceData& data = *frame.instance->data;
  const Module& module = data.module();
  TraceFrame result;
  if (in_words) {
    result = DescribeFunction(data, frame.func_index);
  } else {
    result.function_index = frame.func_index;
    result.instance_index = IndexOf(data);
  }
  const uint8_t* bytes = module.bytes.data();
  if (frame.pc >= bytes && frame.pc <= bytes + module.bytes.size()) {
    result.code_offset = static_cast<uint64_t>(frame.pc - bytes);
    // A suspended frame continues behind its call.
    if (!newest && result.code_offset != 0)
      result.code_offset = static_cast<uint64_t>(InstructionBefore(frame) - bytes);
    const uint64_t body = module.functions[frame.func_index].body.begin;
    if (result.code_offset > body) result.function_offset = result.code_offset - body;
    if (in_words) AddSourceLine(data, result);
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

Error UnwindingError(const VMThread& thread) {
  if (thread.store->abandoned())
    return Error(ErrorKind::kHost, "the store was destroyed by a host function that it has called");
  return Error(ErrorKind::kInterrupted, "the fiber is being destroyed");
}

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
  if (found != nullptr) {
    frame = DescribeFunction(*found, func_index);
    const uint64_t body = code == nullptr || func_index < found->vm.num_imported_functions
                              ? 0
                              : code->body(func_index - found->vm.num_imported_functions);
    if (body != 0 && code_offset > body) frame.function_offset = code_offset - body;
  }
  frame.function_index = func_index;
  frame.code_offset = code_offset;
  frame.is_compiled = true;
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

std::vector<StackFrame> CaptureStack(VMThread& thread, Trap trap, size_t max_frames) {
  std::vector<NativeTrace> native;
  if (thread.store != nullptr) {
    const Ref exception = trap == Trap::kException ? thread.pending_exception : kNullRef;
    for (NativeTrace& left : thread.store->impl().left_native)
      if (left.exception == exception) native.push_back(std::move(left));
  }
  const size_t num_left = native.size();
  if (thread.native_top != nullptr) thread.native_top->trace(thread, native);

  std::vector<StackFrame> stack;
  bool first = true;  // of the interpreter's: at the instruction, unless it waits for compiled code
  const Slot* operands_end = thread.stack_top;
  size_t next = 0;
  for (const Frame* frame = thread.frame_top;;) {
    for (; next < native.size() && native[next].frame_top >= frame; ++next) {
      for (TraceFrame& compiled : native[next].frames)
        stack.push_back({.description = std::move(compiled)});
      first = first && next < num_left;
    }
    if (frame == thread.frame_base || stack.size() >= max_frames) break;
    --frame;
    if (frame->instance != nullptr) {
      stack.push_back({.description = Describe(*frame, first, stack.size() < kMaxTraceFrames),
                       .interpreted = frame,
                       .operands_end = operands_end,
                       .at_instruction = first});
      first = false;
    }
    operands_end = frame->locals;
  }
  if (stack.size() > max_frames) stack.resize(max_frames);
  return stack;
}

namespace {

// Where an error has come from, into the error.
void AddOrigin(VMThread& thread, Trap trap, Error& error) {
  Store::Impl* const impl = thread.store != nullptr ? &thread.store->impl() : nullptr;
  const bool is_told = impl != nullptr && impl->on_error;
  const std::vector<StackFrame> stack = CaptureStack(
      thread, trap, is_told ? std::max(impl->max_frames, kMaxTraceFrames) : kMaxTraceFrames);
  std::vector<TraceFrame>& trace = error.mutable_trace();
  const size_t size = std::min(stack.size(), kMaxTraceFrames);
  trace.reserve(size);
  for (size_t i = 0; i < size; ++i) trace.push_back(stack[i].description);
  if (is_told) impl->on_error(error, stack);
  if (impl == nullptr) return;
  WASM_LOG(impl->limits.log, kDebug,
           "execution ends: " + error.message() +
               (trace.empty() ? std::string()
                              : ", in function " + std::to_string(trace[0].function_index) + ' ' +
                                    trace[0].function_name));
}

}  // namespace

Error MakeError(VMThread& thread, Trap trap) {
  if (trap == Trap::kHostError && thread.host_error != nullptr) {
    const std::unique_ptr<Error> owned(static_cast<Error*>(thread.host_error));
    thread.host_error = nullptr;
    Error error = std::move(*owned);
    // An error that passed through inner calls keeps the longer story it already has.
    if (error.trace().empty() && error.kind() != ErrorKind::kExit && !thread.unwinding)
      AddOrigin(thread, trap, error);
    return error;
  }
  std::string message(TrapMessage(trap));
  if (trap == Trap::kUninitializedElement) message += ' ' + std::to_string(thread.trap_detail);
  Error error(TrapErrorKind(trap), std::move(message));
  AddOrigin(thread, trap, error);
  return error;
}

}  // namespace wasm::runtime
