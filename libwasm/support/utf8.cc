// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/support/utf8.h"

#include <cstdint>
#include <cstring>

namespace wasm {

bool IsValidUtf8(std::string_view text) {
  // FAST: names are ASCII nearly always; eight bytes at a time tell.
  while (text.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, text.data(), 8);
    if ((word & 0x8080808080808080u) != 0) break;
    text.remove_prefix(8);
  }
  while (!text.empty())
    if (!DecodeUtf8(&text)) return false;
  return true;
}

std::optional<char32_t> DecodeUtf8(std::string_view* text) {
  if (text->empty()) return std::nullopt;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>((*text)[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) {
    text->remove_prefix(1);
    return lead;
  }
  // 0x80..0xbf continue, 0xc0 and 0xc1 would be longer than necessary, above 0xf4 is out of range.
  if (lead < 0xc2 || lead > 0xf4) return std::nullopt;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text->size() < length) return std::nullopt;
  char32_t code = lead & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || !IsScalarValue(code)) return std::nullopt;
  text->remove_prefix(length);
  return code;
}

void AppendUtf8(std::string& out, char32_t scalar) {
  const auto append = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (scalar < 0x80) {
    append(scalar);
  } else if (scalar < 0x800) {
    append(0xc0 | scalar >> 6);
    append(0x80 | (scalar & 0x3f));
  } else if (scalar < 0x10000) {
    append(0xe0 | scalar >> 12);
    append(0x80 | (scalar >> 6 & 0x3f));
    append(0x80 | (scalar & 0x3f));
  } else {
    append(0xf0 | scalar >> 18);
    append(0x80 | (scalar >> 12 & 0x3f));
    append(0x80 | (scalar >> 6 & 0x3f));
    append(0x80 | (scalar & 0x3f));
  }
}

}  // namespace wasm
