// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the program says that something went wrong: one form for people (stderr), one for programs
// (--json on stdout), and the exit code that belongs to each kind of error. See docs/errors.md.

#ifndef TRENAIL_CLI_REPORT_H_
#define TRENAIL_CLI_REPORT_H_

#include <string>
#include <string_view>

#include "cli/json.h"
#include "libwasm/support/error.h"

namespace trenail::cli {

// "error: " and the message, with control characters made visible: a message may quote names from
// a hostile module, which must not steer the terminal.
void PrintError(std::string_view message);
void PrintWarning(std::string_view message);
void PrintLine(std::string_view prefix, std::string_view text);

// The first line of a report, without "error: ":
//   FILE: message (at byte 0x1f, in function 3 "name")     for bytes
//   FILE:LINE:COLUMN: message                              for text
//   FILE: trap: message                                    for execution
std::string Describe(const wasm::Error& error, std::string_view file);

// The wasm frames of a trap, innermost first, one line each.
std::string DescribeTrace(const wasm::Error& error);

// kExitFailed, kExitUsage, kExitTrap, or the guest's own code for kExit.
int ExitCode(const wasm::Error& error);

// Prints error and trace to stderr (nothing for kExit) and returns the exit code.
int Report(const wasm::Error& error, std::string_view file);

// {"kind": …, "message": …, "offset": …, …} as one JSON value.
void WriteJson(JsonWriter& json, const wasm::Error& error);

std::string_view KindName(wasm::ErrorKind kind);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_REPORT_H_
