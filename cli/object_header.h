// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names that a compiled object file shows to the program it becomes a part of, and the header
// that declares them.

#ifndef TRENAIL_CLI_OBJECT_HEADER_H_
#define TRENAIL_CLI_OBJECT_HEADER_H_

#include <string>
#include <string_view>

namespace trenail::cli {

// "build/log-parser.o" -> "log_parser_module"
std::string ModuleSymbol(std::string_view output);

// Whether C takes it as an identifier.
bool IsSymbol(std::string_view name);

// The text of the header for an object whose module is called `symbol`.
std::string ObjectHeader(std::string_view file, std::string_view symbol);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_OBJECT_HEADER_H_
