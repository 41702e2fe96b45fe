// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a file to the bytes of a core module or a component, whatever form the file has: binary, or
// text, told apart by their first bytes. What is neither is refused with a sentence that says what
// it is.

#ifndef TRENAIL_CLI_MODULE_FILE_H_
#define TRENAIL_CLI_MODULE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/input.h"
#include "libcomponent/feature_set.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace trenail::cli {

struct WasmFile {
  FileBytes bytes;
  bool is_component = false;
};

// kHost: unreadable; kMalformed: a text with an error in it, an empty file, …. Of the features only
// those act that are about texts.
wasm::Result<WasmFile> LoadWasm(const std::string& path,
                                const component::FeatureSet& features = {});
// The same of what was read already.
wasm::Result<WasmFile> WasmIn(FileBytes bytes, const component::FeatureSet& features = {});
// The same where only a core module will do: a component is refused.
wasm::Result<FileBytes> LoadModule(const std::string& path);
// From a text that is known to be one.
wasm::Result<WasmFile> ParseAnyText(std::string_view text,
                                    const component::FeatureSet& features = {});

// "+x,-y" changes the sets that are given; what it does not know is an error that lists the names.
wasm::Result<void> ApplyFeatures(std::string_view text, wasm::FeatureSet& features,
                                 component::FeatureSet& component_features);

// For verbs that show what is there, whether it is valid or not.
component::FeatureSet AllComponentFeatures();

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_MODULE_FILE_H_
