// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a file to a core module's bytes, whatever form the file has: binary, or text, told apart by
// their first bytes. What is neither is refused with a sentence that says what it is.

#ifndef TRENAIL_CLI_MODULE_FILE_H_
#define TRENAIL_CLI_MODULE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/input.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace trenail::cli {

// The same of a file that has been read.
wasm::Result<FileBytes> ToModule(FileBytes bytes);
// kHost: unreadable; kMalformed: a text with an error in it, a component, an empty file, ….
wasm::Result<FileBytes> LoadModule(const std::string& path);

// "+x,-y" changes the set that is given; what it does not know is an error that lists the names.
wasm::Result<void> ApplyFeatures(std::string_view text, wasm::FeatureSet& features);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_MODULE_FILE_H_
