// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments and results of --invoke as the engine's values.

#ifndef TRENAIL_CLI_VALUES_H_
#define TRENAIL_CLI_VALUES_H_

#include <span>
#include <string>
#include <vector>

#include "libwasm/libwasm.h"

namespace trenail::cli {

// One value for each parameter of `type`. Errors are kHost and name the argument.
Result<std::vector<Value>> ToValues(std::span<const std::string> arguments, const FuncType& type,
                                    std::string_view function);

// "3"; "(1, 2.5)" where there are several; "" where there is none.
std::string FormatResults(std::span<const Value> results);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_VALUES_H_
