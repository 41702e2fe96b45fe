// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/name_section.h"

#include <algorithm>
#include <utility>

#include "libcomponent/binary/format.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/support/reader.h"
#include "libwasm/support/utf8.h"

namespace component::binary {
namespace {

constexpr uint8_t kComponentName = 0;
constexpr uint8_t kSortNames = 1;

class NameReader {
 public:
  NameReader(std::span<const uint8_t> payload, ComponentNames* names, wasm::ErrorSink* sink)
      : r_(payload, 0, sink), names_(*names) {}

  void ReadAll() {
    bool first = true;
    for (; !r_.AtEnd() && r_.ok(); first = false) {
      const uint8_t id = r_.ReadByte();
      const uint32_t size = r_.ReadU32();
      if (size > r_.remaining() || !r_.ok()) return;
      const uint8_t* end = r_.position() + size;
      if (id == kComponentName && first)
        names_.component = ReadName();
      else if (id == kSortNames)
        ReadSortNames();
      else
        return;
      if (r_.position() != end) return;
    }
  }

 private:
  std::string ReadName() {
    const auto bytes = r_.ReadBytes(r_.ReadU32());
    std::string name(bytes.begin(), bytes.end());
    if (wasm::IsValidUtf8(name)) return name;
    r_.Malformed("malformed UTF-8 encoding");
    return {};
  }

  std::vector<std::pair<uint32_t, std::string>>* ReadSort() {
    uint8_t byte = r_.ReadByte();
    const bool core = byte == kCoreSort;
    if (core) byte = r_.ReadByte();
    for (int i = 0; i < kNumSorts && r_.ok(); ++i)
      if (IsCore(static_cast<Sort>(i)) == core && SortCode(static_cast<Sort>(i)) == byte)
        return &names_.by_sort[i];
    return nullptr;
  }

  void ReadSortNames() {
    auto* names = ReadSort();
    // A sort should appear only once.
    if (names == nullptr || !names->empty()) {
      r_.Malformed("unknown or repeated sort");
      return;
    }
    const uint32_t count = r_.ReadU32();
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t index = r_.ReadU32();
      std::string name = ReadName();
      if (!names->empty() && index <= names->back().first) r_.Malformed("indices out of order");
      if (!r_.ok()) return;
      names->emplace_back(index, std::move(name));
    }
  }

  wasm::CheckedReader r_;
  ComponentNames& names_;
};

void AppendSubsection(std::vector<uint8_t>& out, uint8_t id, const std::vector<uint8_t>& contents) {
  out.push_back(id);
  wasm::WriteUnsignedLeb(out, contents.size());
  out.insert(out.end(), contents.begin(), contents.end());
}

}  // namespace

void ReadNamesLeniently(std::span<const uint8_t> payload, ComponentNames* names) {
  wasm::ErrorSink sink;
  NameReader(payload, names, &sink).ReadAll();
}

std::vector<uint8_t> EncodeNames(const ComponentNames& names) {
  std::vector<uint8_t> out;
  if (!names.component.empty()) {
    std::vector<uint8_t> name;
    wasm::binary::WriteName(name, names.component);
    AppendSubsection(out, kComponentName, name);
  }
  for (int i = 0; i < kNumSorts; ++i) {
    const auto& named = names.by_sort[i];
    if (named.empty()) continue;
    std::vector<uint8_t> contents;
    if (IsCore(static_cast<Sort>(i))) contents.push_back(kCoreSort);
    contents.push_back(SortCode(static_cast<Sort>(i)));
    wasm::WriteUnsignedLeb(contents, named.size());
    for (const auto& [index, name] : named) {
      wasm::WriteUnsignedLeb(contents, index);
      wasm::binary::WriteName(contents, name);
    }
    AppendSubsection(out, kSortNames, contents);
  }
  return out;
}

bool IsEmpty(const ComponentNames& names) {
  return names.component.empty() && std::all_of(std::begin(names.by_sort), std::end(names.by_sort),
                                                [](const auto& names) { return names.empty(); });
}

}  // namespace component::binary
