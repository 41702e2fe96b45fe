// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The meaning of every numeric and vector instruction: `i32.add` is num::I32Add, and so on, the
// parts of the instruction's text capitalised and joined. Each is a pure function over the operands
// in the order of the stack; i32, i64, f32, f64 and v128 are uint32_t, uint64_t, float, double and
// V128. What can trap returns OrTrap. Every engine executes, or is tested against, these functions.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_H_

#include "libwasm/runtime/numerics_convert.h"
#include "libwasm/runtime/numerics_float.h"
#include "libwasm/runtime/numerics_int.h"
#include "libwasm/runtime/numerics_relaxed.h"
#include "libwasm/runtime/numerics_simd.h"

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_H_
