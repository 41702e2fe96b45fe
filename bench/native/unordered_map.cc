// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++: the standard library's hash map, from numbers and from strings.

#include "../kernels/kernel.h"

#include <string>
#include <unordered_map>

static uint64_t Run() {
  uint64_t sum = 0;
  std::unordered_map<uint32_t, uint64_t> numbers;
  for (int i = 0; i < 1500000; ++i) numbers[Random() % 60000] += static_cast<uint64_t>(i);
  for (int i = 0; i < 500000; ++i) {
    auto found = numbers.find(Random() % 80000);
    if (found != numbers.end()) sum = Mix(sum, found->second);
  }
  for (int i = 0; i < 30000; ++i) sum += numbers.erase(Random() % 60000);
  std::unordered_map<std::string, uint32_t> words;
  std::string word;
  for (int i = 0; i < 1000000; ++i) {
    word.assign("key");
    for (uint32_t value = Random() % 1000 * (Random() % 30); value != 0; value /= 7) {
      word.push_back(static_cast<char>('a' + value % 7));
    }
    ++words[word];
  }
  // The order of the elements is the library's own business.
  uint64_t total = 0;
  for (const auto& [key, count] : words) total += Mix(key.size(), count);
  return Mix(sum, total + numbers.size());
}
