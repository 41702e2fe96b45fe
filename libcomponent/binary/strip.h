// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component without its custom sections, and without those of the core modules and components
// nested in it. Everything else stays byte for byte, but for the lengths of what became shorter.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_STRIP_H_
#define TRENAIL_LIBCOMPONENT_BINARY_STRIP_H_

#include <cstdint>
#include <span>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/error.h"

namespace component::binary {

// `keep_names` keeps `component-name` too. Errors: kMalformed, of nested core modules as well.
wasm::Result<std::vector<uint8_t>> StripComponent(std::span<const uint8_t> bytes,
                                                  const wasm::binary::StripOptions& options,
                                                  const FeatureSet& features = {});

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_STRIP_H_
