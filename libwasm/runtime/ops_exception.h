// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions [exec-throw] [exec-throw_ref]: an exception is a heap object with its tag and
// arguments; the one in flight is the thread's pending exception. Finding the handler is the
// engine's work.

#ifndef TRENAIL_LIBWASM_RUNTIME_OPS_EXCEPTION_H_
#define TRENAIL_LIBWASM_RUNTIME_OPS_EXCEPTION_H_

#include <cstdint>
#include <span>

#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/index.h"

namespace wasm::rt {

using runtime::Instance;
using runtime::Ref;
using runtime::Slot;

// `args`: the slots of the tag's parameters, still on the stack.
OrTrap<Ref> ExceptionNew(Instance& instance, TagIdx tag, const Slot* args);

// Both put the exception in flight and return kException, or the trap that came instead.
[[nodiscard]] Trap Throw(Instance& instance, TagIdx tag, const Slot* args);
[[nodiscard]] Trap ThrowRef(Instance& instance, Ref exception);

inline runtime::gc::ExceptionPayload* PayloadOf(Ref exception) {
  return reinterpret_cast<runtime::gc::ExceptionPayload*>(
      runtime::gc::AsObject(exception)->payload());
}
inline runtime::TagInst* ExceptionTag(Ref exception) { return PayloadOf(exception)->tag; }
inline std::span<const Slot> ExceptionArgs(Ref exception) {
  return {PayloadOf(exception)->args, runtime::gc::AsObject(exception)->length};
}
// True if a clause that names `tag` catches the exception.
inline bool ExceptionHasTag(Instance& instance, Ref exception, TagIdx tag) {
  return ExceptionTag(exception) == instance.tags[tag.value];
}

}  // namespace wasm::rt

#endif  // TRENAIL_LIBWASM_RUNTIME_OPS_EXCEPTION_H_
