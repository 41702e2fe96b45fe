// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A line on the terminal that is rewritten as long work goes on; nothing where stderr is none.

#ifndef TRENAIL_CLI_PROGRESS_H_
#define TRENAIL_CLI_PROGRESS_H_

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace trenail::cli {

class ProgressLine {
 public:
  explicit ProgressLine(bool wanted = true) : shown_(wanted && isatty(STDERR_FILENO)) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool shown() const { return shown_; }
  void Clear() {
    if (!shown_) return;
    const std::lock_guard lock(mutex_);
    std::fputs("\r\x1b[K", stderr);
  }
  void Show(const std::string& text) {
    if (!shown_) return;
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  }
  // "compiling: 45 %", when the number changes. From any thread.
  void Percent(const char* what, uint64_t done, uint64_t total) {
    if (!shown_ || total == 0) return;
    const auto percent = static_cast<unsigned>(done * 100 / total);
    {
      const std::lock_guard lock(mutex_);
      if (percent == last_) return;
      last_ = percent;
    }
    Show(std::string(what) + ": " + std::to_string(percent) + " %");
  }

 private:
  bool shown_;
  std::mutex mutex_;
  unsigned last_ = ~0u;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_PROGRESS_H_
