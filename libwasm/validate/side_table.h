// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds a function's side table (module/side_table.h says what it means) while its body is
// validated. Entries are kept wide until the end; a forward branch waits in a chain that its block
// owns, threaded through the entry itself.

#ifndef TRENAIL_LIBWASM_VALIDATE_SIDE_TABLE_H_
#define TRENAIL_LIBWASM_VALIDATE_SIDE_TABLE_H_

#include <cstdint>
#include <vector>

#include "libwasm/module/module.h"

namespace wasm::validate {

class SideTableBuilder {
 public:
  // The branches and catch clauses that wait for one target.
  struct Chain {
    uint32_t first_entry = kNone, last_entry = kNone;
    uint32_t first_clause = kNone, last_clause = kNone;
  };
  static constexpr uint32_t kNone = ~uint32_t{0};

  void Reset();
  // The position: the number of entries so far.
  uint32_t position() const { return static_cast<uint32_t>(entries_.size()); }

  // Each adds the entry of an instruction whose first byte is at offset `pc` in the code.
  void AddBackward(uint32_t pc, uint32_t target_pc, uint32_t target_position, uint32_t keep,
                   uint32_t drop) {
    const int64_t here = position();
    entries_.push_back({static_cast<int32_t>(int64_t{target_pc} - pc),
                        static_cast<int32_t>(int64_t{target_position} - here), keep, drop});
  }
  // While an entry waits, pc_delta holds the branch's pc and entry_delta the next of the chain.
  void AddForward(uint32_t pc, Chain* chain, uint32_t keep, uint32_t drop) {
    const uint32_t here = position();
    entries_.push_back({static_cast<int32_t>(pc), -1, keep, drop});
    if (chain->last_entry == kNone)
      chain->first_entry = here;
    else
      entries_[chain->last_entry].entry_delta = static_cast<int32_t>(here);
    chain->last_entry = here;
  }
  // An entry that is no jump.
  void AddPlain(int32_t pc_delta, uint32_t keep) { entries_.push_back({pc_delta, 1, keep, 0}); }

  // Sets the target of everything in the chain.
  void Resolve(const Chain& chain, uint32_t target_pc, uint32_t target_position) {
    for (uint32_t entry = chain.first_entry; entry != kNone;) {
      const uint32_t next = static_cast<uint32_t>(entries_[entry].entry_delta);
      ResolveOne(entry, target_pc, target_position);
      entry = next;
    }
    if (chain.first_clause != kNone) [[unlikely]]
      ResolveClauses(chain, target_pc, target_position);
  }
  // Resolves one entry that is in no chain with others (an `if`).
  void ResolveOne(uint32_t entry, uint32_t target_pc, uint32_t target_position) {
    WideSideTableEntry& e = entries_[entry];
    e.pc_delta = static_cast<int32_t>(target_pc) - e.pc_delta;
    e.entry_delta = static_cast<int32_t>(target_position) - static_cast<int32_t>(entry);
  }
  // Makes `from` wait for the target of `to`.
  static void Concatenate(SideTableBuilder* builder, Chain* to, const Chain& from) {
    if (from.first_entry != kNone) {
      if (to->last_entry == kNone)
        to->first_entry = from.first_entry;
      else
        builder->entries_[to->last_entry].entry_delta = static_cast<int32_t>(from.first_entry);
      to->last_entry = from.last_entry;
    }
    if (from.first_clause != kNone) [[unlikely]]
      builder->ConcatenateClauses(to, from);
  }

  // Handlers. A clause's target is known at once (a loop, a catch body) or is the chain's.
  uint32_t num_clauses() const { return static_cast<uint32_t>(clauses_.size()); }
  void AddClause(const CatchClause& clause) { clauses_.push_back(clause); }
  void AddForwardClause(CatchClause clause, Chain* chain);

  // A number for a try, before its place among the ranges is known; kLegacyDelegate names it + 1.
  uint32_t NewTry();
  void AddRange(uint32_t try_number, const TryRange& range);

  // Clauses of legacy tries are collected until the try ends, so that each try's are consecutive.
  struct PendingClause {
    uint32_t try_number;
    CatchClause clause;
  };
  void AddPendingClause(uint32_t try_number, const CatchClause& clause) {
    pending_.push_back({try_number, clause});
  }
  // Moves the pending clauses of the try, which are the last ones, to the clauses.
  uint32_t TakePendingClauses(uint32_t try_number);

  // Writes the tables into `info`, each in a vector of exactly its size.
  void Finish(CodeInfo* info);

 private:
  void ResolveClauses(const Chain& chain, uint32_t target_pc, uint32_t target_position);
  void ConcatenateClauses(Chain* to, const Chain& from);

  std::vector<WideSideTableEntry> entries_;
  std::vector<CatchClause> clauses_;
  std::vector<PendingClause> pending_;
  std::vector<TryRange> ranges_;
  std::vector<uint32_t> range_of_try_;
};

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_SIDE_TABLE_H_
