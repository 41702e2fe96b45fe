// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The public interface of Trenail's component model: components, what the host offers them, their
// instances, and calls either way with component values.
//
//   trenail::Engine engine(trenail::MakeInterpreter());
//   auto component = trenail::Component::Parse(engine, bytes);
//   trenail::ComponentLinker linker(engine);
//   linker.Instance("example:host/log@1.0.0")
//       .Func("print", [](trenail::ComponentCall&, auto args) -> trenail::Result<ComponentValue> {
//         std::puts(args[0].string().c_str());
//         return ComponentValue();
//       });
//   trenail::ComponentStore store(engine);
//   auto instance = linker.Instantiate(store, *component);
//   auto result = instance->GetFunc("greet")->Call({ComponentValue::String("you")});
//
// Ownership: Component and ComponentLinker are independent of stores and may serve any number of
// them. A ComponentStore owns everything made in it; ComponentInstance and ComponentFunc are
// handles that are valid while their store lives. Values own what they hold, and a resource in a
// value is owned by it until it is passed on. Threads: a Component may be used from any thread at
// once; anything else belongs to one thread at a time. Errors: every function that can fail returns
// Result. A trap leaves the instances it happened in unusable: calls of them trap.

#ifndef TRENAIL_LIBCOMPONENT_LIBCOMPONENT_H_
#define TRENAIL_LIBCOMPONENT_LIBCOMPONENT_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libcomponent/native_type.h"
#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/libwasm.h"

namespace component {
struct ValidatedComponent;
namespace runtime {
class CallSite;
class ComponentInstance;
class FuncInst;
class HostCallSite;
class InstanceValue;
class LiftedFunc;
class PendingHostCall;
class PreparedImports;
class PostQueue;
class Store;
struct ResourceType;
// Internal: calls a guest's function of scalars alone; core values in, the bits of the result's
// Value out in the first slot, which there has to be.
[[gnu::visibility("default")]] wasm::Result<void> CallFlatFromHost(LiftedFunc& func,
                                                                   uint64_t* slots);
}  // namespace runtime
}  // namespace component

namespace [[gnu::visibility("default")]] trenail {

using ComponentValue = component::Value;
using ComponentFeatureSet = component::FeatureSet;

class ComponentInstance;
class ComponentStore;

// ---- components
// ----------------------------------------------------------------------------------

struct ComponentOptions {
  ComponentOptions() = default;
  // The rest as it is by default.
  ComponentOptions(const ComponentFeatureSet& set) : features(set) {}  // NOLINT

  ComponentFeatureSet features;
  // Whether core modules are made for calls inside of the component (docs/components.md): they take
  // longer without.
  bool adapters = true;
  // Whether all other values that pass inside of the component are copied from memory to memory.
  // Without, they are lifted and lowered as the canonical ABI says, which takes longer and is what
  // adapters and copies can be compared with.
  bool copies = true;
};

// A decoded and validated component. Shared handle; immutable, thread-safe.
class Component {
 public:
  // Whether `bytes` begin as the binary format of components does.
  static bool IsComponent(std::span<const uint8_t> bytes);
  // Decodes and validates `bytes`, which are copied as far as needed. Errors: kMalformed or
  // kInvalid with the byte offset.
  static Result<Component> Parse(const Engine& engine, std::span<const uint8_t> bytes,
                                 const ComponentOptions& options = {});
  // The same of the text format. Errors: kMalformed with line and column, kInvalid. Lives apart
  // from the rest, so that a program without it does not link the text format.
  static Result<Component> ParseText(const Engine& engine, std::string_view text,
                                     const ComponentOptions& options = {});

  // The component that an artefact was compiled from, with its code. Errors: kHost if it is one of
  // a module.
  static Result<Component> FromArtefact(const Engine& engine, const Artefact& artefact,
                                        const ComponentOptions& options = {});
  // From now on new instances run this code. Before the first one is made. Errors: kUnlinkable if
  // it is another component's.
  Result<void> Attach(const Artefact& artefact);

