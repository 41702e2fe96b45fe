// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binds the rows of function.h to an engine's linker.

#ifndef TRENAIL_LIBWASI_P1_LINK_H_
#define TRENAIL_LIBWASI_P1_LINK_H_

#include "libwasi/p1/function.h"
#include "libwasm/libwasm.h"

namespace trenail::wasi::p1 {

// Defines those functions of preview 1 that the module imports. `context` has to outlive the
// store's instances.
void LinkFunctions(Context& context, Linker& linker, const Module& module);

// The error of a call that waited when the program was ended.
Error Interrupted();

}  // namespace trenail::wasi::p1

#endif  // TRENAIL_LIBWASI_P1_LINK_H_
