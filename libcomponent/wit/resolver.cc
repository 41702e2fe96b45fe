// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packages and the names of their interfaces and worlds [wit:wit-packages-and-use].

#include "libcomponent/wit/resolver.h"

#include <algorithm>
#include <utility>

#include "libcomponent/wit/parser.h"
#include "libcomponent/wit/resolver_impl.h"

namespace component::wit {

namespace {
// How many top-level names may stand for each other in a row.
constexpr size_t kMaxNameChain = 100;
}  // namespace

std::optional<Cycle> Sort(const std::vector<std::vector<Edge>>& edges,
                          std::vector<uint32_t>* order) {
  enum : uint8_t { kNew, kOpen, kDone };
  struct Frame {
    uint32_t node;
    size_t next;
    Span entered;
  };
  std::vector<uint8_t> state(edges.size(), kNew);
  std::vector<Frame> stack;
  for (uint32_t root = 0; root < edges.size(); ++root) {
    if (state[root] != kNew) continue;
    state[root] = kOpen;
    stack.push_back({root, 0, {}});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == edges[frame.node].size()) {
        state[frame.node] = kDone;
        order->push_back(frame.node);
        stack.pop_back();
        continue;
      }
      const Edge& edge = edges[frame.node][frame.next++];
      if (state[edge.to] == kOpen) {
        const bool by_itself = edge.to == frame.node || stack.size() == 1;
        return Cycle{frame.node, by_itself ? edge.span : frame.entered, edge.span};
      }
      if (state[edge.to] == kDone) continue;
      state[edge.to] = kOpen;
      stack.push_back({edge.to, 0, edge.span});
    }
  }
  return std::nullopt;
}

Stability StabilityOf(const ast::Attributes& attributes) {
  return {.since = attributes.since,
          .unstable = attributes.unstable.value_or(""),
          .deprecated = attributes.deprecated};
}

bool Resolver::Fail(Span span, std::string message, wasm::ErrorKind kind) {
  if (!problem_) problem_ = {.kind = kind, .span = span, .message = std::move(message)};
  return false;
}

bool Resolver::Count(uint64_t elements, Span span) {
  elements_ += elements;
  return elements_ <= kMaxElements ||
         Fail(span, "the packages have too many items", wasm::ErrorKind::kExhausted);
}

// Parses the files and collects the packages in them, nested ones first.
bool Resolver::Parse(const std::vector<PackageSources>& packages) {
  uint32_t file_count = 0;
  for (const PackageSources& package : packages)
    file_count += static_cast<uint32_t>(package.files.size());
  files_.reserve(file_count);
  for (uint32_t i = 0; i < file_count; ++i) {
    auto file = ParseFile(sources_, i);
    if (!file) {
      problem_ = std::move(file.error());
      return false;
    }
    files_.push_back(*std::move(file));
  }
  uint32_t first = 0, group = 0;
  for (const PackageSources& package : packages) {
    const auto end = first + static_cast<uint32_t>(package.files.size());
    const ast::PackageDecl* decl = nullptr;
    std::string docs;
    std::vector<const std::vector<ast::PackageItem>*> blocks;
    for (uint32_t i = first; i < end; ++i) {
      const ast::File& file = files_[i];
      blocks.push_back(&file.items);
      for (const ast::NestedPackage& nested : file.nested)
        if (!AddPackage(nested.decl, group, {&nested.items}, nested.decl.docs)) return false;
      if (!file.package) continue;
      if (decl != nullptr && decl->name != file.package->name) {
        return Fail(file.package->span,
                    "this file belongs to the package `" + file.package->name.ToString() +
                        "`, but another one of its folder to `" + decl->name.ToString() + "`");
      }
      if (!file.package->docs.empty()) {
        if (!docs.empty()) docs += "\n";
        docs += file.package->docs;
      }
      if (decl == nullptr) decl = &*file.package;
    }
    if (decl == nullptr) {
      return Fail({first, 0, 0}, "no file of this package begins with its name, `package a:b;`",
                  wasm::ErrorKind::kMalformed);
    }
    if (!AddPackage(*decl, group, std::move(blocks), std::move(docs))) return false;
    root_unit_ = unit_by_name_.at(decl->name.ToString());
    first = end;
    ++group;
  }
  return true;
}

