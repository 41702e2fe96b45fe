// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/binary/name_section.h"

#include "libwasm/support/reader.h"
#include "libwasm/support/utf8.h"

namespace wasm::binary {

namespace {

class NameReader {
 public:
  NameReader(const Module& module, const CustomSection& section, Names* names, ErrorSink* sink)
      : r_(module.Bytes(section.payload), section.payload.begin, sink), names_(*names) {}

  bool ReadAll() {
    int last = -1;
    while (!r_.AtEnd() && r_.ok()) {
      const uint8_t* at = r_.position();
      const uint8_t id = r_.ReadByte();
      const uint32_t size = r_.ReadU32();
      if (!r_.ok()) return false;
      if (size > r_.remaining()) return r_.MalformedAt(at, "length out of bounds");
      if (id <= last) return r_.MalformedAt(at, "name subsections out of order");
      last = id;
      const uint8_t* end = r_.position() + size;
      if (!ReadSubsection(static_cast<NameSubsection>(id), end)) return false;
      if (r_.position() != end) return r_.MalformedAt(at, "name subsection size mismatch");
    }
    return r_.ok();
  }

 private:
  bool ReadSubsection(NameSubsection id, const uint8_t* end) {
    switch (id) {
      case NameSubsection::kModule:
        names_.module = ReadName();
        break;
      case NameSubsection::kFunctions:
        ReadMap(&names_.functions);
        break;
      case NameSubsection::kLocals:
        ReadIndirectMap(&names_.locals);
        break;
      case NameSubsection::kLabels:
        ReadIndirectMap(&names_.labels);
        break;
      case NameSubsection::kTypes:
        ReadMap(&names_.types);
        break;
      case NameSubsection::kTables:
        ReadMap(&names_.tables);
        break;
      case NameSubsection::kMemories:
        ReadMap(&names_.memories);
        break;
      case NameSubsection::kGlobals:
        ReadMap(&names_.globals);
        break;
      case NameSubsection::kElems:
        ReadMap(&names_.elems);
        break;
      case NameSubsection::kDatas:
        ReadMap(&names_.datas);
        break;
      case NameSubsection::kFields:
        ReadIndirectMap(&names_.fields);
        break;
      case NameSubsection::kTags:
        ReadMap(&names_.tags);
        break;
      default:
        r_.SetPosition(end);
        break;  // of a later version of the section
    }
    return r_.ok();
  }

  std::string_view ReadName() {
    const uint8_t* at = r_.position();
    const auto bytes = r_.ReadBytes(r_.ReadU32());
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!IsValidUtf8(name)) {
      r_.MalformedAt(at, "malformed UTF-8 encoding");
      return {};
    }
    return name;
  }

  uint32_t ReadCount() {
    const uint8_t* at = r_.position();
    const uint32_t count = r_.ReadU32();
    if (count > r_.remaining()) r_.MalformedAt(at, "length out of bounds");
    return r_.ok() ? count : 0;
  }

  // Indices of a map ascend strictly [binary-namemap].
  bool Ascends(const uint8_t* at, uint32_t i, uint32_t last, uint32_t index) {
    if (!r_.ok()) return false;
    return i == 0 || index > last || r_.MalformedAt(at, "name indices out of order");
  }

  void ReadMap(NameMap* map) {
    const uint32_t count = ReadCount();
    map->names.reserve(std::min<size_t>(count, r_.remaining() / 2));
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint8_t* at = r_.position();
      const uint32_t index = r_.ReadU32();
      if (!Ascends(at, i, last, index)) return;
      last = index;
      const std::string_view name = ReadName();
      if (!r_.ok()) return;
      map->names.emplace_back(index, name);
    }
  }

  void ReadIndirectMap(std::vector<std::pair<uint32_t, NameMap>>* maps) {
    const uint32_t count = ReadCount();
    maps->reserve(std::min<size_t>(count, r_.remaining() / 2));
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint8_t* at = r_.position();
      const uint32_t index = r_.ReadU32();
      if (!Ascends(at, i, last, index)) return;
      last = index;
      ReadMap(&maps->emplace_back(index, NameMap()).second);
      if (!r_.ok()) return;
    }
  }

  CheckedReader r_;
  Names& names_;
};

}  // namespace

Result<Names> ReadNameSection(const Module& module, const CustomSection& section) {
  Names names;
  ErrorSink sink;
  if (!NameReader(module, section, &names, &sink).ReadAll())
    return std::unexpected(sink.TakeError());
  return names;
}

void ReadNamesLeniently(const Module& module, const CustomSection& section, Names* names) {
  ErrorSink sink;
  NameReader(module, section, names, &sink).ReadAll();
}

}  // namespace wasm::binary
