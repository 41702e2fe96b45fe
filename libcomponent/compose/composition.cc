// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph, and whether its parts fit; it is written down in write.cc.

#include "libcomponent/compose/composition.h"

#include <algorithm>
#include <utility>

#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"
#include "libwasm/engine_impl.h"

namespace component::compose {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

Composition::Composition(const trenail::Engine& engine, const FeatureSet& features)
    : engine_(engine),
      features_(features),
      resources_(*engine.impl()->types),
      imports_(&resources_) {
  resources_.NewSpace();  // kDocumentSpace
}

uint32_t Composition::AddPart(std::string name,
                              std::shared_ptr<const ValidatedComponent> component) {
  parts_.push_back(
      {.name = std::move(name), .component = std::move(component), .index = std::nullopt});
  return static_cast<uint32_t>(parts_.size() - 1);
}

NodeId Composition::Import(std::vector<NamedExtern> imports, std::string by) {
  Node node;
  node.kind = Node::Kind::kImport;
  node.type = {.space = resources_.NewSpace(), .type = imports.back().type};
  node.imports = std::move(imports);
  node.name = std::move(by);
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

Result<NodeId> Composition::Instantiate(uint32_t part) {
  if (++num_instances_ > kMaxInstances)
    return std::unexpected(
        Error(ErrorKind::kExhausted,
              "a composition has " + std::to_string(kMaxInstances) + " instances at most"));
  Node node;
  node.kind = Node::Kind::kInstance;
  node.part = part;
  InstanceType type;
  type.exports = TypeOfPart(part).exports;
  node.type.space = resources_.NewSpace();
  node.type.type.sort = Sort::kInstance;
  node.type.type.instance = TRY(arena_.Add(std::move(type)));
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

void Composition::Satisfy(NodeId instance, const std::string& import, NodeId by) {
  nodes_[instance].args[import] = by;
}

bool Composition::IsSatisfied(NodeId instance, const std::string& import) const {
  return nodes_[instance].args.contains(import);
}

NodeId Composition::Define(ExternName name, const TypeEntry& type) {
  Node node;
  node.kind = Node::Kind::kDefinition;
  node.name = name.name;
  node.type.space = kDocumentSpace;
  node.type.type.sort = Sort::kType;
  node.type.type.type = type;
  nodes_.push_back(std::move(node));
  const auto id = static_cast<NodeId>(nodes_.size() - 1);
  Export(std::move(name), id);
  return id;
}

NodeId Composition::Access(NodeId instance, const std::string& name) {
  Node node;
  node.kind = Node::Kind::kAccess;
  node.instance = instance;
  node.name = name;
  const SpacedType& type = nodes_[instance].type;
  node.type = {.space = type.space, .type = type.type.instance->Find(name)->type};
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

void Composition::Export(ExternName name, NodeId node) {
  exports_.push_back({.name = std::move(name), .node = node});
}

bool Composition::IsExported(std::string_view name) const {
  return std::any_of(exports_.begin(), exports_.end(),
                     [&](const Exported& e) { return FullName(e.name) == name; });
}

// ---- identities --------------------------------------------------------------------------------

void Composition::NameSources(const NamedExtern& item, Space space, const std::string& holder,
                              bool imported, const ComponentType* maker) {
  const ExternType& type = item.type;
  if (type.sort == Sort::kInstance) {
    for (const NamedExtern& inner : type.instance->exports)
      NameSources(inner, space, "`" + FullName(item.name) + "`" + holder, imported, maker);
  } else if (type.sort == Sort::kType && type.type.kind == TypeEntry::Kind::kResource) {
    if (maker != nullptr &&
        std::find(maker->defined_resources.begin(), maker->defined_resources.end(),
                  type.type.resource) == maker->defined_resources.end())
      return;
    const bool in_instance = holder.starts_with('`');
    resources_.SetSource(space, type.type.resource,
                         "`" + item.name.name + "`" + (in_instance ? " in " : "") + holder,
                         imported);
  }
}

// The resource types that an instance makes.
void Composition::NameSources(const Node& node) {
  const Part& part = parts_[node.part];
  const ComponentType& type = *part.component->type;
  for (const NamedExtern& item : type.exports)
    NameSources(item, node.type.space, " of " + part.name, false, &type);
}

// An import of a type that another import has already brought along: `use` in a world.
bool Composition::IsByType(const Node& node, const NamedExtern& import) const {
  if (import.type.sort != Sort::kType || import.type.type.kind != TypeEntry::Kind::kResource)
    return false;
  const ComponentType& type = TypeOfPart(node.part);
  for (const NamedExtern& other : type.imports) {
    if (other.name.name == import.name.name) return false;
    if (other.type.sort != Sort::kInstance || !node.args.contains(other.name.name)) continue;
    for (const NamedExtern& item : other.type.instance->exports)
      if (item.type.sort == Sort::kType && item.type.type.kind == TypeEntry::Kind::kResource &&
          item.type.type.resource == import.type.type.resource)
        return true;
  }
  return false;
}

Result<void> Composition::ConnectInstance(Node* node) {
  const Part& part = parts_[node->part];
  const ComponentType& type = *part.component->type;
  const Space space = node->type.space;
  // All ids are known to the space from now on.
  for (const auto* ids : {&type.imported_resources, &type.defined_resources})
    for (const ResourceId id : *ids) resources_.Find(space, id);
  NameSources(*node);
  for (const NamedExtern& import : type.imports) {
    const auto arg = node->args.find(import.name.name);
    if (arg == node->args.end()) continue;
    const SpacedType expected{.space = space, .type = import.type};
    if (auto split = resources_.Unify(expected, nodes_[arg->second].type))
      return std::unexpected(Mismatched(*node, import, arg->second, "", std::move(split)));
  }
  for (const NamedExtern& import : type.imports) {
    if (node->args.contains(import.name.name) || IsByType(*node, import)) continue;
    node->merged[import.name.name] = TRY(imports_.Add(import, space, part.name));
  }
  return {};
}

Result<void> Composition::Connect() {
  for (Node& node : nodes_) {
    if (node.kind == Node::Kind::kInstance) {
      if (auto connected = ConnectInstance(&node); !connected) {
        culprit_ = static_cast<NodeId>(&node - nodes_.data());
        return connected;
      }
    } else if (node.kind == Node::Kind::kImport) {
      for (const NamedExtern& import : node.imports)
        node.merged[import.name.name] = TRY(imports_.Add(import, node.type.space, node.name));
    }
  }
  return CheckArguments();
}

// ---- what does not fit -------------------------------------------------------------------------

void Composition::Origin(NodeId id, std::string* who, std::string* name) const {
  const Node& node = nodes_[id];
  switch (node.kind) {
    case Node::Kind::kImport:
      *name = FullName(node.imports.back().name);
      break;
    case Node::Kind::kInstance:
      *who = parts_[node.part].name;
      break;
    case Node::Kind::kDefinition:
      *name = node.name;
      break;
    case Node::Kind::kAccess:
      Origin(node.instance, who, name);
      *name = name->empty() ? node.name : *name + "." + node.name;
      break;
  }
}

Error Composition::Mismatched(const Node& node, const NamedExtern& import, NodeId arg,
                              std::string why, std::optional<Split> split) {
  culprit_ = static_cast<NodeId>(&node - nodes_.data());
  Mismatch mismatch;
  mismatch.wants = parts_[node.part].name;
  mismatch.wanted_name = FullName(import.name);
  Origin(arg, &mismatch.offers, &mismatch.offered_name);
  mismatch.compatible =
      CompatibilityKey(mismatch.wanted_name) == CompatibilityKey(mismatch.offered_name);
  mismatch.why = std::move(why);
  mismatch.split = std::move(split);
  return Error(ErrorKind::kUnlinkable, Explain(mismatch));
}

Result<void> Composition::CheckArguments() {
  for (const uint32_t number : imports_.Order()) {
    const MergedItem& item = imports_.items()[number];
    for (const Wanted& wanted : item.wanted)
      NameSources({.name = item.name, .type = wanted.type.type}, wanted.type.space,
                  " of the composition's imports", true, nullptr);
  }
  for (const Node& node : nodes_) {
    if (node.kind != Node::Kind::kInstance) continue;
    for (const NamedExtern& import : TypeOfPart(node.part).imports) {
      const auto arg = node.args.find(import.name.name);
      if (arg == node.args.end()) continue;
      const SpacedType expected{.space = node.type.space, .type = import.type};
      const SpacedType& offered = nodes_[arg->second].type;
      std::string why;
      if (resources_.Matches(offered, expected, &why)) continue;
      std::optional<Split> split;
      if (why.ends_with("resource types are not the same"))
        split = resources_.FindSplit(expected, offered);
      return std::unexpected(
          Mismatched(node, import, arg->second, std::move(why), std::move(split)));
    }
  }
  return {};
}

}  // namespace component::compose
