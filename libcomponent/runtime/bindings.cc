// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same walk as instantiate.cc, over values that are known or not. What the host offers is not.

#include "libcomponent/runtime/bindings.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "libcomponent/runtime/adapter.h"
#include "libcomponent/runtime/adapter_module.h"
#include "libwasm/module/validated_module.h"

namespace component::runtime {
namespace {

constexpr uint32_t kUnknown = ~uint32_t{0};
// A component may instantiate what is nested in it many times, and that again: then what has been
// found by then is all.
constexpr uint32_t kMaxDefinitions = 200'000;

struct CoreFunc {
  uint32_t module = kUnknown;
  uint32_t function = 0;
  // An adapter's: what it calls. Its post-return is unknown if there is none.
  std::shared_ptr<const std::pair<CoreFunc, CoreFunc>> inner;

  bool known() const { return module != kUnknown; }
  friend bool operator==(const CoreFunc& a, const CoreFunc& b) {
    if (a.module != b.module || a.function != b.function) return false;
    return a.inner == b.inner || (a.inner && b.inner && *a.inner == *b.inner);
  }
};

struct Scope;
struct Func {
  const Canon& lift;
  const FuncType& type;
  const Scope& inst;
  CoreFunc callee;
  std::optional<CoreFunc> post_return;
};
struct ComponentRef {
  const ValidatedComponent* component = nullptr;
  const Scope* outer = nullptr;
};
struct ModuleRef {
  uint32_t number = kUnknown;
};
struct Items;
using InstanceRef = std::shared_ptr<const Items>;
using FuncRef = std::shared_ptr<const Func>;
using Item = std::variant<std::monostate, ModuleRef, FuncRef, ComponentRef, InstanceRef>;
struct Items {
  std::map<std::string, Item, std::less<>> by_name;
};

// A component instance.
struct Scope {
  const ValidatedComponent& component;
  const Scope* parent;
  const Scope* outer;
  uint32_t depth = 0;
  bool needs_tasks = false;
  std::vector<ModuleRef> core_modules;
  std::vector<ComponentRef> components;
};

// How many instances a call from `caller` enters; 0 if one of the two is inside of the other
// (ComponentInstance::EnteringLimit).
uint32_t NumEntered(const Scope& callee, const Scope& caller) {
  const Scope* at = &callee;
  const Scope* other = &caller;
  uint32_t count = 0;
  while (at != nullptr && other != nullptr && at != other) {
    const uint32_t depth = at->depth;
    if (depth >= other->depth) {
      at = at->parent;
      ++count;
    }
    if (other->depth >= depth) other = other->parent;
  }
  const Scope* const common = other == nullptr ? nullptr : at;
  return common == &callee || common == &caller ? 0 : count;
}

class Finder {
 public:
  Finder(const ValidatedComponent& component, std::span<const trenail::Module> modules)
      : modules_(modules) {
    NumberModules(component);
    for (const auto& [shape, adapter] : component.guest_calls->adapters)
      adapters_.emplace(shape, next_module_++);
  }

  void Instantiate(const ComponentRef& component, const Scope* parent, const Items& args,
                   Items& exports);
  std::vector<CoreBinding> Take();

 private:
  friend class Walk;

  void NumberModules(const ValidatedComponent& component) {
    size_t num_modules = 0, num_components = 0;
    for (const Definition& definition : component.syntax->definitions) {
      if (std::holds_alternative<CoreModuleDef>(definition.def))
        numbers_[{&component, num_modules++}] = next_module_++;
      else if (std::holds_alternative<std::shared_ptr<const Component>>(definition.def))
        NumberModules(*component.nested_components[num_components++]);
    }
  }
  const wasm::Module& ModuleOf(uint32_t number) const {
    return modules_[number].internal()->module();
  }
  // The function that a module exports under a name, in its index space.
  std::optional<uint32_t> Exported(uint32_t module, std::string_view name) {
    auto [known, is_new] = exports_.try_emplace(module);
    if (is_new)
      for (const wasm::Export& item : ModuleOf(module).exports)
        if (item.kind == wasm::ExternKind::kFunc) known->second[item.name] = item.index;
    const auto found = known->second.find(name);
    if (found == known->second.end()) return std::nullopt;
    return found->second;
  }
  void Bind(uint32_t module, uint32_t import, const CoreFunc& func) {
    const auto [known, is_new] = bound_.try_emplace({module, import}, func);
    // Another instance's is another function: there is nothing to rely on.
    if (!is_new && known->second != func) known->second = CoreFunc();
  }
  CoreFunc Lower(const FuncRef& func, const Canon& canon, const FuncType& type,
                 const Scope& caller) const;

