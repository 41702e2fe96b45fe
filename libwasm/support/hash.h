// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hashing of what comes from files, for std::unordered_map: seeded by an address, so that under
// address space randomisation a file cannot be made of colliding keys.

#ifndef TRENAIL_LIBWASM_SUPPORT_HASH_H_
#define TRENAIL_LIBWASM_SUPPORT_HASH_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wasm {

namespace hash_internal {
inline const char kSeedAddress = 0;

inline uint64_t Mix(uint64_t hash, uint64_t word) {
  const auto product = static_cast<unsigned __int128>(hash ^ word) * 0x9e3779b97f4a7c15ull;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
inline uint64_t Seed() { return reinterpret_cast<uintptr_t>(&kSeedAddress) | 1; }
}  // namespace hash_internal

struct StringHash {
  size_t operator()(std::string_view text) const {
    uint64_t hash = hash_internal::Mix(hash_internal::Seed(), text.size());
    for (unsigned char c : text) hash = hash_internal::Mix(hash, c + 1u);
    return hash;
  }
};

struct WordsHash {
  size_t operator()(const std::vector<uint32_t>& words) const {
    uint64_t hash = hash_internal::Mix(hash_internal::Seed(), words.size());
    for (uint32_t word : words) hash = hash_internal::Mix(hash, word + uint64_t{1});
    return hash;
  }
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_HASH_H_