  // Imports and exports with their types, in the order of the file; valid while the component is:
  const std::vector<component::NamedExtern>& imports() const;
  const std::vector<component::NamedExtern>& exports() const;

  // Of `modules`.
  struct CoreModule {
    Module module;
    std::span<const uint8_t> bytes;
    bool is_adapter = false;  // one for calls between components
  };
  // The core modules in it and in the components nested in it, in the order of the file, and then
  // those that were made for calls between them, which are the same each time; with their bytes,
  // which are valid while the component is: to attach compiled code before the first instance is
  // made.
  std::vector<CoreModule> modules() const;

  // A function that one of these modules imports is, in all instances of the module, one that
  // another defines, as far as can be told before: what a compiler may inline.
  struct Binding {
    static constexpr uint32_t kNoParent = ~uint32_t{0};
    uint32_t module = 0;  // whose import it is; an index of `modules`
    uint32_t import = 0;  // the index of a function, as are all
    uint32_t callee_module = 0;
    uint32_t callee_function = 0;
    // An adapter's imports are others for each call that it stands in: the binding, earlier in the
    // list, whose callee this one is inside of.
    uint32_t parent = kNoParent;
  };
  // All such, for new instances of these modules.
  std::vector<Binding> bindings() const;

  // The engine that it was made for.
  const Engine& engine() const { return engine_; }
  // Internal: for the libraries above.
  const std::shared_ptr<const component::ValidatedComponent>& internal() const {
    return component_;
  }
  Component(Engine engine, std::shared_ptr<const component::ValidatedComponent> component)
      : engine_(std::move(engine)), component_(std::move(component)) {}

 private:
  Engine engine_;
  std::shared_ptr<const component::ValidatedComponent> component_;
};

// ---- stores
// --------------------------------------------------------------------------------------

// What the host wants done in a store while none of its guests runs, as guests can be called then:
// above all, what follows from something that has happened within a guest. Shared handle, which may
// outlive the store. Threads: the store's.
class ComponentQueue {
 public:
  // `callback` is called once, by a tick of the store, in the order in which they were posted, and
  // ComponentStore::SetOnProgress tells of it at once. Dropped if the store goes before.
  void Post(HostCallable<void()> callback) const;

  // Internal.
  explicit ComponentQueue(std::shared_ptr<component::runtime::PostQueue> posts)
      : posts_(std::move(posts)) {}

 private:
  std::shared_ptr<component::runtime::PostQueue> posts_;
};

// Instances of components, with the state of their calls. Threads: one at a time, which may change
// between calls. Many stores on many threads share engine, components and linkers.
class ComponentStore {
 public:
  // `limits` are those of the core store. The engine is kept as long as the store lives.
  explicit ComponentStore(const Engine& engine, const StoreLimits& limits = {});
  // As of Store: also in a host function that its guests have called, or a callback of a call.
  // Calls that have begun end without their callbacks being called; what those own is destroyed.
  ~ComponentStore();
  // Handles of instances, functions and calls stay valid.
  ComponentStore(ComponentStore&&) noexcept;
  ComponentStore& operator=(ComponentStore&&) noexcept;

  // The engine that it was made with.
  const Engine& engine() const;
  // The store of the core instances: fuel, interruption, statistics.
  Store& core();

