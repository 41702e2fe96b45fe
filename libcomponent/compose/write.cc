// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A composition as a component: the types that it defines, its imports, then the parts, their
// instances, and the exports.

#include <algorithm>
#include <utility>

#include "libcomponent/compose/composition.h"
#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"
#include "libcomponent/validate/component_validator.h"
#include "libwasm/engine_impl.h"

namespace component::compose {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

std::unexpected<Error> Unlinkable(std::string message) {
  return std::unexpected(Error(ErrorKind::kUnlinkable, std::move(message)));
}

}  // namespace

Result<void> Composition::WriteImports(TypeWriter* writer) {
  const std::vector<uint32_t> order = imports_.Order();
  import_indices_.assign(order.size(), 0);
  for (const uint32_t number : order) {
    const MergedItem& item = imports_.items()[number];
    const std::string name = FullName(item.name);
    // An import comes before all instances: it cannot speak of what one of them makes.
    for (const Wanted& wanted : item.wanted) {
      Mentioned mentioned(&resources_, wanted.type.space);
      mentioned.Collect(wanted.type.type);
      for (const uint32_t identity : mentioned.identities) {
        if (!resources_.IsMade(identity)) continue;
        return Unlinkable(wanted.by + " imports `" + name + "`, whose types come from " +
                          *resources_.SourceOf(identity) +
                          ": the same part, or another that uses it, has to offer `" + name +
                          "`, too");
      }
    }
    Result<uint32_t> index = writer->Import(item);
    if (!index)
      return Unlinkable(item.wanted[0].by + " imports `" + name + "`: " + index.error().message());
    import_indices_[number] = *index;
  }
  return {};
}

Result<uint32_t> Composition::Write(NodeId id, TypeWriter* writer) {
  Node& node = nodes_[id];
  if (node.index) return *node.index;
  uint32_t index = 0;
  switch (node.kind) {
    case Node::Kind::kImport:
      index = import_indices_[node.merged.at(node.imports.back().name.name)];
      break;
    case Node::Kind::kInstance:
      index = TRY(WriteInstance(&node, writer));
      break;
    case Node::Kind::kDefinition:
      index = TRY(writer->TypeIndex(node.type));
      break;
    case Node::Kind::kAccess: {
      const uint32_t instance = TRY(Write(node.instance, writer));
      const Sort sort = node.type.type.sort;
      index = writer->Add(
          sort,
          Alias{
              .kind = Alias::Kind::kExport, .sort = sort, .instance = instance, .name = node.name});
      break;
    }
  }
  node.index = index;
  return index;
}

Result<uint32_t> Composition::WriteInstance(Node* node, TypeWriter* writer) {
  Part& part = parts_[node->part];
  if (!part.index) part.index = writer->Add(Sort::kComponent, part.component->syntax);
  InstanceDef instance;
  instance.instantiate = true;
  instance.component = *part.index;
  for (const NamedExtern& import : part.component->type->imports) {
    const std::string& name = import.name.name;
    SortIdx item{.sort = import.type.sort, .index = 0};
    if (const auto arg = node->args.find(name); arg != node->args.end())
      item.index = TRY(Write(arg->second, writer));
    else if (const auto merged = node->merged.find(name); merged != node->merged.end())
      item.index = import_indices_[merged->second];
    else
      item.index = TRY(writer->TypeIndex({.space = node->type.space, .type = import.type}));
    instance.args.push_back({.name = name, .item = item});
  }
  const uint32_t index = writer->Add(Sort::kInstance, std::move(instance));
  const NamedExtern whole{.name = {}, .type = node->type.type};
  writer->Register(MergedItem::Of(whole, node->type.space, part.name), index);
  return index;
}

// A function of an instance mentions types that the instance exports beside it: whoever sees the
// function has to see them [Explainer: External Visibility of Types].
Result<void> Composition::CheckTypesExported(const Exported& exported) {
  const Node& node = nodes_[exported.node];
  if (node.kind != Node::Kind::kAccess || node.type.type.sort != Sort::kFunc) return {};
  Mentioned mentioned(&resources_, node.type.space);
  mentioned.Collect(node.type.type);
  const Node& owner = nodes_[node.instance];
  for (const NamedExtern& item : owner.type.type.instance->exports) {
    if (item.type.sort != Sort::kType) continue;
    const TypeEntry& entry = item.type.type;
    const bool needed =
        entry.kind == TypeEntry::Kind::kVal ? mentioned.values.contains(entry.val)
        : entry.kind == TypeEntry::Kind::kResource
            ? mentioned.identities.contains(resources_.Find(node.type.space, entry.resource)) &&
                  resources_.IsMade(resources_.Find(node.type.space, entry.resource))
            : false;
    if (!needed) continue;
    const bool is_exported = std::any_of(exports_.begin(), exports_.end(), [&](const Exported& e) {
      const Node& other = nodes_[e.node];
      return other.kind == Node::Kind::kAccess && other.instance == node.instance &&
             other.name == item.name.name;
    });
    if (!is_exported)
      return Unlinkable("the export `" + exported.name.name + "` mentions the type `" +
                        item.name.name + "`, which has to be exported before it");
  }
  return {};
}

Result<void> Composition::WriteExport(const Exported& exported, TypeWriter* writer) {
  const SpacedType& type = nodes_[exported.node].type;
  TRY_VOID(CheckTypesExported(exported));
  component::Export out;
  out.name = exported.name;
  out.item = {.sort = type.type.sort, .index = TRY(Write(exported.node, writer))};
  // A function speaks of the types by the names that they are exported under.
  if (type.type.sort == Sort::kFunc)
    out.type = TRY(writer->DescribeFunc(type.space, *type.type.func));
  const uint32_t index = writer->Add(type.type.sort, std::move(out));
  if (nodes_[exported.node].kind == Node::Kind::kDefinition) nodes_[exported.node].index = index;
  if (type.type.sort == Sort::kType) {
    const NamedExtern named{.name = exported.name, .type = type.type};
    writer->Register(MergedItem::Of(named, type.space, ""), index);
  }
  return {};
}

Result<std::shared_ptr<const Component>> Composition::Build() {
  TRY_VOID(Connect());
  auto component = std::make_shared<Component>();
  TypeWriter writer(&resources_, *engine_.impl()->types, component.get());
  const auto is_definition = [this](const Exported& exported) {
    return nodes_[exported.node].kind == Node::Kind::kDefinition;
  };
  for (const Exported& exported : exports_)
    if (is_definition(exported)) TRY_VOID(WriteExport(exported, &writer));
  TRY_VOID(WriteImports(&writer));
  for (NodeId id = 0; id < nodes_.size(); ++id)
    if (nodes_[id].kind == Node::Kind::kInstance) TRY_VOID(Write(id, &writer));
  for (const Exported& exported : exports_)
    if (!is_definition(exported)) TRY_VOID(WriteExport(exported, &writer));
  Result<std::shared_ptr<const ValidatedComponent>> valid = Validate(engine_, component, features_);
  if (!valid)
    return Unlinkable("the composition is not a valid component: " + valid.error().message());
  return component;
}

}  // namespace component::compose
