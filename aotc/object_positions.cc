// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled as C++20: LLVM 19's ScopedPrinter.h is not C++23.

#include "aotc/object_positions.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ELFObjectFile.h>

#include <algorithm>

#include "libwasm/native/positions.h"

namespace wasm::aotc {

ObjectPositions::ObjectPositions(const std::string& object, Column column) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(object, "partition"), true);
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  for (const llvm::object::ELFSymbolRef symbol : (*file)->symbols()) {
    auto name = symbol.getName();
    auto value = symbol.getValue();
    if (name && value && symbol.getSize() != 0)
      extents_[name->str()] = {*value, *value + symbol.getSize()};
    if (!name) llvm::consumeError(name.takeError());
    if (!value) llvm::consumeError(value.takeError());
  }
  const auto dwarf = llvm::DWARFContext::create(**file);
  for (const auto& unit : dwarf->compile_units()) {
    const auto* table = dwarf->getLineTableForUnit(unit.get());
    if (table == nullptr) continue;
    for (const auto& row : table->Rows)
      rows_.push_back({row.Address.Address, rows_.size(),
                       column == Column::kLine ? row.Line : row.Discriminator, row.Column});
  }
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return std::pair(a.address, a.order) < std::pair(b.address, b.order);
  });
}

namespace {

// The calls that a function needs of those of its partition, renumbered.
class UsedCalls {
 public:
  explicit UsedCalls(const std::vector<InlinedCall>& all) : all_(all) {}

  uint32_t Number(uint32_t call) {
    if (call == 0 || call > all_.size()) return 0;
    if (const auto known = numbers_.find(call); known != numbers_.end()) return known->second;
    InlinedCall used = all_[call - 1];
    used.parent = Number(used.parent);
    calls_.push_back(used);
    const auto number = static_cast<uint32_t>(calls_.size());
    numbers_[call] = number;
    return number;
  }
  const std::vector<InlinedCall>& calls() const { return calls_; }

 private:
  const std::vector<InlinedCall>& all_;
  std::map<uint32_t, uint32_t> numbers_;
  std::vector<InlinedCall> calls_;
};

}  // namespace

std::string ObjectPositions::Of(const std::string& symbol,
                                const std::vector<InlinedCall>& calls) const {
  const auto found = extents_.find(symbol);
  if (found == extents_.end()) return {};
  const auto [begin, end] = found->second;
  native::PositionWriter writer;
  UsedCalls used(calls);
  auto row = std::partition_point(rows_.begin(), rows_.end(),
                                  [begin = begin](const Row& r) { return r.address < begin; });
  for (; row != rows_.end() && row->address < end; ++row)
    if (row->offset != 0)
      writer.Add(row->address - begin,
                 native::InlinedPosition(used.Number(row->call), row->offset));
  // What follows may be a stub, which is no function of the module.
  writer.Add(end - begin, 0);
  std::vector<uint8_t> bytes = writer.Finish();
  native::WriteInlinedCalls(used.calls(), bytes);
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace wasm::aotc
