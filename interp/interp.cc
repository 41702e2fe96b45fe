// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "interp/interp.h"

#include <algorithm>

#include "interp/engine.h"
#include "interp/frame.h"
#include "interp/handlers.h"
#include "interp/tables.h"
#include "libwasm/runtime/ops_call.h"

namespace wasm::interp {

namespace {

// Runs the activation whose entry frame is `frame` to its end.
Trap Run(VMThread* thread, Frame* frame) {
  const CodeInfo* const code = frame->code;
  Instance* const instance = frame->instance;
  const void* const table = TableFor(code, thread);
  Slot* const sp = frame->locals + code->local_slots;
#ifdef TRENAIL_DISPATCH_PORTABLE
  Machine machine{table, instance, frame, FastMemory(instance), frame->locals, code->code,
                  sp,    0,        0,     SideTable(code)};
  Status status;
  do {
    status = Lookup(machine.table, machine.pc)(&machine);
  } while (status == kGoOn);
  return static_cast<Trap>(status);
#else
#ifdef TRENAIL_DISPATCH_SPEED
  Handler* const first = Lookup(table, code->code, 0);
#else
  Handler* const first = Lookup(table, code->code);
#endif
  return static_cast<Trap>(first(table, instance, frame, FastMemory(instance), frame->locals,
                                 code->code, sp, 0, 0, SideTable(code)));
#endif
}

class InterpreterEngine final : public runtime::ExecutionEngine {
 public:
  const char* name() const override { return "interpreter"; }
  runtime::ArrayEntry entry() const override { return &InterpEntry; }
  runtime::FuncKind func_kind() const override { return runtime::FuncKind::kInterpreted; }
};

}  // namespace

Trap InterpEntry(VMThread* thread, FuncInst* func, Slot* slots) {
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < thread->native_stack_limit)
    return Trap::kStackExhausted;
  Instance* const instance = func->instance;
  const CodeInfo* code = instance->code[func->func_index].load(std::memory_order_acquire);
  if (code == nullptr) {
    code = rt::EnsureCode(*instance, func->func_index);
    if (code == nullptr) return Trap::kHostError;
  }
  Frame* const frame = thread->frame_top;
  Slot* const locals = thread->stack_top;
  if (frame >= thread->frame_limit || !Fits(thread, frame - 1, locals, code))
    return Trap::kStackExhausted;
  std::copy_n(slots, code->param_slots, locals);
  std::fill_n(locals + code->param_slots, code->local_slots - code->param_slots, Slot{0});
  *frame = {.locals = locals,
            .code = code,
            .instance = instance,
            .func_index = func->func_index,
            .flags = kEntryFrame};
  const Trap trap = Run(thread, frame);
  if (trap != Trap::kNone) [[unlikely]]
    return trap;
  // A tail call may have left another function in the frame, with results of the same type.
  std::copy_n(locals, func->result_slots, slots);
  thread->stack_top = locals;
  thread->frame_top = frame;
  return Trap::kNone;
}

runtime::ExecutionEngine& Interpreter() {
  static InterpreterEngine engine;
  return engine;
}

}  // namespace wasm::interp

namespace trenail {
std::shared_ptr<wasm::runtime::ExecutionEngine> MakeInterpreter() {
  // Not owned: the interpreter lives as long as the process.
  return {std::shared_ptr<void>(), &wasm::interp::Interpreter()};
}
}  // namespace trenail