// A package that is there twice must have the same contents [wit:root-package-a-directory].
bool Resolver::SameItems(const Unit& unit,
                         const std::vector<const std::vector<ast::PackageItem>*>& blocks) {
  const auto collect = [](const std::vector<ast::PackageItem>& items,
                          std::map<std::string, Span>* out) {
    for (const ast::PackageItem& item : items) {
      if (const auto* interface = std::get_if<ast::Interface>(&item))
        out->emplace(interface->name.text, interface->span);
      else if (const auto* world = std::get_if<ast::World>(&item))
        out->emplace(world->name.text, world->span);
    }
  };
  std::map<std::string, Span> a, b;
  for (uint32_t block : unit.blocks) collect(*blocks_[block].items, &a);
  for (const auto* block : blocks) collect(*block, &b);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& x, const auto& y) {
    return x.first == y.first && SameTokens(sources_, x.second, y.second);
  });
}

bool Resolver::AddPackage(const ast::PackageDecl& decl, uint32_t group,
                          std::vector<const std::vector<ast::PackageItem>*> blocks,
                          std::string docs) {
  const auto index = static_cast<uint32_t>(units_.size());
  const auto [known, added] = unit_by_name_.emplace(decl.name.ToString(), index);
  if (!added) {
    const Unit& first = units_[known->second];
    if (first.group != group && SameItems(first, blocks)) return true;
    const Diagnostic other = sources_.Describe({.span = first.span, .message = {}});
    return Fail(decl.span, "the package `" + decl.name.ToString() + "` is also defined at " +
                               other.file + ":" + std::to_string(other.position.line));
  }
  Unit& unit = units_.emplace_back();
  unit.name = decl.name;
  unit.span = decl.span;
  unit.group = group;
  unit.docs = std::move(docs);
  for (const auto* items : blocks) {
    unit.blocks.push_back(static_cast<uint32_t>(blocks_.size()));
    blocks_.push_back({.unit = index, .items = items, .aliases = {}});
  }
  return true;
}

// The names of a package's items, and of each file's top-level `use`.
bool Resolver::DeclareItems(uint32_t index) {
  Unit& unit = units_[index];
  std::unordered_set<std::string> taken;
  for (uint32_t block_index : unit.blocks) {
    Block& block = blocks_[block_index];
    std::unordered_set<std::string> in_file;
    for (const ast::PackageItem& package_item : *block.items) {
      if (const auto* use = std::get_if<ast::ToplevelUse>(&package_item)) {
        if (!in_file.insert(CanonicalName(use->as.text)).second)
          return Fail(use->as.span, "the name `" + use->as.text + "` is taken in this file");
        block.aliases.emplace(use->as.text, use);
        continue;
      }
      Item item{.block = block_index};
      item.interface = std::get_if<ast::Interface>(&package_item);
      item.world = std::get_if<ast::World>(&package_item);
      const ast::Name& name = item.name();
      if (!in_file.insert(CanonicalName(name.text)).second)
        return Fail(name.span, "the name `" + name.text + "` is taken in this file");
      if (!taken.insert(CanonicalName(name.text)).second)
        return Fail(name.span, "the name `" + name.text + "` is taken in this package");
      bool included = true;
      if (!CheckGates(unit, item.attributes(), name.span, &included)) return false;
      item.excluded = !included;
      if (item.excluded && !CheckExcluded(item)) return false;
      unit.by_name.emplace(name.text, static_cast<uint32_t>(items_.size()));
      unit.items.push_back(static_cast<uint32_t>(items_.size()));
      items_.push_back(item);
    }
  }
  return true;
}

bool Resolver::FeatureEnabled(const ast::Attributes& attributes) const {
  return !attributes.unstable || options_.all_features ||
         options_.features.contains(*attributes.unstable);
}

