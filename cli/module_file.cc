// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files to modules; see module_file.h.

#include "cli/module_file.h"

#include <utility>

#include "cli/input.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Feature;
using wasm::FeatureSet;
using wasm::Result;

Result<FileBytes> LoadModule(const std::string& path) { return ToModule(TRY(ReadFile(path))); }

Result<FileBytes> ToModule(FileBytes bytes) {
  switch (Detect(bytes)) {
    case FileKind::kEmpty:
      return std::unexpected(Error::Malformed(0, "unexpected end: the file is empty"));
    case FileKind::kComponent:
      return std::unexpected(
          Error(ErrorKind::kMalformed,
                "this is a component, and this version of trenail knows core modules only"));
    case FileKind::kImage:
      return std::unexpected(Error(
          ErrorKind::kMalformed, "this is native code (ELF), and a WebAssembly module is needed"));
    case FileKind::kText:
      return FileBytes(TRY(ParseText(AsText(bytes))));
    case FileKind::kModule:
    case FileKind::kUnknown:
      break;
  }
  return bytes;
}

Result<void> ApplyFeatures(std::string_view text, FeatureSet& features) {
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (item.empty()) continue;
    bool on = item.front() != '-';
    std::string_view name = item.front() == '+' || item.front() == '-' ? item.substr(1) : item;
    std::optional<Feature> feature = wasm::FeatureFromName(name);
    if (!feature) {
      std::string message = "no feature is called \"" + std::string(name) + "\"; there are:";
#define FEATURE(Name, option, parent) \
  if (!std::string_view(option).empty()) message += " " option;
#include "libwasm/types/features.def"
#undef FEATURE
      return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
    }
    if (on) {
      features.Enable(*feature);
    } else {
      features.Disable(*feature);
    }
  }
  return {};
}

}  // namespace trenail::cli
