// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/producers.h"

#include <algorithm>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/support/reader.h"
#include "libwasm/support/utf8.h"

namespace component::encode {

void Producers::Add(std::string_view field, std::string_view name, std::string_view version) {
  auto in = std::ranges::find(fields_, field, &std::pair<std::string, Values>::first);
  if (in == fields_.end()) in = fields_.insert(in, {std::string(field), {}});
  Values& values = in->second;
  const auto known = std::ranges::find(values, name, &Values::value_type::first);
  if (known == values.end())
    values.emplace_back(name, version);
  else
    known->second = version;
}

void Producers::Read(std::span<const uint8_t> payload) {
  wasm::ErrorSink sink;
  wasm::CheckedReader r(payload, 0, &sink);
  const auto name_of = [&]() -> std::string_view {
    const auto bytes = r.ReadBytes(r.ReadU32());
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!wasm::IsValidUtf8(name)) r.Malformed("malformed UTF-8 encoding");
    return name;
  };
  // Each field and value takes at least a byte, so that a huge count fails before the loop runs
  // long.
  for (uint32_t fields = r.ReadU32(); fields > 0 && r.ok(); --fields) {
    const std::string_view field = name_of();
    for (uint32_t values = r.ReadU32(); values > 0 && r.ok(); --values) {
      const std::string_view name = name_of();
      const std::string_view version = name_of();
      if (r.ok()) Add(field, name, version);
    }
  }
}

std::vector<uint8_t> Producers::Write() const {
  std::vector<uint8_t> out;
  wasm::WriteUnsignedLeb(out, fields_.size());
  for (const auto& [field, values] : fields_) {
    wasm::binary::WriteName(out, field);
    wasm::WriteUnsignedLeb(out, values.size());
    for (const auto& [name, version] : values) {
      wasm::binary::WriteName(out, name);
      wasm::binary::WriteName(out, version);
    }
  }
  return out;
}

}  // namespace component::encode
