// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component instance as guest code sees its own [cabi:Component Instances]: its tables, and
// whether it may be entered and left just now.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_COMPONENT_INSTANCE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_COMPONENT_INSTANCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/runtime/extern.h"
#include "libcomponent/runtime/handle.h"
#include "libcomponent/runtime/table.h"
#include "libcomponent/types/types.h"
#include "libcomponent/validate/validated_component.h"

namespace component::runtime {

class CanonFunc;
class FuncInst;
class Store;
class Thread;

// Which resource types ids stand for: few, and mostly found out in the order of the ids.
class ResourceMap {
 public:
  using Entry = std::pair<ResourceId, std::shared_ptr<ResourceType>>;

  std::shared_ptr<ResourceType>& operator[](ResourceId id) {
    const size_t at = PlaceOf(id);
    if (at == entries_.size() || entries_[at].first != id)
      entries_.insert(entries_.begin() + static_cast<ptrdiff_t>(at), Entry(id, nullptr));
    return entries_[at].second;
  }
  // Null: none.
  const std::shared_ptr<ResourceType>* Find(ResourceId id) const {
    const size_t at = PlaceOf(id);
    if (at == entries_.size() || entries_[at].first != id) return nullptr;
    return &entries_[at].second;
  }
  void Reserve(size_t count) { entries_.reserve(count); }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  // Where it is, or would be.
  size_t PlaceOf(ResourceId id) const {
    size_t begin = 0, end = entries_.size();
    if (end != 0 && entries_.back().first < id) return end;
    while (begin < end) {
      const size_t middle = (begin + end) / 2;
      if (entries_[middle].first < id)
        begin = middle + 1;
      else
        end = middle;
    }
    return begin;
  }

  std::vector<Entry> entries_;  // in the order of the ids
};

class ComponentInstance {
 public:
  ComponentInstance(Store& store, ComponentInstance* parent,
                    std::shared_ptr<const ValidatedComponent> component);
  ~ComponentInstance();
  ComponentInstance(const ComponentInstance&) = delete;
  ComponentInstance& operator=(const ComponentInstance&) = delete;

  // Whether guests' values are copied from memory to memory (ComponentOptions::copies). Instances
  // that tests make by hand are of no component.
  bool copies() const;

  // `caller`: null for the host. An instance whose code runs, or has trapped, cannot be entered.
  bool MayEnterFrom(const ComponentInstance* caller) const;
  void EnterFrom(const ComponentInstance* caller);
  void LeaveTo(const ComponentInstance* caller);
  // Whether one of the two is the other, or was made in its body, at whatever depth.
  bool IsRelatedTo(const ComponentInstance& other) const;
  // [cabi:entering_set]: the instances that EnterFrom enters.
  std::vector<ComponentInstance*> EnteredFrom(const ComponentInstance* caller);

  struct Flags {
    trenail::Global may_enter;
    trenail::Global may_leave;
  };
  const Flags& flags() const { return flags_; }

  // The resource type behind an id of this instance's component; null if it is none.
  const std::shared_ptr<ResourceType>& ResourceOf(ResourceId id) const;
  // Are two value types, whose resources are of these two instances, the same type? Null: none.
  static bool SameType(const ComponentInstance& a, const ValType* type_a,
                       const ComponentInstance& b, const ValType* type_b);

  // Where it is, by the names of the binary or text: "app › parser". Empty for an outermost one
  // without a name. For traces.
  std::string Path() const;

  // How many ancestors there are.
  uint32_t depth() const { return depth_; }

  Store& store;

 private:
  const Flags flags_;

 public:
  ComponentInstance* const parent;
  const std::shared_ptr<const ValidatedComponent> component;
  // In the parent's index space of instances.
  uint32_t index = 0;

  // Index spaces and core functions that canonical definitions refer to, now and when they are
  // called. Calls under way, which handles keep, refer to the functions.
  std::vector<std::shared_ptr<FuncInst>> funcs;
  std::vector<trenail::Func> core_funcs;
  std::vector<trenail::Memory> core_memories;
  std::vector<trenail::Table> core_tables;
  std::vector<CanonFunc> canon_funcs;

  Table<Handle> handles;  // charged to the store, as the next one is
  Table<Thread*> threads;
  // 0 or 1. The values of `flags`, which code in adapters reads and writes as well.
  uint64_t& may_enter;
  uint64_t& may_leave;
  uint32_t backpressure = 0;
  uint32_t num_waiting_to_enter = 0;
  Thread* exclusive_thread = nullptr;
  uint32_t sync_calls = 0;  // under way, whose threads must not block (call_core.h)

  // Whether a built-in of the component can block its caller or make threads: then calls run on
  // fibers. Otherwise they run on the caller's stack.
  bool needs_fibers = false;
  // Whether it can tell as whose task or thread it runs (adapter.h).
  bool needs_tasks = false;
  // Whether its guest code can see the indices of threads.
  bool names_threads = false;

  ResourceMap resources;
  // Index spaces that outer aliases of nested components refer to.
  std::vector<trenail::Module> core_modules;
  std::vector<ComponentClosure> components;
  // The instance in whose body the component is defined; null: none.
  const ComponentInstance* outer = nullptr;

 private:
  // Up to which ancestor entering this instance from `caller` reaches, exclusive
  // [cabi:entering_set].
  const ComponentInstance* EnteringLimit(const ComponentInstance* caller) const;

  const uint32_t depth_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_COMPONENT_INSTANCE_H_
