// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What components import, define and export at run time.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_EXTERN_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_EXTERN_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/runtime/resource.h"
#include "libcomponent/types/types.h"
#include "libcomponent/validate/validated_component.h"
#include "libcomponent/value.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

class ComponentInstance;
class FuncInst;

// A component together with the instance in whose body it is defined, to which its outer aliases
// refer.
struct ComponentClosure {
  std::shared_ptr<const ValidatedComponent> component;
  const ComponentInstance* outer = nullptr;
};

// A type that was exported: a resource type, or one that needs nothing at run time.
struct TypeInst {
  std::shared_ptr<ResourceType> resource;
};

class InstanceValue;
using Extern = std::variant<std::shared_ptr<FuncInst>, trenail::Module, Value, TypeInst,
                            ComponentClosure, std::shared_ptr<const InstanceValue>>;

// An instance as its users see it: names and what they stand for.
class InstanceValue {
 public:
  void Add(std::string name, Extern value) {
    exports_.emplace_back(std::move(name), std::move(value));
  }
  const Extern* Find(std::string_view name) const {
    for (const auto& [key, value] : exports_)
      if (key == name) return &value;
    return nullptr;
  }
  const std::vector<std::pair<std::string, Extern>>& exports() const { return exports_; }

 private:
  std::vector<std::pair<std::string, Extern>> exports_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_EXTERN_H_
