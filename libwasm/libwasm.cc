// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facade: the public classes over decoder, validator and runtime. The only file of the library
// that may include every folder of it. Nothing here decides anything; each function translates.

#include "libwasm/libwasm.h"

#include <algorithm>
#include <thread>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/engine_impl.h"
#include "libwasm/runtime/gc/heap.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/instance_pool.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/types/type_store.h"
#include "libwasm/validate/module_validator.h"

namespace trenail {

namespace runtime = wasm::runtime;
using wasm::TypeId;
using wasm::TypeStore;

namespace {

uint32_t SlotCount(const std::vector<ValType>& types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += type.slots();
  return slots;
}

bool IsHeapHierarchy(const TypeStore& types, ValType type) {
  return type.is_ref() && types.TopOf(type.heap_type()) != HeapType(HeapType::kFunc);
}

RefKind KindOf(const TypeStore& types, ValType type, runtime::Ref ref) {
  if (ref == runtime::kNullRef) return RefKind::kNull;
  if (types.TopOf(type.heap_type()) == HeapType(HeapType::kFunc)) return RefKind::kFunc;
  if (runtime::IsI31(ref)) return RefKind::kI31;
  const TypeId id = runtime::gc::AsObject(ref)->type_id;
  if (id == runtime::gc::kExceptionObject) return RefKind::kException;
  if (id == runtime::gc::kHostObject) return RefKind::kHost;
  return types.Get(id).type.comp.kind == wasm::CompType::Kind::kArray ? RefKind::kArray
                                                                      : RefKind::kStruct;
}

// A Value of what lies in `slots`; keeps a heap object alive through a root of the store.
Value LoadValue(runtime::Store& store, ValType type, const uint64_t* slots) {
  const RefKind kind = type.is_ref() ? KindOf(store.types(), type, slots[0]) : RefKind::kNull;
  Value value = Value::FromSlots(type, slots[0], type.slots() == 2 ? slots[1] : 0, kind);
  if (!value.is_null() && IsHeapHierarchy(store.types(), type) && !runtime::IsI31(slots[0])) {
    struct RootHolder {
      runtime::Store& store;
      uint32_t handle;
      ~RootHolder() { store.Unroot(handle); }
    };
    value.KeepAlive(std::shared_ptr<const void>(new RootHolder{store, store.Root(slots[0])}));
  }
  return value;
}
void StoreValue(const Value& value, uint64_t* slots) {
  slots[0] = value.low();
  if (value.type().slots() == 2) slots[1] = value.high();
}

// Does `value` fit where `type` is wanted? References are judged by what they refer to.
bool ValueMatches(const TypeStore& types, const Value& value, ValType type) {
  if (!type.is_ref()) return value.type() == type;
  if (!value.is_ref()) return false;
  if (value.is_null())
    return type.is_nullable() &&
           types.TopOf(type.heap_type()) == types.TopOf(value.type().heap_type());
  return types.Matches(value.type(), type) ||
         (types.TopOf(type.heap_type()) == types.TopOf(value.type().heap_type()) &&
          runtime::gc::RefMatches(types, value.low(), type));
}

Error HostError(std::string message) { return Error(ErrorKind::kHost, std::move(message)); }

ExternType TypeOfFunc(const TypeStore& types, TypeId type, ExternKind kind) {
  ExternType result;
  result.kind = kind;
  result.func = types.Get(type).type.comp.func;
  result.type_id = type;
  return result;
}

Extern ToPublic(runtime::Store* store, const runtime::Extern& value) {
  switch (value.kind) {
    case ExternKind::kFunc:
      return Func(store, value.func);
    case ExternKind::kTable:
      return Table(store, value.table);
    case ExternKind::kMemory:
      return Memory(store, value.memory);
    case ExternKind::kGlobal:
      return Global(store, value.global);
    case ExternKind::kTag:
      return Tag(store, value.tag);
  }
  return Func(store, nullptr);
}
runtime::Extern ToInternal(const Extern& value) {
  runtime::Extern result;
  result.kind = static_cast<ExternKind>(value.index());
  switch (result.kind) {
    case ExternKind::kFunc:
      result.func = std::get<Func>(value).internal();
      break;
    case ExternKind::kTable:
      result.table = std::get<Table>(value).internal();
      break;
    case ExternKind::kMemory:
      result.memory = std::get<Memory>(value).internal();
      break;
    case ExternKind::kGlobal:
      result.global = std::get<Global>(value).internal();
      break;
    case ExternKind::kTag:
      result.tag = std::get<Tag>(value).internal();
      break;
  }
  return result;
}

// The canonical type of index `index` in the index space of `kind`.
ExternType ExternTypeOf(const wasm::ValidatedModule& validated, ExternKind kind, uint32_t index) {
  const wasm::Module& module = validated.module();
  ExternType type;
  type.kind = kind;
  switch (kind) {
    case ExternKind::kFunc:
      return TypeOfFunc(validated.type_store(), validated.TypeIdOf(wasm::FuncIdx(index)), kind);
    case ExternKind::kTag:
      return TypeOfFunc(validated.type_store(), validated.TypeIdOf(module.tags[index].type), kind);
    case ExternKind::kTable:
      type.table = validated.Canonical(module.tables[index].type);
      break;
    case ExternKind::kMemory:
      type.memory = module.memories[index].type;
      break;
    case ExternKind::kGlobal:
      type.global = validated.Canonical(module.globals[index].type);
      break;
  }
  return type;
}

}  // namespace

// ---- engine and modules
// --------------------------------------------------------------------------

Engine::Engine(std::shared_ptr<runtime::ExecutionEngine> backend, const EngineOptions& options)
    : impl_(std::make_shared<Impl>()) {
  impl_->options = options;
  impl_->backend = std::move(backend);
  if (options.log && options.log_level != LogLevel::kOff)
    impl_->log = std::make_shared<const wasm::Log>(options.log_level, options.log);
  if (options.pooled_instances != 0) {
    impl_->pool = std::make_shared<runtime::PoolBudget>(options.pooled_instances,
                                                        options.pooled_address_space, impl_->log);
  }
}
const EngineOptions& Engine::options() const { return impl_->options; }
std::string_view Engine::backend_name() const { return impl_->backend->name(); }
uint32_t Engine::TypeIdOf(const FuncType& type) const { return impl_->types->AddFuncType(type); }

namespace {
[[maybe_unused]] std::string Summary(const wasm::Module& module) {
  return '"' + std::string(module.names.module) + "\", " +
         std::to_string(module.functions.size() - module.num_imported_functions) + " functions, " +
         std::to_string(module.imports.size()) + " imports";
}
}  // namespace

Result<Module> Module::Parse(const Engine& engine, std::span<const uint8_t> bytes) {
  const EngineOptions& options = engine.options();
  auto decoded = TRY(wasm::binary::DecodeModule(bytes, options.features));
  wasm::validate::ValidateOptions validate_options;
  validate_options.lazy_bodies = options.lazy_validation;
  validate_options.threads = options.validation_threads;
  auto validated = TRY(
      wasm::validate::ValidateModule(std::move(decoded), *engine.impl()->types, validate_options));
  Module module(engine, std::move(validated));
  WASM_LOG(engine.impl()->log.get(), kDebug,
           "decoded and validated a module of " + std::to_string(bytes.size()) +
               " bytes: " + Summary(module.internal()->module()));
  return module;
}

Result<void> Module::Validate(const Engine& engine, std::span<const uint8_t> bytes) {
  const EngineOptions& options = engine.options();
  TypeStore& types = *engine.impl()->types;
  wasm::validate::ValidateOptions validate_options;
  validate_options.threads = options.validation_threads;
  validate_options.discard_code = true;
  auto decoded =
      wasm::binary::DecodeModule(bytes, options.features, {.borrow = true, .names = false});
  if (decoded && wasm::validate::ValidateModule(std::move(*decoded), types, validate_options))
    return {};
  // Once more, for an error that has the function's name.
  decoded = TRY(wasm::binary::DecodeModule(bytes, options.features));
  TRY(wasm::validate::ValidateModule(std::move(*decoded), types, validate_options));
  return {};
}

std::vector<ImportType> Module::imports() const {
  std::vector<ImportType> result;
  for (const wasm::Import& import : module_->module().imports)
    result.push_back({std::string(import.module), std::string(import.name),
                      ExternTypeOf(*module_, import.kind, import.index)});
  return result;
}
std::vector<ExportType> Module::exports() const {
  std::vector<ExportType> result;
  for (const wasm::Export& e : module_->module().exports)
    result.push_back({std::string(e.name), ExternTypeOf(*module_, e.kind, e.index)});
  return result;
}
bool Module::has_start() const { return module_->module().start.has_value(); }
std::string_view Module::name() const { return module_->module().names.module; }

// ---- values
// --------------------------------------------------------------------------------------

Value Value::I31(uint32_t value) {
  return FromSlots(ValType::Ref(HeapType::kI31, false), runtime::MakeI31(value), 0, RefKind::kI31);
}

uint32_t Value::i31() const { return runtime::I31GetU(low_); }
void* Value::host_data() const {
  const auto* object = runtime::gc::AsObject(low_);
  return reinterpret_cast<const runtime::gc::HostPayload*>(object->payload())->data;
}

// ---- functions
// -----------------------------------------------------------------------------------

Result<void> CallRaw(runtime::Store& store, runtime::FuncInst* func, uint64_t* slots) {
  Result<void> result = store.Call(func, slots);
  store.EndUse();
  return result;
}

Func Func::HostRaw(Store& store, const FuncType& type, RawCallback callback, std::string name) {
  runtime::Store& internal = store.internal();
  auto adapter = [callback = std::move(callback)](runtime::CallContext& context,
                                                  runtime::Slot* slots) -> Result<void> {
    Caller caller(context);
    return callback(caller, slots);
  };
  const TypeId id = internal.types().AddFuncType(type);
  return Func(&internal, internal.NewHostFunction(id, std::move(adapter), std::move(name)));
}

Func Func::Host(Store& store, const FuncType& type, Callback callback, std::string name) {
  auto raw = [type, callback = std::move(callback)](Caller& caller,
                                                    uint64_t* slots) -> Result<void> {
    runtime::Store& internal = caller.store();
    std::vector<Value> args, results;
    const uint64_t* at = slots;
    for (ValType param : type.params) {
      args.push_back(LoadValue(internal, param, at));
      at += param.slots();
    }
    for (ValType result : type.results) results.push_back(Value::Default(result));
    TRY_VOID(callback(caller, args, results));
    uint64_t* out = slots;
    for (size_t i = 0; i < results.size(); ++i) {
      if (!ValueMatches(internal.types(), results[i], type.results[i]))
        return std::unexpected(HostError("a host function returned " + ToString(results[i].type()) +
                                         " where its type says " + ToString(type.results[i])));
      StoreValue(results[i], out);
      out += type.results[i].slots();
    }
    return {};
  };
  return HostRaw(store, type, std::move(raw), std::move(name));
}

Func Func::HostRaw(Store& store, uint32_t type_id, RawFunction function, void* data) {
  runtime::Store& internal = store.internal();
  return Func(&internal, internal.NewHostFunction(type_id, function, data));
}

FuncType Func::type() const { return store_->types().Get(func_->type_id).type.comp.func; }

Value Func::ref() const {
  return Value::FromSlots(ValType::Ref(HeapType::Concrete(func_->type_id), false),
                          reinterpret_cast<runtime::Ref>(func_), 0, RefKind::kFunc);
}

Result<std::vector<Value>> Func::Call(std::span<const Value> args) const {
  const FuncType& type = store_->types().Get(func_->type_id).type.comp.func;
  if (args.size() != type.params.size())
    return std::unexpected(HostError("the function takes " + std::to_string(type.params.size()) +
                                     " arguments, not " + std::to_string(args.size())));
  std::vector<uint64_t> slots(
      std::max<size_t>({SlotCount(type.params), SlotCount(type.results), size_t{1}}));
  uint64_t* at = slots.data();
  for (size_t i = 0; i < args.size(); ++i) {
    if (!ValueMatches(store_->types(), args[i], type.params[i]))
      return std::unexpected(HostError("argument " + std::to_string(i + 1) + " is of type " +
                                       ToString(args[i].type()) + ", the function takes " +
                                       ToString(type.params[i])));
    StoreValue(args[i], at);
    at += type.params[i].slots();
  }
  TRY_VOID(CallRaw(*store_, func_, slots.data()));
  std::vector<Value> results;
  results.reserve(type.results.size());
  const uint64_t* out = slots.data();
  for (ValType result : type.results) {
    results.push_back(LoadValue(*store_, result, out));
    out += result.slots();
  }
  return results;
}

namespace internal {
Result<void> CheckFuncType(const Func& func, const std::vector<ValType>& params,
                           const std::vector<ValType>& results) {
  const FuncType actual = func.type();
  if (actual.params == params && actual.results == results) return {};
  ExternType offered, wanted;
  offered.func = actual;
  wanted.func = {params, results};
  return std::unexpected(
      HostError("the function's type is " + ToString(offered) + ", not " + ToString(wanted)));
}
}  // namespace internal

// ---- memories, tables, globals, tags
// ---------------------------------------------------------------

Result<Memory> Memory::New(Store& store, const MemType& type) {
  runtime::Store& internal = store.internal();
  return Memory(&internal, TRY(internal.NewMemory(type)));
}
MemType Memory::type() const { return memory_->type(); }
std::span<uint8_t> Memory::data() const { return memory_->data(); }
uint64_t Memory::size() const { return memory_->bytes(); }
std::optional<uint64_t> Memory::Grow(uint64_t pages) const {
  const uint64_t old = memory_->Grow(pages);
  if (old == runtime::MemoryInst::kGrowFailed) return std::nullopt;
  return old;
}
Memory Memory::ShareWith(Store& other) const {
  runtime::Store& internal = other.internal();
  return Memory(&internal, internal.ShareMemory(*memory_));
}

Result<Table> Table::New(Store& store, const TableType& type, const Value& init) {
  runtime::Store& internal = store.internal();
  if (!ValueMatches(internal.types(), init, type.element))
    return std::unexpected(HostError("the initial element is of type " + ToString(init.type()) +
                                     ", the table holds " + ToString(type.element)));
  return Table(&internal, TRY(internal.NewTable(type, init.low())));
}
TableType Table::type() const { return table_->type(); }
uint64_t Table::size() const { return table_->size; }
std::optional<Value> Table::Get(uint64_t index) const {
  if (index >= table_->size) return std::nullopt;
  return LoadValue(*store_, table_->element_type(), &table_->elements[index]);
}
bool Table::Set(uint64_t index, const Value& value) const {
  if (index >= table_->size || !ValueMatches(store_->types(), value, table_->element_type()))
    return false;
  table_->elements[index] = value.low();
  return true;
}

Global Global::New(Store& store, const GlobalType& type, const Value& value) {
  runtime::Store& internal = store.internal();
  WASM_CHECK(ValueMatches(internal.types(), value, type.type));
  runtime::Slot slots[2] = {value.low(), value.high()};
  return Global(&internal, internal.NewGlobal(type, slots));
}
GlobalType Global::type() const { return global_->type(); }
uint64_t* Global::slots() const { return global_->value; }
Value Global::Get() const { return LoadValue(*store_, global_->type().type, global_->value); }
bool Global::Set(const Value& value) const {
  if (!global_->type().is_mutable || !ValueMatches(store_->types(), value, global_->type().type))
    return false;
  StoreValue(value, global_->value);
  return true;
}

Tag Tag::New(Store& store, const std::vector<ValType>& params) {
  runtime::Store& internal = store.internal();
  return Tag(&internal, internal.NewTag(internal.types().AddFuncType({params, {}})));
}

// ---- stores and instances
// --------------------------------------------------------------------------

Store::Store(const Engine& engine, const StoreLimits& limits) : engine_(engine) {
  runtime::StoreLimits internal;
  internal.max_memory_bytes = limits.max_memory_bytes;
  internal.max_table_elements = limits.max_table_elements;
  internal.max_stack_bytes = limits.max_stack_bytes;
  internal.max_heap_bytes = limits.max_heap_bytes;
  internal.max_instances = limits.max_instances;
  internal.max_memories = limits.max_memories;
  internal.max_tables = limits.max_tables;
  internal.max_fibers = limits.max_fibers;
  internal.memory_reservation = limits.memory_reservation;
  internal.guard_memories = engine.options().guard_memories;
  internal.log = engine.impl()->log.get();
  store_ = std::make_unique<runtime::Store>(engine.impl()->types, engine.impl()->backend.get(),
                                            internal, engine.impl()->pool);
}
Store::~Store() { Release(); }
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&& other) noexcept {
  if (this == &other) return *this;
  Release();
  engine_ = other.engine_;
  store_ = std::move(other.store_);
  return *this;
}

