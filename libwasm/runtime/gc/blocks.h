// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where heap objects lie: blocks of 64 KiB, aligned to their size, each cut into cells of one size,
// and large objects in blocks of their own. A block begins with its header and mark bits, so an
// object's mark is found by masking its address; BlockSet tells whether an address is in a block at
// all, which is what makes conservative roots safe.

#ifndef TRENAIL_LIBWASM_RUNTIME_GC_BLOCKS_H_
#define TRENAIL_LIBWASM_RUNTIME_GC_BLOCKS_H_

#include <cstdint>
#include <cstring>
#include <vector>

#include "libwasm/runtime/gc/heap.h"

namespace wasm::runtime::gc {

inline constexpr size_t kBlockBytes = size_t{64} << 10;
inline constexpr size_t kGranule = 16;  // cells are multiples of this
inline constexpr size_t kMaxCellBytes = size_t{8} << 10;
inline constexpr TypeId kFreeCell = 0xfffffffe;  // type_id of a cell that holds no object

struct Block {
  uint32_t cell_bytes = 0;  // 0: one large object
  uint32_t num_cells = 0;
  uint64_t bytes = 0;  // of the whole block
  bool swept = true;   // false between marking and sweeping
  uint64_t marks[kBlockBytes / kGranule / 64] = {};

  static constexpr size_t kFirstCell = 1024;  // behind the header; keeps cells 16-byte aligned

  uint8_t* begin() { return reinterpret_cast<uint8_t*>(this); }
  Object* Cell(uint32_t index) {
    return reinterpret_cast<Object*>(begin() + kFirstCell + size_t{index} * cell_bytes);
  }
  static Block* Of(const void* object) {
    return reinterpret_cast<Block*>(reinterpret_cast<uintptr_t>(object) & ~(kBlockBytes - 1));
  }
  // Sets the mark of `object`; true if it was not set before.
  bool Mark(const Object* object) {
    const size_t granule = (reinterpret_cast<uintptr_t>(object) & (kBlockBytes - 1)) / kGranule;
    const uint64_t bit = uint64_t{1} << (granule % 64);
    if (marks[granule / 64] & bit) return false;
    marks[granule / 64] |= bit;
    return true;
  }
  bool IsMarked(const Object* object) const {
    const size_t granule = (reinterpret_cast<uintptr_t>(object) & (kBlockBytes - 1)) / kGranule;
    return (marks[granule / 64] >> (granule % 64)) & 1;
  }
  void ClearMarks() { std::memset(marks, 0, sizeof(marks)); }
};
static_assert(sizeof(Block) <= Block::kFirstCell);

// The addresses of all blocks, as an open-addressing hash set of address / 64 KiB.
class BlockSet {
 public:
  BlockSet() : table_(64, 0) {}

  bool Contains(uintptr_t address) const {
    const uintptr_t key = address / kBlockBytes;
    if (key == 0) return false;
    for (size_t i = Hash(key);; i = (i + 1) & (table_.size() - 1)) {
      if (table_[i] == key) return true;
      if (table_[i] == 0) return false;
    }
  }
  void Insert(const Block* block) {
    if ((count_ + 1) * 2 > table_.size()) Rehash(table_.size() * 2);
    Place(reinterpret_cast<uintptr_t>(block) / kBlockBytes);
    ++count_;
  }
  void Erase(const Block* block) {
    // Backward-shift deletion keeps probe chains whole without tombstones.
    const uintptr_t key = reinterpret_cast<uintptr_t>(block) / kBlockBytes;
    const size_t mask = table_.size() - 1;
    size_t hole = Hash(key);
    while (table_[hole] != key) hole = (hole + 1) & mask;
    for (size_t next = (hole + 1) & mask; table_[next] != 0; next = (next + 1) & mask) {
      const size_t home = Hash(table_[next]);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        table_[hole] = table_[next];
        hole = next;
      }
    }
    table_[hole] = 0;
    --count_;
  }

 private:
  size_t Hash(uintptr_t key) const {
    return (key * 0x9e3779b97f4a7c15ull >> 32) & (table_.size() - 1);
  }
  void Place(uintptr_t key) {
    size_t i = Hash(key);
    while (table_[i] != 0) i = (i + 1) & (table_.size() - 1);
    table_[i] = key;
  }
  void Rehash(size_t size) {
    std::vector<uintptr_t> old(size, 0);
    old.swap(table_);
    for (uintptr_t key : old)
      if (key != 0) Place(key);
  }

  std::vector<uintptr_t> table_;
  size_t count_ = 0;
};

}  // namespace wasm::runtime::gc

#endif  // TRENAIL_LIBWASM_RUNTIME_GC_BLOCKS_H_
