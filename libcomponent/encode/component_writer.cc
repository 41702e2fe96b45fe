// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/component_writer.h"

#include <utility>

namespace component::encode {

void ComponentWriter::ImportType(wit::TypeId id, ExternName name) {
  const ExternDesc bound = BoundOf(id);
  Know(id, Import(std::move(name), bound));
}

uint32_t ComponentWriter::CoreModule(std::vector<uint8_t> bytes, std::string_view name) {
  auto owner = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  const std::span<const uint8_t> span(*owner);
  const uint32_t index =
      Append(Sort::kCoreModule, CoreModuleDef{.bytes = span, .owner = std::move(owner)});
  Name(Sort::kCoreModule, index, name);
  return index;
}

uint32_t ComponentWriter::CoreInstantiate(uint32_t module, std::vector<CoreInstantiateArg> args,
                                          std::string_view name) {
  CoreInstanceDef def;
  def.instantiate = true;
  def.module = module;
  def.args = std::move(args);
  const uint32_t index = Append(Sort::kCoreInstance, std::move(def));
  Name(Sort::kCoreInstance, index, name);
  return index;
}

uint32_t ComponentWriter::CoreInstance(std::vector<CoreInlineExport> exports,
                                       std::string_view name) {
  CoreInstanceDef def;
  def.exports = std::move(exports);
  const uint32_t index = Append(Sort::kCoreInstance, std::move(def));
  Name(Sort::kCoreInstance, index, name);
  return index;
}

uint32_t ComponentWriter::CoreAlias(uint32_t instance, Sort sort, const std::string& name) {
  const auto [it, is_new] = aliases_.try_emplace({instance, sort, name});
  if (is_new)
    it->second = Append(
        sort,
        Alias{.kind = Alias::Kind::kCoreExport, .sort = sort, .instance = instance, .name = name});
  return it->second;
}

uint32_t ComponentWriter::FuncAlias(uint32_t instance, const std::string& name) {
  const auto [it, is_new] = aliases_.try_emplace({instance, Sort::kFunc, name});
  if (is_new)
    it->second = Append(
        Sort::kFunc,
        Alias{
            .kind = Alias::Kind::kExport, .sort = Sort::kFunc, .instance = instance, .name = name});
  return it->second;
}

uint32_t ComponentWriter::CoreFuncType(const wasm::FuncType& type) {
  wasm::SubType sub;
  sub.comp.func = type;
  CoreRecType group;
  group.types = {std::move(sub)};
  return Append(Sort::kCoreType, CoreType{std::move(group)});
}

uint32_t ComponentWriter::NestedComponent(Component component) {
  return Append(Sort::kComponent, std::make_shared<const Component>(std::move(component)));
}

uint32_t ComponentWriter::Instantiate(uint32_t component, std::vector<InstantiateArg> args) {
  InstanceDef def;
  def.instantiate = true;
  def.component = component;
  def.args = std::move(args);
  return Append(Sort::kInstance, std::move(def));
}

uint32_t ComponentWriter::Named(wit::TypeId id) {
  for (wit::TypeId at = id;;) {
    const wit::TypeDef& type = resolve()[at];
    if (at != id && (type.name.empty() || Knows(at))) return Index(at);
    if (type.owner.kind == wit::Owner::Kind::kInterface) {
      if (const auto it = instances_.find(type.owner.index); it != instances_.end())
        return Append(Sort::kType, Alias{.kind = Alias::Kind::kExport,
                                         .sort = Sort::kType,
                                         .instance = it->second,
                                         .name = type.name});
    }
    // Of an interface that is not exported yet: its functions are lifted with types without names.
    if (type.kind != wit::TypeDefKind::kAlias || type.args[0]->kind != wit::TypeKind::kDefined) {
      DefValType definition = Definition(at);
      return Define({std::move(definition)});
    }
    at = type.args[0]->id;
  }
}

void ComponentWriter::ForgetDefinitions() {
  std::erase_if(types_, [&](const auto& entry) {
    const wit::TypeDef& type = resolve()[wit::TypeId(entry.first)];
    if (type.name.empty()) return true;
    if (type.owner.kind == wit::Owner::Kind::kWorld) return false;
    return type.kind != wit::TypeDefKind::kResource && !instances_.contains(type.owner.index);
  });
}

}  // namespace component::encode
