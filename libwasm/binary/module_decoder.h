// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From bytes to a Module [binary-module]. Decoding checks the grammar of everything but function
// bodies, which are decoded when they are validated.

#ifndef TRENAIL_LIBWASM_BINARY_MODULE_DECODER_H_
#define TRENAIL_LIBWASM_BINARY_MODULE_DECODER_H_

#include <cstdint>
#include <memory>
#include <span>

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace wasm::binary {

struct DecodeOptions {
  bool borrow = false;  // the bytes outlive the module, which is not run: they are not copied
  bool names = true;    // read the name section
};

// Copies `bytes`. A damaged name section does not fail the module: what could be read of it is
// kept.
Result<std::shared_ptr<Module>> DecodeModule(std::span<const uint8_t> bytes,
                                             const FeatureSet& features,
                                             const DecodeOptions& options = {});

// True if `bytes` begin as a module or a component of the binary format does.
bool IsBinary(std::span<const uint8_t> bytes);
// True if `bytes` begin as a component does: the same magic, another layer.
bool IsComponent(std::span<const uint8_t> bytes);

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_MODULE_DECODER_H_