// What it stands on must stay as long as it does.
void Store::Release() {
  if (store_ == nullptr) return;
  if (!store_->IsInUse()) {
    store_.reset();
    return;
  }
  WASM_LOG(engine_.impl()->log.get(), kWarning,
           "a store was destroyed by a host function that it had called: the call is ended");
  store_.release()->Abandon(std::make_shared<const Engine>(engine_));
}
bool Store::IsInUse() const { return store_->IsInUse(); }
void Store::Abandon() { store_->Abandon(nullptr); }

Result<Instance> Store::Instantiate(const Module& module, std::span<const Extern> imports,
                                    std::string name) {
  return InstantiateFor(nullptr, module, imports, std::move(name));
}

Result<Instance> Store::InstantiateFor(const void* owner, const Module& module,
                                       std::span<const Extern> imports, std::string name) {
  std::vector<runtime::Extern> internal_imports;
  internal_imports.reserve(imports.size());
  for (const Extern& value : imports) internal_imports.push_back(ToInternal(value));
  // The start function may call a host function that destroys this object.
  runtime::Store* const store = store_.get();
  Result<runtime::Instance*> made =
      store->Instantiate(module.internal(), internal_imports, std::move(name), owner);
  store->EndUse();
  return Instance(store, TRY(std::move(made)));
}