  const std::span<const trenail::Module> modules_;
  uint32_t next_module_ = 0;
  uint32_t num_definitions_ = 0;
  std::map<std::pair<const ValidatedComponent*, size_t>, uint32_t> numbers_;
  std::map<std::string, uint32_t> adapters_;
  std::unordered_map<uint32_t, std::unordered_map<std::string_view, uint32_t>> exports_;
  std::map<std::pair<uint32_t, uint32_t>, CoreFunc> bound_;
  std::deque<Scope> scopes_;
};

bool IsAsync(const Canon& canon) {
  for (const CanonOpt& option : canon.options)
    if (option.kind == CanonOpt::Kind::kAsync) return true;
  return false;
}

// LinkAdapter, before there is anything to link.
CoreFunc Finder::Lower(const FuncRef& func, const Canon& canon, const FuncType& type,
                       const Scope& caller) const {
  if (func == nullptr || !func->callee.known() || type.is_async || IsAsync(canon) ||
      IsAsync(func->lift) || func->inst.needs_tasks)
    return {};
  const uint32_t entering = NumEntered(func->inst, caller);
  std::optional<AdapterShape> shape = ShapeOf(func->type);
  const std::optional<AdapterShape> lowered = ShapeOf(type);
  if (entering == 0 || !shape || !lowered || shape->Key() != lowered->Key()) return {};
  shape->post_return = func->post_return.has_value();
  shape->entering = entering;
  const auto adapter = adapters_.find(shape->Key());
  if (adapter == adapters_.end()) return {};
  return {.module = adapter->second,
          .function = ModuleOf(adapter->second).num_imported_functions,
          .inner = std::make_shared<const std::pair<CoreFunc, CoreFunc>>(
              func->callee, func->post_return.value_or(CoreFunc()))};
}

// The definitions of one component instance.
class Walk {
 public:
  Walk(Finder& finder, Scope& scope, const Items& args, Items& exports)
      : finder_(finder),
        scope_(scope),
        component_(scope.component),
        args_(args),
        exports_(exports) {}

  void Run() {
    for (const Definition& definition : component_.syntax->definitions)
      if (const auto* canon = std::get_if<Canon>(&definition.def))
        scope_.needs_tasks |= NeedsTasks(*canon, component_);
    for (const Definition& definition : component_.syntax->definitions) {
      if (++finder_.num_definitions_ > kMaxDefinitions) return;
      std::visit([this](const auto& def) { Define(def); }, definition.def);
    }
  }

 private:
  // A core instance: of a module, or a bag of functions.
  struct CoreInstance {
    uint32_t module = kUnknown;
    std::vector<CoreFunc> imports;
    std::map<std::string, CoreFunc, std::less<>> exports;
  };

  template <typename T>
  void Define(const T&) {}  // no function comes of it

  void Define(const CoreModuleDef&) {
    scope_.core_modules.push_back({finder_.numbers_.at({&component_, num_modules_++})});
  }
  void Define(const CoreInstanceDef& def) {
    CoreInstance instance;
    if (!def.instantiate) {
      for (const CoreInlineExport& item : def.exports)
        if (item.item.sort == Sort::kCoreFunc)
          instance.exports.emplace(item.name, core_funcs_[item.item.index]);
    } else if (instance.module = scope_.core_modules[def.module].number;
               instance.module != kUnknown) {
      for (const wasm::Import& import : finder_.ModuleOf(instance.module).imports) {
        if (import.kind != wasm::ExternKind::kFunc) continue;
        CoreFunc func;
        for (const CoreInstantiateArg& arg : def.args) {
          if (arg.name != import.module) continue;
          func = CoreExport(core_instances_[arg.instance], import.name);
          break;
        }
        finder_.Bind(instance.module, static_cast<uint32_t>(instance.imports.size()), func);
        instance.imports.push_back(std::move(func));
      }
    }
    core_instances_.push_back(std::move(instance));
  }
  CoreFunc CoreExport(const CoreInstance& instance, std::string_view name) {
    if (const auto found = instance.exports.find(name); found != instance.exports.end())
      return found->second;
    if (instance.module == kUnknown) return {};
    const std::optional<uint32_t> function = finder_.Exported(instance.module, name);
    if (!function) return {};
    if (*function < instance.imports.size()) return instance.imports[*function];
    return {.module = instance.module, .function = *function, .inner = nullptr};
  }

