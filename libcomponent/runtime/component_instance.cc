// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entering and leaving, and the types of one instance.

#include "libcomponent/runtime/component_instance.h"

#include <utility>

#include "libcomponent/runtime/canon_func.h"
#include "libcomponent/runtime/copy_end.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/subtask.h"

namespace component::runtime {
namespace {

trenail::Global NewFlag(Store& store) {
  return trenail::Global::New(store.core(), {.type = wasm::ValType::kI32, .is_mutable = true},
                              uint32_t{1});
}

}  // namespace

ComponentInstance::ComponentInstance(Store& owner, ComponentInstance* parent_instance,
                                     std::shared_ptr<const ValidatedComponent> definition)
    : store(owner),
      flags_{NewFlag(owner), NewFlag(owner)},
      parent(parent_instance),
      component(std::move(definition)),
      handles(owner.table_elements),
      threads(owner.table_elements),
      may_enter(*flags_.may_enter.slots()),
      may_leave(*flags_.may_leave.slots()),
      depth_(parent_instance == nullptr ? 0 : parent_instance->depth_ + 1) {}

ComponentInstance::~ComponentInstance() {
  // Calls that are still under way refer to their subtasks, which refer to them.
  for (const Handle& handle : handles.slots()) {
    if (handle.kind == HandleKind::kSubtask)
      static_cast<Subtask&>(*handle.waitable).on_cancel = nullptr;
  }
  // The other ends of its streams and futures may be the host's, which learns that they have gone.
  for (const Handle& handle : handles.slots()) {
    if (handle.kind >= HandleKind::kReadableStream && handle.kind <= HandleKind::kWritableFuture)
      static_cast<CopyEnd&>(*handle.waitable).base().Abandon(*this);
  }
  // Resource types may live on in other stores.
  for (const auto& [id, type] : resources.entries())
    if (type->impl == this) type->impl = nullptr;
}

std::string ComponentInstance::Path() const {
  std::string name;
  if (parent != nullptr && parent->component != nullptr) {
    const auto& names =
        parent->component->syntax->names.by_sort[static_cast<size_t>(Sort::kInstance)];
    for (const auto& [number, text] : names)
      if (number == index) name = text;
  }
  if (name.empty() && component != nullptr) name = component->syntax->names.component;
  if (parent == nullptr) return name;
  if (name.empty()) name = "instance " + std::to_string(index);
  const std::string path = parent->Path();
  return path.empty() ? name : path + " › " + name;
}

bool ComponentInstance::copies() const {
  return component == nullptr || component->guest_calls->copies;
}

const ComponentInstance* ComponentInstance::EnteringLimit(const ComponentInstance* caller) const {
  // The nearest common ancestor.
  const ComponentInstance* at = this;
  while (at != nullptr && caller != nullptr && at != caller) {
    const uint32_t depth = at->depth_;
    if (depth >= caller->depth_) at = at->parent;
    if (caller->depth_ >= depth) caller = caller->parent;
  }
  return caller == nullptr ? nullptr : at;
}

bool ComponentInstance::IsRelatedTo(const ComponentInstance& other) const {
  const ComponentInstance* const common = EnteringLimit(&other);
  return common == this || common == &other;
}

bool ComponentInstance::MayEnterFrom(const ComponentInstance* caller) const {
  const ComponentInstance* limit = EnteringLimit(caller);
  for (const ComponentInstance* at = this; at != limit; at = at->parent)
    if (!at->may_enter) return false;
  return true;
}

void ComponentInstance::EnterFrom(const ComponentInstance* caller) {
  const ComponentInstance* limit = EnteringLimit(caller);
  for (ComponentInstance* at = this; at != limit; at = at->parent) at->may_enter = false;
}

std::vector<ComponentInstance*> ComponentInstance::EnteredFrom(const ComponentInstance* caller) {
  const ComponentInstance* limit = EnteringLimit(caller);
  std::vector<ComponentInstance*> entered;
  for (ComponentInstance* at = this; at != limit; at = at->parent) entered.push_back(at);
  return entered;
}

void ComponentInstance::LeaveTo(const ComponentInstance* caller) {
  const ComponentInstance* limit = EnteringLimit(caller);
  for (ComponentInstance* at = this; at != limit; at = at->parent) at->may_enter = true;
}

const std::shared_ptr<ResourceType>& ComponentInstance::ResourceOf(ResourceId id) const {
  static const std::shared_ptr<ResourceType> none;
  const std::shared_ptr<ResourceType>* const type = resources.Find(id);
  return type != nullptr ? *type : none;
}

bool ComponentInstance::SameType(const ComponentInstance& a, const ValType* type_a,
                                 const ComponentInstance& b, const ValType* type_b) {
  if (type_a == nullptr || type_b == nullptr) return type_a == type_b;
  if (&a == &b && type_a == type_b) return true;
  if (type_a->kind != type_b->kind || type_a->length != type_b->length ||
      type_a->fields.size() != type_b->fields.size())
    return false;
  if (type_a->kind == ValKind::kOwn || type_a->kind == ValKind::kBorrow)
    return a.ResourceOf(type_a->resource) == b.ResourceOf(type_b->resource);
  for (size_t i = 0; i < type_a->fields.size(); ++i) {
    if (type_a->fields[i].label != type_b->fields[i].label ||
        !SameType(a, type_a->fields[i].type, b, type_b->fields[i].type))
      return false;
  }
  return SameType(a, type_a->element, b, type_b->element);
}

}  // namespace component::runtime
