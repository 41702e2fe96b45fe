// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon error-context.new], debug-message and drop.

#include <memory>
#include <string>

#include "libcomponent/abi/load.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/abi/store.h"
#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/lift_lower_context.h"

namespace component::runtime {
namespace {

wasm::Result<std::shared_ptr<const ErrorContext>> GetErrorContext(ComponentInstance& inst,
                                                                  uint64_t index) {
  const Handle* handle = TRY(inst.handles.Get(static_cast<uint32_t>(index)));
  if (handle->kind != HandleKind::kErrorContext)
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected an error-context");
  return handle->error_context;
}

// [cabi:canon_error_context_new] lets the host change a message: it is the host that keeps it.
std::string Shortened(std::string message) {
  constexpr size_t kMax = 1024;
  if (message.size() <= kMax) return message;
  size_t size = kMax;
  while ((static_cast<unsigned char>(message[size]) & 0xc0) == 0x80) --size;
  message.resize(size);
  return message;
}

}  // namespace

wasm::Result<void> CanonErrorContextNew(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  LiftLowerContext context(builtin.options, inst);
  abi::Context cx = context.cx();
  auto message = abi::Loader(cx).LoadStringFromRange({.ptr = slots[0], .length = slots[1]});
  if (!message) return Trap("invalid debug message pointer: " + message.error().message());
  slots[0] = TRY(inst.handles.Add(
      Handle::Of(std::make_shared<const ErrorContext>(Shortened(message->string())))));
  return {};
}

wasm::Result<void> CanonErrorContextDebugMessage(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const auto error_context = TRY(GetErrorContext(inst, slots[0]));
  const uint64_t ptr = slots[1];
  LiftLowerContext context(builtin.options, inst);
  abi::Context cx = context.cx();
  const uint32_t size = abi::PtrSize(builtin.options.ptr);
  if (!abi::IsAligned(ptr, size)) return Trap("invalid debug message pointer: unaligned pointer");
  if (!abi::InBounds(context.Memory().size(), ptr, 2 * size))
    return Trap("invalid debug message pointer: pointer out of bounds of memory");
  const abi::Range range =
      TRY(abi::Storer(cx).StoreStringIntoRange(Value::String(error_context->debug_message())));
  uint8_t* const at = context.Memory().data() + ptr;
  abi::StoreInt(at, range.ptr, size);
  abi::StoreInt(at + size, range.length, size);
  return {};
}

wasm::Result<void> CanonErrorContextDrop(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  TRY(GetErrorContext(inst, slots[0]));
  inst.handles.Remove(static_cast<uint32_t>(slots[0]));
  return {};
}

}  // namespace component::runtime
