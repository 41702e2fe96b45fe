// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The traps of lifting and lowering. Where a value crosses from guest to guest and where it comes
// from or goes to the host, the scripts of the official tests expect different words for the same
// trap; a text here holds both.

#ifndef TRENAIL_LIBCOMPONENT_ABI_TRAPS_H_
#define TRENAIL_LIBCOMPONENT_ABI_TRAPS_H_

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "libwasm/support/error.h"

namespace component::abi {

inline constexpr const char* kUnaligned = "unaligned pointer";
inline constexpr const char* kOutOfBounds = "pointer out of bounds of memory";
inline constexpr const char* kStringOutOfBounds =
    "string content out-of-bounds: string pointer/length out of bounds of memory";
inline constexpr const char* kStringTooLong =
    "string content out-of-bounds: a string has at most 268435455 bytes";
inline constexpr const char* kListOutOfBounds =
    "list content out-of-bounds: list pointer/length out of bounds of memory";
inline constexpr const char* kListTooLong =
    "list content out-of-bounds: a list has at most 268435455 bytes";
inline constexpr const char* kBadChar = "invalid `char` bit pattern";
inline constexpr const char* kBadUtf16 = "invalid utf-16: unpaired surrogate";
inline constexpr const char* kReallocUnaligned =
    "unaligned pointer: realloc return: result not aligned";
inline constexpr const char* kReallocOutOfBounds = "realloc return: beyond end of memory";
inline constexpr const char* kReallocStringOutOfBounds =
    "string content out-of-bounds: realloc return: beyond end of memory";
inline constexpr const char* kReallocListOutOfBounds =
    "list content out-of-bounds: realloc return: beyond end of memory";
inline constexpr const char* kTooMuch =
    "fuel allocated for hostcalls has been exhausted: the values take too much of the host's "
    "memory";

[[gnu::cold]] std::unexpected<wasm::Error> Trap(std::string text);
// [cabi:load_variant]: the discriminant names no case.
[[gnu::cold]] std::unexpected<wasm::Error> BadDiscriminant(uint64_t index, size_t cases);
// A value of the embedder that does not fit its type.
[[gnu::cold]] std::unexpected<wasm::Error> Mismatch(std::string text);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_TRAPS_H_
