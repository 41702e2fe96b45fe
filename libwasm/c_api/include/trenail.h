// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that Trenail offers to C: <wasm.h>, and what goes beyond it. The parts belong to
// libraries that can be linked, and included, apart.

#ifndef TRENAIL_H_
#define TRENAIL_H_

#include <trenail/component.h>
#include <trenail/core.h>
#include <trenail/wasi.h>
#include <wasm.h>

#endif  // TRENAIL_H_
