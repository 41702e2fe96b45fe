// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/link.h"

#include <charconv>
#include <optional>
#include <unordered_map>

#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/types/subtyping.h"
#include "libwasm/engine_impl.h"

namespace component::runtime {
namespace {

struct Version {
  uint64_t numbers[3] = {0, 0, 0};
  std::string_view pre_release;

  static Version Of(std::string_view text) {
    Version version;
    text = text.substr(0, text.find('+'));
    if (const size_t dash = text.find('-'); dash != std::string_view::npos) {
      version.pre_release = text.substr(dash + 1);
      text = text.substr(0, dash);
    }
    for (uint64_t& number : version.numbers) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      text.remove_prefix(static_cast<size_t>(end - text.data()));
      if (error != std::errc() || !text.starts_with('.')) break;
      text.remove_prefix(1);
    }
    return version;
  }
};

std::unexpected<wasm::Error> Unlinkable(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kUnlinkable, std::move(message)));
}

// Matches offered values with expected types; the expected resource types are learnt on the way.
class ImportMatcher {
 public:
  explicit ImportMatcher(const trenail::Engine& engine) : engine_(engine) {}

  // The value as it is imported: of an instance, what is asked for.
  wasm::Result<Extern> Match(const std::string& path, const ExternType& type, const Extern& value);
  // What an import that needs nothing is: an empty instance, or one of types that stand for
  // themselves. Nothing if it needs something.
  static std::optional<Extern> WithoutHost(const ExternType& type);

 private:
  bool SameFunc(const FuncType& expected, const FuncInst& func) const;
  // `offered` is of the instance's component, whose resources it knows.
  bool Same(const ValType* expected, const ValType* offered, const ComponentInstance& scope) const;

  const trenail::Engine& engine_;
  std::unordered_map<ResourceId, std::shared_ptr<ResourceType>> resources_;
};

bool ImportMatcher::Same(const ValType* expected, const ValType* offered,
                         const ComponentInstance& scope) const {
  if (expected == nullptr || offered == nullptr) return expected == offered;
  if (expected->kind != offered->kind || expected->length != offered->length ||
      expected->fields.size() != offered->fields.size())
    return false;
  if (expected->kind == ValKind::kOwn || expected->kind == ValKind::kBorrow) {
    const auto known = resources_.find(expected->resource);
    return known != resources_.end() && known->second == scope.ResourceOf(offered->resource);
  }
  for (size_t i = 0; i < expected->fields.size(); ++i) {
    if (expected->fields[i].label != offered->fields[i].label ||
        !Same(expected->fields[i].type, offered->fields[i].type, scope))
      return false;
  }
  return Same(expected->element, offered->element, scope);
}

bool ImportMatcher::SameFunc(const FuncType& expected, const FuncInst& func) const {
  const FuncType* const offered = func.type();
  if (offered == nullptr) return func.Accepts(expected);
  if (offered->is_async != expected.is_async || offered->params.size() != expected.params.size())
    return false;
  for (size_t i = 0; i < expected.params.size(); ++i) {
    if (offered->params[i].label != expected.params[i].label ||
        !Same(expected.params[i].type, offered->params[i].type, *func.type_scope()))
      return false;
  }
  return Same(expected.result, offered->result, *func.type_scope());
}

wasm::Result<Extern> ImportMatcher::Match(const std::string& path, const ExternType& type,
                                          const Extern& value) {
  const auto wrong = [&](std::string_view what) {
    return Unlinkable("incompatible import type: " + path + " is not " + std::string(what));
  };
  switch (type.sort) {
    case Sort::kCoreModule: {
      const auto* module = std::get_if<trenail::Module>(&value);
      if (module == nullptr) return wrong("a module");
      const ModuleType offered{.imports = module->imports(), .exports = module->exports()};
      Matcher matcher(*engine_.impl()->types);
      if (!matcher.Matches(offered, *type.module))
        return Unlinkable("incompatible import type: " + path + ": " + matcher.TakeError());
      return value;
    }
    case Sort::kFunc: {
      const auto* func = std::get_if<std::shared_ptr<FuncInst>>(&value);
      if (func == nullptr) return wrong("a func");
      if (!SameFunc(*type.func, **func)) return wrong("a func of the expected type");
      return value;
    }
    case Sort::kType: {
      const auto* offered = std::get_if<TypeInst>(&value);
      if (type.type.kind != TypeEntry::Kind::kResource) return TypeInst{};
      if (offered == nullptr || offered->resource == nullptr) return wrong("a resource");
      const auto [known, is_new] = resources_.try_emplace(type.type.resource, offered->resource);
      if (!is_new && known->second != offered->resource)
        return Unlinkable("mismatched resource types: " + path);
      return value;
    }
    case Sort::kInstance: {
      const auto* instance = std::get_if<std::shared_ptr<const InstanceValue>>(&value);
      if (instance == nullptr) return wrong("an instance");
      auto imported = std::make_shared<InstanceValue>();
      for (const NamedExtern& item : type.instance->exports) {
        const Extern* const found = (*instance)->Find(item.name.name);
        const std::string item_path = path + " export `" + item.name.name + "`";
        std::optional<Extern> part =
            found != nullptr ? TRY(Match(item_path, item.type, *found)) : WithoutHost(item.type);
        if (!part) return Unlinkable("unknown import: " + item_path + " has not been defined");
        imported->Add(item.name.name, std::move(*part));
      }
      return std::shared_ptr<const InstanceValue>(std::move(imported));
    }
    case Sort::kComponent: {
      const auto* component = std::get_if<ComponentClosure>(&value);
      if (component == nullptr) return wrong("a component");
      Matcher matcher(*engine_.impl()->types);
      if (!matcher.Matches(*component->component->type, *type.component))
        return Unlinkable("incompatible import type: " + path + ": " + matcher.TakeError());
      return value;
    }
    default:
      if (std::get_if<Value>(&value) == nullptr) return wrong("a value");
      return value;
  }
}