void Store::SetOwnerDescriber(std::string (*describe)(const void* owner)) {
  store_->impl().describe_owner = describe;
}

Value Store::NewHostRef(void* data) {
  const runtime::Ref ref = store_->heap().NewHostRef(data);
  return LoadValue(*store_, wasm::kExternRef, &ref);
}

void Store::Interrupt() { store_->Interrupt(wasm::Trap::kDeadline); }
void Store::ClearInterrupt() { store_->ClearInterrupt(); }
void Store::SetFuel(uint64_t fuel) { store_->SetFuel(fuel); }
uint64_t Store::fuel() const { return store_->fuel(); }

StoreStats Store::stats() const {
  const runtime::gc::HeapStats& heap = store_->heap().stats();
  return {heap.bytes_allocated_total, heap.bytes_in_use, heap.collections};
}
void Store::CollectGarbage() { store_->heap().Collect(); }

std::optional<Extern> Instance::GetExport(std::string_view name) const {
  const auto found = store_->FindExport(instance_, name);
  if (!found) return std::nullopt;
  return ToPublic(store_, *found);
}

namespace {
template <typename T>
std::optional<T> GetAs(const Instance& instance, std::string_view name) {
  const auto found = instance.GetExport(name);
  if (!found || !std::holds_alternative<T>(*found)) return std::nullopt;
  return std::get<T>(*found);
}
}  // namespace

