// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/resources.h"

#include <algorithm>
#include <utility>

namespace component::compose {

namespace {

// No arena makes so many resource types (kMaxArenaSize), and Matcher's own begin above.
constexpr ResourceId kFirstIdentity = ResourceId{1} << 30;

std::string Below(const std::string& path, const std::string& name) {
  return path.empty() ? '`' + name + '`' : path + " › `" + name + '`';
}

}  // namespace

uint32_t Resources::Find(Space space, ResourceId id) {
  const auto [it, added] =
      spaces_[space].try_emplace(id, static_cast<uint32_t>(identities_.size()));
  if (added) identities_.push_back({.parent = it->second, .source = std::nullopt});
  return Root(it->second);
}

uint32_t Resources::Root(uint32_t identity) const {
  while (identities_[identity].parent != identity) identity = identities_[identity].parent;
  return identity;
}

void Resources::SetSource(Space space, ResourceId id, std::string source, bool imported) {
  Identity& identity = identities_[Find(space, id)];
  if (identity.source) return;
  identity.source = std::move(source);
  identity.imported = imported;
}

const std::string* Resources::SourceOf(uint32_t identity) const {
  const std::optional<std::string>& source = identities_[Root(identity)].source;
  return source ? &*source : nullptr;
}

bool Resources::IsMade(uint32_t identity) const {
  const Identity& root = identities_[Root(identity)];
  return root.source && !root.imported;
}

Resources::Snapshot Resources::Save() const { return {.identities = identities_}; }

void Resources::Restore(const Snapshot& snapshot) {
  // What has come since is known to spaces already: it stays, on its own.
  std::copy(snapshot.identities.begin(), snapshot.identities.end(), identities_.begin());
  for (size_t i = snapshot.identities.size(); i < identities_.size(); ++i)
    identities_[i] = {.parent = static_cast<uint32_t>(i), .source = std::nullopt};
}

std::optional<Split> Resources::SplitOf(uint32_t expected, uint32_t offered,
                                        std::string what) const {
  if (expected == offered) return std::nullopt;
  Split split{.what = std::move(what), .sources = {}};
  const uint32_t identities[] = {expected, offered};
  for (int i = 0; i < 2; ++i) {
    const std::string* source = SourceOf(identities[i]);
    split.sources[i] = source != nullptr ? *source : "nothing that was passed";
  }
  return split;
}

std::optional<Split> Resources::Unify(const SpacedType& expected, const SpacedType& offered) {
  return Unify(expected.type, expected.space, offered.type, offered.space, "");
}

std::optional<Split> Resources::Unify(const ExternType& expected, Space expected_space,
                                      const ExternType& offered, Space offered_space,
                                      const std::string& path) {
  // Other differences are Matches's.
  if (expected.sort != offered.sort) return std::nullopt;
  if (expected.sort == Sort::kType) {
    if (expected.type.kind != TypeEntry::Kind::kResource ||
        offered.type.kind != TypeEntry::Kind::kResource)
      return std::nullopt;
    const uint32_t a = Find(expected_space, expected.type.resource);
    const uint32_t b = Find(offered_space, offered.type.resource);
    if (a == b) return std::nullopt;
    if (identities_[a].source && identities_[b].source)
      return SplitOf(a, b, "the resource " + path);
    // The one with a source is the root.
    if (identities_[a].source)
      identities_[b].parent = a;
    else
      identities_[a].parent = b;
    return std::nullopt;
  }
  if (expected.sort != Sort::kInstance) return std::nullopt;
  for (const NamedExtern& item : expected.instance->exports) {
    const NamedExtern* other = offered.instance->Find(item.name.name);
    if (other == nullptr) continue;
    if (auto split = Unify(item.type, expected_space, other->type, offered_space,
                           Below(path, item.name.name)))
      return split;
  }
  return std::nullopt;
}

void Resources::MapAll(Matcher* matcher, Matcher::Side side, Space space) const {
  for (const auto& [id, identity] : spaces_[space])
    matcher->Map(side, id, kFirstIdentity + Root(identity));
}

bool Resources::Matches(const SpacedType& offered, const SpacedType& expected, std::string* why) {
  Matcher matcher(store_);
  MapAll(&matcher, Matcher::Side::kSub, offered.space);
  MapAll(&matcher, Matcher::Side::kSuper, expected.space);
  if (matcher.Matches(offered.type, expected.type)) return true;
  *why = matcher.TakeError();
  return false;
}

std::optional<Split> Resources::FindSplit(const SpacedType& expected, const SpacedType& offered) {
  return SplitIn(expected.type, expected.space, offered.type, offered.space, "");
}

std::optional<Split> Resources::SplitIn(const ExternType& expected, Space expected_space,
                                        const ExternType& offered, Space offered_space,
                                        const std::string& path) {
  if (expected.sort != offered.sort) return std::nullopt;
  switch (expected.sort) {
    case Sort::kType:
      if (expected.type.kind != TypeEntry::Kind::kResource ||
          offered.type.kind != TypeEntry::Kind::kResource)
        return std::nullopt;
      return SplitOf(Find(expected_space, expected.type.resource),
                     Find(offered_space, offered.type.resource), "the resource " + path);
    case Sort::kFunc: {
      const size_t count = std::min(expected.func->params.size(), offered.func->params.size());
      for (size_t i = 0; i < count; ++i)
        if (auto split = SplitIn(expected.func->params[i].type, expected_space,
                                 offered.func->params[i].type, offered_space, path))
          return split;
      return SplitIn(expected.func->result, expected_space, offered.func->result, offered_space,
                     path);
    }
    case Sort::kInstance:
      for (const NamedExtern& item : expected.instance->exports) {
        const NamedExtern* other = offered.instance->Find(item.name.name);
        if (other == nullptr) continue;
        if (auto split = SplitIn(item.type, expected_space, other->type, offered_space,
                                 Below(path, item.name.name)))
          return split;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Split> Resources::SplitIn(const ValType* expected, Space expected_space,
                                        const ValType* offered, Space offered_space,
                                        const std::string& path) {
  if (expected == nullptr || offered == nullptr || expected->kind != offered->kind ||
      !expected->contains_resource || !offered->contains_resource)
    return std::nullopt;
  if (expected->resource != kNoResource && offered->resource != kNoResource)
    return SplitOf(Find(expected_space, expected->resource), Find(offered_space, offered->resource),
                   path);
  const size_t count = std::min(expected->fields.size(), offered->fields.size());
  for (size_t i = 0; i < count; ++i)
    if (auto split = SplitIn(expected->fields[i].type, expected_space, offered->fields[i].type,
                             offered_space, path))
      return split;
  return SplitIn(expected->element, expected_space, offered->element, offered_space, path);
}

void Mentioned::Collect(const ExternType& type) {
  switch (type.sort) {
    case Sort::kFunc:
      for (const ValType::Field& param : type.func->params) Collect(param.type);
      Collect(type.func->result);
      break;
    case Sort::kValue:
      Collect(type.value);
      break;
    case Sort::kType:
      if (type.type.kind == TypeEntry::Kind::kResource)
        identities.insert(resources_.Find(space_, type.type.resource));
      else if (type.type.kind == TypeEntry::Kind::kVal)
        Collect(type.type.val);
      break;
    case Sort::kInstance:
      for (const NamedExtern& item : type.instance->exports) Collect(item.type);
      break;
    default:
      break;
  }
}

void Mentioned::Collect(const ValType* type) {
  if (type == nullptr || !values.insert(type).second) return;
  if (type->resource != kNoResource) identities.insert(resources_.Find(space_, type->resource));
  for (const ValType::Field& field : type->fields) Collect(field.type);
  Collect(type->element);
}

}  // namespace component::compose
