// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vector instructions [syntax-instr-vec]; the relaxed ones are in numerics_relaxed.h.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_H_

#include "libwasm/runtime/numerics_simd_access.h"
#include "libwasm/runtime/numerics_simd_convert.h"
#include "libwasm/runtime/numerics_simd_float.h"
#include "libwasm/runtime/numerics_simd_int.h"

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_H_
