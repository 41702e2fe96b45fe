// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facade: the public classes over decoder, validator and runtime. Nothing here decides
// anything; each function translates.

#include "libcomponent/libcomponent.h"

#include <algorithm>
#include <map>
#include <variant>

#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/runtime/adapter.h"
#include "libcomponent/runtime/bindings.h"
#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/host_func.h"
#include "libcomponent/runtime/instantiate.h"
#include "libcomponent/runtime/link.h"
#include "libcomponent/runtime/resource_drop.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/validate/component_validator.h"
#include "libwasm/support/plain_function.h"

namespace trenail {

namespace runtime = component::runtime;

// ---- components
// ----------------------------------------------------------------------------------

bool Component::IsComponent(std::span<const uint8_t> bytes) {
  constexpr uint8_t kMagic[] = {0x00, 0x61, 0x73, 0x6d};
  // The layer, which tells components from modules [Binary: preamble].
  return bytes.size() >= 8 && std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin()) &&
         bytes[6] == 1 && bytes[7] == 0;
}

Result<Component> Component::Parse(const Engine& engine, std::span<const uint8_t> bytes,
                                   const ComponentOptions& options) {
  const ComponentFeatureSet& features = options.features;
  auto syntax = TRY(component::binary::DecodeComponent(bytes, features, engine.options().features));
  auto validated = TRY(component::Validate(engine, std::move(syntax), features));
  validated->guest_calls->copies = options.copies;
  if (options.adapters) TRY_VOID(runtime::MakeAdapters(engine, *validated));
  return Component(engine, std::move(validated));
}

Result<Component> Component::FromArtefact(const Engine& engine, const Artefact& artefact,
                                          const ComponentOptions& options) {
  const std::span<const uint8_t> bytes = artefact.component();
  if (bytes.empty())
    return std::unexpected(Error(ErrorKind::kHost, "the artefact is not that of a component"));
  Component component = TRY(Parse(engine, bytes, options));
  TRY_VOID(component.Attach(artefact));
  return component;
}

Result<void> Component::Attach(const Artefact& artefact) {
  const std::vector<Artefact> parts = TRY(artefact.parts());
  // Where something is missing, as options may differ, the engine has to do without.
  size_t next = 0;
  for (CoreModule& part : modules())
    if (next < parts.size()) TRY_VOID(part.module.Attach(parts[next++]));
  return {};
}

const std::vector<component::NamedExtern>& Component::imports() const {
  return component_->type->imports;
}
const std::vector<component::NamedExtern>& Component::exports() const {
  return component_->type->exports;
}

namespace {

void CollectModules(const component::ValidatedComponent& component,
                    std::vector<Component::CoreModule>& modules) {
  size_t num_modules = 0, num_components = 0;
  for (const component::Definition& definition : component.syntax->definitions) {
    if (const auto* module = std::get_if<component::CoreModuleDef>(&definition.def)) {
      modules.push_back({component.nested_modules[num_modules++], module->bytes, false});
    } else if (std::holds_alternative<std::shared_ptr<const component::Component>>(
                   definition.def)) {
      CollectModules(*component.nested_components[num_components++], modules);
    }
  }
}

}  // namespace

std::vector<Component::CoreModule> Component::modules() const {
  std::vector<CoreModule> modules;
  CollectModules(*component_, modules);
  for (const auto& [shape, adapter] : component_->guest_calls->adapters)
    modules.push_back({adapter.module, adapter.bytes, true});
  return modules;
}

std::vector<Component::Binding> Component::bindings() const {
  std::vector<Module> modules;
  for (CoreModule& part : this->modules()) modules.push_back(std::move(part.module));
  std::vector<Binding> bindings;
  for (const runtime::CoreBinding& found : runtime::FindBindings(*component_, modules))
    bindings.push_back(
        {found.module, found.import, found.callee_module, found.callee_function, found.parent});
  return bindings;
}

// ---- stores
// --------------------------------------------------------------------------------------

