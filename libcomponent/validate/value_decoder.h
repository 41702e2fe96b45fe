// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a value definition [Binary: value], as the value they stand for.

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_VALUE_DECODER_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_VALUE_DECODER_H_

#include <cstdint>
#include <span>

#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/support/error.h"

namespace component {

// All of `bytes`. Errors are kInvalid and without an offset.
wasm::Result<Value> DecodeValue(const ValType& type, std::span<const uint8_t> bytes);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_VALUE_DECODER_H_
