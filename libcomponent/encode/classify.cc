// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/classify.h"

#include <algorithm>

#include "libcomponent/encode/classifier.h"

namespace component::encode {

using wasm::FuncType;
using wasm::Result;
using wit::Function;
using wit::WorldItem;

std::string Classifier::StandardName(const WorldItem& item) const {
  if (!item.name.empty()) return item.name;
  const wit::PackageName& package = resolve_[resolve_[item.interface].package].name;
  std::string name = resolve_.NameOf(item);
  if (!package.version) return name;
  name.resize(name.find('@'));
  return name + "@" + package.version->CanonVersion();
}

std::optional<size_t> Classifier::FindInterface(const Scheme& scheme, bool exports,
                                                std::string_view name) const {
  const auto& items = Items(exports);
  const auto find = [&](auto matches) -> std::optional<size_t> {
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].kind == WorldItem::Kind::kInterface && matches(items[i])) return i;
    return std::nullopt;
  };
  if (scheme.standard)
    return find([&](const WorldItem& item) { return StandardName(item) == name; });
  if (const auto same = find([&](const WorldItem& item) { return resolve_.NameOf(item) == name; }))
    return same;
  // A compatible version.
  const size_t at = name.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto version = wit::SemVer::Parse(name.substr(at + 1));
  if (!version || !version->pre.empty()) return std::nullopt;
  const std::string canonical = std::string(name.substr(0, at + 1)) + version->CanonVersion();
  return find([&](const WorldItem& item) {
    if (!item.name.empty()) return false;
    const auto& other = resolve_[resolve_[item.interface].package].name.version;
    return other && other->pre.empty() && StandardName(item) == canonical;
  });
}

const Function* Classifier::FindFunction(bool exports, std::optional<size_t> item,
                                         std::string_view name) const {
  const auto& items = Items(exports);
  if (!item) {
    const auto found = FindNamed(exports, name, WorldItem::Kind::kFunction);
    return found ? &items[*found].function : nullptr;
  }
  const auto& functions = resolve_[items[*item].interface].functions;
  const auto found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : &*found;
}

std::optional<wit::TypeId> Classifier::FindResource(std::optional<size_t> item, bool exports,
                                                    std::string_view name) const {
  std::optional<wit::TypeId> found;
  if (item)
    found = resolve_.FindType(Items(exports)[*item].interface, name);
  else if (const auto type = FindNamed(false, name, WorldItem::Kind::kType))
    found = world_.imports[*type].type;
  if (!found || resolve_[*found].kind != wit::TypeDefKind::kResource) return std::nullopt;
  return found;
}

Result<ClassifiedModule> Classify(const ClassifyContext& context, const wasm::Module& module,
                                  const std::map<size_t, std::string>& originals) {
  return Classifier(context, module).Run(originals);
}

std::map<std::string, FuncType> RequiredFrom(size_t adapter, const ClassifiedModule& importer) {
  std::map<std::string, FuncType> out;
  for (const CoreImport& import : importer.imports)
    if (import.kind == CoreImport::Kind::kAdapter && import.adapter == adapter)
      out.emplace(import.function, import.type);
  return out;
}

}  // namespace component::encode
