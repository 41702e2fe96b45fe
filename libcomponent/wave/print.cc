// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "libcomponent/wave/scanner.h"
#include "libcomponent/wave/wave.h"
#include "libwasm/support/utf8.h"

namespace component::wave {
namespace {

class Printer {
 public:
  std::string Take() { return std::move(out_); }

  void Print(const Value& value, const ValType& type) {
    switch (type.kind) {
      case ValKind::kBool:
        out_ += value.boolean() ? "true" : "false";
        return;
      case ValKind::kS8:
      case ValKind::kS16:
      case ValKind::kS32:
      case ValKind::kS64:
        out_ += std::to_string(static_cast<int64_t>(value.bits()));
        return;
      case ValKind::kU8:
      case ValKind::kU16:
      case ValKind::kU32:
      case ValKind::kU64:
        out_ += std::to_string(value.bits());
        return;
      case ValKind::kF32:
        Float(value.f32());
        return;
      case ValKind::kF64:
        Float(value.f64());
        return;
      case ValKind::kChar:
        out_ += '\'';
        Char(static_cast<char32_t>(value.bits()), '\'');
        out_ += '\'';
        return;
      case ValKind::kString:
        String(value.string());
        return;
      case ValKind::kList:
      case ValKind::kMap:
      case ValKind::kFixedLengthList:
        out_ += '[';
        for (size_t i = 0; i < value.items().size(); ++i) {
          if (i > 0) out_ += ", ";
          Print(value.items()[i], *type.element);
        }
        out_ += ']';
        return;
      case ValKind::kTuple:
        out_ += '(';
        for (size_t i = 0; i < type.fields.size() && i < value.items().size(); ++i) {
          if (i > 0) out_ += ", ";
          Print(value.items()[i], *type.fields[i].type);
        }
        out_ += ')';
        return;
      case ValKind::kRecord:
        Record(value, type);
        return;
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult:
        Variant(value, type);
        return;
      case ValKind::kFlags: {
        out_ += '{';
        const char* separator = "";
        for (size_t i = 0; i < type.fields.size(); ++i) {
          if ((value.bits() >> i & 1) == 0) continue;
          out_ += separator;
          out_ += type.fields[i].label;
          separator = ", ";
        }
        out_ += '}';
        return;
      }
      // No text that could be read again, but something to look at.
      case ValKind::kOwn:
      case ValKind::kBorrow:
        out_ += "<handle>";
        return;
      case ValKind::kStream:
        out_ += "<stream>";
        return;
      case ValKind::kFuture:
        out_ += "<future>";
        return;
      case ValKind::kErrorContext:
        out_ += "<error-context>";
        return;
    }
  }

 private:
  // The shortest digits that are this number. An exponent has no zeros in front, as in JSON.
  template <typename T>
  void Float(T value) {
    if (std::isnan(value)) {
      out_ += "nan";
      return;
    }
    if (std::isinf(value)) {
      out_ += value < 0 ? "-inf" : "inf";
      return;
    }
    std::array<char, 64> buffer;
    const auto end = std::to_chars(buffer.begin(), buffer.end(), value).ptr;
    std::string_view digits(buffer.begin(), end);
    const size_t exponent = digits.find('e');
    out_ += digits.substr(0, exponent);
    if (exponent == std::string_view::npos) return;
    digits.remove_prefix(exponent);
    out_ += digits.substr(0, 2);  // e and the sign
    digits.remove_prefix(2);
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
    out_ += digits;
  }

  // Control characters and what turns the direction of the text around are escaped.
  void Char(char32_t scalar, char quote) {
    if (scalar == static_cast<char32_t>(quote) || scalar == '\\') {
      out_ += '\\';
      out_ += static_cast<char>(scalar);
    } else if (scalar == '\t') {
      out_ += "\\t";
    } else if (scalar == '\n') {
      out_ += "\\n";
    } else if (scalar == '\r') {
      out_ += "\\r";
    } else if (scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0) || scalar == 0x061c ||
               (scalar >= 0x200b && scalar <= 0x200f) || (scalar >= 0x2028 && scalar <= 0x202e) ||
               (scalar >= 0x2060 && scalar <= 0x206f) || scalar == 0xfeff) {
      std::array<char, 8> hex;
      const auto end = std::to_chars(hex.begin(), hex.end(), static_cast<uint32_t>(scalar), 16).ptr;
      out_ += "\\u{";
      out_.append(hex.begin(), end);
      out_ += '}';
    } else {
      wasm::AppendUtf8(out_, scalar);
    }
  }

  void String(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
      const auto scalar = wasm::DecodeUtf8(&text);
      if (!scalar) text.remove_prefix(1);
      Char(scalar.value_or(0xfffd), '"');
    }
    out_ += '"';
  }

  void Record(const Value& value, const ValType& type) {
    out_ += '{';
    bool empty = true;
    for (size_t i = 0; i < type.fields.size() && i < value.items().size(); ++i) {
      const Value& field = value.items()[i];
      if (type.fields[i].type->kind == ValKind::kOption && field.case_index() == 0) continue;
      if (!empty) out_ += ", ";
      empty = false;
      out_ += type.fields[i].label;
      out_ += ": ";
      Print(field, *type.fields[i].type);
    }
    out_ += empty ? ":}" : "}";
  }

  void Variant(const Value& value, const ValType& type) {
    if (value.case_index() >= type.fields.size()) return;
    const ValType::Field& chosen = type.fields[value.case_index()];
    if (type.kind == ValKind::kResult) {
      out_ += value.case_index() == 0 ? "ok" : "err";
    } else {
      if (type.kind != ValKind::kOption && IsKeyword(chosen.label)) out_ += '%';
      out_ += chosen.label;
    }
    if (!value.has_payload() || chosen.type == nullptr) return;
    out_ += '(';
    Print(value.payload(), *chosen.type);
    out_ += ')';
  }

  std::string out_;
};

}  // namespace

std::string Print(const Value& value, const ValType& type) {
  Printer printer;
  printer.Print(value, type);
  return printer.Take();
}

}  // namespace component::wave