  void Define(const std::shared_ptr<const Component>&) {
    scope_.components.push_back({component_.nested_components[num_components_++].get(), &scope_});
  }
  void Define(const InstanceDef& def) {
    auto items = std::make_shared<Items>();
    if (!def.instantiate) {
      for (const InlineExport& item : def.exports)
        items->by_name.insert_or_assign(item.name.name, ItemOf(item.item));
      instances_.push_back(std::move(items));
      return;
    }
    Items args;
    for (const InstantiateArg& arg : def.args)
      args.by_name.insert_or_assign(arg.name, ItemOf(arg.item));
    const ComponentRef component = scope_.components[def.component];
    if (component.component == nullptr) {
      instances_.push_back(nullptr);
      return;
    }
    finder_.Instantiate(component, &scope_, args, *items);
    instances_.push_back(std::move(items));
  }
  void Define(const Alias& def) {
    switch (def.kind) {
      case Alias::Kind::kExport: {
        const InstanceRef& instance = instances_[def.instance];
        Add(def.sort, instance == nullptr ? Item() : Find(*instance, def.name));
        return;
      }
      case Alias::Kind::kCoreExport:
        if (def.sort == Sort::kCoreFunc)
          core_funcs_.push_back(CoreExport(core_instances_[def.instance], def.name));
        return;
      case Alias::Kind::kOuter:
        break;
    }
    const Scope* scope = &scope_;
    for (uint32_t i = 0; i < def.outer_count; ++i) scope = scope->outer;
    if (def.sort == Sort::kCoreModule)
      scope_.core_modules.push_back(ModuleRef(scope->core_modules[def.outer_index]));
    else if (def.sort == Sort::kComponent)
      scope_.components.push_back(ComponentRef(scope->components[def.outer_index]));
  }
  void Define(const Canon& def) {
    if (def.kind == CanonKind::kLift) {
      std::optional<CoreFunc> post_return;
      for (const CanonOpt& option : def.options)
        if (option.kind == CanonOpt::Kind::kPostReturn) post_return = core_funcs_[option.index];
      funcs_.push_back(std::make_shared<const Func>(def, *component_.funcs[funcs_.size()], scope_,
                                                    core_funcs_[def.func], post_return));
    } else if (def.kind == CanonKind::kLower) {
      core_funcs_.push_back(
          finder_.Lower(funcs_[def.func], def, *component_.funcs[def.func], scope_));
    } else {
      core_funcs_.emplace_back();
    }
  }
  void Define(const Import& def) { Add(def.type.sort, Find(args_, def.name.name)); }
  void Define(const Export& def) {
    Item item = ItemOf(def.item);
    Add(def.item.sort, item);
    exports_.by_name.insert_or_assign(def.name.name, std::move(item));
  }

  static Item Find(const Items& items, std::string_view name) {
    const auto found = items.by_name.find(name);
    return found == items.by_name.end() ? Item() : found->second;
  }
  Item ItemOf(SortIdx item) const {
    switch (item.sort) {
      case Sort::kCoreModule:
        return scope_.core_modules[item.index];
      case Sort::kComponent:
        return scope_.components[item.index];
      case Sort::kInstance:
        return instances_[item.index];
      case Sort::kFunc:
        return funcs_[item.index];
      default:
        return {};
    }
  }
  template <typename T>
  static T As(const Item& item) {
    const T* value = std::get_if<T>(&item);
    return value != nullptr ? *value : T();
  }
  void Add(Sort sort, const Item& item) {
    if (sort == Sort::kCoreModule) scope_.core_modules.push_back(As<ModuleRef>(item));
    if (sort == Sort::kComponent) scope_.components.push_back(As<ComponentRef>(item));
    if (sort == Sort::kInstance) instances_.push_back(As<InstanceRef>(item));
    if (sort == Sort::kFunc) funcs_.push_back(As<FuncRef>(item));
  }

  Finder& finder_;
  Scope& scope_;
  const ValidatedComponent& component_;
  const Items& args_;
  Items& exports_;
  std::vector<CoreFunc> core_funcs_;
  std::vector<CoreInstance> core_instances_;
  std::vector<FuncRef> funcs_;
  std::vector<InstanceRef> instances_;
  size_t num_modules_ = 0;
  size_t num_components_ = 0;
};

void Finder::Instantiate(const ComponentRef& component, const Scope* parent, const Items& args,
                         Items& exports) {
  Scope& scope = scopes_.emplace_back(Scope{.component = *component.component,
                                            .parent = parent,
                                            .outer = component.outer,
                                            .depth = parent == nullptr ? 0 : parent->depth + 1});
  Walk(*this, scope, args, exports).Run();
}

std::vector<CoreBinding> Finder::Take() {
  std::vector<CoreBinding> bindings;
  for (const auto& [key, func] : bound_) {
    if (!func.known()) continue;
    const auto parent = static_cast<uint32_t>(bindings.size());
    bindings.push_back({key.first, key.second, func.module, func.function});
    if (func.inner == nullptr) continue;
    // The imports of an adapter: see AdapterShape.
    const auto& [callee, post_return] = *func.inner;
    bindings.push_back({func.module, 1, callee.module, callee.function, parent});
    if (post_return.known())
      bindings.push_back({func.module, 2, post_return.module, post_return.function, parent});
  }
  return bindings;
}

}  // namespace

std::vector<CoreBinding> FindBindings(const ValidatedComponent& component,
                                      std::span<const trenail::Module> modules) {
  Finder finder(component, modules);
  Items exports;
  finder.Instantiate({&component, nullptr}, nullptr, {}, exports);
  return finder.Take();
}

}  // namespace component::runtime
