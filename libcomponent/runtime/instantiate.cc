// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Validation has judged everything: indices are in range, and what is looked up by name is there.

#include "libcomponent/runtime/instantiate.h"

#include <utility>

#include "libcomponent/runtime/call_core.h"
#include "libcomponent/runtime/canon_func.h"
#include "libcomponent/runtime/instantiation.h"

namespace component::runtime {
namespace {

// `likely`: the position in the type of the instance, which most instances are in the order of.
const Extern& Resolved(const InstanceValue& instance, std::string_view name, size_t likely) {
  const auto& exports = instance.exports();
  if (likely < exports.size() && exports[likely].first == name) return exports[likely].second;
  const Extern* found = instance.Find(name);
  WASM_CHECK(found != nullptr);
  return *found;
}

}  // namespace

void BindResources(ComponentInstance& inst, const ExternType& type, const Extern& value) {
  if (type.sort == Sort::kType && type.type.kind == TypeEntry::Kind::kResource) {
    if (const auto* resource = std::get_if<TypeInst>(&value))
      inst.resources[type.type.resource] = resource->resource;
  } else if (type.sort == Sort::kInstance) {
    BindResources(inst, *type.instance, *std::get<std::shared_ptr<const InstanceValue>>(value));
  }
}

void BindResources(ComponentInstance& inst, const InstanceType& type, const InstanceValue& value) {
  for (size_t i = 0; i < type.exports.size(); ++i) {
    const NamedExtern& item = type.exports[i];
    if (item.type.sort == Sort::kType || item.type.sort == Sort::kInstance)
      BindResources(inst, item.type, Resolved(value, item.name.name, i));
  }
}

wasm::Result<Instantiated> Instantiate(Store& store, const ComponentClosure& component,
                                       ComponentInstance* parent, const ImportLookup& imports,
                                       uint32_t index) {
  ComponentInstance& inst = TRY(store.NewInstance(parent, component.component)).get();
  inst.index = index;
  inst.outer = component.outer;
  Instantiated result{.instance = &inst, .value = nullptr};
  result.value = TRY(Instantiation(inst, imports).Run());
  return result;
}

Instantiation::Instantiation(ComponentInstance& inst, const ImportLookup& imports)
    : inst_(inst),
      component_(*inst.component),
      imports_(imports),
      plan_(PlanOf(inst.store.core().engine(), component_)) {}

wasm::Result<std::shared_ptr<const InstanceValue>> Instantiation::Run() {
  inst_.needs_fibers = plan_.needs_fibers;
  inst_.needs_tasks = plan_.needs_tasks;
  inst_.names_threads = plan_.names_threads;
  inst_.funcs.reserve(plan_.num_funcs);
  inst_.core_funcs.reserve(plan_.num_core_funcs);
  // Core functions refer to them.
  inst_.canon_funcs.reserve(plan_.core_type_ids.size());
  core_instances_.reserve(plan_.core_instances.size());
  instances_.reserve(component_.instances.size());
  inst_.core_modules.reserve(component_.core_modules.size());
  inst_.components.reserve(component_.components.size());
  inst_.resources.Reserve(plan_.num_resources);
  for (const Definition& definition : component_.syntax->definitions)
    TRY_VOID(std::visit([this](const auto& def) { return Define(def); }, definition.def));
  return std::shared_ptr<const InstanceValue>(std::move(exports_));
}

// ---- core
// ----------------------------------------------------------------------------------------

wasm::Result<void> Instantiation::Define(const CoreModuleDef&) {
  inst_.core_modules.push_back(component_.nested_modules[num_nested_modules_++]);
  return {};
}

trenail::Extern Instantiation::CoreExport(const CoreInstance& instance, uint32_t position,
                                          std::string_view name) const {
  if (const auto* module = std::get_if<trenail::Instance>(&instance)) {
    if (position != kByName) return module->ExportAt(position);
    const auto found = module->GetExport(name);
    WASM_CHECK(found.has_value());
    return *found;
  }
  const auto& exports = std::get<CoreExports>(instance);
  if (position != kByName) return exports.values[position];
  for (size_t i = 0; i < exports.values.size(); ++i)
    if (exports.def->exports[i].name == name) return exports.values[i];
  WASM_CHECK(false);
}

trenail::Extern Instantiation::CoreItem(SortIdx item) const {
  switch (item.sort) {
    case Sort::kCoreTable:
      return inst_.core_tables[item.index];
    case Sort::kCoreMemory:
      return inst_.core_memories[item.index];
    case Sort::kCoreGlobal:
      return core_globals_[item.index];
    case Sort::kCoreTag:
      return core_tags_[item.index];
    default:
      return inst_.core_funcs[item.index];
  }
}

void Instantiation::AddCore(const trenail::Extern& value) {
  if (const auto* func = std::get_if<trenail::Func>(&value)) inst_.core_funcs.push_back(*func);
  if (const auto* table = std::get_if<trenail::Table>(&value)) inst_.core_tables.push_back(*table);
  if (const auto* memory = std::get_if<trenail::Memory>(&value))
    inst_.core_memories.push_back(*memory);
  if (const auto* global = std::get_if<trenail::Global>(&value)) core_globals_.push_back(*global);
  if (const auto* tag = std::get_if<trenail::Tag>(&value)) core_tags_.push_back(*tag);
}

std::vector<trenail::Extern> Instantiation::CoreImports(const CoreInstanceDef& def,
                                                        const ComponentPlan::CoreInstance& planned,
                                                        const trenail::Module& module) const {
  std::vector<trenail::Extern> imports;
  if (planned.is_known) {
    imports.reserve(planned.imports.size());
    for (const ComponentPlan::CoreImport& import : planned.imports) {
      const CoreInstance& instance = core_instances_[import.instance];
      imports.push_back(CoreExport(instance, import.position, import.name));
    }
    return imports;
  }
  for (const trenail::ImportType& import : module.imports()) {
    for (const CoreInstantiateArg& arg : def.args) {
      if (arg.name != import.module) continue;
      imports.push_back(CoreExport(core_instances_[arg.instance], kByName, import.name));
      break;
    }
  }
  return imports;
}

wasm::Result<void> Instantiation::Define(const CoreInstanceDef& def) {
  if (!def.instantiate) {
    CoreExports exports{.def = &def};
    exports.values.reserve(def.exports.size());
    for (const CoreInlineExport& item : def.exports) exports.values.push_back(CoreItem(item.item));
    core_instances_.emplace_back(std::move(exports));
    return {};
  }
  const trenail::Module& module = inst_.core_modules[def.module];
  const ComponentPlan::CoreInstance& planned = plan_.core_instances[core_instances_.size()];
  const std::vector<trenail::Extern> imports = CoreImports(def, planned, module);
  std::optional<trenail::Instance> instance;
  const auto instantiate = [&]() -> wasm::Result<void> {
    instance = TRY(inst_.store.core().InstantiateFor(&inst_, module, imports));
    return {};
  };
  // No guest code runs unless there is a start function.
  const bool runs = planned.is_known ? planned.has_start : module.has_start();
  if (runs) {
    inst_.EnterFrom(nullptr);
    TRY_VOID(RunAsTask(inst_, instantiate));
    inst_.LeaveTo(nullptr);
  } else {
    TRY_VOID(instantiate());
  }
  core_instances_.emplace_back(*instance);
  return {};
}

// ---- components, instances, types
// ----------------------------------------------------------------

wasm::Result<void> Instantiation::Define(const std::shared_ptr<const Component>&) {
  inst_.components.push_back({component_.nested_components[num_nested_components_++], &inst_});
  return {};
}

Extern Instantiation::Item(SortIdx item) const {
  switch (item.sort) {
    case Sort::kCoreModule:
      return inst_.core_modules[item.index];
    case Sort::kValue:
      return values_[item.index];
    case Sort::kType: {
      const TypeEntry& type = component_.types[item.index];
      if (type.kind != TypeEntry::Kind::kResource) return TypeInst{};
      return TypeInst{inst_.ResourceOf(type.resource)};
    }
    case Sort::kComponent:
      return inst_.components[item.index];
    case Sort::kInstance:
      return instances_[item.index];
    default:
      return inst_.funcs[item.index];
  }
}

void Instantiation::Add(Sort sort, const Extern& value) {
  switch (sort) {
    case Sort::kCoreModule:
      inst_.core_modules.push_back(std::get<trenail::Module>(value));
      break;
    case Sort::kFunc:
      inst_.funcs.push_back(std::get<std::shared_ptr<FuncInst>>(value));
      break;
    case Sort::kValue:
      values_.push_back(std::get<Value>(value));
      break;
    case Sort::kType: {
      const TypeEntry& type = component_.types[num_types_++];
      if (type.kind == TypeEntry::Kind::kResource)
        inst_.resources[type.resource] = std::get<TypeInst>(value).resource;
      break;
    }
    case Sort::kComponent:
      inst_.components.push_back(std::get<ComponentClosure>(value));
      break;
    case Sort::kInstance: {
      instances_.push_back(std::get<std::shared_ptr<const InstanceValue>>(value));
      const InstanceType& type = *component_.instances[instances_.size() - 1];
      for (const uint32_t position : plan_.bound_exports[instances_.size() - 1]) {
        const NamedExtern& item = type.exports[position];
        BindResources(inst_, item.type, Resolved(*instances_.back(), item.name.name, position));
      }
      break;
    }
    default:
      break;
  }
}

wasm::Result<void> Instantiation::Define(const InstanceDef& def) {
  if (!def.instantiate) {
    auto instance = std::make_shared<InstanceValue>();
    for (const InlineExport& item : def.exports) instance->Add(item.name.name, Item(item.item));
    Add(Sort::kInstance, std::shared_ptr<const InstanceValue>(std::move(instance)));
    return {};
  }
  std::vector<Extern> args;
  args.reserve(def.args.size());
  for (const InstantiateArg& arg : def.args) args.push_back(Item(arg.item));
  // A copy, as the index space may grow while the instance is being made.
  const ComponentClosure component = inst_.components[def.component];
  const Instantiated made = TRY(Instantiate(
      inst_.store, component, &inst_,
      [&](const ExternName& name, size_t likely) -> const Extern* {
        if (likely < args.size() && def.args[likely].name == name.name) return &args[likely];
        for (size_t i = 0; i < args.size(); ++i)
          if (def.args[i].name == name.name) return &args[i];
        return nullptr;
      },
      static_cast<uint32_t>(instances_.size())));
  Add(Sort::kInstance, made.value);
  return {};
}

wasm::Result<void> Instantiation::Define(const Alias& def) {
  switch (def.kind) {
    case Alias::Kind::kExport:
      Add(def.sort,
          Resolved(*instances_[def.instance], def.name, plan_.alias_positions[num_aliases_++]));
      return {};
    case Alias::Kind::kCoreExport:
      AddCore(CoreExport(core_instances_[def.instance],
                         plan_.core_alias_positions[num_core_aliases_++], def.name));
      return {};
    case Alias::Kind::kOuter:
      break;
  }
  const ComponentInstance* scope = &inst_;
  for (uint32_t i = 0; i < def.outer_count; ++i) scope = scope->outer;
  if (def.sort == Sort::kCoreModule)
    inst_.core_modules.push_back(trenail::Module(scope->core_modules[def.outer_index]));
  else if (def.sort == Sort::kComponent)
    inst_.components.push_back(ComponentClosure(scope->components[def.outer_index]));
  else if (def.sort == Sort::kType)
    ++num_types_;  // resource types of other components have no outer aliases
  return {};
}

wasm::Result<void> Instantiation::Define(const TypeDef& def) {
  const TypeEntry& type = component_.types[num_types_++];
  if (const auto* resource = std::get_if<ResourceTypeSyntax>(&def.type)) {
    auto made = std::make_shared<ResourceType>();
    made->impl = &inst_;
    if (resource->dtor) made->dtor = inst_.core_funcs[*resource->dtor];
    inst_.resources[type.resource] = std::move(made);
  }
  return {};
}

// ---- imports, exports, start
// ---------------------------------------------------------------------

wasm::Result<void> Instantiation::Define(const Import& def) {
  const Extern* value = imports_(def.name, num_imports_++);
  if (value == nullptr) {
    return std::unexpected(
        wasm::Error(wasm::ErrorKind::kUnlinkable,
                    "unknown import: `" + def.name.name + "` has not been defined"));
  }
  Add(def.type.sort, *value);
  return {};
}

namespace {

// A function of the host's that a component exports as it is: now it has a type.
class ReexportedFunc final : public FuncInst {
 public:
  ReexportedFunc(std::shared_ptr<FuncInst> func, const FuncType& type,
                 const ComponentInstance& scope)
      : func_(std::move(func)), type_(type), scope_(scope) {}

  wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store, std::shared_ptr<CallSite> site,
                                                  ComponentInstance* caller) override {
    return func_->Call(store, std::move(site), caller);
  }
  const FuncType* type() const override { return &type_; }
  const ComponentInstance* type_scope() const override { return &scope_; }

 private:
  std::shared_ptr<FuncInst> func_;
  const FuncType& type_;
  const ComponentInstance& scope_;
};

}  // namespace

wasm::Result<void> Instantiation::Define(const Export& def) {
  Extern value = Item(def.item);
  if (def.item.sort == Sort::kFunc && inst_.funcs[def.item.index]->type() == nullptr) {
    value = std::shared_ptr<FuncInst>(std::make_shared<ReexportedFunc>(
        inst_.funcs[def.item.index], *component_.funcs[def.item.index], inst_));
  }
  Add(def.item.sort, value);
  exports_->Add(def.name.name, value);
  return {};
}

}  // namespace component::runtime
