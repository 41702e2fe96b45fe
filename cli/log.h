// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the libraries and the program have to say while all goes well, on stderr: nothing, unless
// --verbose or the variable TRENAIL_LOG ask for it. See docs/debugging.md.

#ifndef TRENAIL_CLI_LOG_H_
#define TRENAIL_CLI_LOG_H_

#include <string_view>

#include "libwasm/libwasm.h"

namespace trenail::cli {

// --verbose: kInfo, or more if TRENAIL_LOG (error, warning, info, debug) says so. To be called
// once, before anything else is.
void SetUpLog(bool verbose);

bool LogWants(LogLevel level);
void Log(LogLevel level, std::string_view message);
// With which an engine says what it has to.
void AddLog(EngineOptions& options);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_LOG_H_