std::optional<Func> Instance::GetFunc(std::string_view name) const {
  return GetAs<Func>(*this, name);
}
std::optional<Memory> Instance::GetMemory(std::string_view name) const {
  return GetAs<Memory>(*this, name);
}
std::optional<Global> Instance::GetGlobal(std::string_view name) const {
  return GetAs<Global>(*this, name);
}
std::optional<Table> Instance::GetTable(std::string_view name) const {
  return GetAs<Table>(*this, name);
}

Extern Instance::ExportAt(size_t index) const {
  runtime::InstanceData& data = *instance_->data;
  const wasm::Export& found = data.module().exports[index];
  return ToPublic(store_, data.ExternOf(found.kind, found.index));
}

std::vector<std::pair<std::string, Extern>> Instance::exports() const {
  std::vector<std::pair<std::string, Extern>> result;
  runtime::InstanceData& data = *instance_->data;
  for (const wasm::Export& e : data.module().exports)
    result.emplace_back(std::string(e.name), ToPublic(store_, data.ExternOf(e.kind, e.index)));
  return result;
}

std::optional<Instance> Caller::instance() const {
  runtime::Instance* caller = context_.caller();
  if (caller == nullptr) return std::nullopt;
  return Instance(&context_.store(), caller);
}
std::span<uint8_t> Caller::memory() const {
  runtime::MemoryInst* memory = context_.memory();
  return memory == nullptr ? std::span<uint8_t>() : memory->data();
}
runtime::Store& Caller::store() const { return context_.store(); }

