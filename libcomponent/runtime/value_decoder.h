// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of value definitions [Binary: Value Definitions].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_VALUE_DECODER_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_VALUE_DECODER_H_

#include <cstdint>
#include <span>

#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/support/error.h"

namespace component::runtime {

// The value that all of `bytes` encode. Errors: kMalformed.
wasm::Result<Value> DecodeValue(std::span<const uint8_t> bytes, const ValType& type);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_VALUE_DECODER_H_
