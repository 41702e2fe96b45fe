// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/side_table.h"

#include <algorithm>
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

void SideTableBuilder::ResolveClauses(const Chain& chain, uint32_t target_pc,
                                      uint32_t target_position) {
  for (uint32_t clause = chain.first_clause; clause != kNone;) {
    const uint32_t next = clauses_[clause].target_entry;
    clauses_[clause].target_pc = target_pc;
    clauses_[clause].target_entry = target_position;
    clause = next;
  }
}

void SideTableBuilder::ConcatenateClauses(Chain* to, const Chain& from) {
  if (to->last_clause == kNone)
    to->first_clause = from.first_clause;
  else
    clauses_[to->last_clause].target_entry = from.first_clause;
  to->last_clause = from.last_clause;
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
  const size_t num_wide = entries_.size() - static_cast<size_t>(std::count_if(
                                                entries_.begin(), entries_.end(), is_narrow));
  info->side_table.reserve(entries_.size() + 2 * num_wide);
  size_t tail = entries_.size();
  for (const WideSideTableEntry& e : entries_) {
    if (is_narrow(e)) [[likely]] {
      info->side_table.push_back({e.pc_delta, static_cast<int16_t>(e.entry_delta),
                                  static_cast<uint8_t>(e.keep), static_cast<uint8_t>(e.drop)});
    } else {
      info->side_table.push_back(
          {static_cast<int32_t>(tail - info->side_table.size()), 0, SideTableEntry::kOverflow, 0});
      tail += 2;
    }
  }
  if (num_wide != 0) [[unlikely]] {
    tail = entries_.size();
    info->side_table.resize(entries_.size() + 2 * num_wide);
    for (const WideSideTableEntry& e : entries_) {
      if (is_narrow(e)) continue;
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