// [wit:rules-for-feature-gate-usage]. That what is inside of a gated item, or refers to one, has
// the same gate is checked only where the gate is closed: published packages, those of WASI among
// them, leave gates out where they are open.
bool Resolver::CheckGates(const Unit& unit, const ast::Attributes& attributes, Span span,
                          bool* included) {
  *included = FeatureEnabled(attributes);
  if (!attributes.since) return true;
  const std::string since = attributes.since->ToString();
  if (!unit.name.version) {
    return Fail(span, "this item is there `@since` " + since + ", but the package `" +
                          unit.name.ToString() + "` has no version");
  }
  if (attributes.since->Compare(*unit.name.version) <= 0) return true;
  return Fail(span, "this item is there `@since` " + since +
                        ", which is later than the package, `" + unit.name.ToString() + "`");
}

// What is inside of an item that is left out must be left out as well.
bool Resolver::CheckExcluded(const Item& item) {
  const Unit& unit = UnitOf(item.block);
  const auto check = [&](const ast::Attributes& attributes, Span span) {
    bool included = false;
    if (!CheckGates(unit, attributes, span, &included)) return false;
    return !included || Fail(span, "this item needs the gate of `" + item.name().text +
                                       "`, whose feature is not enabled");
  };
  if (item.interface != nullptr) {
    for (const ast::InterfaceItem& part : item.interface->items) {
      const auto* use = std::get_if<ast::Use>(&part);
      const auto* func = std::get_if<ast::Func>(&part);
      const auto* typedef_item = std::get_if<ast::Typedef>(&part);
      const ast::Attributes& attributes = use    ? use->attributes
                                          : func ? func->attributes
                                                 : typedef_item->attributes;
      const Span span = use    ? use->path.name.span
                        : func ? func->name.span
                               : typedef_item->name.span;
      if (!check(attributes, span)) return false;
    }
    return true;
  }
  for (const ast::WorldItem& part : item.world->items) {
    const bool checked = std::visit(
        [&](const auto& world_item) {
          using Part = std::decay_t<decltype(world_item)>;
          Span span = world_item.attributes.span;
          if constexpr (std::is_same_v<Part, ast::Typedef>)
            span = world_item.name.span;
          else if constexpr (std::is_same_v<Part, ast::Extern>)
            span = world_item.name ? world_item.name->span
                                   : std::get<ast::UsePath>(world_item.type).name.span;
          else
            span = world_item.path.name.span;
          return check(world_item.attributes, span);
        },
        part);
    if (!checked) return false;
  }
  return true;
}

uint32_t Resolver::FindUnit(const ast::UsePath& path) {
  if (auto found = unit_by_name_.find(path.package->ToString()); found != unit_by_name_.end())
    return found->second;
  std::string message = "the package `" + path.package->ToString() + "` is not there";
  std::vector<std::string> others;
  for (const Unit& unit : units_)
    if (unit.name.ns == path.package->ns && unit.name.name == path.package->name)
      others.push_back("`" + unit.name.ToString() + "`");
  for (size_t i = 0; i < others.size() && i < 5; ++i)
    message += (i == 0 ? "; there is " : ", ") + others[i];
  Fail(path.package_span, std::move(message));
  return kNone;
}

uint32_t Resolver::FindAnyItem(uint32_t block, const ast::UsePath& path) {
  const ast::UsePath* at = &path;
  // Names of the file can stand for each other.
  for (size_t steps = 0; !at->package; ++steps) {
    const auto alias = blocks_[block].aliases.find(at->name.text);
    if (alias == blocks_[block].aliases.end()) break;
    if (steps > kMaxNameChain) {
      Fail(alias->second->as.span, "the name `" + alias->second->as.text +
                                       "` stands for itself, or for a name after too many others");
      return kNone;
    }
    const bool itself = at == &alias->second->path;
    if (itself) break;  // `use a as a` and `use a`: the package's own `a`
    at = &alias->second->path;
    // `use foo;` names the package's `foo`, not itself.
    if (!at->package && at->name.text == alias->first) break;
  }
  const uint32_t unit = at->package ? FindUnit(*at) : blocks_[block].unit;
  if (unit == kNone) return kNone;
  const auto found = units_[unit].by_name.find(at->name.text);
  if (found != units_[unit].by_name.end()) return found->second;
  if (at->package) {
    Fail(at->name.span, "there is no interface or world `" + at->name.text + "` in the package `" +
                            at->package->ToString() + "`");
  } else {
    Fail(at->name.span, "there is no interface or world `" + at->name.text + "`");
  }
  return kNone;
}