void ComponentQueue::Post(HostCallable<void()> callback) const {
  posts_->Post(wasm::PlainFunction(std::move(callback)));
}

ComponentStore::ComponentStore(const Engine& engine, const StoreLimits& limits)
    : core_(std::make_unique<Store>(engine, limits)),
      store_(std::make_unique<runtime::Store>(*core_)) {}
ComponentStore::~ComponentStore() {
  if (store_ != nullptr && (core_->IsInUse() || store_->in_use()))
    store_.release()->Abandon(std::move(core_));
}
ComponentStore::ComponentStore(ComponentStore&&) noexcept = default;
ComponentStore& ComponentStore::operator=(ComponentStore&& other) noexcept {
  const ComponentStore old(std::move(*this));
  core_ = std::move(other.core_);
  store_ = std::move(other.store_);
  return *this;
}

const Engine& ComponentStore::engine() const { return core_->engine(); }
Store& ComponentStore::core() { return *core_; }
void ComponentStore::SetIdle(HostCallable<Result<bool>()> idle) {
  store_->SetIdle(wasm::PlainFunction(std::move(idle)));
}
Result<bool> ComponentStore::Tick() {
  runtime::Store& store = *store_;
  const runtime::Store::Use use(store);
  return store.Tick();
}
ComponentQueue ComponentStore::queue() const { return ComponentQueue(store_->posts()); }
void ComponentStore::Wake() { store_->Wake(); }
void ComponentStore::Fail(Error error) { store_->Fail(std::move(error)); }
Result<void> ComponentStore::RunUntil(const std::function<bool()>& done) {
  runtime::Store& store = *store_;
  const runtime::Store::Use use(store);
  return store.RunUntil(done);
}
void ComponentStore::SetOnProgress(HostCallable<void()> on_progress) {
  store_->SetOnProgress(wasm::PlainFunction(std::move(on_progress)));
}
void ComponentStore::SetHostData(void* data) { store_->host_data = data; }

// ---- resources
// -----------------------------------------------------------------------------------

namespace {

runtime::ResourceObject* ObjectOf(const ComponentValue& value) {
  if (value.kind() != ComponentValue::Kind::kHandle) return nullptr;
  return static_cast<runtime::ResourceObject*>(value.object().get());
}

}  // namespace

ComponentResource ComponentResource::Host(std::string name,
                                          HostCallable<Result<void>(uint32_t rep)> drop) {
  auto type = std::make_shared<runtime::ResourceType>();
  type->name = std::move(name);
  if (drop)
    type->host_dtor = [drop = std::move(drop)](uint64_t rep) {
      return drop(static_cast<uint32_t>(rep));
    };
  return ComponentResource(std::move(type));
}

ComponentResource ComponentResource::HostObject(std::string name,
                                                HostCallable<Result<void>(void*)> drop) {
  auto type = std::make_shared<runtime::ResourceType>();
  type->name = std::move(name);
  type->host_object_dtor = wasm::PlainFunction(std::move(drop));
  return ComponentResource(std::move(type));
}

ComponentValue ComponentResource::New(uint32_t rep) const {
  return ComponentValue::Object(ComponentValue::Kind::kHandle,
                                std::make_shared<runtime::ResourceObject>(type_, rep, true));
}

Result<uint32_t> ComponentResource::Rep(const ComponentValue& value) const {
  const runtime::ResourceObject* const object = ObjectOf(value);
  if (object == nullptr || object->type() != type_)
    return std::unexpected(Error(ErrorKind::kHost, "not a resource of type " + type_->name));
  return static_cast<uint32_t>(object->rep());
}

ComponentValue ComponentResource::NewObject(std::shared_ptr<void> object) const {
  return ComponentValue::Object(
      ComponentValue::Kind::kHandle,
      std::make_shared<runtime::ResourceObject>(type_, 0, true, std::move(object)));
}