// ---- linking
// -------------------------------------------------------------------------------------

void Linker::Define(std::string_view module, std::string_view name, Extern value) {
  for (Definition& definition : definitions_)
    if (definition.module == module && definition.name == name) {
      definition.value = std::move(value);
      return;
    }
  definitions_.push_back({std::string(module), std::string(name), std::move(value)});
}

void Linker::DefineInstance(std::string_view module, const Instance& instance) {
  for (auto& [name, value] : instance.exports()) Define(module, name, value);
}

std::optional<Extern> Linker::Get(std::string_view module, std::string_view name) const {
  for (const Definition& definition : definitions_)
    if (definition.module == module && definition.name == name) return definition.value;
  return std::nullopt;
}

Result<std::vector<Extern>> Linker::Resolve(const Module& module) const {
  std::vector<Extern> result;
  for (const wasm::Import& import : module.internal()->module().imports) {
    auto value = Get(import.module, import.name);
    if (!value) {
      const ExternType type = ExternTypeOf(*module.internal(), import.kind, import.index);
      return std::unexpected(
          Error(ErrorKind::kUnlinkable, "unknown import \"" + std::string(import.module) + "\" \"" +
                                            std::string(import.name) + "\": the module needs " +
                                            ToString(type) + ", nothing of that name is provided"));
    }
    result.push_back(*std::move(value));
  }
  return result;
}

Result<Instance> Linker::Instantiate(const Module& module, std::string name) {
  const auto imports = TRY(Resolve(module));
  return store_.Instantiate(module, imports, std::move(name));
}

}  // namespace trenail
