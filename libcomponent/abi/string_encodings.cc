// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/string_encodings.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "libwasm/support/utf8.h"

namespace component::abi {

using wasm::Result;

namespace {

std::string_view AsText(const uint8_t* bytes, uint64_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// "Incomplete" is a sequence that is well-formed as far as it goes, at the very end.
bool IsIncompleteUtf8(std::string_view rest) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(rest[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0xc2 || lead > 0xf4) return false;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (rest.size() >= length) return false;
  for (size_t i = 1; i < rest.size(); ++i)
    if ((byte(i) & 0xc0) != 0x80) return false;
  if (rest.size() == 1) return true;
  // What the second byte rules out: overlong forms, surrogates, code points above U+10FFFF.
  return !(lead == 0xe0 && byte(1) < 0xa0) && !(lead == 0xed && byte(1) >= 0xa0) &&
         !(lead == 0xf0 && byte(1) < 0x90) && !(lead == 0xf4 && byte(1) >= 0x90);
}

Result<void> CheckUtf8(std::string_view text) {
  if (wasm::IsValidUtf8(text)) return {};
  const size_t size = text.size();
  while (wasm::DecodeUtf8(&text)) {
  }
  return Trap((IsIncompleteUtf8(text) ? "incomplete utf-8 byte sequence from index "
                                      : "invalid utf-8 sequence at index ") +
              std::to_string(size - text.size()));
}

uint32_t Utf16At(const uint8_t* bytes) { return static_cast<uint32_t>(LoadInt(bytes, 2)); }
constexpr bool IsHighSurrogate(uint32_t unit) { return unit >> 10 == 0xd800 >> 10; }
constexpr bool IsLowSurrogate(uint32_t unit) { return unit >> 10 == 0xdc00 >> 10; }

Result<void> CheckUtf16(const uint8_t* bytes, uint64_t size) {
  for (uint64_t at = 0; at < size; at += 2) {
    const uint32_t unit = Utf16At(bytes + at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (!IsHighSurrogate(unit) || at + 2 >= size || !IsLowSurrogate(Utf16At(bytes + at + 2)))
      return Trap(kBadUtf16);
    at += 2;
  }
  return {};
}

// The scalar value at `*at`, which moves behind it. Content is well-formed here; should another
// thread have changed it since, nothing worse happens than U+FFFD.
char32_t Next(const StringSource& source, uint64_t* at) {
  constexpr char32_t kReplacement = 0xfffd;
  switch (source.form) {
    case CodeUnits::kLatin1:
      return source.bytes[(*at)++];
    case CodeUnits::kUtf16: {
      const uint32_t unit = Utf16At(source.bytes + *at);
      *at += 2;
      if (unit < 0xd800 || unit > 0xdfff) return unit;
      if (!IsHighSurrogate(unit) || *at >= source.size) return kReplacement;
      const uint32_t low = Utf16At(source.bytes + *at);
      if (!IsLowSurrogate(low)) return kReplacement;
      *at += 2;
      return 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
    }
    case CodeUnits::kUtf8:
      break;
  }
  if (source.bytes[*at] < 0x80) return source.bytes[(*at)++];
  std::string_view rest = AsText(source.bytes + *at, source.size - *at);
  const auto scalar = wasm::DecodeUtf8(&rest);
  *at = scalar ? source.size - rest.size() : *at + 1;
  return scalar.value_or(kReplacement);
}

uint64_t Put(char32_t scalar, CodeUnits form, uint8_t* out) {
  switch (form) {
    case CodeUnits::kLatin1:
      *out = static_cast<uint8_t>(scalar);
      return 1;
    case CodeUnits::kUtf16:
      if (scalar >= 0x10000) {
        StoreInt(out, 0xd800 + ((scalar - 0x10000) >> 10), 2);
        StoreInt(out + 2, 0xdc00 + ((scalar - 0x10000) & 0x3ff), 2);
        return 4;
      }
      StoreInt(out, scalar, 2);
      return 2;
    case CodeUnits::kUtf8:
      break;
  }
  if (scalar < 0x80) {
    *out = static_cast<uint8_t>(scalar);
    return 1;
  }
  const int more = scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
  out[0] = static_cast<uint8_t>((0xff00u >> (more + 1)) | (scalar >> (6 * more)));
  for (int i = 1; i <= more; ++i)
    out[i] = static_cast<uint8_t>(0x80 | (scalar >> (6 * (more - i)) & 0x3f));
  return static_cast<uint64_t>(more) + 1;
}

// What lies behind `from` in the source, encoded into `out`; how many bytes that took. There is
// always room: the spec's worst cases are that, so running out of it ends the string.
uint64_t Encode(const StringSource& source, uint64_t from, CodeUnits form, Bytes out) {
  if (source.form == form) {
    const uint64_t size = std::min<uint64_t>(source.size - from, out.size());
    if (size != 0) std::memcpy(out.data(), source.bytes + from, size);
    return size;
  }
  uint64_t written = 0;
  while (from < source.size) {
    uint8_t bytes[4];
    const uint64_t length = Put(Next(source, &from), form, bytes);
    if (length > out.size() - written) break;
    std::memcpy(out.data() + written, bytes, length);
    written += length;
  }
  return written;
}

class StringStorer {
 public:
  StringStorer(Target& target, const StringSource& source) : target_(target), source_(source) {}

  Result<Range> Store() {
    switch (target_.cx().encoding) {
      case StringEncoding::kUtf8:
        switch (source_.encoded_as) {
          case EncodedAs::kUtf8:
            return Copy(1, 1, CodeUnits::kUtf8);
          case EncodedAs::kUtf16:
          case EncodedAs::kTaggedUtf16:
            return ToUtf8(source_.code_units * 3);
          case EncodedAs::kLatin1:
            return ToUtf8(source_.code_units * 2);
        }
        break;
      case StringEncoding::kUtf16:
        if (source_.encoded_as == EncodedAs::kUtf8) return Utf8ToUtf16();
        return Copy(2, 2, CodeUnits::kUtf16);
      case StringEncoding::kLatin1Utf16:
        switch (source_.encoded_as) {
          case EncodedAs::kUtf8:
          case EncodedAs::kUtf16:
            return ToLatin1OrUtf16();
          case EncodedAs::kLatin1:
            return Copy(1, 2, CodeUnits::kLatin1);
          case EncodedAs::kTaggedUtf16:
            return ProbablyUtf16ToLatin1OrUtf16();
        }
        break;
    }
    __builtin_unreachable();
  }

 private:
  Result<uint64_t> Reallocate(uint64_t old, uint64_t old_size, uint32_t alignment, uint64_t size) {
    return target_.Reallocate(old, old_size, alignment, size, kReallocStringOutOfBounds);
  }
  Bytes Room(uint64_t ptr, uint64_t size) { return {target_.At(ptr), size}; }
  uint64_t Tagged(uint64_t byte_length) {
    return byte_length / 2 | uint64_t{1} << (PtrSize(target_.ptr()) * 8 - 1);
  }

  // [cabi:store_string_copy]
  Result<Range> Copy(uint32_t unit_size, uint32_t alignment, CodeUnits form) {
    const uint64_t byte_length = unit_size * source_.code_units;
    const uint64_t ptr = TRY(Reallocate(0, 0, alignment, byte_length));
    Encode(source_, 0, form, Room(ptr, byte_length));
    return Range{ptr, source_.code_units};
  }

  // [cabi:store_string_to_utf8]
  Result<Range> ToUtf8(uint64_t worst_case_size) {
    const uint64_t units = source_.code_units;
    uint64_t ptr = TRY(Reallocate(0, 0, 1, units));
    uint64_t size = 0;
    for (uint64_t at = 0; at < source_.size && size < units;) {
      const uint64_t here = at;
      const char32_t scalar = Next(source_, &at);
      if (scalar < 0x80) {
        target_.At(ptr)[size++] = static_cast<uint8_t>(scalar);
        continue;
      }
      ptr = TRY(Reallocate(ptr, units, 1, worst_case_size));
      size += Encode(source_, here, CodeUnits::kUtf8, Room(ptr + size, worst_case_size - size));
      if (worst_case_size > size) ptr = TRY(Reallocate(ptr, worst_case_size, 1, size));
      return Range{ptr, size};
    }
    return Range{ptr, units};
  }

  // [cabi:store_utf8_to_utf16]
  Result<Range> Utf8ToUtf16() {
    const uint64_t worst_case_size = 2 * source_.code_units;
    uint64_t ptr = TRY(Reallocate(0, 0, 2, worst_case_size));
    const uint64_t size = Encode(source_, 0, CodeUnits::kUtf16, Room(ptr, worst_case_size));
    if (size < worst_case_size) ptr = TRY(Reallocate(ptr, worst_case_size, 2, size));
    return Range{ptr, size / 2};
  }

  // [cabi:store_string_to_latin1_or_utf16]
  Result<Range> ToLatin1OrUtf16() {
    const uint64_t units = source_.code_units;
    uint64_t ptr = TRY(Reallocate(0, 0, 2, units));
    uint64_t size = 0;
    for (uint64_t at = 0; at < source_.size && size < units;) {
      const uint64_t here = at;
      const char32_t scalar = Next(source_, &at);
      if (scalar < 0x100) {
        target_.At(ptr)[size++] = static_cast<uint8_t>(scalar);
        continue;
      }
      const uint64_t worst_case_size = 2 * units;
      ptr = TRY(Reallocate(ptr, units, 2, worst_case_size));
      for (uint64_t j = size; j-- > 0;) StoreInt(target_.At(ptr + 2 * j), *target_.At(ptr + j), 2);
      size *= 2;
      size += Encode(source_, here, CodeUnits::kUtf16, Room(ptr + size, worst_case_size - size));
      if (worst_case_size > size) ptr = TRY(Reallocate(ptr, worst_case_size, 2, size));
      return Range{ptr, Tagged(size)};
    }
    if (size < units) ptr = TRY(Reallocate(ptr, units, 2, size));
    return Range{ptr, size};
  }

  // [cabi:store_probably_utf16_to_latin1_or_utf16]
  Result<Range> ProbablyUtf16ToLatin1OrUtf16() {
    const uint64_t byte_length = 2 * source_.code_units;
    uint64_t ptr = TRY(Reallocate(0, 0, 2, byte_length));
    Encode(source_, 0, CodeUnits::kUtf16, Room(ptr, byte_length));
    uint8_t* bytes = target_.At(ptr);
    for (uint64_t at = 0; at < byte_length; at += 2)
      if (bytes[at + 1] != 0) return Range{ptr, Tagged(byte_length)};
    const uint64_t latin1_size = source_.code_units;
    for (uint64_t i = 0; i < latin1_size; ++i) bytes[i] = bytes[2 * i];
    ptr = TRY(Reallocate(ptr, byte_length, 1, latin1_size));
    return Range{ptr, latin1_size};
  }

  Target& target_;
  const StringSource& source_;
};

}  // namespace

Result<StringSource> LoadStringFromRange(StringEncoding encoding, PtrType ptr_type, Bytes memory,
                                         Range range, Checking checking) {
  StringSource source;
  source.code_units = range.length;
  uint32_t alignment = 2, unit_size = 2;
  switch (encoding) {
    case StringEncoding::kUtf8:
      alignment = unit_size = 1;
      break;
    case StringEncoding::kUtf16:
      source.encoded_as = EncodedAs::kUtf16;
      source.form = CodeUnits::kUtf16;
      break;
    case StringEncoding::kLatin1Utf16: {
      const uint64_t tag = uint64_t{1} << (PtrSize(ptr_type) * 8 - 1);  // [cabi:utf16_tag]
      if ((range.length & tag) != 0) {
        source.code_units ^= tag;
        source.encoded_as = EncodedAs::kTaggedUtf16;
        source.form = CodeUnits::kUtf16;
      } else {
        unit_size = 1;
        source.encoded_as = EncodedAs::kLatin1;
        source.form = CodeUnits::kLatin1;
      }
      break;
    }
  }
  if (source.code_units > kMaxStringByteLength / unit_size) return Trap(kStringTooLong);
  source.size = source.code_units * unit_size;
  if (!IsAligned(range.ptr, alignment)) return Trap(kUnaligned);
  if (!InBounds(memory.size(), range.ptr, source.size)) return Trap(kStringOutOfBounds);
  source.bytes = memory.data() + range.ptr;
  if (checking == Checking::kRange) return source;
  if (source.form == CodeUnits::kUtf8) TRY_VOID(CheckUtf8(AsText(source.bytes, source.size)));
  if (source.form == CodeUnits::kUtf16) TRY_VOID(CheckUtf16(source.bytes, source.size));
  return source;
}

std::string ToUtf8(const StringSource& source) {
  if (source.form == CodeUnits::kUtf8) return std::string(AsText(source.bytes, source.size));
  std::string text;
  text.reserve(source.code_units);
  for (uint64_t at = 0; at < source.size;) wasm::AppendUtf8(text, Next(source, &at));
  return text;
}

Value ToValue(const StringSource& source) {
  return Value::String(ToUtf8(source), static_cast<uint8_t>(source.encoded_as));
}

Result<StringSource> SourceOfText(std::string_view text) {
  if (!wasm::IsValidUtf8(text)) return Mismatch("a string is UTF-8");
  if (text.size() > kMaxStringByteLength) return Mismatch("a string has at most 268435455 bytes");
  StringSource source;
  source.bytes = reinterpret_cast<const uint8_t*>(text.data());
  source.size = text.size();
  source.code_units = text.size();
  return source;
}

Result<StringSource> SourceOf(const Value& value) {
  const std::string& text = value.string();
  if (!wasm::IsValidUtf8(text)) return Mismatch("a string is UTF-8");
  StringSource source;
  source.encoded_as = static_cast<EncodedAs>(value.bits() & 3);
  source.bytes = reinterpret_cast<const uint8_t*>(text.data());
  source.size = text.size();
  source.code_units = text.size();
  if (source.encoded_as != EncodedAs::kUtf8) {
    // Continuation bytes do not count; four bytes are a surrogate pair.
    for (const char c : text) {
      const auto byte = static_cast<uint8_t>(c);
      if ((byte & 0xc0) == 0x80) --source.code_units;
      if (byte >= 0xf0 && source.encoded_as != EncodedAs::kLatin1) ++source.code_units;
    }
  }
  const bool wide =
      source.encoded_as == EncodedAs::kUtf16 || source.encoded_as == EncodedAs::kTaggedUtf16;
  if (source.code_units > kMaxStringByteLength / (wide ? 2 : 1))
    return Mismatch("a string has at most 268435455 bytes");
  return source;
}

Result<Range> StoreStringIntoRange(Target& target, const StringSource& source) {
  return StringStorer(target, source).Store();
}

}  // namespace component::abi
