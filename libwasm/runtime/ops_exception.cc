// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An exception is allocated when it is thrown; the operands of throw are rooted by the rule of
// ops_aggregate.cc.

#include "libwasm/runtime/ops_exception.h"

#include "libwasm/runtime/instance.h"

namespace wasm::rt {

OrTrap<Ref> ExceptionNew(Instance& instance, TagIdx tag_index, const Slot* args) {
  runtime::TagInst* tag = instance.tags[tag_index.value];
  const uint32_t slots = instance.types->Get(tag->type_id).param_slots;
  runtime::gc::Object* exception =
      instance.data->store().heap().NewException(tag, std::span(args, slots));
  if (exception == nullptr) return Trap::kOutOfMemory;
  return runtime::gc::ToRef(exception);
}

Trap Throw(Instance& instance, TagIdx tag, const Slot* args) {
  const OrTrap<Ref> exception = ExceptionNew(instance, tag, args);
  if (!exception.ok()) return exception.trap;
  return ThrowRef(instance, exception.value);
}

Trap ThrowRef(Instance& instance, Ref exception) {
  if (exception == runtime::kNullRef) return Trap::kNullExceptionReference;
  instance.thread->pending_exception = exception;
  return Trap::kException;
}

}  // namespace wasm::rt
