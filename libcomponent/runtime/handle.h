// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an index of an instance's handle table stands for: a resource, a waitable, a set of them, or
// an error context.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_HANDLE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_HANDLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "libcomponent/runtime/resource.h"
#include "libcomponent/value.h"

namespace component::runtime {

class Waitable;
class WaitableSet;

enum class HandleKind : uint8_t {
  kNone,
  kResource,
  kWaitableSet,
  kSubtask,
  kReadableStream,
  kWritableStream,
  kReadableFuture,
  kWritableFuture,
  kErrorContext,
};

// An error context [cabi:ErrorContext]; immutable.
class ErrorContext final : public HandleObject {
 public:
  explicit ErrorContext(std::string debug_message) : debug_message_(std::move(debug_message)) {}
  const std::string& debug_message() const { return debug_message_; }

 private:
  std::string debug_message_;  // UTF-8
};

struct ResourceHandle {  // [cabi:ResourceHandle]
  std::shared_ptr<ResourceType> type;
  uint64_t rep = 0;
  bool own = false;
  Task* borrow_scope = nullptr;
  uint32_t num_lends = 0;
  std::shared_ptr<void> host;  // ResourceObject::host
};

struct Handle {
  HandleKind kind = HandleKind::kNone;
  ResourceHandle resource;                            // kResource
  std::shared_ptr<Waitable> waitable;                 // subtasks, streams and futures
  std::shared_ptr<WaitableSet> waitable_set;          // kWaitableSet
  std::shared_ptr<const ErrorContext> error_context;  // kErrorContext

  explicit operator bool() const { return kind != HandleKind::kNone; }
  static Handle Of(ResourceHandle resource) {
    Handle handle;
    handle.kind = HandleKind::kResource;
    handle.resource = std::move(resource);
    return handle;
  }
  static Handle Of(HandleKind kind, std::shared_ptr<Waitable> waitable) {
    Handle handle;
    handle.kind = kind;
    handle.waitable = std::move(waitable);
    return handle;
  }
  static Handle Of(std::shared_ptr<WaitableSet> set) {
    Handle handle;
    handle.kind = HandleKind::kWaitableSet;
    handle.waitable_set = std::move(set);
    return handle;
  }
  static Handle Of(std::shared_ptr<const ErrorContext> error_context) {
    Handle handle;
    handle.kind = HandleKind::kErrorContext;
    handle.error_context = std::move(error_context);
    return handle;
  }
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_HANDLE_H_
