// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/side_table.h"

#include <cstring>
#include <limits>

namespace wasm::validate {

void SideTableBuilder::Reset() {
  entries_.clear();
  clauses_.clear();
  pending_.clear();
  ranges_.clear();
  range_of_try_.clear();
}

// While an entry waits, pc_delta holds the branch's pc and entry_delta the next of the chain.
void SideTableBuilder::AddForward(uint32_t pc, Chain* chain, uint32_t keep, uint32_t drop) {
  const uint32_t here = position();
  entries_.push_back({static_cast<int32_t>(pc), -1, keep, drop});
  if (chain->last_entry == kNone)
    chain->first_entry = here;
  else
    entries_[chain->last_entry].entry_delta = static_cast<int32_t>(here);
  chain->last_entry = here;
}

// While a clause waits, target_entry holds the next of the chain.
void SideTableBuilder::AddForwardClause(CatchClause clause, Chain* chain) {
  const uint32_t here = num_clauses();
  clause.target_entry = kNone;
  clauses_.push_back(clause);
  if (chain->last_clause == kNone)
    chain->first_clause = here;
  else
    clauses_[chain->last_clause].target_entry = here;
  chain->last_clause = here;
}

void SideTableBuilder::ResolveOne(uint32_t entry, uint32_t target_pc, uint32_t target_position) {
  WideSideTableEntry& e = entries_[entry];
  e.pc_delta = static_cast<int32_t>(target_pc) - e.pc_delta;
  e.entry_delta = static_cast<int32_t>(target_position) - static_cast<int32_t>(entry);
}

void SideTableBuilder::Resolve(const Chain& chain, uint32_t target_pc, uint32_t target_position) {
  for (uint32_t entry = chain.first_entry; entry != kNone;) {
    const uint32_t next = static_cast<uint32_t>(entries_[entry].entry_delta);
    ResolveOne(entry, target_pc, target_position);
    entry = next;
  }
  for (uint32_t clause = chain.first_clause; clause != kNone;) {
    const uint32_t next = clauses_[clause].target_entry;
    clauses_[clause].target_pc = target_pc;
    clauses_[clause].target_entry = target_position;
    clause = next;
  }
}

void SideTableBuilder::Concatenate(SideTableBuilder* builder, Chain* to, const Chain& from) {
  if (from.first_entry != kNone) {
    if (to->last_entry == kNone)
      to->first_entry = from.first_entry;
    else
      builder->entries_[to->last_entry].entry_delta = static_cast<int32_t>(from.first_entry);
    to->last_entry = from.last_entry;
  }
  if (from.first_clause != kNone) {
    if (to->last_clause == kNone)
      to->first_clause = from.first_clause;
    else
      builder->clauses_[to->last_clause].target_entry = from.first_clause;
    to->last_clause = from.last_clause;
  }
}

uint32_t SideTableBuilder::NewTry() {
  range_of_try_.push_back(kNone);
  return static_cast<uint32_t>(range_of_try_.size() - 1);
}

void SideTableBuilder::AddRange(uint32_t try_number, const TryRange& range) {
  range_of_try_[try_number] = static_cast<uint32_t>(ranges_.size());
  ranges_.push_back(range);
}

uint32_t SideTableBuilder::TakePendingClauses(uint32_t try_number) {
  size_t first = pending_.size();
  while (first > 0 && pending_[first - 1].try_number == try_number) --first;
  const uint32_t count = static_cast<uint32_t>(pending_.size() - first);
  for (size_t i = first; i < pending_.size(); ++i) clauses_.push_back(pending_[i].clause);
  pending_.resize(first);
  return count;
}

void SideTableBuilder::Finish(CodeInfo* info) {
  const auto is_narrow = [](const WideSideTableEntry& e) {
    return e.keep < SideTableEntry::kOverflow && e.drop <= std::numeric_limits<uint8_t>::max() &&
           e.entry_delta >= std::numeric_limits<int16_t>::min() &&
           e.entry_delta <= std::numeric_limits<int16_t>::max();
  };
  size_t size = entries_.size();
  for (const WideSideTableEntry& e : entries_)
    if (!is_narrow(e)) size += 2;
  info->side_table.resize(size);
  size_t tail = entries_.size();
  for (size_t i = 0; i < entries_.size(); ++i) {
    const WideSideTableEntry& e = entries_[i];
    SideTableEntry& out = info->side_table[i];
    if (is_narrow(e)) [[likely]] {
      out = {e.pc_delta, static_cast<int16_t>(e.entry_delta), static_cast<uint8_t>(e.keep),
             static_cast<uint8_t>(e.drop)};
    } else {
      out = {static_cast<int32_t>(tail - i), 0, SideTableEntry::kOverflow, 0};
      std::memcpy(static_cast<void*>(&info->side_table[tail]), &e, sizeof(e));
      tail += 2;
    }
  }
  for (CatchClause& clause : clauses_)
    if (clause.kind == CatchClause::Kind::kLegacyDelegate && clause.delegate_depth != 0)
      clause.delegate_depth = range_of_try_[clause.delegate_depth - 1] + 1;
  info->catch_clauses.assign(clauses_.begin(), clauses_.end());
  info->try_ranges.assign(ranges_.begin(), ranges_.end());
}

}  // namespace wasm::validate
