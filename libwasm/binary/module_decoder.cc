// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a module: header, sections and their order, and what is checked across sections.

#include "libwasm/binary/module_decoder.h"

#include <array>
#include <cstring>
#include <utility>

#include "libwasm/binary/expr_syntax.h"
#include "libwasm/binary/limits.h"
#include "libwasm/binary/name_section.h"
#include "libwasm/binary/section_decoder.h"
#include "libwasm/support/utf8.h"

namespace wasm::binary {

namespace {

constexpr uint8_t kMagic[4] = {0x00, 'a', 's', 'm'};
constexpr uint8_t kModuleVersion[4] = {1, 0, 0, 0};
constexpr uint8_t kComponentVersion[4] = {0x0d, 0, 1, 0};

// The place of each section id in the order of [binary-module]: tags stand before globals, the data
// count before the code.
constexpr std::array<uint8_t, 14> kSectionOrder = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

bool StartsWith(std::span<const uint8_t> bytes, const uint8_t (&prefix)[4], size_t at) {
  return bytes.size() >= at + 4 && std::memcmp(bytes.data() + at, prefix, 4) == 0;
}

}  // namespace

bool IsBinary(std::span<const uint8_t> bytes) { return StartsWith(bytes, kMagic, 0); }

bool IsComponent(std::span<const uint8_t> bytes) {
  return IsBinary(bytes) && bytes.size() >= 8 && bytes[6] == 1 && bytes[7] == 0;
}

Result<std::shared_ptr<Module>> DecodeModule(std::span<const uint8_t> bytes,
                                             const FeatureSet& features,
                                             const DecodeOptions& options) {
  if (bytes.size() > limits::kModuleSize)
    return std::unexpected(Error::Malformed(0, "module too large: the limit is 1 GiB"));
  auto module = std::make_shared<Module>();
  module->bytes = options.borrow ? ModuleBytes::Borrow(bytes) : ModuleBytes(bytes);
  module->features = features;
  ErrorSink sink;
  if (!SectionDecoder(module.get(), &sink).DecodeAll()) {
    // Bodies are read after the frame around them, yet what comes first in the bytes is reported.
    ErrorSink bodies;
    if (!CheckBodiesSyntax(*module, &bodies) && bodies.offset() < sink.offset())
      return std::unexpected(bodies.TakeError());
    return std::unexpected(sink.TakeError());
  }
  if (!options.names) return module;
  for (const CustomSection& custom : module->customs) {
    if (custom.name != "name") continue;
    ReadNamesLeniently(*module, custom, &module->names);
    break;  // [binary-namesec] It should appear once.
  }
  return module;
}

bool SectionDecoder::DecodeAll() {
  if (!DecodeHeader()) return false;
  while (!r_.AtEnd())
    if (!DecodeSection()) return false;
  CheckWhole();
  return r_.ok();
}

bool SectionDecoder::DecodeHeader() {
  const auto magic = r_.ReadBytes(4);
  if (!r_.ok()) return false;
  if (std::memcmp(magic.data(), kMagic, 4) != 0)
    return r_.MalformedAt(magic.data(), "magic header not detected");
  const auto version = r_.ReadBytes(4);
  if (!r_.ok()) return false;
  if (std::memcmp(version.data(), kModuleVersion, 4) == 0) return true;
  if (std::memcmp(version.data(), kComponentVersion, 4) == 0)
    return r_.MalformedAt(version.data(),
                          "unknown binary version: this is a component, not a core module");
  return r_.MalformedAt(version.data(), "unknown binary version");
}

bool SectionDecoder::DecodeSection() {
  const uint8_t* begin = r_.position();
  const uint32_t begin_offset = Offset();
  const uint8_t id = r_.ReadByte();
  if (id >= kSectionOrder.size() ||
      (id == static_cast<uint8_t>(SectionId::kTag) && !Has(Feature::kExceptions)) ||
      (id == static_cast<uint8_t>(SectionId::kDataCount) && !Has(Feature::kBulkMemory)))
    return r_.MalformedAt(begin, "malformed section id");
  const uint8_t* size_at = r_.position();
  const uint32_t size = r_.ReadU32();
  if (size > r_.remaining()) return r_.ok() && r_.MalformedAt(size_at, "length out of bounds");
  const uint8_t* payload = r_.position();
  const uint8_t* end = payload + size;
  const uint32_t payload_offset = Offset();
  if (id == 0) {
    DecodeCustom(begin_offset, end);
    return r_.ok();
  }
  if (kSectionOrder[id] <= last_order_)
    return r_.MalformedAt(begin, "unexpected content after last section");
  last_order_ = kSectionOrder[id];
  last_section_ = id;
  m_.sections.push_back({id, {payload_offset, payload_offset + size}});
  switch (static_cast<SectionId>(id)) {
    case SectionId::kCustom:
      break;
    case SectionId::kType:
      DecodeTypes();
      break;
    case SectionId::kImport:
      DecodeImports();
      break;
    case SectionId::kFunction:
      DecodeFunctions();
      break;
    case SectionId::kTable:
      DecodeTables();
      break;
    case SectionId::kMemory:
      DecodeMemories();
      break;
    case SectionId::kGlobal:
      DecodeGlobals();
      break;
    case SectionId::kExport:
      DecodeExports();
      break;
    case SectionId::kStart:
      DecodeStart();
      break;
    case SectionId::kElem:
      DecodeElems();
      break;
    case SectionId::kCode:
      DecodeCode();
      break;
    case SectionId::kData:
      DecodeDatas();
      break;
    case SectionId::kDataCount:
      DecodeDataCount();
      break;
    case SectionId::kTag:
      DecodeTags();
      break;
  }
  if (r_.ok() && r_.position() != end) return r_.MalformedAt(payload, "section size mismatch");
  return r_.ok();
}

void SectionDecoder::DecodeCustom(uint32_t section_begin, const uint8_t* end) {
  CustomSection custom;
  custom.name = ReadName();
  if (!r_.ok()) return;
  if (r_.position() > end) {
    r_.UnexpectedEnd();
    return;
  }
  const uint32_t payload_end = Offset() + static_cast<uint32_t>(end - r_.position());
  custom.payload = {Offset(), payload_end};
  custom.section = {section_begin, payload_end};
  custom.after_section = last_section_;
  m_.customs.push_back(custom);
  r_.SetPosition(end);
}

void SectionDecoder::DecodeStart() {
  m_.start_offset = Offset();
  m_.start = FuncIdx(r_.ReadU32());
}

void SectionDecoder::DecodeDataCount() { m_.data_count = r_.ReadU32(); }

void SectionDecoder::CheckWhole() {
  if (!r_.ok()) return;
  if (num_code_entries_ != m_.functions.size() - m_.num_imported_functions)
    r_.Malformed("function and code section have inconsistent lengths");
  else if (m_.data_count.has_value() && *m_.data_count != m_.datas.size())
    r_.Malformed("data count and data section have inconsistent lengths");
}

uint32_t TypeDecoder::ReadCount(uint32_t limit, std::string_view what) {
  const uint8_t* at = r_.position();
  // The specification's decoder compares with what was left before the length itself.
  const size_t left = r_.remaining();
  const uint32_t count = r_.ReadU32();
  if (!r_.ok()) return 0;
  if (count > left) {
    r_.MalformedAt(at, "length out of bounds");
    return 0;
  }
  if (count > limit) {
    r_.MalformedAt(at, "too many " + std::string(what) + ": the limit is " + std::to_string(limit));
    return 0;
  }
  return count;
}

std::string_view TypeDecoder::ReadName() {
  const uint8_t* at = r_.position();
  const uint32_t size = ReadCount(limits::kNameSize, "bytes in a name");
  const auto bytes = r_.ReadBytes(size);
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!IsValidUtf8(name)) r_.MalformedAt(at, "malformed UTF-8 encoding");
  return r_.ok() ? name : std::string_view();
}

}  // namespace wasm::binary
