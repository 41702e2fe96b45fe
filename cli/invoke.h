// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--invoke 'f(1, -2.5)'`: a call written in WAVE, the value notation of the component model. This
// file cuts the call into a name and argument texts, and reads and writes the values that a core
// function has: numbers and vectors. What a text means depends on the parameter's type, so it stays
// a text until the function is known.

#ifndef TRENAIL_CLI_INVOKE_H_
#define TRENAIL_CLI_INVOKE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"

namespace trenail::cli {

struct Invocation {
  std::string function;
  std::vector<std::string> arguments;
};

// name, name(), name(argument, …), "any name"(…). Brackets and strings inside an argument nest.
wasm::Result<Invocation> ParseInvocation(std::string_view text);

enum class CoreType { kI32, kI64, kF32, kF64, kV128 };
std::string_view CoreTypeName(CoreType type);

// The bits of a core value; `high` is for the upper half of a v128.
struct CoreBits {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const CoreBits&, const CoreBits&) = default;
};

// Integers: decimal or 0x…, from the least signed to the greatest unsigned value of the type.
// Floats: decimal, exactly rounded, inf, -inf, nan, or nan:0x… for its payload. v128: 0x and up to
// 32 digits.
wasm::Result<CoreBits> ParseCoreValue(std::string_view text, CoreType type);

// Integers signed; floats with the fewest digits that read back as the same value.
std::string FormatCoreValue(CoreBits bits, CoreType type);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_INVOKE_H_
