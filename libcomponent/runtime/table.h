// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tables of a component instance [cabi:Table State]: what handles and threads are called by
// guest code. Index 0 is never used, and the index that was freed last is given out next.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_TABLE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_TABLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/runtime/trap.h"

namespace component::runtime {

// Of all tables of a store together. [cabi:Table.MAX_LENGTH] allows each 2^28 - 1, but what stands
// behind a handle is memory of the host's.
inline constexpr uint32_t kMaxTableElements = 1'000'000;

// `Element` is false in a boolean context where there is none.
template <typename Element>
class Table {
 public:
  // `in_store`: how many elements all tables of the store have.
  explicit Table(uint32_t& in_store) : in_store_(in_store) {}

  // Null: there is none. Valid until something is added.
  Element* Find(uint32_t index) {
    return index < array_.size() && array_[index] ? &array_[index] : nullptr;
  }
  wasm::Result<Element*> Get(uint32_t index) {
    Element* element = Find(index);
    if (element == nullptr) return Trap("unknown handle index " + std::to_string(index));
    return element;
  }
  // Errors: kExhausted.
  wasm::Result<uint32_t> Add(Element element) {
    if (in_store_ == kMaxTableElements) {
      return std::unexpected(wasm::Error(wasm::ErrorKind::kExhausted,
                                         "more than 1000000 handles and threads in one store"));
    }
    ++in_store_;
    if (!free_.empty()) {
      const uint32_t index = free_.back();
      free_.pop_back();
      array_[index] = std::move(element);
      return index;
    }
    if (array_.empty()) array_.emplace_back();
    array_.push_back(std::move(element));
    return static_cast<uint32_t>(array_.size() - 1);
  }
  // `index` must be in use.
  Element Remove(uint32_t index) {
    Element element = std::move(array_[index]);
    array_[index] = Element{};
    free_.push_back(index);
    --in_store_;
    return element;
  }
  // All slots, also those that are free.
  const std::vector<Element>& slots() const { return array_; }

 private:
  uint32_t& in_store_;
  std::vector<Element> array_;
  std::vector<uint32_t> free_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_TABLE_H_
