// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantities as people type them on a command line: durations ("5s", "250ms", "1m30s") and sizes
// ("64M", "4KiB"). A number without a unit is seconds, or bytes. What does not fit or is not
// wholly understood is refused: a silently shortened limit would be worse than an error.

#ifndef TRENAIL_CLI_QUANTITY_H_
#define TRENAIL_CLI_QUANTITY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trenail::cli {

// Units: ns us ms s m h; several may follow each other. Fractions are allowed ("1.5s").
std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text);

// Units are powers of 1024: K M G T, with or without "B" or "iB" after them.
std::optional<uint64_t> ParseSize(std::string_view text);

// A plain decimal count with optional suffixes k, M, G (powers of 1000): "--fuel 10M".
std::optional<uint64_t> ParseCount(std::string_view text);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_QUANTITY_H_