Result<std::shared_ptr<void>> ComponentResource::Object(const ComponentValue& value) const {
  const runtime::ResourceObject* const object = ObjectOf(value);
  if (object == nullptr || object->type() != type_)
    return std::unexpected(Error(ErrorKind::kHost, "not a resource of type " + type_->name));
  return object->host();
}

ComponentValue ComponentResource::Borrow(const ComponentValue& value) {
  const runtime::ResourceObject* const object = ObjectOf(value);
  if (object == nullptr) return {};
  return ComponentValue::Object(ComponentValue::Kind::kHandle,
                                std::make_shared<runtime::ResourceObject>(
                                    object->type(), object->rep(), false, object->host()));
}

Result<void> ComponentResource::Drop(const ComponentValue& value) {
  runtime::ResourceObject* const object = ObjectOf(value);
  if (object == nullptr || !object->Take()) return {};
  return runtime::DestroyResource(*object->type(), object->rep(), nullptr);
}

void ComponentResource::SetBindings(const void* tag, std::weak_ptr<const void> bindings) const {
  for (auto& [known, present] : type_->bindings) {
    if (known != tag) continue;
    present = std::move(bindings);
    return;
  }
  type_->bindings.emplace_back(tag, std::move(bindings));
}

std::shared_ptr<const void> ComponentResource::BindingsOf(const ComponentValue& resource,
                                                          const void* tag) {
  const runtime::ResourceObject* const object = ObjectOf(resource);
  if (object == nullptr) return nullptr;
  for (const auto& [known, present] : object->type()->bindings)
    if (known == tag) return present.lock();
  return nullptr;
}

// ---- functions and instances
// ---------------------------------------------------------------------

bool ComponentCallHandle::done() const { return site_->resolved(); }
std::optional<ComponentValue> ComponentCallHandle::result() const { return site_->result(); }
const Error* ComponentCallHandle::error() const {
  return site_->error() ? &*site_->error() : nullptr;
}
Result<void> ComponentCallHandle::Cancel() { return site_->Cancel(); }
void ComponentCallHandle::Abandon() { site_->Abandon(); }

const component::FuncType* ComponentFunc::type() const { return func_->type(); }

Result<ComponentValue> ComponentFunc::Call(std::span<const ComponentValue> args) const {
  const runtime::Store::Use use(*store_);
  return runtime::CallFromHost(*store_, *func_, {args.begin(), args.end()});
}

Result<ComponentValue> ComponentFunc::Call(std::vector<ComponentValue>&& args) const {
  const runtime::Store::Use use(*store_);
  return runtime::CallFromHost(*store_, *func_, std::move(args));
}

bool ComponentFunc::is_guest() const { return func_->ChecksArgs(); }

component::runtime::LiftedFunc* ComponentFunc::lifted() const { return func_->AsLifted(); }

Result<void> ComponentFunc::CallNative(std::span<const component::NativeSource> args,
                                       const component::NativePlace* result) const {
  const runtime::Store::Use use(*store_);
  return runtime::CallNativeFromHost(*store_, *func_, args, result);
}

Result<ComponentCallHandle> ComponentFunc::Start(std::span<const ComponentValue> args,
                                                 ComponentOnResult on_result) const {
  const runtime::Store::Use use(*store_);
  return ComponentCallHandle(TRY(runtime::StartFromHost(
      *store_, *func_, {args.begin(), args.end()}, wasm::PlainFunction(std::move(on_result)))));
}

namespace {

template <typename T>
const T* FindExport(const runtime::InstanceValue& instance, std::string_view name) {
  const auto* found = runtime::FindByName(
      instance.exports(), name, [](const auto& item) { return std::string_view(item.first); });
  return found != nullptr ? std::get_if<T>(&found->second) : nullptr;
}

}  // namespace

std::optional<ComponentFunc> ComponentInstance::GetFunc(std::string_view name) const {
  const auto* func = FindExport<std::shared_ptr<runtime::FuncInst>>(*value_, name);
  if (func == nullptr) return std::nullopt;
  return ComponentFunc(store_, *func);
}