  // Called when all guest code waits for the host: waits until one of the host's operations is done
  // and resolves the calls, streams or futures that depended on it. Returns false if there is
  // nothing to wait for, which makes a trap of the call that waits: a deadlock. Its errors end what
  // runs the store.
  void SetIdle(HostCallable<Result<bool>()> idle);
  // Does one thing: calls a callback that is due (ComponentFunc::Start, ComponentQueue), lets one
  // guest thread that is ready go on, or ends calls that cannot return any more; false if there is
  // nothing to do until the host resolves something. For embedders with an event loop of their own;
  // calls of ComponentFunc::Call do it by themselves. Errors: those of a guest thread, unless all
  // calls that end with it have a callback, which is told then; kHost in a host function.
  Result<bool> Tick();
  // Ticks, and waits by the idle function, until `done`: for calls that were begun by
  // ComponentFunc::Start. Errors: those of Tick; a trap if nothing can happen any more.
  Result<void> RunUntil(const std::function<bool()>& done);
  // What to do by one of the next ticks.
  ComponentQueue queue() const;
  // Something has happened that RunUntil's `done` looks at: tells OnProgress.
  void Wake();
  // Ends what runs the store (Call, RunUntil, Tick) with an error, where it would wait for the host
  // next. No instance is left in the middle: calls that have begun can go on.
  void Fail(Error error);
  // Called when a call, a stream or a future on which guest code may wait has got on, or a callback
  // is due, from within whatever did that: for embedders that run many stores in turn, whose idle
  // functions suspend (Fiber::SuspendAll) instead of waiting, to know whose turn it is.
  void SetOnProgress(HostCallable<void()> on_progress);
  // What host functions of many stores tell their store by (ComponentCall::host_data).
  void SetHostData(void* data);

  // Internal: for the libraries above.
  component::runtime::Store& internal() { return *store_; }

 private:
  std::unique_ptr<Store> core_;
  std::unique_ptr<component::runtime::Store> store_;
};

// ---- resources
// -----------------------------------------------------------------------------------

// A resource type: of the host, or one that an instance exports. Shared handle; its identity is
// what makes two of them the same.
class ComponentResource {
 public:
  // A type whose resources the host implements. `drop` is called with the representation when the
  // last owner drops one.
  static ComponentResource Host(std::string name,
                                HostCallable<Result<void>(uint32_t rep)> drop = nullptr);

  // The same for resources that are objects (NewObject): `drop` is called when a guest drops one,
  // before the guest's handle lets go of it; an error it returns traps.
  static ComponentResource HostObject(std::string name, HostCallable<Result<void>(void*)> drop);

  // A new resource of this type, owned by the value. What a representation means is up to the host.
  ComponentValue New(uint32_t rep) const;
  // The representation of a resource. Errors: kHost if the value is not of this type.
  Result<uint32_t> Rep(const ComponentValue& value) const;
  // The same with an object of the host instead of a number, which lives as long as a handle or a
  // value refers to it; `drop` is not called.
  ComponentValue NewObject(std::shared_ptr<void> object) const;
  // The object of a resource. Errors: as of Rep.
  Result<std::shared_ptr<void>> Object(const ComponentValue& value) const;
  // Lends a resource that a value owns: for a parameter that is a borrow.
  static ComponentValue Borrow(const ComponentValue& value);
  // Drops a resource that a value owns, if it still does. Errors: those of the destructor.
  static Result<void> Drop(const ComponentValue& value);

  // For bindings (typed_handles.h): what calls the functions of resources of this type, as long as
  // it lives; `tag` says what it is. Several bindings do not get into each other's way.
  void SetBindings(const void* tag, std::weak_ptr<const void> bindings) const;
  // Those of a resource's type; null: none, or none that is alive.
  static std::shared_ptr<const void> BindingsOf(const ComponentValue& resource, const void* tag);

  // Whether they are the same type.
  friend bool operator==(const ComponentResource&, const ComponentResource&) = default;
  // Internal.
  const std::shared_ptr<component::runtime::ResourceType>& internal() const { return type_; }
  explicit ComponentResource(std::shared_ptr<component::runtime::ResourceType> type)
      : type_(std::move(type)) {}

