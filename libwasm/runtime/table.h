// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A table instance [syntax-tableinst].

#ifndef TRENAIL_LIBWASM_RUNTIME_TABLE_H_
#define TRENAIL_LIBWASM_RUNTIME_TABLE_H_

#include <cstdint>
#include <memory>

#include "libwasm/runtime/store.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/error.h"
#include "libwasm/types/types.h"

namespace wasm::runtime {

class TableInst : public VMTable {
 public:
  static constexpr uint64_t kGrowFailed = ~uint64_t{0};

  // `type` is canonical. kExhausted if its minimum passes a limit or there is no memory for it.
  static Result<std::unique_ptr<TableInst>> New(const TableType& type, Ref init,
                                                const StoreLimits& limits);
  ~TableInst();

  // With the present size as its minimum [match-table].
  TableType type() const;
  ValType element_type() const { return type_.element; }
  // [exec-table.grow]: the size before, or kGrowFailed.
  uint64_t Grow(uint64_t delta, Ref init);
  // For the next user: as it was made, with nulls. False if it has grown too large to be kept.
  bool Reset();

 private:
  explicit TableInst(const TableType& type) : type_(type) {}

  TableType type_;
  uint64_t capacity_ = 0;
  uint64_t max_elements_ = 0;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_TABLE_H_
