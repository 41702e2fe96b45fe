// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the printer writes what has no structure: numbers, floats that read back to the same bits,
// strings, identifiers and types [text-values] [text-types].

#ifndef TRENAIL_LIBWASM_TEXT_PRINTER_VALUES_H_
#define TRENAIL_LIBWASM_TEXT_PRINTER_VALUES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libwasm/types/types.h"
#include "libwasm/types/v128.h"

namespace wasm::text {

void AppendUnsigned(std::string& out, uint64_t value);
void AppendSigned(std::string& out, int64_t value);
// Lower-case hexadecimal, padded with zeros to `min_digits`.
void AppendHex(std::string& out, uint64_t value, int min_digits = 1);
// The shortest decimal that reads back to the same bits; nan:0x… for other NaNs [text-float].
void AppendF32(std::string& out, uint32_t bits);
void AppendF64(std::string& out, uint64_t bits);
void AppendV128(std::string& out, const V128& value);  // i32x4 and four lanes

// A quoted string of arbitrary bytes; whatever is not printable ASCII as \hh [text-string].
void AppendByteString(std::string& out, std::span<const uint8_t> bytes);
// A quoted name; valid UTF-8 beyond ASCII stays readable [text-name].
void AppendName(std::string& out, std::string_view name);
// $name, or $"name" where it holds anything but idchars [text-id].
void AppendId(std::string& out, std::string_view name);

// Types that name other types by number; the printer has its own way for identifiers.
std::string_view HeapTypeText(HeapType::Abstract type);
// The short form of a nullable reference to an abstract heap type, such as funcref.
std::string_view RefTypeShorthand(HeapType::Abstract type);
std::string_view NumTypeText(ValType::Code code);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PRINTER_VALUES_H_