 private:
  std::shared_ptr<component::runtime::ResourceType> type_;
};

// ---- functions and instances
// ---------------------------------------------------------------------

// Told once how a call has ended, by a tick of the store, when no guest code runs: it may call
// guests, begin other calls, and destroy the store. The result is kUnit if the function has none.
// Errors: what the callee's execution has ended with, or that of another call which has left its
// instance unusable; kInterrupted "the call has been cancelled".
using ComponentOnResult = HostCallable<void(Result<ComponentValue> result)>;

// A call that may take a while. Shared handle; the call goes on without one. Threads: the store's,
// which it may outlive.
class ComponentCallHandle {
 public:
  // Whether it has returned, failed or been cancelled. False for ever if the store has gone before.
  bool done() const;
  // The result, kUnit if the function has none; nothing if it is not done, has failed, was
  // cancelled, or if a callback got the result.
  std::optional<ComponentValue> result() const;
  // What it has failed with; null if it has not, or if a callback got the error. It is valid while
  // the handle is.
  const Error* error() const;
  // Asks the callee to end early [cabi:Task.request_cancellation]: it may do so at once, later, or
  // return a result nevertheless. Not of a call that is done. Errors: a trap of it.
  Result<void> Cancel();
  // Gives the call up: its callback is dropped, and the callee is asked to end early by the next
  // tick. For destructors, as no guest code runs meanwhile.
  void Abandon();

  // Internal.
  explicit ComponentCallHandle(std::shared_ptr<component::runtime::HostCallSite> site)
      : site_(std::move(site)) {}

 private:
  std::shared_ptr<component::runtime::HostCallSite> site_;
};

template <typename Signature>
class TypedComponentFunc;
template <typename R>
class ComponentAwaitable;

// A function of an instance, or of the host that a component exports as it is. Handle, valid while
// its store lives. Threads: the store's.
class ComponentFunc {
 public:
  // Its type; null for a host function that a component exports as it is. Resources in it are those
  // of the component that lifts it.
  const component::FuncType* type() const;

  // Calls it and waits for the result, which is kUnit if it has none. Other guest threads go on
  // meanwhile. Errors: kHost if the arguments do not fit; kTrap and whatever core code ends with;
  // kTrap also if it waits for what cannot come.
  Result<ComponentValue> Call(std::span<const ComponentValue> args) const;
  Result<ComponentValue> Call(std::initializer_list<ComponentValue> args) const {
    return Call(std::span(args.begin(), args.size()));
  }
  // The same with arguments that are given up.
  Result<ComponentValue> Call(std::vector<ComponentValue>&& args) const;
  // Begins a call and returns as soon as it has ended or waits for the host, or for its turn in an
  // instance that is busy; any number may be under way. It goes on while the store ticks
  // (ComponentStore::Tick, RunUntil, or the Call of another function); the idle function waits for
  // all of them. `on_result` is called once by a later tick, also if the callee has returned at
  // once; not if this returns an error, the call is abandoned or the store goes. Errors: kHost if
  // the arguments do not fit; what the callee ends with at once.
  Result<ComponentCallHandle> Start(std::span<const ComponentValue> args,
                                    ComponentOnResult on_result = nullptr) const;
  Result<ComponentCallHandle> Start(std::initializer_list<ComponentValue> args,
                                    ComponentOnResult on_result = nullptr) const {
    return Start(std::span(args.begin(), args.size()), std::move(on_result));
  }
  // The same as something to co_await, which then is a Result<ComponentValue>:
  // libcomponent/async.h.
  ComponentAwaitable<ComponentValue> Async(std::span<const ComponentValue> args) const;
  // The same with C++ types (typed.h). Errors: kHost if the signature is another.
  template <typename Signature>
  Result<TypedComponentFunc<Signature>> Typed() const;

  // Internal: for the typed form.
  bool is_guest() const;
  component::runtime::LiftedFunc* lifted() const;
  Result<void> CallNative(std::span<const component::NativeSource> args,
                          const component::NativePlace* result) const;
  ComponentFunc(component::runtime::Store* store,
                std::shared_ptr<component::runtime::FuncInst> func)
      : store_(store), func_(std::move(func)) {}
  const std::shared_ptr<component::runtime::FuncInst>& internal() const { return func_; }

