// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One more walk over the definitions, with the core index spaces as far as they are known before
// anything exists.

#include "libcomponent/runtime/plan.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "libcomponent/runtime/adapter.h"
#include "libcomponent/runtime/canon_builtin.h"

namespace component::runtime {
namespace {

class Planner {
 public:
  Planner(const trenail::Engine& engine, const ValidatedComponent& component)
      : engine_(engine), component_(component) {}

  ComponentPlan Make() {
    for (const Definition& definition : component_.syntax->definitions)
      std::visit([this](const auto& def) { Define(def); }, definition.def);
    for (const InstanceType* instance : component_.instances)
      plan_.num_resources += plan_.bound_exports.emplace_back(BoundExports(*instance)).size();
    for (const TypeEntry& type : component_.types)
      if (type.kind == TypeEntry::Kind::kResource) ++plan_.num_resources;
    plan_.num_core_funcs = component_.core_funcs.size();
    plan_.num_funcs = component_.funcs.size();
    return std::move(plan_);
  }

 private:
  // A core instance: of a module whose exports have these names, or of a definition that lists
  // them; neither: unknown.
  struct Exports {
    const std::vector<trenail::ExportType>* of_module = nullptr;
    const CoreInstanceDef* listed = nullptr;
  };
  struct KnownModule {
    std::vector<trenail::ImportType> imports;
    std::vector<trenail::ExportType> exports;
    bool has_start = false;
  };

  template <typename T>
  void Define(const T&) {}

  void Define(const CoreModuleDef&) {
    const trenail::Module& module = component_.nested_modules[num_nested_modules_++];
    modules_.push_back(std::make_unique<KnownModule>(
        KnownModule{module.imports(), module.exports(), module.has_start()}));
  }
  void Define(const Import& def) { AddModules(def.type.sort); }
  void Define(const Export& def) { AddModules(def.item.sort); }
  // Modules that come from elsewhere.
  void AddModules(Sort sort) {
    if (sort == Sort::kCoreModule) modules_.push_back(nullptr);
  }

  void Define(const CoreInstanceDef& def) {
    ComponentPlan::CoreInstance& planned = plan_.core_instances.emplace_back();
    if (!def.instantiate) {
      exports_.push_back({.listed = &def});
      return;
    }
    const KnownModule* const module = modules_[def.module].get();
    exports_.push_back({.of_module = module != nullptr ? &module->exports : nullptr});
    if (module == nullptr) return;
    planned.is_known = true;
    planned.has_start = module->has_start;
    for (const trenail::ImportType& import : module->imports) {
      for (const CoreInstantiateArg& arg : def.args) {
        if (arg.name != import.module) continue;
        planned.imports.push_back(
            {arg.instance, PositionOf(exports_[arg.instance], import.name), import.name});
        break;
      }
    }
  }

  void Define(const Alias& def) {
    switch (def.kind) {
      case Alias::Kind::kCoreExport:
        plan_.core_alias_positions.push_back(PositionOf(exports_[def.instance], def.name));
        if (def.sort == Sort::kCoreFunc) ++num_core_funcs_;
        return;
      case Alias::Kind::kExport: {
        const auto& exports = component_.instances[def.instance]->exports;
        const auto found = std::ranges::find(
            exports, def.name, [](const NamedExtern& item) { return item.name.name; });
        plan_.alias_positions.push_back(static_cast<uint32_t>(found - exports.begin()));
        break;
      }
      case Alias::Kind::kOuter:
        break;
    }
    AddModules(def.sort);
  }

  void Define(const Canon& def) {
    if (NeedsFibers(def, component_)) plan_.needs_fibers = true;
    if (NeedsTasks(def, component_)) plan_.needs_tasks = true;
    if (def.kind == CanonKind::kThreadIndex || def.kind == CanonKind::kThreadResumeLater)
      plan_.names_threads = true;
    if (def.kind == CanonKind::kLift) return;
    plan_.core_type_ids.push_back(engine_.TypeIdOf(component_.core_funcs[num_core_funcs_++]));
  }

  static std::vector<uint32_t> BoundExports(const InstanceType& type) {
    std::vector<uint32_t> positions;
    for (uint32_t i = 0; i < type.exports.size(); ++i) {
      const ExternType& item = type.exports[i].type;
      if (item.sort == Sort::kInstance ||
          (item.sort == Sort::kType && item.type.kind == TypeEntry::Kind::kResource))
        positions.push_back(i);
    }
    return positions;
  }

  static uint32_t PositionOf(const Exports& exports, std::string_view name) {
    const auto position = [name](const auto& items) {
      const auto found = std::ranges::find(
          items, name, [](const auto& item) { return std::string_view(item.name); });
      return static_cast<uint32_t>(found - items.begin());
    };
    if (exports.of_module != nullptr) return position(*exports.of_module);
    return exports.listed != nullptr ? position(exports.listed->exports) : kByName;
  }

  const trenail::Engine& engine_;
  const ValidatedComponent& component_;
  ComponentPlan plan_;
  size_t num_nested_modules_ = 0;
  size_t num_core_funcs_ = 0;
  std::vector<std::unique_ptr<const KnownModule>> modules_;
  std::vector<Exports> exports_;
};

}  // namespace

const ComponentPlan& PlanOf(const trenail::Engine& engine, const ValidatedComponent& component) {
  ValidatedComponent::ForInstances& state = component.for_instances;
  std::call_once(state.once, [&] {
    state.plan = std::make_shared<const ComponentPlan>(Planner(engine, component).Make());
  });
  return *state.plan;
}

}  // namespace component::runtime
