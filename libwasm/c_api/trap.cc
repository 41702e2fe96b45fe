// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Traps: errors as handles, with their frames. A frame refers to the error, and holds the store for
// the instance that it lends.

#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/module.h"
#include "libwasm/runtime/instance.h"

struct wasm_frame_t {
  std::shared_ptr<const trenail::Error> error;
  size_t index;
  wasm_instance_t* instance;  // may be null

  const trenail::TraceFrame& trace() const { return error->trace()[index]; }
};

namespace trenail::c_api {

namespace {

// The trap that a host function of this thread has returned last, while the error that stands for
// it is on its way out of the guest. That error is known by its text, which stays where it is
// however often the error is moved. At most one is on its way: nothing catches errors but a host
// function, which gets them as what NewTrap and NewError make, and these end it.
struct ThrownTrap {
  const std::string* text;
  const wasm_store_t* store;
  TrapObject* object;  // counted; null: none
};
thread_local constinit ThrownTrap thrown = {};

TrapObject* ObjectOf(const wasm_trap_t* trap) {
  return static_cast<TrapObject*>(static_cast<Object*>(AsRef(trap)->object));
}

wasm_frame_t* NewFrame(const wasm_trap_t* trap, size_t index) {
  auto* const frame = new wasm_frame_t{ErrorOf(trap), index, nullptr};
  const void* const instance = frame->trace().instance;
  wasm_store_t* const store = AsRef(trap)->store;
  if (instance != nullptr && store != nullptr && ObjectOf(trap)->store == store) {
    wasm_ref_t* const handle = NewHandle(store, Kind::kInstance, const_cast<void*>(instance));
    frame->instance = As<wasm_instance_t>(handle);
  }
  return frame;
}

}  // namespace

wasm_trap_t* NewTrap(wasm_store_t* store, Error error) {
  const bool was_thrown = thrown.text == &error.message() && thrown.store == store;
  auto shared = std::make_shared<const Error>(std::move(error));
  TrapObject* object = nullptr;
  if (was_thrown) {
    object = std::exchange(thrown, {}).object;
    object->error = std::move(shared);
    object->store = store;
  } else {
    ForgetThrownTrap();
    object = new TrapObject(std::move(shared), store);
  }
  return As<wasm_trap_t>(NewHandle(store, Kind::kTrap, static_cast<Object*>(object)));
}
Error TakeTrap(wasm_store_t* store, wasm_trap_t* trap) {
  const bool same_store = AsRef(trap)->store == store && ObjectOf(trap)->store == store;
  Error copy = CopyError(*ErrorOf(trap), same_store);
  wasm_trap_delete(trap);
  return copy;
}
Error ThrowTrap(wasm_store_t* store, wasm_trap_t* trap) {
  TrapObject* const object = ObjectOf(trap);
  ForgetThrownTrap();
  const bool keeps = AsRef(trap)->store == store || AsRef(trap)->store == nullptr;
  if (keeps) ++object->refs;
  Error error = TakeTrap(store, trap);
  if (keeps) thrown = {&error.message(), store, object};
  return error;
}
void ForgetThrownTrap(const wasm_store_t* store) {
  if (thrown.object == nullptr || (store != nullptr && thrown.store != store)) return;
  // A finalizer may come back here.
  std::exchange(thrown, {}).object->Release();
}

}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  std::string text(message->data != nullptr ? message->data : "", message->size);
  if (text.ends_with('\0')) text.pop_back();
  return NewTrap(store, trenail::Error(trenail::ErrorKind::kTrap, std::move(text)));
}
void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  SetName(out, ErrorOf(trap)->message(), true);
}
wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  return ErrorOf(trap)->trace().empty() ? nullptr : NewFrame(trap, 0);
}
void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  wasm_frame_vec_new_uninitialized(out, ErrorOf(trap)->trace().size());
  for (size_t i = 0; i < out->size; ++i) out->data[i] = NewFrame(trap, i);
}

void wasm_frame_delete(wasm_frame_t* frame) {
  if (frame == nullptr) return;
  wasm_instance_delete(frame->instance);
  delete frame;
}
wasm_frame_t* wasm_frame_copy(const wasm_frame_t* frame) {
  if (frame == nullptr) return nullptr;
  return new wasm_frame_t{frame->error, frame->index, wasm_instance_copy(frame->instance)};
}
wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) { return frame->instance; }
uint32_t wasm_frame_func_index(const wasm_frame_t* frame) { return frame->trace().function_index; }
size_t wasm_frame_func_offset(const wasm_frame_t* frame) {
  if (frame->instance == nullptr) return 0;
  const auto& functions = InstanceOf(frame->instance).internal()->data->module().functions;
  const trenail::TraceFrame& trace = frame->trace();
  if (trace.function_index >= functions.size()) return 0;
  const uint32_t begin = functions[trace.function_index].body.begin;
  return trace.code_offset > begin ? trace.code_offset - begin : 0;
}
size_t wasm_frame_module_offset(const wasm_frame_t* frame) { return frame->trace().code_offset; }

void trenail_frame_info(const wasm_frame_t* frame, trenail_frame_info_t* out) {
  const trenail::TraceFrame& trace = frame->trace();
  *out = {.module_name = trace.module_name.c_str(),
          .function_name = trace.function_name.c_str(),
          .function_index = trace.function_index,
          .code_offset = trace.code_offset,
          .source_file = trace.source_file.c_str(),
          .source_line = trace.source_line};
}

trenail_error_t* trenail_trap_error(const wasm_trap_t* trap) {
  return new trenail_error_t{ErrorOf(trap)};
}
wasm_trap_t* trenail_error_to_trap(wasm_store_t* store, trenail_error_t* error) {
  return NewTrap(store, TakeError(error));
}