std::optional<ComponentInstance> ComponentInstance::GetInstance(std::string_view name) const {
  const auto* instance = FindExport<std::shared_ptr<const runtime::InstanceValue>>(*value_, name);
  if (instance == nullptr) return std::nullopt;
  return ComponentInstance(store_, *instance);
}

std::optional<Module> ComponentInstance::GetModule(std::string_view name) const {
  const auto* module = FindExport<Module>(*value_, name);
  if (module == nullptr) return std::nullopt;
  return *module;
}

std::optional<ComponentResource> ComponentInstance::GetResource(std::string_view name) const {
  const auto* type = FindExport<runtime::TypeInst>(*value_, name);
  if (type == nullptr || type->resource == nullptr) return std::nullopt;
  return ComponentResource(type->resource);
}

std::optional<ComponentValue> ComponentInstance::GetValue(std::string_view name) const {
  const auto* value = FindExport<ComponentValue>(*value_, name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::optional<ComponentFunc> ComponentInstance::GetFunc(
    std::initializer_list<std::string_view> path) const {
  if (path.size() == 0) return std::nullopt;
  std::optional<ComponentInstance> at = *this;
  for (const std::string_view& name : std::span(path.begin(), path.size() - 1)) {
    at = at->GetInstance(name);
    if (!at) return std::nullopt;
  }
  return at->GetFunc(*(path.end() - 1));
}

std::vector<std::string> ComponentInstance::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : value_->exports()) names.push_back(name);
  return names;
}

// ---- what the host offers
// ------------------------------------------------------------------------

Store& ComponentCall::core() const { return store_.core(); }
void* ComponentCall::host_data() const { return store_.host_data; }

Result<void> ComponentNativeCall::Args(std::span<const component::NativePlace> places) {
  return site_.LiftArgs(places);
}
Result<void> ComponentNativeCall::Return(const component::NativeSource* result) {
  return site_.LowerResult(result);
}

const std::vector<ComponentValue>& ComponentAsyncCall::args() const { return call_->args(); }
std::vector<ComponentValue> ComponentAsyncCall::TakeArgs() const { return call_->TakeArgs(); }
bool ComponentAsyncCall::pending() const { return call_->pending(); }
Result<void> ComponentAsyncCall::Return(ComponentValue result) const {
  return call_->Return(std::move(result));
}
void ComponentAsyncCall::Fail(Error error) const { call_->Fail(std::move(error)); }
void ComponentAsyncCall::OnCancel(HostCallable<void()> on_cancel) const {
  call_->OnCancel(wasm::PlainFunction(std::move(on_cancel)));
}
ComponentQueue ComponentAsyncCall::queue() const { return ComponentQueue(call_->store().posts()); }
Store& ComponentAsyncCall::core() const { return call_->store().core(); }
void* ComponentAsyncCall::host_data() const { return call_->store().host_data; }

struct ComponentLinkerInstance::Node {
  std::map<std::string, std::variant<runtime::Extern, std::shared_ptr<Node>>, std::less<>> items;

  std::shared_ptr<runtime::InstanceValue> Snapshot() const {
    auto value = std::make_shared<runtime::InstanceValue>();
    for (const auto& [name, item] : items) {
      if (const auto* node = std::get_if<std::shared_ptr<Node>>(&item))
        value->Add(name, std::shared_ptr<const runtime::InstanceValue>((*node)->Snapshot()));
      else
        value->Add(name, std::get<runtime::Extern>(item));
    }
    return value;
  }
  void Set(std::string_view name, runtime::Extern value) {
    items.insert_or_assign(std::string(name), std::move(value));
  }
};

ComponentLinkerInstance::ComponentLinkerInstance() : node_(std::make_shared<Node>()) {}

std::shared_ptr<runtime::InstanceValue> ComponentLinkerInstance::Snapshot() const {
  return node_->Snapshot();
}

ComponentLinkerInstance& ComponentLinkerInstance::Func(std::string_view name,
                                                       ComponentHostFunc func) {
  return Func(name, TypedComponentHostFunc{.func = std::move(func)});
}

