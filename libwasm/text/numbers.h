// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values of number literals [text-int] [text-float]. The literals are lexically right already
// (text/lexer.h); what can fail is their range, and then the result is empty.

#ifndef TRENAIL_LIBWASM_TEXT_NUMBERS_H_
#define TRENAIL_LIBWASM_TEXT_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace wasm::text {

// An unsigned literal of at most `max`.
std::optional<uint64_t> ParseNat(std::string_view literal, uint64_t max);

// A literal of N = `bits`, from -2^(N-1) to 2^N - 1, as its two's complement [text-int].
std::optional<uint64_t> ParseInt(std::string_view literal, int bits);

// Bits of the nearest float, ties to even. Empty if it rounds to infinity or a NaN's payload does
// not fit. Integers are floats, too.
std::optional<uint32_t> ParseF32(std::string_view literal);
std::optional<uint64_t> ParseF64(std::string_view literal);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_NUMBERS_H_
