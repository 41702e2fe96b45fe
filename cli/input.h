// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading the files a verb is given, and telling from their first bytes what they are. A file is
// read whole, never mapped: code that was validated must not change under the interpreter.

#ifndef TRENAIL_CLI_INPUT_H_
#define TRENAIL_CLI_INPUT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"

namespace trenail::cli {

enum class FileKind {
  kEmpty,
  kModule,     // a core module, binary
  kComponent,  // a component, binary
  kImage,      // a compiled artefact (ELF)
  kText,       // looks like WAT or WAST
  kUnknown,
};

// "-" is standard input. Errors are of kind kHost and end with the operating system's reason.
wasm::Result<std::vector<uint8_t>> ReadFile(const std::string& path);

// Writes through a temporary file beside it, so that a failure leaves no half of a file. "-" is
// standard output.
wasm::Result<void> WriteFile(const std::string& path, std::span<const uint8_t> bytes);

FileKind Detect(std::span<const uint8_t> bytes);

inline std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_INPUT_H_
