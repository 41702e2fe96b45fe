// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/strip.h"

#include <iterator>
#include <string_view>

#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/format.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/support/reader.h"

namespace component::binary {
namespace {

using wasm::Error;
using wasm::Result;
using wasm::binary::StripOptions;
using Bytes = std::vector<uint8_t>;

void Append(Bytes& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

bool Removed(std::string_view name, const StripOptions& options) {
  if (options.only.empty() && options.keep_names && name == "component-name") return false;
  return wasm::binary::RemovesCustomSection(name, options);
}

// `offset`: where the module lies in the outermost component.
Result<Bytes> StripCoreModule(std::span<const uint8_t> bytes, uint64_t offset,
                              const StripOptions& options) {
  auto module = wasm::binary::DecodeModule(bytes, {}, {.borrow = true, .names = false});
  if (!module) {
    Error& error = module.error();
    const uint64_t at = offset + error.offset().value_or(0);
    return std::unexpected(std::move(error).WithOffset(at));
  }
  return wasm::binary::StripModule(**module, options);
}

// The component decodes, so lengths and nesting are right.
Result<Bytes> Strip(std::span<const uint8_t> bytes, uint64_t offset, const StripOptions& options) {
  wasm::ErrorSink sink;
  wasm::CheckedReader r(bytes, offset, &sink);
  Bytes out;
  out.reserve(bytes.size());
  Append(out, r.ReadBytes(std::size(kPreamble)));
  while (!r.AtEnd() && r.ok()) {
    const uint8_t* const begin = r.position();
    const auto id = static_cast<SectionId>(r.ReadByte());
    const std::span<const uint8_t> contents = r.ReadBytes(r.ReadU32());
    const uint64_t contents_offset = r.OffsetOf(contents.data());
    const std::span<const uint8_t> section(begin, r.position());
    Bytes stripped;
    if (id == SectionId::kCustom) {
      wasm::CheckedReader in_section(contents, contents_offset, &sink);
      const std::span<const uint8_t> name = in_section.ReadBytes(in_section.ReadU32());
      if (!Removed({reinterpret_cast<const char*>(name.data()), name.size()}, options))
        Append(out, section);
      continue;
    } else if (id == SectionId::kCoreModule) {
      stripped = TRY(StripCoreModule(contents, contents_offset, options));
    } else if (id == SectionId::kComponent) {
      stripped = TRY(Strip(contents, contents_offset, options));
    } else {
      Append(out, section);
      continue;
    }
    if (stripped.size() == contents.size()) {
      // Its length may be written longer than it need be.
      Append(out, section);
    } else {
      out.push_back(static_cast<uint8_t>(id));
      wasm::WriteUnsignedLeb(out, stripped.size());
      Append(out, stripped);
    }
  }
  return out;
}

}  // namespace

Result<Bytes> StripComponent(std::span<const uint8_t> bytes, const StripOptions& options) {
  // Whether a gated feature is used is no matter here.
  FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  TRY_VOID(DecodeComponent(bytes, features));
  return Strip(bytes, 0, options);
}

}  // namespace component::binary
