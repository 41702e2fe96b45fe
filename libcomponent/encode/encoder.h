// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The component of modules whose imports and exports are known: instantiates them in order, with a
// module of indirections in front where an import needs what the main module exports.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libcomponent/encode/classify.h"
#include "libcomponent/encode/target.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/support/error.h"

namespace component::encode {

// The main module, or an adapter.
struct Part {
  std::string name;
  std::string called;  // in messages
  std::vector<uint8_t> bytes;
  ClassifiedModule info;
  bool is_used = false;
};

// Errors: kInvalid: a module lacks a memory or a function to allocate with; a function is imported
// that only another module's world mentions.
wasm::Result<Component> EncodeParts(const Target& target, const std::vector<Part>& parts);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_H_