ComponentLinkerInstance& ComponentLinkerInstance::Func(std::string_view name,
                                                       TypedComponentHostFunc typed) {
  runtime::NativeHostCallback native;
  if (typed.native)
    native = [func = std::move(typed.native)](runtime::Store& store, runtime::CallSite& site) {
      ComponentCall call(store);
      ComponentNativeCall values(site);
      return func(call, values);
    };
  node_->Set(
      name,
      std::shared_ptr<runtime::FuncInst>(std::make_shared<runtime::HostFunc>(
          [func = std::move(typed.func)](runtime::Store& store, std::vector<ComponentValue> args) {
            ComponentCall call(store);
            return func(call, std::move(args));
          },
          typed.accepts, std::move(native))));
  return *this;
}

ComponentLinkerInstance& ComponentLinkerInstance::AsyncFunc(std::string_view name,
                                                            ComponentAsyncHostFunc func) {
  return AsyncFunc(name, TypedComponentAsyncHostFunc{.func = std::move(func)});
}

ComponentLinkerInstance& ComponentLinkerInstance::AsyncFunc(std::string_view name,
                                                            TypedComponentAsyncHostFunc typed) {
  node_->Set(name,
             std::shared_ptr<runtime::FuncInst>(std::make_shared<runtime::AsyncHostFunc>(
                 [func = std::move(typed.func)](std::shared_ptr<runtime::PendingHostCall> call) {
                   return func(ComponentAsyncCall(std::move(call)));
                 },
                 typed.accepts)));
  return *this;
}

ComponentLinkerInstance& ComponentLinkerInstance::Resource(std::string_view name,
                                                           const ComponentResource& resource) {
  node_->Set(name, runtime::TypeInst{resource.internal()});
  return *this;
}

ComponentLinkerInstance& ComponentLinkerInstance::Module(std::string_view name,
                                                         const trenail::Module& module) {
  node_->Set(name, module);
  return *this;
}

ComponentLinkerInstance& ComponentLinkerInstance::Value(std::string_view name,
                                                        ComponentValue value) {
  node_->Set(name, std::move(value));
  return *this;
}

ComponentLinkerInstance& ComponentLinkerInstance::Component(std::string_view name,
                                                            const trenail::Component& component) {
  node_->Set(name, runtime::ComponentClosure{component.internal(), nullptr});
  return *this;
}

ComponentLinkerInstance ComponentLinkerInstance::Instance(std::string_view name) {
  ComponentLinkerInstance instance;
  const auto [at, is_new] = node_->items.try_emplace(std::string(name), instance.node_);
  if (is_new) return instance;
  if (const auto* node = std::get_if<std::shared_ptr<Node>>(&at->second))
    instance.node_ = *node;
  else
    at->second = instance.node_;
  return instance;
}

ComponentLinkerInstance& ComponentLinkerInstance::Define(std::string_view name,
                                                         const ComponentInstance& instance) {
  node_->Set(name, instance.internal());
  return *this;
}

Result<PreparedComponent> ComponentLinker::Prepare(const class Component& component) const {
  const auto offered = root_.Snapshot();
  auto imports = std::make_shared<const runtime::PreparedImports>(
      TRY(runtime::ResolveImports(engine_, *component.internal(), *offered)));
  return PreparedComponent(component, std::move(imports));
}

Result<ComponentInstance> ComponentLinker::Instantiate(ComponentStore& store,
                                                       const class Component& component) const {
  const PreparedComponent prepared = TRY(Prepare(component));
  return prepared.Instantiate(store);
}

Result<ComponentInstance> PreparedComponent::Instantiate(ComponentStore& store) const {
  runtime::Store& internal = store.internal();
  const runtime::Store::Use use(internal);
  const runtime::Store::Nesting nesting(internal);
  const runtime::Instantiated made = TRY(imports_->Instantiate(internal, component_.internal()));
  return ComponentInstance(&internal, made.value);
}

}  // namespace trenail
