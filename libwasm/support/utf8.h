// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// UTF-8 as names need it [binary-utf8]: exactly the scalar values, in their shortest form.

#ifndef TRENAIL_LIBWASM_SUPPORT_UTF8_H_
#define TRENAIL_LIBWASM_SUPPORT_UTF8_H_

#include <optional>
#include <string>
#include <string_view>

namespace wasm {

bool IsValidUtf8(std::string_view text);

// The first scalar value of `*text`, which is then shortened by it. Nothing, and `*text` unchanged,
// if `*text` is empty or does not begin with a well-formed sequence.
std::optional<char32_t> DecodeUtf8(std::string_view* text);

// Scalar values are the code points without the surrogates.
constexpr bool IsScalarValue(uint64_t code) {
  return code < 0xd800 || (code >= 0xe000 && code <= 0x10ffff);
}

// `scalar` must be a scalar value.
void AppendUtf8(std::string& out, char32_t scalar);

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_UTF8_H_
