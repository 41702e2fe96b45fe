// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles on their way in and out [cabi:lift_own, lift_borrow, lift_stream, lower_own …], and calls
// of the guest's realloc.

#include "libcomponent/runtime/lift_lower_context.h"

#include <memory>
#include <utility>

#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/future.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/stream.h"
#include "libcomponent/runtime/subtask.h"
#include "libcomponent/runtime/task.h"

namespace component::runtime {
namespace {

std::unexpected<wasm::Error> HostMistake(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kHost, std::move(message)));
}

// [cabi:lift_async_value]
template <typename End>
wasm::Result<Value> LiftEnd(ComponentInstance& inst, uint32_t index, const ValType& type,
                            HandleKind kind, Value::Kind value_kind, const char* what) {
  const Handle* handle = TRY(inst.handles.Get(index));
  if (handle->kind != kind)
    return Trap("handle index " + std::to_string(index) + " used with the wrong type, expected a " +
                what);
  const auto end = std::static_pointer_cast<End>(handle->waitable);
  if (!ComponentInstance::SameType(inst, end->element(), inst, type.element))
    return Trap("handle index " + std::to_string(index) + " used with the wrong type");
  if (end->copying()) return Trap(std::string("cannot remove busy ") + what);
  if (end->state != CopyState::kIdle) {
    return Trap(value_kind == Value::Kind::kStream
                    ? "cannot lift stream after being notified that the writable end dropped"
                    : "cannot lift future after previous read succeeded");
  }
  if (end->in_waitable_set())
    return Trap(std::string("cannot lift ") + what + " while it's in a waitable set");
  inst.handles.Remove(index);
  return Value::Object(value_kind, end->shared());
}

}  // namespace

wasm::Result<ResourceHandle*> GetResource(ComponentInstance& inst, uint32_t index, ResourceId id) {
  Handle* handle = TRY(inst.handles.Get(index));
  const auto mismatch = [&](const char* found) {
    return Trap("handle index " + std::to_string(index) + " used with the wrong type, expected " +
                (inst.ResourceOf(id)->impl != nullptr ? "guest" : "host") +
                "-defined resource but found " + found);
  };
  if (handle->kind != HandleKind::kResource) return mismatch("something else");
  if (handle->resource.type != inst.ResourceOf(id))
    return mismatch(handle->resource.type->impl != nullptr ? "a different guest-defined resource"
                                                           : "a different host-defined resource");
  return &handle->resource;
}

std::span<uint8_t> LiftLowerContext::Memory() {
  return options_.memory ? options_.memory->data() : std::span<uint8_t>();
}

wasm::Result<uint64_t> LiftLowerContext::Reallocate(uint64_t old, uint64_t old_size,
                                                    uint64_t alignment, uint64_t new_size) {
  uint64_t slots[4] = {old, old_size, alignment, new_size};
  inst_.may_leave = false;
  TRY_VOID(CallOnFreshThread(inst_, *options_.realloc, slots));
  inst_.may_leave = true;
  return slots[0];
}

wasm::Result<Value> LiftLowerContext::LiftOwn(uint32_t index, const ValType& type) {
  ResourceHandle* handle = TRY(GetResource(inst_, index, type.resource));
  if (handle->num_lends != 0) return Trap("cannot remove owned resource while borrowed");
  if (!handle->own) return Trap("cannot lift own resource from a borrow");
  ResourceHandle removed = std::move(inst_.handles.Remove(index).resource);
  return Value::Object(Value::Kind::kHandle,
                       std::make_shared<ResourceObject>(std::move(removed.type), removed.rep, true,
                                                        std::move(removed.host)));
}

wasm::Result<Value> LiftLowerContext::LiftBorrow(uint32_t index, const ValType& type) {
  ResourceHandle* handle = TRY(GetResource(inst_, index, type.resource));
  subtask_->AddLender(inst_, index);
  return Value::Object(Value::Kind::kHandle, std::make_shared<ResourceObject>(
                                                 handle->type, handle->rep, false, handle->host));
}

wasm::Result<Value> LiftLowerContext::LiftStream(uint32_t index, const ValType& type) {
  return LiftEnd<StreamEnd>(inst_, index, type, HandleKind::kReadableStream, Value::Kind::kStream,
                            "stream");
}

wasm::Result<Value> LiftLowerContext::LiftFuture(uint32_t index, const ValType& type) {
  return LiftEnd<FutureEnd>(inst_, index, type, HandleKind::kReadableFuture, Value::Kind::kFuture,
                            "future");
}

wasm::Result<Value> LiftLowerContext::LiftErrorContext(uint32_t index) {
  const Handle* handle = TRY(inst_.handles.Get(index));
  if (handle->kind != HandleKind::kErrorContext)
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected an error-context");
  return Value::Object(Value::Kind::kErrorContext,
                       std::const_pointer_cast<ErrorContext>(handle->error_context));
}

wasm::Result<uint32_t> LiftLowerContext::LowerOwn(const Value& value, const ValType& type) {
  if (value.kind() != Value::Kind::kHandle || value.object() == nullptr)
    return HostMistake("expected a resource");
  auto* object = static_cast<ResourceObject*>(value.object().get());
  if (object->type() != inst_.ResourceOf(type.resource))
    return HostMistake("the resource is of another type");
  if (!object->Take()) return HostMistake("the resource is not owned, or was passed on before");
  return inst_.handles.Add(Handle::Of(ResourceHandle{
      .type = object->type(), .rep = object->rep(), .own = true, .host = object->host()}));
}

wasm::Result<uint32_t> LiftLowerContext::LowerBorrow(const Value& value, const ValType& type) {
  if (value.kind() != Value::Kind::kHandle || value.object() == nullptr)
    return HostMistake("expected a resource");
  auto* object = static_cast<ResourceObject*>(value.object().get());
  const auto& resource = inst_.ResourceOf(type.resource);
  if (object->type() != resource) return HostMistake("the resource is of another type");
  if (resource->impl == &inst_) return static_cast<uint32_t>(object->rep());
  ++task_->num_borrows;
  return inst_.handles.Add(Handle::Of(ResourceHandle{.type = object->type(),
                                                     .rep = object->rep(),
                                                     .borrow_scope = task_,
                                                     .host = object->host()}));
}

wasm::Result<uint32_t> LiftLowerContext::LowerStream(const Value& value, const ValType& type) {
  if (value.kind() != Value::Kind::kStream || value.object() == nullptr)
    return HostMistake("expected a stream");
  auto end = std::make_shared<StreamEnd>(std::static_pointer_cast<SharedStream>(value.object()),
                                         type.element, /*readable=*/true);
  return inst_.handles.Add(Handle::Of(HandleKind::kReadableStream, std::move(end)));
}

wasm::Result<uint32_t> LiftLowerContext::LowerFuture(const Value& value, const ValType& type) {
  if (value.kind() != Value::Kind::kFuture || value.object() == nullptr)
    return HostMistake("expected a future");
  auto end = std::make_shared<FutureEnd>(std::static_pointer_cast<SharedFuture>(value.object()),
                                         type.element, /*readable=*/true);
  return inst_.handles.Add(Handle::Of(HandleKind::kReadableFuture, std::move(end)));
}

wasm::Result<uint32_t> LiftLowerContext::LowerErrorContext(const Value& value) {
  if (value.kind() != Value::Kind::kErrorContext || value.object() == nullptr)
    return HostMistake("expected an error-context");
  return inst_.handles.Add(
      Handle::Of(std::static_pointer_cast<const ErrorContext>(value.object())));
}

}  // namespace component::runtime