std::optional<Extern> ImportMatcher::WithoutHost(const ExternType& type) {
  if (type.sort == Sort::kType)
    return type.type.kind == TypeEntry::Kind::kResource ? std::nullopt
                                                        : std::optional<Extern>(TypeInst{});
  if (type.sort != Sort::kInstance) return std::nullopt;
  auto instance = std::make_shared<InstanceValue>();
  for (const NamedExtern& item : type.instance->exports) {
    std::optional<Extern> value = WithoutHost(item.type);
    if (!value) return std::nullopt;
    instance->Add(item.name.name, std::move(*value));
  }
  return std::shared_ptr<const InstanceValue>(std::move(instance));
}

// Of everything offered, what was most likely meant: the same interface in another version.
std::string NearestOffer(const InstanceValue& offered, std::string_view name) {
  const VersionedName wanted = VersionedName::Of(name);
  std::string_view best;
  for (const auto& [key, value] : offered.exports()) {
    const VersionedName parts = VersionedName::Of(key);
    if (parts.base == wanted.base &&
        (best.empty() || CompareVersions(VersionedName::Of(best).version, parts.version) < 0))
      best = key;
  }
  return best.empty() ? std::string() : "; there is `" + std::string(best) + "`";
}

}  // namespace

VersionedName VersionedName::Of(std::string_view name) {
  const size_t at = name.find('@');
  if (at == std::string_view::npos) return {name, {}};
  return {name.substr(0, at), name.substr(at + 1)};
}

int CompareVersions(std::string_view a, std::string_view b) {
  const Version x = Version::Of(a), y = Version::Of(b);
  for (int i = 0; i < 3; ++i)
    if (x.numbers[i] != y.numbers[i]) return x.numbers[i] < y.numbers[i] ? -1 : 1;
  if (x.pre_release.empty() != y.pre_release.empty()) return x.pre_release.empty() ? 1 : -1;
  return x.pre_release.compare(y.pre_release);
}

bool CompatibleVersions(std::string_view a, std::string_view b) {
  const Version x = Version::Of(a), y = Version::Of(b);
  if (!x.pre_release.empty() || !y.pre_release.empty()) return a == b;
  if (x.numbers[0] != y.numbers[0]) return false;
  if (x.numbers[0] != 0) return true;
  if (x.numbers[1] != y.numbers[1]) return false;
  return x.numbers[1] != 0 || x.numbers[2] == y.numbers[2];
}

std::string FullName(const ExternName& name) {
  return name.version_suffix ? name.name + *name.version_suffix : name.name;
}

wasm::Result<std::vector<Extern>> ResolveImports(const trenail::Engine& engine,
                                                 const ValidatedComponent& component,
                                                 const InstanceValue& offered) {
  std::vector<Extern> values;
  ImportMatcher matcher(engine);
  for (const NamedExtern& import : component.type->imports) {
    const std::string name = FullName(import.name);
    const auto* found = FindByName(offered.exports(), name,
                                   [](const auto& item) { return std::string_view(item.first); });
    // A plain name that says which interface it implements is satisfied by that interface.
    if (found == nullptr && import.name.implements) {
      found = FindByName(offered.exports(), *import.name.implements,
                         [](const auto& item) { return std::string_view(item.first); });
    }
    if (found != nullptr) {
      values.push_back(TRY(matcher.Match("`" + name + "`", import.type, found->second)));
      continue;
    }
    std::optional<Extern> nothing = ImportMatcher::WithoutHost(import.type);
    if (!nothing) {
      return Unlinkable("unknown import: `" + name + "` has not been defined" +
                        NearestOffer(offered, name));
    }
    values.push_back(std::move(*nothing));
  }
  return values;
}

wasm::Result<Instantiated> PreparedImports::Instantiate(
    Store& store, const std::shared_ptr<const ValidatedComponent>& component) const {
  const std::vector<NamedExtern>& imports = component->type->imports;
  return runtime::Instantiate(
      store, {component, nullptr}, nullptr,
      [&](const ExternName& name, size_t likely) -> const Extern* {
        if (likely < imports.size() && imports[likely].name.name == name.name)
          return &values_[likely];
        for (size_t i = 0; i < imports.size(); ++i)
          if (imports[i].name.name == name.name) return &values_[i];
        return nullptr;
      });
}

}  // namespace component::runtime
