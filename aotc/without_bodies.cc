// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes the bodies out of a module, section by section. Where DWARF is kept, so is the place of the
// code section: addresses in DWARF count from there, and the positions of instructions are those of
// the whole module.

#include <string_view>

#include "aotc/artefact_object.h"

namespace wasm::aotc {
namespace {

constexpr uint8_t kCustomSection = 0;
constexpr uint8_t kCodeSection = 10;

// The module was decoded before, so that its lengths hold; the bounds are checked all the same.
class Cursor {
 public:
  explicit Cursor(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  bool AtEnd() const { return at_ >= bytes_.size(); }
  size_t position() const { return at_; }
  uint8_t Byte() { return AtEnd() ? 0 : bytes_[at_++]; }
  uint32_t U32() {
    uint32_t value = 0;
    for (int shift = 0; shift < 35 && !AtEnd(); shift += 7) {
      const uint8_t byte = Byte();
      value |= uint32_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  std::span<const uint8_t> Take(size_t count) {
    count = std::min(count, bytes_.size() - at_);
    const auto taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

// As many bytes as it had in the module, unless that is too few.
void WriteU32(std::vector<uint8_t>& out, uint32_t value, size_t width = 1) {
  for (; width > 1 || value >= 0x80; value >>= 7, width -= width > 1)
    out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

void Append(std::vector<uint8_t>& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

bool IsKept(std::span<const uint8_t> section, TrenailAotcDebug debug) {
  Cursor cursor(section);
  const auto bytes = cursor.Take(cursor.U32());
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (name == ".debug_line" || name == ".debug_line_str" || name == ".debug_str")
    return debug != TRENAIL_AOTC_DEBUG_NONE;
  return name == "name" || (debug == TRENAIL_AOTC_DEBUG_FULL && name.starts_with(".debug_"));
}

std::vector<uint8_t> EmptyBodies(std::span<const uint8_t> section,
                                 const std::vector<CompiledFunction>& functions) {
  std::vector<uint8_t> out;
  Cursor cursor(section);
  const uint32_t count = cursor.U32();
  WriteU32(out, count);
  for (uint32_t i = 0; i < count && !cursor.AtEnd(); ++i) {
    const auto body = cursor.Take(cursor.U32());
    if (i < functions.size() && functions[i].symbol.empty()) {
      WriteU32(out, static_cast<uint32_t>(body.size()));
      Append(out, body);
    } else {
      constexpr uint8_t kEmpty[] = {2, 0, 0x0b};  // two bytes: no locals, end
      Append(out, kEmpty);
    }
  }
  return out;
}

}  // namespace

std::vector<uint8_t> WithoutBodies(std::span<const uint8_t> wasm,
                                   const std::vector<CompiledFunction>& functions,
                                   TrenailAotcDebug debug) {
  std::vector<uint8_t> out;
  Cursor cursor(wasm);
  Append(out, cursor.Take(8));
  const bool keep_place = debug != TRENAIL_AOTC_DEBUG_NONE;
  bool before_code = true;
  while (!cursor.AtEnd()) {
    const uint8_t id = cursor.Byte();
    const size_t size_at = cursor.position();
    const uint32_t size = cursor.U32();
    const size_t width = cursor.position() - size_at;
    auto section = cursor.Take(size);
    before_code = before_code && id != kCodeSection;
    if (id == kCustomSection && !IsKept(section, debug) && !(keep_place && before_code)) continue;
    std::vector<uint8_t> emptied;
    if (id == kCodeSection) {
      emptied = EmptyBodies(section, functions);
      section = emptied;
    }
    out.push_back(id);
    WriteU32(out, static_cast<uint32_t>(section.size()), keep_place ? width : 1);
    Append(out, section);
  }
  return out;
}

}  // namespace wasm::aotc
