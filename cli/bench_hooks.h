// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What benchmark programs import to mark the part that counts (bench.start, bench.end), and the
// clock that CoreMark reads (env.clock_ms). Not part of any interface, hence behind an option of
// its own.

#ifndef TRENAIL_CLI_BENCH_HOOKS_H_
#define TRENAIL_CLI_BENCH_HOOKS_H_

#include "libwasm/libwasm.h"

namespace trenail::cli {

void DefineBenchHooks(Linker& linker);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_BENCH_HOOKS_H_
