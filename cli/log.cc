// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/log.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "cli/report.h"

namespace trenail::cli {
namespace {

LogLevel wanted = LogLevel::kOff;

constexpr std::string_view kNames[] = {"off", "error", "warning", "info", "debug"};

}  // namespace

void SetUpLog(bool verbose) {
  if (verbose) wanted = LogLevel::kInfo;
  const char* const text = std::getenv("TRENAIL_LOG");
  if (text == nullptr || *text == 0) return;
  const auto* const name = std::ranges::find(kNames, std::string_view(text));
  if (name == std::end(kNames))
    return PrintWarning(std::string("TRENAIL_LOG is not off, error, warning, info or debug: ") +
                        text);
  wanted = std::max(wanted, static_cast<LogLevel>(name - kNames));
}

bool LogWants(LogLevel level) { return level <= wanted; }

void Log(LogLevel level, std::string_view message) {
  if (LogWants(level)) PrintLine(std::string(kNames[static_cast<size_t>(level)]) + ": ", message);
}

void AddLog(EngineOptions& options) {
  if (wanted == LogLevel::kOff) return;
  options.log = &Log;
  options.log_level = wanted;
}

}  // namespace trenail::cli
