// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/component_runner.h"

#include <utility>

#include "spec-tests/runner/component_values.h"

namespace trenail::spec {

ComponentRunner::ComponentRunner(const Engine& engine, const StoreLimits& limits,
                                 const ComponentOptions& options, bool with_host,
                                 const ModuleHook* hook, const ComponentHook* component_hook)
    : engine_(engine),
      limits_(limits),
      options_(options),
      hook_(hook),
      component_hook_(component_hook),
      linker_(engine) {
  if (!with_host) return;
  if (auto defined = host_.Define(engine, linker_); !defined)
    host_error_ = std::move(defined.error());
}

ComponentRunner::~ComponentRunner() { host_.ForgetCalls(); }

Result<Component> ComponentRunner::Load(const ScriptComponent& component, unsigned* modules) const {
  Component loaded = TRY(component.load(engine_, options_));
  if (component_hook_ != nullptr && *component_hook_) {
    TRY_VOID((*component_hook_)(loaded));
    *modules += static_cast<unsigned>(loaded.modules().size());
    return loaded;
  }
  for (Component::CoreModule& part : loaded.modules()) {
    if (hook_ != nullptr && *hook_) TRY_VOID((*hook_)(part.module, part.bytes, *modules));
    ++*modules;
  }
  return loaded;
}

void ComponentRunner::Define(const std::string& id, const Component& component) {
  latest_definition_ = component;
  if (!id.empty()) definitions_.insert_or_assign(id, component);
}

const Component* ComponentRunner::Definition(const std::string& id) const {
  if (id.empty()) return latest_definition_ ? &*latest_definition_ : nullptr;
  const auto at = definitions_.find(id);
  return at != definitions_.end() ? &at->second : nullptr;
}

Result<void> ComponentRunner::Instantiate(const Component& component, const std::string& id) {
  latest_ = nullptr;
  instances_.erase(id);
  if (host_error_) return std::unexpected(Error(ErrorKind::kHost, host_error_->message()));
  auto live = std::make_shared<Live>();
  live->store = std::make_unique<ComponentStore>(engine_, limits_);
  live->store->SetIdle([this] { return host_.LetSlowOnesReturn(); });
  live->instance = TRY(linker_.Instantiate(*live->store, component));
  latest_ = live;
  if (id.empty()) return {};
  instances_.insert_or_assign(id, live);
  Offer(linker_.Instance(id), *live->instance);
  return {};
}

void ComponentRunner::Offer(ComponentLinkerInstance to, const ComponentInstance& instance) {
  for (const std::string& name : instance.names()) {
    if (const auto module = instance.GetModule(name)) to.Module(name, *module);
    if (const auto resource = instance.GetResource(name)) to.Resource(name, *resource);
    if (const auto nested = instance.GetInstance(name)) Offer(to.Instance(name), *nested);
  }
}

const ComponentRunner::Live* ComponentRunner::Find(const std::string& id) const {
  if (id.empty()) return latest_.get();
  const auto at = instances_.find(id);
  return at != instances_.end() ? at->second.get() : nullptr;
}

Result<ComponentFunc> ComponentRunner::FindFunc(const ScriptAction& action) const {
  const Live* const live = Find(action.instance);
  if (live == nullptr)
    return std::unexpected(Error(ErrorKind::kHost, "there is no component instance"));
  std::optional<ComponentFunc> func = live->instance->GetFunc(action.field);
  if (!func) {
    return std::unexpected(
        Error(ErrorKind::kHost, "no exported function \"" + action.field + "\""));
  }
  return *std::move(func);
}

Result<ComponentValue> ComponentRunner::Perform(const ScriptAction& action,
                                                const std::vector<ComponentScriptValue>& args) {
  const ComponentFunc func = TRY(FindFunc(action));
  const component::FuncType* const type = func.type();
  if (type != nullptr && type->params.size() != args.size())
    return std::unexpected(Error(ErrorKind::kHost, "another number of arguments is needed"));
  std::vector<ComponentValue> values;
  for (size_t i = 0; i < args.size(); ++i)
    values.push_back(
        TRY(ToComponentValue(args[i], type != nullptr ? type->params[i].type : nullptr)));
  return func.Call(values);
}

std::string ComponentRunner::Compare(const ScriptAction& action, const ComponentValue& value,
                                     const std::vector<ComponentScriptValue>& expected) const {
  const Result<ComponentFunc> func = FindFunc(action);
  const component::ValType* const type =
      func && func->type() != nullptr ? func->type()->result : nullptr;
  const bool nothing = value.kind() == ComponentValue::Kind::kUnit;
  const bool matches =
      expected.empty() ? nothing
                       : expected.size() == 1 && !nothing && Matches(value, type, expected.front());
  return matches ? "" : "expected " + ToText(expected) + ", got " + ToText(value, type);
}

}  // namespace trenail::spec
