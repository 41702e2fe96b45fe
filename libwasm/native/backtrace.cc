// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The system's unwinder walks; frames outside compiled code are passed over.

#include "libwasm/native/backtrace.h"

#include <unwind.h>

#include "libwasm/native/compiled_module.h"

namespace wasm::native {

namespace {

// Number in DWARF of the register that has the context at a function's entry. Compiled code may use
// it for something else in between: it only helps to tell instances of one module apart.
#if defined(__x86_64__)
constexpr int kContextRegister = 13;
#else
constexpr int kContextRegister = 20;
#endif

struct Walk {
  uintptr_t end;
  NativeFrames* out;
};

_Unwind_Reason_Code VisitFrame(_Unwind_Context* context, void* arg) {
  auto* walk = static_cast<Walk*>(arg);
  int before = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before);
  // Of the frame itself: an unwinder's "CFA" here is the one of the callee. Below a signal's frame
  // it is a place in that, which says nothing; such a frame is the newest one in any case.
  const uintptr_t stack_pointer = before == 0 ? _Unwind_GetCFA(context) : 0;
  if (before == 0) --pc;
  NativeFrames& out = *walk->out;
  if (stack_pointer == walk->end) return _URC_END_OF_STACK;  // the trampoline
  if (CompiledModule::Find(pc) != nullptr) {
    if (stack_pointer >= walk->end || out.count == runtime::kMaxTraceFrames)
      return _URC_END_OF_STACK;
    out.frames[out.count++] = {pc, _Unwind_GetGR(context, kContextRegister), stack_pointer};
  }
  return _URC_NO_REASON;
}

}  // namespace

void CollectFrames(const runtime::EntryRecord* until, NativeFrames& out) {
  out.count = 0;
  Walk walk{reinterpret_cast<uintptr_t>(until->stack_pointer), &out};
  _Unwind_Backtrace(VisitFrame, &walk);
}

namespace {

const InlinedCall& OutermostCall(const CompiledModule::Place& place) {
  const InlinedCall* call = &place.calls[place.call - 1];
  while (call->parent != 0) call = &place.calls[call->parent - 1];
  return *call;
}

// The frames that there would be without inlining, but that of the function itself.
void DescribeInlined(const runtime::VMThread& thread, const CompiledModule& module,
                     const void* context, const CompiledModule::Place& place,
                     std::vector<TraceFrame>& out) {
  std::vector<const InlinedCall*> calls;  // innermost first
  for (uint32_t call = place.call; call != 0; call = calls.back()->parent)
    calls.push_back(&place.calls[call - 1]);
  const size_t begin = out.size();
  const CompiledModule* caller = &module;
  for (size_t i = calls.size(); i-- > 0;) {
    context = runtime::ContextOfImport(thread, caller, context, calls[i]->import);
    caller = module.Sibling(calls[i]->module);
    const uint64_t position = i == 0 ? place.position : calls[i - 1]->position;
    out.insert(
        out.begin() + static_cast<ptrdiff_t>(begin),
        runtime::DescribeCompiledIndex(thread, caller, context, calls[i]->function, position));
  }
}

}  // namespace

void DescribeFrames(const runtime::VMThread& thread, const NativeFrame* first,
                    const NativeFrame* end, std::vector<TraceFrame>& out) {
  for (; first != end; ++first) {
    const CompiledModule* module = CompiledModule::Find(first->pc);
    if (module == nullptr) continue;
    const CompiledModule::Place place = module->Locate(first->pc);
    if (!place.in_function) continue;
    const auto* context = reinterpret_cast<const void*>(first->context);
    if (place.call != 0) DescribeInlined(thread, *module, context, place, out);
    const uint64_t position = place.call != 0 ? OutermostCall(place).position : place.position;
    out.push_back(
        runtime::DescribeCompiled(thread, module, context, place.defined_index, position));
  }
}

void TraceActivations(runtime::VMThread& thread, std::vector<runtime::NativeTrace>& out) {
  const runtime::EntryRecord* outermost = thread.native_top;
  while (outermost->previous != nullptr) outermost = outermost->previous;
  NativeFrames frames;
  CollectFrames(outermost, frames);
  const NativeFrame* at = frames.frames;
  const NativeFrame* const end = at + frames.count;
  for (const auto* record = thread.native_top; record != nullptr; record = record->previous) {
    const NativeFrame* const first = at;
    while (at != end && at->stack_pointer < reinterpret_cast<uintptr_t>(record->stack_pointer))
      ++at;
    runtime::NativeTrace trace{.frame_top = record->frame_top};
    DescribeFrames(thread, first, at, trace.frames);
    out.push_back(std::move(trace));
  }
}

}  // namespace wasm::native
