// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/plug.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libcomponent/compose/composition.h"
#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"
#include "libwasm/engine_impl.h"

namespace component::compose {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

class Plugger {
 public:
  Plugger(const trenail::Engine& engine, const PlugPart& socket, const std::vector<PlugPart>& plugs,
          const FeatureSet& features)
      : engine_(engine), composition_(engine, features) {
    parts_.push_back(&socket);
    for (const PlugPart& plug : plugs) parts_.push_back(&plug);
    links_.resize(parts_.size());
    nodes_.resize(parts_.size());
  }

  Result<std::shared_ptr<const Component>> Run() {
    for (size_t part = 0; part < parts_.size(); ++part) FindPlugs(part);
    for (size_t plug = 1; plug < parts_.size(); ++plug)
      if (!IsUsed(plug)) return std::unexpected(Unused(plug));
    for (const PlugPart* part : parts_) composition_.AddPart(part->name, part->component);
    const NodeId socket = TRY(Instantiate(0));
    const ComponentType& type = TypeOf(0);
    if (type.exports.empty())
      return std::unexpected(
          Error(ErrorKind::kUnlinkable,
                parts_[0]->name + " exports nothing, so nothing could be called"));
    for (const NamedExtern& item : type.exports)
      composition_.Export(item.name, composition_.Access(socket, item.name.name));
    return composition_.Build();
  }

 private:
  struct Link {
    std::string import;
    size_t plug;
    std::string exported;
  };

  const ComponentType& TypeOf(size_t part) const { return *parts_[part]->component->type; }

  // The export for an import: the same name, else the newest compatible one.
  static const NamedExtern* FindExport(const ComponentType& type, const NamedExtern& import) {
    const std::string name = FullName(import.name);
    const NamedExtern* best = nullptr;
    for (const NamedExtern& item : type.exports) {
      if (item.type.sort != import.type.sort) continue;
      const std::string offered = FullName(item.name);
      if (offered == name) return &item;
      const bool compatible = CompatibilityKey(offered) == CompatibilityKey(name) ||
                              (import.name.implements && *import.name.implements == offered);
      if (compatible && (best == nullptr || IsNewer(offered, FullName(best->name)))) best = &item;
    }
    return best;
  }

  // Whether `part` needs `other`, directly or through other plugs.
  bool Needs(size_t part, size_t other) const {
    if (part == other) return true;
    return std::any_of(links_[part].begin(), links_[part].end(),
                       [&](const Link& link) { return Needs(link.plug, other); });
  }

  void FindPlugs(size_t part) {
    for (const NamedExtern& import : TypeOf(part).imports) {
      // A type by itself is what another import brings with it.
      if (import.type.sort == Sort::kType) continue;
      std::vector<size_t> candidates;
      for (size_t plug = part + 1; plug < parts_.size(); ++plug) candidates.push_back(plug);
      for (size_t plug = 1; plug < part; ++plug) candidates.push_back(plug);
      for (const size_t plug : candidates) {
        const NamedExtern* item = FindExport(TypeOf(plug), import);
        if (item == nullptr || Needs(plug, part)) continue;
        links_[part].push_back(
            {.import = import.name.name, .plug = plug, .exported = item->name.name});
        break;
      }
    }
  }

  bool IsUsed(size_t plug) const {
    return std::any_of(links_.begin(), links_.end(), [&](const auto& links) {
      return std::any_of(links.begin(), links.end(),
                         [&](const Link& link) { return link.plug == plug; });
    });
  }

  Result<NodeId> Instantiate(size_t part) {
    if (nodes_[part]) return *nodes_[part];
    std::vector<std::pair<std::string, NodeId>> args;
    for (const Link& link : links_[part]) {
      const NodeId plug = TRY(Instantiate(link.plug));
      args.emplace_back(link.import, composition_.Access(plug, link.exported));
    }
    const NodeId node = TRY(composition_.Instantiate(static_cast<uint32_t>(part)));
    for (auto& [import, arg] : args) composition_.Satisfy(node, import, arg);
    nodes_[part] = node;
    return node;
  }

  // Why nobody wants anything of this plug.
  Error Unused(size_t plug) const {
    const ComponentType& type = TypeOf(plug);
    for (size_t part = 0; part < parts_.size(); ++part) {
      for (const NamedExtern& import : TypeOf(part).imports) {
        for (const NamedExtern& item : type.exports) {
          const std::string wanted = FullName(import.name), offered = FullName(item.name);
          if (part == plug || !SameInterface(wanted, offered)) continue;
          if (import.type.sort != item.type.sort)
            return Error(ErrorKind::kUnlinkable, parts_[part]->name + " wants `" + wanted +
                                                     "`, which is " + Article(import.type.sort) +
                                                     "; " + parts_[plug]->name + " offers " +
                                                     Article(item.type.sort) + " of that name");
          if (wanted == offered)
            return Error(ErrorKind::kUnlinkable, "nothing uses " + parts_[plug]->name +
                                                     ": another plug offers `" + offered +
                                                     "`, too, and stands before it");
          return Error(ErrorKind::kUnlinkable, OtherVersion(part, import, plug, item));
        }
      }
    }
    std::string message = "nothing uses " + parts_[plug]->name + ": it exports " +
                          ListNames(type.exports) + ", and " + parts_[0]->name + " imports " +
                          ListNames(TypeOf(0).imports);
    return Error(ErrorKind::kUnlinkable, std::move(message));
  }

  std::string OtherVersion(size_t part, const NamedExtern& import, size_t plug,
                           const NamedExtern& item) const {
    Mismatch mismatch;
    mismatch.wants = parts_[part]->name;
    mismatch.wanted_name = FullName(import.name);
    mismatch.offers = parts_[plug]->name;
    mismatch.offered_name = FullName(item.name);
    mismatch.compatible = false;
    Resources resources(*engine_.impl()->types);
    const SpacedType expected{.space = resources.NewSpace(), .type = import.type};
    const SpacedType offered{.space = resources.NewSpace(), .type = item.type};
    Known(&resources, expected.space, TypeOf(part));
    Known(&resources, offered.space, TypeOf(plug));
    resources.Unify(expected, offered);
    resources.Matches(offered, expected, &mismatch.why);
    return Explain(mismatch);
  }

  static void Known(Resources* resources, Space space, const ComponentType& type) {
    for (const auto* ids : {&type.imported_resources, &type.defined_resources})
      for (const ResourceId id : *ids) resources->Find(space, id);
  }

  static std::string Article(Sort sort) {
    return (sort == Sort::kInstance ? "an " : "a ") + std::string(SortName(sort));
  }

  const trenail::Engine& engine_;
  Composition composition_;
  std::vector<const PlugPart*> parts_;  // the socket, then the plugs
  std::vector<std::vector<Link>> links_;
  std::vector<std::optional<NodeId>> nodes_;
};

}  // namespace

Result<std::shared_ptr<const Component>> Plug(const trenail::Engine& engine, const PlugPart& socket,
                                              const std::vector<PlugPart>& plugs,
                                              const FeatureSet& features) {
  return Plugger(engine, socket, plugs, features).Run();
}

}  // namespace component::compose
