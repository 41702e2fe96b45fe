// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components that are put together: a graph of instances, of what is passed to them, and of what
// the whole exports. Nothing is copied or rewritten: the parts become nested components, and the
// result is their instantiations and aliases. Imports that nothing satisfies become imports of the
// result.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSITION_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSITION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libcomponent/compose/imports.h"
#include "libcomponent/compose/resources.h"
#include "libcomponent/compose/type_writer.h"
#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/types/type_arena.h"
#include "libcomponent/types/types.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace component::compose {

// What instances and exports are made of; in the order in which they are added, so that everything
// stands behind what it is made of.
using NodeId = uint32_t;

// Merging imports takes time with the square of their number.
inline constexpr uint32_t kMaxInstances = 1000;

class Composition {
 public:
  explicit Composition(const trenail::Engine& engine, const FeatureSet& features = {});

  // A component that may be instantiated; `name` is what messages call it.
  uint32_t AddPart(std::string name, std::shared_ptr<const ValidatedComponent> component);
  const ComponentType& TypeOfPart(uint32_t part) const { return *parts_[part].component->type; }
  const std::string& NameOfPart(uint32_t part) const { return parts_[part].name; }

  // The last of `imports`; the others are those that its types come from.
  NodeId Import(std::vector<NamedExtern> imports, std::string by);
  wasm::Result<NodeId> Instantiate(uint32_t part);
  // `instance` is one that Instantiate made, `import` the name of an import of its part.
  void Satisfy(NodeId instance, const std::string& import, NodeId by);
  bool IsSatisfied(NodeId instance, const std::string& import) const;
  // A type that the composition itself defines, and exports under that name before all else, so
  // that imports and exports may mention it.
  NodeId Define(ExternName name, const TypeEntry& type);
  // `instance` has an export of that name.
  NodeId Access(NodeId instance, const std::string& name);
  void Export(ExternName name, NodeId node);
  bool IsExported(std::string_view name) const;

  const SpacedType& TypeOf(NodeId node) const { return nodes_[node].type; }
  // The instance whose arguments do not fit, after Build has failed because of one.
  std::optional<NodeId> culprit() const { return culprit_; }

  // The result, which is valid. Errors: kUnlinkable where parts do not fit together.
  wasm::Result<std::shared_ptr<const Component>> Build();

 private:
  struct Part {
    std::string name;
    std::shared_ptr<const ValidatedComponent> component;
    std::optional<uint32_t> index;  // in the result
  };
  struct Node {
    enum class Kind : uint8_t { kImport, kInstance, kAccess, kDefinition };
    Kind kind = Kind::kImport;
    SpacedType type;
    std::vector<NamedExtern> imports;  // kImport
    std::string name;                  // kImport: by whom; kAccess: of the export
    uint32_t part = 0;                 // kInstance
    std::unordered_map<std::string, NodeId> args;
    std::unordered_map<std::string, uint32_t> merged;  // imports of the result, by the part's name
    NodeId instance = 0;                               // kAccess
    std::optional<uint32_t> index;                     // in the result
  };
  struct Exported {
    ExternName name;
    NodeId node;
  };

  wasm::Result<void> Connect();
  wasm::Result<void> ConnectInstance(Node* node);
  void NameSources(const Node& node);
  void NameSources(const NamedExtern& item, Space space, const std::string& holder, bool imported,
                   const ComponentType* maker);
  bool IsByType(const Node& node, const NamedExtern& import) const;
  wasm::Result<void> CheckArguments();
  wasm::Error Mismatched(const Node& node, const NamedExtern& import, NodeId arg, std::string why,
                         std::optional<Split> split);
  // The part that an item comes from, and the name that it has there.
  void Origin(NodeId id, std::string* who, std::string* name) const;

  wasm::Result<void> WriteImports(TypeWriter* writer);
  wasm::Result<uint32_t> Write(NodeId node, TypeWriter* writer);
  wasm::Result<uint32_t> WriteInstance(Node* node, TypeWriter* writer);
  wasm::Result<void> CheckTypesExported(const Exported& exported);
  wasm::Result<void> WriteExport(const Exported& exported, TypeWriter* writer);

  trenail::Engine engine_;
  FeatureSet features_;
  TypeArena arena_;  // of the types of instances
  Resources resources_;
  Imports imports_;
  std::vector<Part> parts_;
  std::vector<Node> nodes_;
  std::vector<Exported> exports_;
  std::vector<uint32_t> import_indices_;  // by number
  std::optional<NodeId> culprit_;
  uint32_t num_instances_ = 0;
};

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_COMPOSITION_H_
