// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resource types and handles to resources [cabi:Resource State].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/value.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

class ComponentInstance;
class Task;

// A resource type that exists: its address is its identity. Shared by every store that knows it.
struct ResourceType {
  ComponentInstance* impl = nullptr;  // null: the host, or an instance that is gone
  std::optional<trenail::Func> dtor;  // of `impl`
  std::function<wasm::Result<void>(uint64_t rep)> host_dtor;
  // Of resources that are the host's objects.
  std::function<wasm::Result<void>(void* object)> host_object_dtor;
  std::string name;  // for messages; may be empty
  // What the host calls its functions by, each with a tag that says which bindings it is of.
  std::vector<std::pair<const void*, std::weak_ptr<const void>>> bindings;
};

// A resource while it is on its way between component instances, or in the hands of the host.
class ResourceObject final : public HandleObject {
 public:
  ResourceObject(std::shared_ptr<ResourceType> type, uint64_t rep, bool own,
                 std::shared_ptr<void> host = nullptr)
      : type_(std::move(type)), rep_(rep), own_(own), host_(std::move(host)) {}

  const std::shared_ptr<ResourceType>& type() const { return type_; }
  uint64_t rep() const { return rep_; }
  bool own() const { return own_; }
  // What the host made the resource of, if it is one of the host's that has no number.
  const std::shared_ptr<void>& host() const { return host_; }
  // False if the ownership was passed on before.
  bool Take() { return std::exchange(own_, false); }

 private:
  std::shared_ptr<ResourceType> type_;
  uint64_t rep_;
  bool own_;
  std::shared_ptr<void> host_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_RESOURCE_H_