 private:
  component::runtime::Store* store_;
  std::shared_ptr<component::runtime::FuncInst> func_;
};

// What a component exports. Handle, valid while its store lives. Threads: the store's.
class ComponentInstance {
 public:
  // Exports by name; nothing if there is none, or one of another kind. Names of interfaces with
  // versions also match compatible ones:
  std::optional<ComponentFunc> GetFunc(std::string_view name) const;
  std::optional<ComponentInstance> GetInstance(std::string_view name) const;
  std::optional<Module> GetModule(std::string_view name) const;
  std::optional<ComponentResource> GetResource(std::string_view name) const;
  std::optional<ComponentValue> GetValue(std::string_view name) const;
  // The same through instances: {"wasi:cli/run@0.2.0", "run"}.
  std::optional<ComponentFunc> GetFunc(std::initializer_list<std::string_view> path) const;
  // The names of all exports, in the order of the component.
  std::vector<std::string> names() const;

  // Internal.
  ComponentInstance(component::runtime::Store* store,
                    std::shared_ptr<const component::runtime::InstanceValue> value)
      : store_(store), value_(std::move(value)) {}
  const std::shared_ptr<const component::runtime::InstanceValue>& internal() const {
    return value_;
  }

 private:
  component::runtime::Store* store_;
  std::shared_ptr<const component::runtime::InstanceValue> value_;
};

// ---- what the host offers
// ------------------------------------------------------------------------

// What a host function learns of its call. Valid during the call only.
class ComponentCall {
 public:
  // Internal.
  explicit ComponentCall(component::runtime::Store& store) : store_(store) {}

  // The core store in which the caller runs.
  Store& core() const;
  // As the store has been given; null otherwise.
  void* host_data() const;
  // Internal.
  component::runtime::Store& internal() const { return store_; }

 private:
  component::runtime::Store& store_;
};

// A call of an asynchronous host function: to be resolved once, by whichever copy, on the store's
// thread. Dropping all copies without that leaves the caller waiting.
class ComponentAsyncCall {
 public:
  // In the order of the parameters; of their types.
  const std::vector<ComponentValue>& args() const;
  // The same, given away: args() is empty afterwards.
  std::vector<ComponentValue> TakeArgs() const;
  // False once it has returned, failed or been cancelled.
  bool pending() const;
  // kUnit for no result. Nothing happens if the call is not pending. Errors: the result does not
  // fit, or the caller's realloc traps; then it still is pending.
  Result<void> Return(ComponentValue result) const;
  // Ends the execution that waits for the call with an error, as a trap would.
  void Fail(Error error) const;
  // `on_cancel` is called when the caller gives the call up; it has ended then.
  void OnCancel(HostCallable<void()> on_cancel) const;
  // What there is of the caller's store, while the call is pending:
  ComponentQueue queue() const;
  Store& core() const;
  void* host_data() const;

  // Internal.
  explicit ComponentAsyncCall(std::shared_ptr<component::runtime::PendingHostCall> call)
      : call_(std::move(call)) {}

 private:
  std::shared_ptr<component::runtime::PendingHostCall> call_;
};

// For the typed form of host functions: the arguments of a call, and its result, once each.
class ComponentNativeCall {
 public:
  // Takes the arguments into objects of types that fit. Errors: traps of the caller.
  Result<void> Args(std::span<const component::NativePlace> places);
  // Gives the result; null: none. Errors: traps of the caller.
  Result<void> Return(const component::NativeSource* result);

  // Internal.
  explicit ComponentNativeCall(component::runtime::CallSite& site) : site_(site) {}