uint32_t Resolver::FindItem(uint32_t block, const ast::UsePath& path, bool world) {
  const uint32_t found = FindAnyItem(block, path);
  if (found == kNone) return kNone;
  const Item& item = items_[found];
  if (world != (item.world != nullptr)) {
    Fail(path.name.span,
         "`" + path.name.text +
             (world ? "` is an interface, not a world" : "` is a world, not an interface"));
    return kNone;
  }
  if (item.excluded) {
    Fail(path.name.span, "`" + path.name.text + "` is left out: its feature `" +
                             item.attributes().unstable.value_or("") + "` is not enabled");
    return kNone;
  }
  return found;
}

bool Resolver::ForEachPath(const Item& item, const PathVisitor& visit) const {
  const auto in_interface = [&](const std::vector<ast::InterfaceItem>& items) {
    for (const ast::InterfaceItem& part : items) {
      const auto* use = std::get_if<ast::Use>(&part);
      if (use != nullptr && FeatureEnabled(use->attributes) && !visit(use->path, false))
        return false;
    }
    return true;
  };
  if (item.interface != nullptr) return in_interface(item.interface->items);
  for (const ast::WorldItem& part : item.world->items) {
    if (const auto* use = std::get_if<ast::Use>(&part)) {
      if (FeatureEnabled(use->attributes) && !visit(use->path, false)) return false;
    } else if (const auto* include = std::get_if<ast::Include>(&part)) {
      if (FeatureEnabled(include->attributes) && !visit(include->path, true)) return false;
    } else if (const auto* item = std::get_if<ast::Extern>(&part)) {
      if (!FeatureEnabled(item->attributes)) continue;
      if (const auto* path = std::get_if<ast::UsePath>(&item->type)) {
        if (!visit(*path, false)) return false;
      } else if (const auto* interface = std::get_if<ast::InlineInterface>(&item->type)) {
        if (!in_interface(interface->items)) return false;
      }
    }
  }
  return true;
}

// Packages behind those they use. A package may name itself in full.
bool Resolver::SortUnits(std::vector<uint32_t>* order) {
  std::vector<std::vector<Edge>> edges(units_.size());
  for (uint32_t i = 0; i < units_.size(); ++i) {
    // Names of the file that stand for items of other packages are top-level uses themselves.
    const auto add = [&](const ast::UsePath& path) {
      if (!path.package) return true;
      const uint32_t unit = FindUnit(path);
      if (unit != kNone && unit != i) edges[i].push_back({unit, path.package_span});
      return unit != kNone;
    };
    for (uint32_t block : units_[i].blocks) {
      for (const auto& item : *blocks_[block].items) {
        const auto* use = std::get_if<ast::ToplevelUse>(&item);
        if (use != nullptr && !add(use->path)) return false;
      }
    }
    for (uint32_t item : units_[i].items) {
      if (items_[item].excluded) continue;
      const auto visit = [&](const ast::UsePath& path, bool) { return add(path); };
      if (!ForEachPath(items_[item], visit)) return false;
    }
  }
  if (const auto cycle = Sort(edges, order)) {
    return Fail(cycle->entered, "the package `" + units_[cycle->node].name.ToString() +
                                    "` depends on itself, through what it uses");
  }
  return true;
}

