// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables live on the C heap: zeroed pages of a large one cost nothing until they are touched.

#include "libwasm/runtime/table.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace wasm::runtime {

namespace {
constexpr uint64_t kDefaultMaxElements = 10'000'000;
}  // namespace

Result<std::unique_ptr<TableInst>> TableInst::New(const TableType& type, Ref init,
                                                  const StoreLimits& limits) {
  std::unique_ptr<TableInst> table(new TableInst(type));
  const uint64_t allowed =
      limits.max_table_elements != 0 ? limits.max_table_elements : kDefaultMaxElements;
  table->max_elements_ = std::min(
      {allowed, type.limits.max.value_or(allowed), uint64_t{SIZE_MAX / (2 * sizeof(Ref))}});
  const uint64_t size = type.limits.min;
  if (size > allowed) {
    return std::unexpected(Error(ErrorKind::kExhausted, "table limit exceeded: a table of " +
                                                            std::to_string(size) +
                                                            " elements is more than the allowed " +
                                                            std::to_string(allowed)));
  }
  if (size != 0) {
    table->elements = static_cast<Ref*>(std::calloc(static_cast<size_t>(size), sizeof(Ref)));
    if (table->elements == nullptr) {
      return std::unexpected(Error(ErrorKind::kExhausted, "out of memory: no room for a table of " +
                                                              std::to_string(size) + " elements"));
    }
    if (init != kNullRef) std::fill_n(table->elements, size, init);
  }
  table->size = table->capacity_ = size;
  return table;
}

TableInst::~TableInst() { std::free(elements); }

TableType TableInst::type() const {
  TableType type = type_;
  type.limits.min = size;
  return type;
}

uint64_t TableInst::Grow(uint64_t delta, Ref init) {
  const uint64_t old_size = size;
  if (delta > std::max(max_elements_, old_size) - old_size) return kGrowFailed;
  const uint64_t new_size = old_size + delta;
  if (new_size > capacity_) {
    uint64_t capacity = std::min(max_elements_, std::max(new_size, capacity_ + capacity_ / 2));
    void* grown = std::realloc(elements, static_cast<size_t>(capacity) * sizeof(Ref));
    if (grown == nullptr) return kGrowFailed;
    elements = static_cast<Ref*>(grown);
    capacity_ = capacity;
  }
  if (delta != 0) std::fill_n(elements + old_size, delta, init);
  size = new_size;
  return old_size;
}

bool TableInst::Reset() {
  if (capacity_ != type_.limits.min) return false;
  size = capacity_;
  if (size != 0) std::fill_n(elements, size, kNullRef);
  return true;
}

}  // namespace wasm::runtime
