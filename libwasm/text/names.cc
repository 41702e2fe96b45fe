// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/names.h"

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"

namespace wasm::text {
namespace {

void WriteSubsection(std::vector<uint8_t>& out, uint8_t id, const std::vector<uint8_t>& contents) {
  out.push_back(id);
  WriteUnsignedLeb(out, contents.size());
  out.insert(out.end(), contents.begin(), contents.end());
}

void WriteNameMap(std::vector<uint8_t>& out, const std::vector<NameEntry>& names) {
  WriteUnsignedLeb(out, names.size());
  for (const NameEntry& entry : names) {
    WriteUnsignedLeb(out, entry.index);
    binary::WriteName(out, entry.name);
  }
}

void WriteNames(std::vector<uint8_t>& out, uint8_t id, const std::vector<NameEntry>& names) {
  if (names.empty()) return;
  std::vector<uint8_t> contents;
  WriteNameMap(contents, names);
  WriteSubsection(out, id, contents);
}

void WriteFunctionNames(std::vector<uint8_t>& out, uint8_t id,
                        const std::vector<FunctionNames>& functions) {
  if (functions.empty()) return;
  std::vector<uint8_t> contents;
  WriteUnsignedLeb(contents, functions.size());
  for (const FunctionNames& function : functions) {
    WriteUnsignedLeb(contents, function.func);
    WriteNameMap(contents, function.names);
  }
  WriteSubsection(out, id, contents);
}

void WriteFieldNames(std::vector<uint8_t>& out, uint8_t id, const std::vector<IndexSpace>& types) {
  std::vector<uint8_t> contents;
  uint32_t count = 0;
  for (size_t type = 0; type < types.size(); ++type) {
    if (types[type].names.empty()) continue;
    ++count;
    WriteUnsignedLeb(contents, type);
    WriteNameMap(contents, types[type].names);
  }
  if (count == 0) return;
  std::vector<uint8_t> counted;
  WriteUnsignedLeb(counted, count);
  counted.insert(counted.end(), contents.begin(), contents.end());
  WriteSubsection(out, id, counted);
}

}  // namespace

std::vector<uint8_t> EncodeNames(const ModuleState& m) {
  std::vector<uint8_t> out;
  if (!m.name.empty()) {
    std::vector<uint8_t> contents;
    binary::WriteName(contents, m.name);
    WriteSubsection(out, 0, contents);
  }
  WriteNames(out, 1, m.funcs.names);
  WriteFunctionNames(out, 2, m.locals);
  WriteFunctionNames(out, 3, m.labels);
  WriteNames(out, 4, m.types.names);
  WriteNames(out, 5, m.tables.names);
  WriteNames(out, 6, m.memories.names);
  WriteNames(out, 7, m.globals.names);
  WriteNames(out, 8, m.elems.names);
  WriteNames(out, 9, m.datas.names);
  WriteFieldNames(out, 10, m.fields);
  WriteNames(out, 11, m.tags.names);
  if (out.empty()) return out;
  std::vector<uint8_t> section;
  binary::WriteName(section, "name");
  section.insert(section.end(), out.begin(), out.end());
  return section;
}

}  // namespace wasm::text
