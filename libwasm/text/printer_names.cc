// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/printer_names.h"

#include <algorithm>
#include <unordered_set>

#include "libwasm/support/hash.h"
#include "libwasm/text/printer_values.h"

namespace wasm::text {
namespace {

// The entry for `index` in a list of (index, …) sorted by index.
template <typename List>
auto FindByIndex(const List& list, uint32_t index) -> decltype(&list.begin()->second) {
  const auto at = std::lower_bound(list.begin(), list.end(), index,
                                   [](const auto& pair, uint32_t i) { return pair.first < i; });
  return at != list.end() && at->first == index ? &at->second : nullptr;
}

}  // namespace

IdSpace::IdSpace(const NameMap& names, uint64_t size) {
  std::unordered_set<std::string_view, StringHash> taken;
  entries_.reserve(names.names.size());
  for (const auto& [index, name] : names.names) {
    if (index >= size) break;
    const bool is_id = !name.empty() && taken.insert(name).second;
    entries_.push_back({index, is_id, name});
  }
}

const IdSpace::Entry* IdSpace::Find(uint32_t index) const {
  // Most modules name all or none.
  if (index < entries_.size() && entries_[index].index == index) return &entries_[index];
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), index,
                                   [](const Entry& entry, uint32_t i) { return entry.index < i; });
  return at != entries_.end() && at->index == index ? &*at : nullptr;
}

void IdSpace::AppendRef(std::string& out, uint32_t index) const {
  const Entry* entry = Find(index);
  if (entry != nullptr && entry->is_id)
    AppendId(out, entry->name);
  else
    AppendUnsigned(out, index);
}

void IdSpace::AppendBinder(std::string& out, uint32_t index) const {
  const Entry* entry = Find(index);
  if (entry == nullptr) return;
  out += ' ';
  if (entry->is_id) {
    AppendId(out, entry->name);
  } else {
    out += "(@name ";
    AppendName(out, entry->name);
    out += ')';
  }
}

ModuleIds::ModuleIds(const Module& module, bool use_names)
    : module_(module), use_names_(use_names) {
  if (!use_names) return;
  const Names& names = module.names;
  functions = IdSpace(names.functions, module.functions.size());
  types = IdSpace(names.types, module.types.size());
  tables = IdSpace(names.tables, module.tables.size());
  memories = IdSpace(names.memories, module.memories.size());
  globals = IdSpace(names.globals, module.globals.size());
  elems = IdSpace(names.elems, module.elems.size());
  datas = IdSpace(names.datas, module.datas.size());
  tags = IdSpace(names.tags, module.tags.size());
}

IdSpace ModuleIds::Locals(uint32_t func, uint64_t num_locals) const {
  const NameMap* names = use_names_ ? FindByIndex(module_.names.locals, func) : nullptr;
  return names != nullptr ? IdSpace(*names, num_locals) : IdSpace();
}

IdSpace ModuleIds::Fields(uint32_t type) const {
  const NameMap* names = use_names_ ? FindByIndex(module_.names.fields, type) : nullptr;
  if (names == nullptr || type >= module_.types.size()) return IdSpace();
  return IdSpace(*names, module_.types[type].comp.fields.size());
}

const NameMap* ModuleIds::Labels(uint32_t func) const {
  return use_names_ ? FindByIndex(module_.names.labels, func) : nullptr;
}

}  // namespace wasm::text
