// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long calls take, for the programs that compare ways of calling. Times are of the processor;
// the least of several rounds counts, and all kinds take turns within each.

#ifndef TRENAIL_BENCH_CALL_TIMES_H_
#define TRENAIL_BENCH_CALL_TIMES_H_

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasm/libwasm.h"

namespace bench {

[[noreturn]] inline void Fail(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}
template <typename T>
T Must(std::string_view what, trenail::Result<T> result) {
  if (!result) Fail(what, result.error().message());
  return *std::move(result);
}
inline void Must(std::string_view what, trenail::Result<void> result) {
  if (!result) Fail(what, result.error().message());
}

inline double ThreadNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class CallTimes {
 public:
  // `run` does a number of things; printed is what one of them takes, without what one of the kind
  // `empty` takes. Kinds whose names begin with "empty" are not printed.
  void Add(std::string name, std::function<void(uint32_t count)> run, const char* empty = nullptr) {
    kinds_.push_back({.name = std::move(name), .run = std::move(run), .empty = empty});
  }

  // One line per kind: name, tab, nanoseconds. `only`: a part of the names to be measured.
  void Run(int rounds, std::string_view only = {}) {
    std::erase_if(kinds_, [&](const Kind& kind) {
      return !kind.name.starts_with("empty") && kind.name.find(only) == std::string::npos;
    });
    for (Kind& kind : kinds_) {
      // As many as take a hundredth of a second.
      for (;;) {
        const double begin = ThreadNanoseconds();
        kind.run(kind.count);
        if (ThreadNanoseconds() - begin > 1e7) break;
        if (kind.count >= 1U << 30) Fail(kind.name, "nothing is done");
        kind.count *= 2;
      }
    }
    for (int round = 0; round < rounds; ++round) {
      for (Kind& kind : kinds_) {
        const double begin = ThreadNanoseconds();
        kind.run(kind.count);
        kind.best = std::min(kind.best, (ThreadNanoseconds() - begin) / kind.count);
      }
    }
    for (const Kind& kind : kinds_) {
      double time = kind.best;
      for (const Kind& other : kinds_)
        if (kind.empty != nullptr && other.name == kind.empty) time -= other.best;
      if (!kind.name.starts_with("empty")) std::printf("%s\t%.2f\n", kind.name.c_str(), time);
    }
  }

 private:
  struct Kind {
    std::string name;
    std::function<void(uint32_t count)> run;
    const char* empty = nullptr;
    uint32_t count = 1;
    double best = 1e300;
  };
  std::vector<Kind> kinds_;
};

}  // namespace bench

#endif  // TRENAIL_BENCH_CALL_TIMES_H_
