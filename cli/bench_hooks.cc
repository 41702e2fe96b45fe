// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/bench_hooks.h"

#include <chrono>
#include <cstdio>

namespace trenail::cli {
namespace {
using Clock = std::chrono::steady_clock;
}  // namespace

void DefineBenchHooks(Linker& linker) {
  static Clock::time_point start;
  linker.Func("bench", "start", [] { start = Clock::now(); });
  linker.Func("bench", "end", [] {
    double milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    std::fprintf(stderr, "bench: %.3f ms\n", milliseconds);
  });
  linker.Func("env", "clock_ms", []() -> uint32_t {
    return static_cast<uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
            .count());
  });
}

}  // namespace trenail::cli
