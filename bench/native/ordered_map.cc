// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++: the standard library's ordered map, a tree of nodes, and shared pointers.

#include "../kernels/kernel.h"

#include <map>
#include <memory>

struct Value {
  uint64_t number;
};

static uint64_t Run() {
  uint64_t sum = 0;
  std::map<uint32_t, std::shared_ptr<Value>> map;
  for (int i = 0; i < 400000; ++i) {
    auto [at, is_new] = map.try_emplace(Random() % 100000);
    if (is_new) at->second = std::make_shared<Value>();
    std::shared_ptr<Value> value = at->second;
    value->number += static_cast<uint64_t>(i);
    if (i % 5 == 0) map.erase(map.begin());
  }
  for (int i = 0; i < 300000; ++i) {
    auto at = map.lower_bound(Random() % 100000);
    if (at != map.end()) sum = Mix(sum, at->second->number);
  }
  for (const auto& [key, value] : map) sum = Mix(sum, key + value->number);
  return sum;
}
