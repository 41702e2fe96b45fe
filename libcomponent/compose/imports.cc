// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/imports.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libcomponent/compose/explain.h"
#include "libcomponent/compose/versions.h"

namespace component::compose {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

MergedItem MergedItem::Of(const NamedExtern& item, Space space, const std::string& by) {
  MergedItem out{.name = item.name, .wanted = {}, .items = {}};
  out.wanted.push_back({.type = {.space = space, .type = item.type}, .by = by});
  if (item.type.sort == Sort::kInstance)
    for (const NamedExtern& exported : item.type.instance->exports)
      out.items.push_back(Of(exported, space, by));
  return out;
}

Result<uint32_t> Imports::Add(const NamedExtern& import, Space space, const std::string& by) {
  MergedItem item = MergedItem::Of(import, space, by);
  item.wanted[0].order = next_order_++;
  const std::string name = FullName(import.name);
  std::vector<uint32_t>& candidates = by_key_[CompatibilityKey(name)];
  for (const uint32_t candidate : candidates) {
    MergedItem& known = items_[candidate];
    const Resources::Snapshot before = resources_.Save();
    MergedItem merged = known;
    std::string why;
    if (Merge(&merged, item, &why)) {
      if (IsNewer(name, FullName(known.name))) merged.name = import.name;
      known = std::move(merged);
      return candidate;
    }
    resources_.Restore(before);
    if (FullName(known.name) == name)
      return std::unexpected(Error(ErrorKind::kUnlinkable,
                                   known.wanted[0].by + " and " + by + " both import `" + name +
                                       "`, with different types" + FirstDifference(why)));
  }
  const auto number = static_cast<uint32_t>(items_.size());
  candidates.push_back(number);
  items_.push_back(std::move(item));
  return number;
}

const MergedItem* Imports::Find(std::string_view name) const {
  for (const MergedItem& item : items_)
    if (FullName(item.name) == name) return &item;
  return nullptr;
}

bool Imports::Merge(MergedItem* into, const MergedItem& with, std::string* why) {
  const Wanted& old = into->wanted[0];
  const Wanted& added = with.wanted[0];
  if (into->sort() != with.sort() || into->sort() != Sort::kInstance) {
    if (auto split = resources_.Unify(old.type, added.type)) {
      *why = Describe(*split);
      return false;
    }
    if (!resources_.Matches(added.type, old.type, why)) return false;
    // Types of modules and components may be subtypes: then neither serves both.
    if (!resources_.Matches(old.type, added.type, why)) return false;
    into->wanted.push_back(added);
    return true;
  }
  into->wanted.push_back(added);
  // Of the exports, so that the items added later find those before them by name.
  for (const MergedItem& item : with.items) {
    const auto same =
        std::find_if(into->items.begin(), into->items.end(),
                     [&](const MergedItem& i) { return i.name.name == item.name.name; });
    if (same == into->items.end()) {
      into->items.push_back(item);
    } else if (!Merge(&*same, item, why)) {
      why->insert(0, "type mismatch in instance export `" + item.name.name + "`: ");
      return false;
    }
  }
  return true;
}

std::vector<uint32_t> Imports::Order() {
  // Whoever asks for imports has those that types come from before those that mention them.
  struct Mention {
    uint32_t order;
    uint32_t item;
  };
  std::map<std::pair<Space, uint32_t>, std::vector<Mention>> mentions;
  for (uint32_t i = 0; i < items_.size(); ++i) {
    for (const Wanted& wanted : items_[i].wanted) {
      Mentioned mentioned(&resources_, wanted.type.space);
      mentioned.Collect(wanted.type.type);
      for (const uint32_t identity : mentioned.identities)
        mentions[{wanted.type.space, identity}].push_back({.order = wanted.order, .item = i});
    }
  }
  std::vector<std::vector<uint32_t>> before(items_.size());
  for (auto& [key, items] : mentions) {
    const auto first =
        std::min_element(items.begin(), items.end(),
                         [](const Mention& a, const Mention& b) { return a.order < b.order; });
    for (const Mention& mention : items)
      if (mention.item != first->item) before[mention.item].push_back(first->item);
  }
  std::vector<uint32_t> order;
  std::vector<bool> done(items_.size(), false);
  while (order.size() < items_.size()) {
    uint32_t next = static_cast<uint32_t>(items_.size());
    uint32_t first_open = next;
    for (uint32_t i = 0; i < items_.size() && next == items_.size(); ++i) {
      if (done[i]) continue;
      if (first_open == items_.size()) first_open = i;
      if (std::all_of(before[i].begin(), before[i].end(), [&](uint32_t j) { return done[j]; }))
        next = i;
    }
    // In a circle, which only parts that disagree about the order make, anything may be first.
    if (next == items_.size()) next = first_open;
    done[next] = true;
    order.push_back(next);
  }
  return order;
}

}  // namespace component::compose
