// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A type of another interface is an alias of what the instance of that interface exports; inside of
// an instance type it is reached by an outer alias of that.

#include "libcomponent/wit/encode.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/wit/package_docs.h"
#include "libcomponent/wit/type_definitions.h"

namespace component::wit {
namespace {

// The declarations of a component type, or of an instance type in one.
class Declarations : public TypeDefinitions {
 public:
  explicit Declarations(const Resolve& resolve, TypeDefinitions* outer = nullptr)
      : TypeDefinitions(resolve), outer_(outer) {}

  std::vector<Declarator> Take() { return std::move(decls_); }

  uint32_t Define(component::TypeDef type) override {
    decls_.push_back(
        {.offset = 0, .decl = std::make_shared<const component::TypeDef>(std::move(type))});
    return num_types_++;
  }
  void Extern(bool is_import, ExternName name, ExternDesc type) {
    if (is_import)
      decls_.push_back({.offset = 0, .decl = ImportDecl{std::move(name), type}});
    else
      decls_.push_back({.offset = 0, .decl = ExportDecl{std::move(name), type}});
    if (type.sort == Sort::kType) ++num_types_;
    if (type.sort == Sort::kInstance) ++num_instances_;
  }

  void Interface(bool is_import, ExternName name, InterfaceId id);
  void WorldItem(bool is_import, const wit::WorldItem& item);
  void NamedType(bool is_import, TypeId id);
  void Function(bool is_import, const wit::Function& function);

 private:
  uint32_t Alias(component::Alias alias) {
    decls_.push_back({.offset = 0, .decl = std::move(alias)});
    return num_types_++;
  }
  uint32_t Named(TypeId id) override;