bool Resolver::ResolveUnit(uint32_t index) {
  Unit& unit = units_[index];
  unit.id = PackageId(static_cast<uint32_t>(out_.packages.size()));
  out_.packages.push_back({.name = unit.name, .docs = unit.docs, .interfaces = {}, .worlds = {}});
  // Top-level uses name interfaces, whether something needs them or not.
  for (uint32_t block : unit.blocks) {
    for (const ast::PackageItem& item : *blocks_[block].items) {
      const auto* use = std::get_if<ast::ToplevelUse>(&item);
      if (use == nullptr) continue;
      const uint32_t found = FindAnyItem(block, use->path);
      if (found == kNone) return false;
      if (items_[found].interface == nullptr) {
        return Fail(use->path.name.span,
                    "`" + use->path.name.text + "` is a world, not an interface");
      }
    }
  }
  std::unordered_map<uint32_t, uint32_t> position;
  for (uint32_t i = 0; i < unit.items.size(); ++i) position.emplace(unit.items[i], i);
  std::vector<std::vector<Edge>> edges(unit.items.size());
  for (uint32_t i = 0; i < unit.items.size(); ++i) {
    const Item& item = items_[unit.items[i]];
    if (item.excluded) continue;
    const bool visited = ForEachPath(item, [&](const ast::UsePath& path, bool world) {
      const uint32_t found = FindAnyItem(item.block, path);
      if (found == kNone) return false;
      // That a world cannot be imported is said where the import is resolved.
      if (world != (items_[found].world != nullptr)) return true;
      if (auto at = position.find(found); at != position.end())
        edges[i].push_back({at->second, path.name.span});
      return true;
    });
    if (!visited) return false;
  }
  std::vector<uint32_t> order;
  if (const auto cycle = Sort(edges, &order)) {
    const ast::Name& name = items_[unit.items[cycle->node]].name();
    return Fail(name.span, "`" + name.text + "` depends on itself");
  }
  for (uint32_t at : order) {
    Item& item = items_[unit.items[at]];
    if (item.excluded) continue;
    if (item.interface != nullptr ? !ResolveInterface(item) : !ResolveWorld(item)) return false;
  }
  return true;
}

bool Resolver::Run(const std::vector<PackageSources>& packages) {
  if (!Parse(packages)) return false;
  for (uint32_t i = 0; i < units_.size(); ++i)
    if (!DeclareItems(i)) return false;
  std::vector<uint32_t> order;
  if (!SortUnits(&order)) return false;
  for (uint32_t unit : order)
    if (!ResolveUnit(unit)) return false;
  root_ = units_[root_unit_].id;
  return true;
}

Parsed<ResolvedPackage> ResolvePackages(std::vector<PackageSources> packages,
                                        const ResolveOptions& options) {
  Sources sources;
  for (PackageSources& package : packages) {
    if (package.files.empty()) {
      return std::unexpected(Diagnostic{.kind = wasm::ErrorKind::kHost,
                                        .file = package.name,
                                        .message = "there are no WIT files"});
    }
    for (SourceText& file : package.files) sources.Add(std::move(file));
  }
  if (packages.empty()) {
    return std::unexpected(
        Diagnostic{.kind = wasm::ErrorKind::kHost, .message = "there are no packages"});
  }
  Resolver resolver(sources, options);
  if (!resolver.Run(packages)) return std::unexpected(sources.Describe(resolver.TakeProblem()));
  return resolver.TakeResult();
}

std::expected<WorldId, std::string> SelectWorld(const Resolve& resolve, PackageId root,
                                                std::optional<std::string_view> name) {
  const std::vector<WorldId>& worlds = resolve[root].worlds;
  std::string names;
  for (WorldId world : worlds) names += (names.empty() ? "`" : ", `") + resolve[world].name + "`";
  if (!name) {
    if (worlds.size() == 1) return worlds[0];
    return std::unexpected(
        "the package `" + resolve[root].name.ToString() + "` has " +
        (worlds.empty() ? "no world" : "several worlds, one of which must be named: " + names));
  }
  for (uint32_t i = 0; i < resolve.worlds.size(); ++i) {
    const WorldId id(i);
    if (resolve.NameOf(id) == *name) return id;
    if (resolve[id].package == root && resolve[id].name == *name) return id;
  }
  return std::unexpected("there is no world `" + std::string(*name) + "`; the package `" +
                         resolve[root].name.ToString() + "` has " +
                         (worlds.empty() ? "none" : names));
}

}  // namespace component::wit
