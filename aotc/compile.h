// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a module's bytes to machine code: validates and translates its functions, in partitions on
// several threads.

#ifndef TRENAIL_AOTC_COMPILE_H_
#define TRENAIL_AOTC_COMPILE_H_

#include <cstdint>
#include <span>

#include "aotc/objects.h"
#include "aotc/options.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace wasm::aotc {

// Errors: kMalformed, kInvalid as the decoder and the validator report them; kHost for a target or
// processor that is not known.
Result<CompiledObjects> CompileModule(std::span<const uint8_t> wasm, const FeatureSet& features,
                                      const CompileOptions& options);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_COMPILE_H_