 private:
  component::runtime::CallSite& site_;
};

// What they throw is an error of kind kHost, with what() as its message.
using ComponentHostFunc =
    HostCallable<Result<ComponentValue>(ComponentCall& call, std::vector<ComponentValue> args)>;
// One of C++ types, which is offered to imports of such types alone: TypedHost of typed.h.
struct TypedComponentHostFunc {
  ComponentHostFunc func;
  bool (*accepts)(const component::FuncType& type) = nullptr;
  // The same without Values, for guests that call it; may be empty.
  HostCallable<Result<void>(ComponentCall& call, ComponentNativeCall& values)> native = {};
};
using ComponentAsyncHostFunc = HostCallable<Result<void>(ComponentAsyncCall call)>;
struct TypedComponentAsyncHostFunc {
  ComponentAsyncHostFunc func;
  bool (*accepts)(const component::FuncType& type) = nullptr;
};

// Names and what they stand for: the root of a linker, or an instance in it. Shared handle. A later
// definition replaces an earlier one of the same name.
class ComponentLinkerInstance {
 public:
  // A function that returns at once. Its arguments fit the type of the import; its result is
  // checked against it. An error it returns ends the guest's execution and comes back from the
  // outer call.
  ComponentLinkerInstance& Func(std::string_view name, ComponentHostFunc func);
  ComponentLinkerInstance& Func(std::string_view name, TypedComponentHostFunc func);
  // One that may resolve later; also for imports of a synchronous type, whose callers wait.
  ComponentLinkerInstance& AsyncFunc(std::string_view name, ComponentAsyncHostFunc func);
  ComponentLinkerInstance& AsyncFunc(std::string_view name, TypedComponentAsyncHostFunc func);
  // What is no function: resource types, core modules, values, and components to instantiate:
  ComponentLinkerInstance& Resource(std::string_view name, const ComponentResource& resource);
  ComponentLinkerInstance& Module(std::string_view name, const trenail::Module& module);
  ComponentLinkerInstance& Value(std::string_view name, ComponentValue value);
  ComponentLinkerInstance& Component(std::string_view name, const trenail::Component& component);
  // The instance of that name, made if it is not there.
  ComponentLinkerInstance Instance(std::string_view name);
  // All exports of an instance, for linking in the same store.
  ComponentLinkerInstance& Define(std::string_view name, const ComponentInstance& instance);

  ComponentLinkerInstance();
  // Internal.
  std::shared_ptr<component::runtime::InstanceValue> Snapshot() const;

 private:
  struct [[gnu::visibility("hidden")]] Node;
  std::shared_ptr<Node> node_;
};

// A component with what a linker had for its imports when it was prepared: names have been looked
// up and types compared, so that making an instance is little more than allocating it. Shared
// handle; from any thread at once, if the host functions may be called so.
class PreparedComponent {
 public:
  // Errors: kTrap … from core code that starts; kExhausted.
  Result<ComponentInstance> Instantiate(ComponentStore& store) const;
  // What it was made of.
  const trenail::Component& component() const { return component_; }

 private:
  friend class ComponentLinker;
  PreparedComponent(trenail::Component component,
                    std::shared_ptr<const component::runtime::PreparedImports> imports)
      : component_(std::move(component)), imports_(std::move(imports)) {}

  trenail::Component component_;
  std::shared_ptr<const component::runtime::PreparedImports> imports_;
};

class ComponentLinker {
 public:
  // Without definitions, for components of this engine.
  explicit ComponentLinker(const Engine& engine) : engine_(engine) {}

  // What stands for imports by themselves, and for those of an interface, which is made if it is
  // not there:
  ComponentLinkerInstance& Root() { return root_; }
  ComponentLinkerInstance Instance(std::string_view name) { return root_.Instance(name); }

  // Finds the imports, for any number of instances. Later definitions do not change what was found.
  // Errors: kUnlinkable "unknown import …" naming the import, or that it is of another type.
  Result<PreparedComponent> Prepare(const Component& component) const;
  // Both at once: errors of either.
  Result<ComponentInstance> Instantiate(ComponentStore& store, const Component& component) const;

 private:
  Engine engine_;
  ComponentLinkerInstance root_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_LIBCOMPONENT_H_
