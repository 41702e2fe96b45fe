// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/printer_values.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace wasm::text {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Appends what "%.*g" prints, with a point whatever the process's locale has set.
void AppendDigits(std::string& out, const char* digits) {
  bool in_point = false;
  for (const char* p = digits; *p != 0; ++p) {
    const bool known = (*p >= '0' && *p <= '9') || *p == '-' || *p == '+' || *p == 'e';
    if (known)
      out += *p;
    else if (!in_point)
      out += '.';
    in_point = !known;
  }
}

// The sign, and `inf` or `nan…` if that is all there is to say.
bool AppendSpecial(std::string& out, bool negative, bool exponent_full, uint64_t payload,
                   uint64_t canonical) {
  if (negative) out += '-';
  if (!exponent_full) return false;
  if (payload == 0) {
    out += "inf";
  } else {
    out += "nan";
    if (payload != canonical) {
      out += ":0x";
      AppendHex(out, payload);
    }
  }
  return true;
}

bool IsIdChar(unsigned char c) {  // [text-idchar]
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return c != 0 && std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(static_cast<char>(c)) !=
                       std::string_view::npos;
}

// True if the code point at `at` steers terminals or the order of text: names come from anywhere
// and are shown to people.
bool IsInvisible(std::string_view s, size_t at) {
  const auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const unsigned a = byte(at), b = byte(at + 1), c = byte(at + 2);
  if (a == 0xc2 && b < 0xa0) return true;                               // U+0080–U+009F
  if (a == 0xe2 && b == 0x80 && (c >= 0xaa && c <= 0xae)) return true;  // U+202A–U+202E
  return a == 0xe2 && b == 0x81 && (c >= 0xa6 && c <= 0xa9);            // U+2066–U+2069
}

void AppendEscaped(std::string& out, unsigned char c) {
  out += '\\';
  out += kHexDigits[c >> 4];
  out += kHexDigits[c & 15];
}

// True if the character was appended as it is or by its short escape.
bool AppendPrintable(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return true;
    case '\\':
      out += "\\\\";
      return true;
    case '\n':
      out += "\\n";
      return true;
    case '\t':
      out += "\\t";
      return true;
    default:
      if (c < 0x20 || c >= 0x7f) return false;
      out += static_cast<char>(c);
      return true;
  }
}

}  // namespace

void AppendUnsigned(std::string& out, uint64_t value) {
  char buffer[20];
  char* p = buffer + sizeof buffer;
  do {
    *--p = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  out.append(p, buffer + sizeof buffer);
}

void AppendSigned(std::string& out, int64_t value) {
  if (value < 0) out += '-';
  AppendUnsigned(out, value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value));
}

void AppendHex(std::string& out, uint64_t value, int min_digits) {
  char buffer[16];
  int count = 0;
  do {
    buffer[15 - count++] = kHexDigits[value & 15];
    value >>= 4;
  } while (count < 16 && (value != 0 || count < min_digits));
  out.append(buffer + 16 - count, buffer + 16);
}

void AppendF32(std::string& out, uint32_t bits) {
  const uint32_t payload = bits & 0x7fffff;
  if (AppendSpecial(out, bits >> 31, (bits & 0x7f800000) == 0x7f800000, payload, 0x400000)) return;
  const float value = std::bit_cast<float>(bits & 0x7fffffff);
  char buffer[40];
  for (int precision = 6; precision <= 9; ++precision) {
    std::snprintf(buffer, sizeof buffer, "%.*g", precision, static_cast<double>(value));
    if (std::strtof(buffer, nullptr) == value) break;
  }
  AppendDigits(out, buffer);
}

void AppendF64(std::string& out, uint64_t bits) {
  const uint64_t payload = bits & 0xfffffffffffff;
  if (AppendSpecial(out, bits >> 63, (bits & 0x7ff0000000000000) == 0x7ff0000000000000, payload,
                    0x8000000000000))
    return;
  const double value = std::bit_cast<double>(bits & 0x7fffffffffffffff);
  char buffer[40];
  for (int precision = 15; precision <= 17; ++precision) {
    std::snprintf(buffer, sizeof buffer, "%.*g", precision, value);
    if (std::strtod(buffer, nullptr) == value) break;
  }
  AppendDigits(out, buffer);
}

void AppendV128(std::string& out, const V128& value) {
  out += "i32x4";
  for (const uint32_t lane : value.Lanes<uint32_t>()) {
    out += " 0x";
    AppendHex(out, lane, 8);
  }
}

void AppendByteString(std::string& out, std::span<const uint8_t> bytes) {
  out += '"';
  for (const uint8_t byte : bytes)
    if (!AppendPrintable(out, byte)) AppendEscaped(out, byte);
  out += '"';
}

void AppendName(std::string& out, std::string_view name) {
  out += '"';
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (AppendPrintable(out, c)) continue;
    if (c < 0xc0) {
      AppendEscaped(out, c);
      continue;
    }
    // A sequence of UTF-8: whole, or escaped byte by byte.
    size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (length > name.size() - i) length = name.size() - i;
    if (IsInvisible(name, i))
      for (size_t k = 0; k < length; ++k)
        AppendEscaped(out, static_cast<unsigned char>(name[i + k]));
    else
      out.append(name.substr(i, length));
    i += length - 1;
  }
  out += '"';
}

void AppendId(std::string& out, std::string_view name) {
  out += '$';
  for (const char c : name) {
    if (!IsIdChar(static_cast<unsigned char>(c))) {
      AppendName(out, name);
      return;
    }
  }
  out += name;
}

std::string_view HeapTypeText(HeapType::Abstract type) {
  switch (type) {
    case HeapType::kExn:
      return "exn";
    case HeapType::kArray:
      return "array";
    case HeapType::kStruct:
      return "struct";
    case HeapType::kI31:
      return "i31";
    case HeapType::kEq:
      return "eq";
    case HeapType::kAny:
      return "any";
    case HeapType::kExtern:
      return "extern";
    case HeapType::kFunc:
      return "func";
    case HeapType::kNone:
      return "none";
    case HeapType::kNoExtern:
      return "noextern";
    case HeapType::kNoFunc:
      return "nofunc";
    case HeapType::kNoExn:
      return "noexn";
    case HeapType::kBot:
      break;
  }
  return "bot";
}

std::string_view RefTypeShorthand(HeapType::Abstract type) {
  switch (type) {
    case HeapType::kExn:
      return "exnref";
    case HeapType::kArray:
      return "arrayref";
    case HeapType::kStruct:
      return "structref";
    case HeapType::kI31:
      return "i31ref";
    case HeapType::kEq:
      return "eqref";
    case HeapType::kAny:
      return "anyref";
    case HeapType::kExtern:
      return "externref";
    case HeapType::kFunc:
      return "funcref";
    case HeapType::kNone:
      return "nullref";
    case HeapType::kNoExtern:
      return "nullexternref";
    case HeapType::kNoFunc:
      return "nullfuncref";
    case HeapType::kNoExn:
      return "nullexnref";
    case HeapType::kBot:
      break;
  }
  return "bot";
}

std::string_view NumTypeText(ValType::Code code) {
  switch (code) {
    case ValType::kI32:
      return "i32";
    case ValType::kI64:
      return "i64";
    case ValType::kF32:
      return "f32";
    case ValType::kF64:
      return "f64";
    case ValType::kV128:
      return "v128";
    case ValType::kI8:
      return "i8";
    case ValType::kI16:
      return "i16";
    default:
      return "bot";
  }
}

}  // namespace wasm::text
