// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which shapes calls inside of a component can have is known when it is parsed: those that are both
// lifted and lowered somewhere in it. Which of them a call has, when its two sides are linked.

#include "libcomponent/runtime/adapter.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/abi/traps.h"
#include "libcomponent/runtime/adapter_module.h"
#include "libcomponent/runtime/canon_lift.h"
#include "libcomponent/runtime/store.h"

namespace component::runtime {
namespace {

// Those of a component that would need more take the host's way.
constexpr size_t kMaxAdapters = 1000;

bool HasOption(const Canon& canon, CanonOpt::Kind kind) {
  return std::any_of(canon.options.begin(), canon.options.end(),
                     [kind](const CanonOpt& option) { return option.kind == kind; });
}

// A walk over a component and all that are nested in it.
class Preparation {
 public:
  Preparation(const trenail::Engine& engine, GuestCalls& calls) : engine_(engine), calls_(calls) {}

  void Visit(const ValidatedComponent& component, uint32_t depth) {
    depth_ = std::max(depth_, depth);
    size_t num_components = 0;
    for (const Definition& definition : component.syntax->definitions) {
      if (std::holds_alternative<std::shared_ptr<const Component>>(definition.def)) {
        Visit(*component.nested_components[num_components++], depth + 1);
      } else if (const auto* canon = std::get_if<Canon>(&definition.def)) {
        if (canon->kind == CanonKind::kLift)
          AddLift(*canon, *component.types[canon->type].func);
        else if (canon->kind == CanonKind::kLower)
          AddLower(*canon, *component.funcs[canon->func]);
      }
    }
  }

  wasm::Result<void> Make() {
    const bool exceptions = engine_.options().features.Has(wasm::Feature::kExceptions);
    for (auto& [key, shape] : lifted_) {
      shape.post_return = false;
      if (!lowered_.contains(shape.Key())) continue;
      shape.post_return = key.second;
      // Siblings enter one instance; those inside of others enter these as well.
      for (shape.entering = 1; shape.entering <= std::min(depth_, kMaxEntering); ++shape.entering) {
        if (calls_.adapters.size() >= kMaxAdapters) return {};
        std::vector<uint8_t> bytes = AdapterModule(shape, exceptions);
        trenail::Module module = TRY(trenail::Module::Parse(engine_, bytes));
        calls_.adapters.emplace(shape.Key(),
                                GuestCalls::Adapter{std::move(module), std::move(bytes)});
      }
    }
    return {};
  }

 private:
  void AddLift(const Canon& canon, const FuncType& type) {
    if (type.is_async || HasOption(canon, CanonOpt::Kind::kAsync)) return;
    if (auto shape = ShapeOf(type)) {
      std::string key = shape->Key();
      lifted_.emplace(std::pair(std::move(key), HasOption(canon, CanonOpt::Kind::kPostReturn)),
                      *std::move(shape));
    }
  }
  void AddLower(const Canon& canon, const FuncType& type) {
    if (type.is_async || HasOption(canon, CanonOpt::Kind::kAsync)) return;
    if (const auto shape = ShapeOf(type)) lowered_.insert(shape->Key());
  }

  const trenail::Engine& engine_;
  GuestCalls& calls_;
  uint32_t depth_ = 0;
  // By key, without what only the lift or the place of the call says.
  std::map<std::pair<std::string, bool>, AdapterShape> lifted_;
  std::set<std::string> lowered_;
};

wasm::Result<void> MakeTrap(uint64_t* slots) {
  const auto index = static_cast<uint32_t>(slots[1]);
  const auto cases = static_cast<uint32_t>(slots[2]);
  switch (static_cast<AdapterTrap>(slots[0])) {
    case AdapterTrap::kCannotLeave:
      return Trap(kCannotLeave);
    case AdapterTrap::kCannotEnter:
      return Trap(kCannotEnter);
    case AdapterTrap::kBadChar:
      return abi::Trap(abi::kBadChar);
    case AdapterTrap::kBadDiscriminant:
      return abi::BadDiscriminant(index, cases);
    case AdapterTrap::kUncaughtException:
      break;
  }
  return Trap("uncaught exception propagated out of component");
}

const trenail::Func& TrapFunc(Store& store) {
  if (!store.adapter_trap) {
    const wasm::FuncType type{
        .params = {wasm::ValType::kI32, wasm::ValType::kI32, wasm::ValType::kI32}};
    store.adapter_trap = trenail::Func::HostRaw(
        store.core(), type, [](trenail::Caller&, uint64_t* slots) { return MakeTrap(slots); });
  }
  return *store.adapter_trap;
}

}  // namespace

wasm::Result<void> MakeAdapters(const trenail::Engine& engine,
                                const ValidatedComponent& component) {
  Preparation preparation(engine, *component.guest_calls);
  preparation.Visit(component, 0);
  return preparation.Make();
}

bool NeedsTasks(const Canon& canon, const ValidatedComponent& component) {
  switch (canon.kind) {
    case CanonKind::kLift:
      return HasOption(canon, CanonOpt::Kind::kAsync);
    case CanonKind::kLower:
      return HasOption(canon, CanonOpt::Kind::kAsync) || component.funcs[canon.func]->is_async;
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
      return false;
    default:
      return true;
  }
}

std::optional<trenail::Func> LinkAdapter(FuncInst& callee, const FuncType& type,
                                         const CanonicalOptions& options,
                                         ComponentInstance& caller) {
  const LiftedFunc* const lifted = callee.AsLifted();
  const auto& adapters = caller.component->guest_calls->adapters;
  if (lifted == nullptr || adapters.empty()) return std::nullopt;
  ComponentInstance& inst = lifted->inst();
  if (type.is_async || options.is_async || lifted->options().is_async || inst.needs_tasks ||
      inst.IsRelatedTo(caller))
    return std::nullopt;
  std::optional<AdapterShape> shape = ShapeOf(*lifted->type());
  const std::optional<AdapterShape> lowered = ShapeOf(type);
  if (!shape || !lowered || shape->Key() != lowered->Key()) return std::nullopt;
  const std::vector<ComponentInstance*> entered = inst.EnteredFrom(&caller);
  shape->post_return = lifted->options().post_return.has_value();
  shape->entering = static_cast<uint32_t>(entered.size());
  const auto module = adapters.find(shape->Key());
  if (module == adapters.end()) return std::nullopt;

  std::vector<trenail::Extern> imports{TrapFunc(inst.store), lifted->callee()};
  if (shape->post_return) imports.emplace_back(*lifted->options().post_return);
  imports.emplace_back(caller.flags().may_leave);
  if (shape->post_return) imports.emplace_back(inst.flags().may_leave);
  for (ComponentInstance* entering : entered) imports.emplace_back(entering->flags().may_enter);
  // Where that fails, for lack of room for instances, calls go the other way.
  const auto linked =
      inst.store.core().Instantiate(module->second.module, imports, "call between components");
  if (!linked) return std::nullopt;
  return linked->GetFunc("");
}

}  // namespace component::runtime