  TypeDefinitions* outer_;
  std::vector<Declarator> decls_;
  uint32_t num_types_ = 0;
  uint32_t num_instances_ = 0;
  std::unordered_map<uint32_t, uint32_t> instances_;  // by interface, the one in force
};

uint32_t Declarations::Named(TypeId id) {
  if (outer_ != nullptr) {
    const uint32_t outer = outer_->Index(id);
    return Alias({.kind = component::Alias::Kind::kOuter,
                  .sort = Sort::kType,
                  .name = {},
                  .outer_count = 1,
                  .outer_index = outer});
  }
  const wit::TypeDef& type = resolve()[id];
  return Alias({.kind = component::Alias::Kind::kExport,
                .sort = Sort::kType,
                .instance = instances_[type.owner.index],
                .name = type.name});
}

void Declarations::NamedType(bool is_import, TypeId id) {
  const wit::TypeDef& type = resolve()[id];
  const ExternDesc desc = BoundOf(id);
  Know(id, num_types_);
  ExternName name;
  name.name = type.name;
  name.external_id = type.external_id;
  Extern(is_import, std::move(name), desc);
}

void Declarations::Function(bool is_import, const wit::Function& function) {
  ExternDesc desc;
  desc.sort = Sort::kFunc;
  desc.index = Define({FuncTypeOf(function)});
  ExternName name;
  name.name = function.name;
  name.external_id = function.external_id;
  Extern(is_import, std::move(name), desc);
}

void Declarations::Interface(bool is_import, ExternName name, InterfaceId id) {
  const wit::Interface& interface = resolve()[id];
  ExternDesc desc;
  desc.sort = Sort::kInstance;
  desc.index = Define({InstanceTypeOf(resolve(), id, *this)});
  const bool by_interface_name = name.name.find('/') != std::string::npos;
  Extern(is_import, std::move(name), desc);
  if (!by_interface_name) return;
  // From here on its types are those of this instance.
  instances_[id.value] = num_instances_ - 1;
  for (TypeId type : interface.types) Forget(type);
  ForgetAnonymous();
}

void Declarations::WorldItem(bool is_import, const wit::WorldItem& item) {
  switch (item.kind) {
    case wit::WorldItem::Kind::kInterface: {
      ExternName name;
      name.name = resolve().NameOf(item);
      name.external_id = item.external_id;
      if (resolve().Implements(item)) name.implements = resolve().NameOf(item.interface);
      return Interface(is_import, std::move(name), item.interface);
    }
    case wit::WorldItem::Kind::kType:
      return NamedType(is_import, item.type);
    case wit::WorldItem::Kind::kFunction:
      return Function(is_import, item.function);
  }
}

// All interfaces that this one needs, each behind those it needs itself.
void CollectDependencies(const Resolve& resolve, InterfaceId id, std::vector<InterfaceId>* out,
                         std::unordered_map<uint32_t, bool>* seen) {
  // Interfaces stand behind what they use, so that the order of their ids will do.
  std::vector<InterfaceId> stack = resolve.Dependencies(id);
  while (!stack.empty()) {
    const InterfaceId next = stack.back();
    stack.pop_back();
    if (!seen->emplace(next.value, true).second) continue;
    out->push_back(next);
    for (InterfaceId other : resolve.Dependencies(next)) stack.push_back(other);
  }
  std::sort(out->begin(), out->end(),
            [](InterfaceId a, InterfaceId b) { return a.value < b.value; });
}

ExternName Named(std::string name) {
  ExternName out;
  out.name = std::move(name);
  return out;
}

// The component type that stands for an interface or world, and its export.
void AddItem(Component* component, uint32_t* num_types, std::string name,
             std::vector<Declarator> decls) {
  component->definitions.push_back(
      {.offset = 0, .def = component::TypeDef{ComponentTypeSyntax{std::move(decls)}}});
  component->definitions.push_back(
      {.offset = 0,
       .def =
           Export{.name = Named(std::move(name)), .item = {Sort::kType, *num_types}, .type = {}}});
  *num_types += 2;
}

void AddWorld(const Resolve& resolve, WorldId id, Component* component, uint32_t* num_types) {
  Declarations outer(resolve);
  ExternDesc desc;
  desc.sort = Sort::kComponent;
  desc.index = outer.Define({EncodeWorldType(resolve, id)});
  outer.Extern(false, Named(resolve.NameOf(id)), desc);
  AddItem(component, num_types, resolve[id].name, outer.Take());
}

}  // namespace

InstanceTypeSyntax InstanceTypeOf(const Resolve& resolve, InterfaceId id, TypeDefinitions& outer) {
  Declarations inner(resolve, &outer);
  for (TypeId type : resolve[id].types) inner.NamedType(false, type);
  for (const wit::Function& function : resolve[id].functions) inner.Function(false, function);
  return InstanceTypeSyntax{inner.Take()};
}

ComponentTypeSyntax EncodeWorldType(const Resolve& resolve, WorldId world) {
  Declarations decls(resolve);
  for (const WorldItem& item : resolve[world].imports) decls.WorldItem(true, item);
  for (const WorldItem& item : resolve[world].exports) decls.WorldItem(false, item);
  return ComponentTypeSyntax{decls.Take()};
}

Component EncodePackage(const Resolve& resolve, PackageId package) {
  Component component;
  uint32_t num_types = 0;
  for (InterfaceId id : resolve[package].interfaces) {
    Declarations outer(resolve);
    std::vector<InterfaceId> needed;
    std::unordered_map<uint32_t, bool> seen;
    CollectDependencies(resolve, id, &needed, &seen);
    for (InterfaceId other : needed) outer.Interface(true, Named(resolve.NameOf(other)), other);
    outer.Interface(false, Named(resolve.NameOf(id)), id);
    AddItem(&component, &num_types, resolve[id].name, outer.Take());
  }
  for (WorldId id : resolve[package].worlds) AddWorld(resolve, id, &component, &num_types);
  const std::string docs = WritePackageDocs(resolve, package);
  component.definitions.push_back(
      {.offset = 0, .def = CustomSection{"package-docs", {docs.begin(), docs.end()}}});
  return component;
}

Component EncodeModuleWorld(const Resolve& resolve, WorldId world, StringEncoding encoding) {
  constexpr uint8_t kVersion = 4;
  Component component;
  uint32_t num_types = 0;
  AddWorld(resolve, world, &component, &num_types);
  component.definitions.push_back(
      {.offset = 0,
       .def = CustomSection{"wit-component-encoding", {kVersion, static_cast<uint8_t>(encoding)}}});
  return component;
}

wasm::Result<std::vector<uint8_t>> EmbedWorld(std::span<const uint8_t> module,
                                              const Resolve& resolve, WorldId world,
                                              StringEncoding encoding) {
  constexpr uint8_t kPreamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  constexpr std::string_view kName = "component-type";
  if (module.size() < sizeof(kPreamble) ||
      !std::equal(std::begin(kPreamble), std::end(kPreamble), module.begin()))
    return std::unexpected(wasm::Error::Malformed(0, "a world is embedded in core modules only"));
  const std::vector<uint8_t> content =
      binary::EncodeComponent(EncodeModuleWorld(resolve, world, encoding));
  std::vector<uint8_t> out(module.begin(), module.end());
  constexpr uint8_t kCustomSection = 0;
  out.push_back(kCustomSection);
  static_assert(kName.size() < 0x80);  // its length is a single byte
  size_t size = 1 + kName.size() + content.size();
  for (; size >= 0x80; size >>= 7) out.push_back(static_cast<uint8_t>(size | 0x80));
  out.push_back(static_cast<uint8_t>(size));
  out.push_back(static_cast<uint8_t>(kName.size()));
  out.insert(out.end(), kName.begin(), kName.end());
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

}  // namespace component::wit
