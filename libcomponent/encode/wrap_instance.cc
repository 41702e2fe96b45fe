// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The component takes every type as an argument. Those of other interfaces are what they are
// outside; those of the interface itself have no names there yet, but for its resources, and get
// them by being exported from here.

#include <set>
#include <string>
#include <utility>

#include "libcomponent/encode/component_writer.h"
#include "libcomponent/encode/target.h"

namespace component::encode {
namespace {

using wit::InterfaceId;
using wit::TypeId;

ExternName Plain(std::string name) {
  ExternName out;
  out.name = std::move(name);
  return out;
}

class Wrapper : public ComponentWriter {
 public:
  Wrapper(const wit::Resolve& resolve, InterfaceId interface)
      : ComponentWriter(resolve), interface_(interface) {}

  // What the instantiation has to give: names, and types of the outer component.
  struct Argument {
    std::string name;
    TypeId type;
  };

  void Build() {
    const wit::Interface& interface = resolve()[interface_];
    LiveTypes used(resolve());
    for (const TypeId id : interface.types) used.Add(id);
    for (const wit::Function& function : interface.functions) used.Add(function);
    for (uint32_t i = 0; i < resolve().types.size(); ++i) {
      const wit::TypeDef& type = resolve().types[i];
      if (used.Has(TypeId(i)) && !type.name.empty() && !IsOwn(type)) Index(TypeId(i));
    }
    const auto foreign = types_;
    for (const wit::Function& function : interface.functions) {
      ExternDesc desc;
      desc.sort = Sort::kFunc;
      desc.index = Define({FuncTypeOf(function)});
      Import(Plain(Unique(NameOf(function))), desc);
    }
    std::vector<std::pair<TypeId, uint32_t>> resources;
    for (const TypeId id : interface.types)
      if (resolve()[id].kind == wit::TypeDefKind::kResource) resources.emplace_back(id, Index(id));
    // From here on the types have the names of the interface.
    types_ = foreign;
    ForgetAnonymous();
    for (const TypeId id : interface.types) {
      ExternName name = Plain(resolve()[id].name);
      name.external_id = resolve()[id].external_id;
      uint32_t index = 0;
      if (resolve()[id].kind == wit::TypeDefKind::kResource) {
        for (const auto& [resource, imported] : resources)
          if (resource == id) index = imported;
      } else {
        index = BoundOf(id).index;
      }
      Know(id, Export(std::move(name), {Sort::kType, index}));
    }
    for (uint32_t i = 0; i < interface.functions.size(); ++i) {
      ExternDesc desc;
      desc.sort = Sort::kFunc;
      desc.index = Define({FuncTypeOf(interface.functions[i])});
      ExternName name = Plain(interface.functions[i].name);
      name.external_id = interface.functions[i].external_id;
      Export(std::move(name), {Sort::kFunc, i}, desc);
    }
  }

  std::vector<Argument> arguments;          // types
  std::vector<std::string> function_names;  // in the order of the interface

 protected:
  uint32_t Named(TypeId id) override {
    const std::string name = Unique("import-type-" + resolve()[id].name);
    const ExternDesc bound = BoundOf(id);
    arguments.push_back({name, id});
    return Import(Plain(name), bound);
  }

 private:
  bool IsOwn(const wit::TypeDef& type) const { return type.owner == wit::Owner::Of(interface_); }

  std::string NameOf(const wit::Function& function) {
    std::string name = "import-";
    if (function.kind == wit::FunctionKind::kFreestanding) name += "func-";
    for (const char c : function.name)
      if (c != '[') name += c == ']' || c == '.' ? '-' : c;
    return name;
  }

  std::string Unique(const std::string& name) {
    std::string unique = name;
    for (uint32_t i = 2; !names_.insert(unique).second; ++i)
      unique = name + "-n" + std::to_string(i);
    if (name.starts_with("import-type-")) return unique;
    function_names.push_back(unique);
    return unique;
  }

  InterfaceId interface_;
  std::set<std::string> names_;
};

}  // namespace

uint32_t WrapInstance(ComponentWriter& writer, InterfaceId interface,
                      const std::vector<uint32_t>& functions) {
  Wrapper wrapper(writer.resolve(), interface);
  wrapper.Build();
  std::vector<InstantiateArg> args;
  for (size_t i = 0; i < functions.size(); ++i)
    args.push_back({wrapper.function_names[i], {Sort::kFunc, functions[i]}});
  for (const auto& argument : wrapper.arguments)
    args.push_back({argument.name, {Sort::kType, writer.Index(argument.type)}});
  const uint32_t component = writer.NestedComponent(wrapper.Take());
  return writer.Instantiate(component, std::move(args));
}

}  // namespace component::encode
