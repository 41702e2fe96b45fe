// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++: std::sort, heaps and binary searches over vectors, with inlined comparisons.

#include "../kernels/kernel.h"

#include <algorithm>
#include <numeric>
#include <vector>

struct Item {
  uint32_t key;
  float weight;
};

static uint64_t Run() {
  uint64_t sum = 0;
  for (int round = 0; round < 8; ++round) {
    std::vector<Item> items(200000);
    for (Item& item : items) item = {Random(), static_cast<float>(Random() % 1000)};
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      return a.weight != b.weight ? a.weight < b.weight : a.key < b.key;
    });
    for (size_t i = 0; i < items.size(); i += 997) sum = Mix(sum, items[i].key);
    std::vector<uint32_t> keys;
    for (const Item& item : items) keys.push_back(item.key);
    std::make_heap(keys.begin(), keys.end());
    for (int i = 0; i < 50000; ++i) {
      std::pop_heap(keys.begin(), keys.end());
      keys.back() = Random();
      std::push_heap(keys.begin(), keys.end());
    }
    std::sort(keys.begin(), keys.end());
    for (int i = 0; i < 200000; ++i) {
      sum += static_cast<uint64_t>(std::lower_bound(keys.begin(), keys.end(), Random()) -
                                   keys.begin());
    }
    sum = Mix(sum, std::accumulate(keys.begin(), keys.end(), uint64_t{0}));
  }
  return sum;
}
