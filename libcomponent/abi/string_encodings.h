// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings between the encodings of guests [cabi:load_string_from_range]
// [cabi:store_string_into_range]. How much realloc is asked for depends on how the string was
// encoded where it came from, so a lifted string remembers that, also as a Value.

#ifndef TRENAIL_LIBCOMPONENT_ABI_STRING_ENCODINGS_H_
#define TRENAIL_LIBCOMPONENT_ABI_STRING_ENCODINGS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "libcomponent/abi/target.h"

namespace component::abi {

inline constexpr uint64_t kMaxStringByteLength = (1 << 28) - 1;  // [cabi:MAX_STRING_BYTE_LENGTH]

// The source's encoding, and for latin1+utf16 which of the two it was. The bits of a Value.
enum class EncodedAs : uint8_t { kUtf8, kUtf16, kLatin1, kTaggedUtf16 };
enum class CodeUnits : uint8_t { kUtf8, kUtf16, kLatin1 };

// A string to be stored: in the memory that it comes from, or a Value's.
struct StringSource {
  EncodedAs encoded_as = EncodedAs::kUtf8;
  uint64_t code_units = 0;            // of that encoding
  CodeUnits form = CodeUnits::kUtf8;  // of the bytes
  const uint8_t* bytes = nullptr;
  uint64_t size = 0;
};

enum class Checking : bool { kRange, kRangeAndContent };

// [cabi:load_string_from_range]. With kRange, what the bytes are has been checked before.
wasm::Result<StringSource> LoadStringFromRange(StringEncoding encoding, PtrType ptr_type,
                                               Bytes memory, Range range, Checking checking);
// The bytes must be well-formed.
std::string ToUtf8(const StringSource& source);
Value ToValue(const StringSource& source);
// Fails if the string is not UTF-8 or too long, which only a host's can be.
wasm::Result<StringSource> SourceOf(const Value& value);
wasm::Result<StringSource> SourceOfText(std::string_view text);

// [cabi:store_string_into_range]
wasm::Result<Range> StoreStringIntoRange(Target& target, const StringSource& source);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_STRING_ENCODINGS_H_
