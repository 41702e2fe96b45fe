// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A TOML document as a tree. The parser (toml++) brings iostreams and their locales, which the
// program must not start with; so it lives in libtrenail-triggers.so.

#ifndef TRENAIL_LIBWASI_TRIGGERS_TOML_H_
#define TRENAIL_LIBWASI_TRIGGERS_TOML_H_

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace trenail::wasi {

struct TomlPosition {
  uint32_t line = 1;
  uint32_t column = 1;
};

struct TomlNode {
  enum class Kind : uint8_t { kTable, kArray, kString, kInteger, kOther };

  Kind kind = Kind::kOther;
  TomlPosition position;
  std::string key;                 // in the table that it is in
  std::string text;                // kString
  int64_t integer = 0;             // kInteger
  std::vector<TomlNode> children;  // kTable, kArray

  // Of a table; null: it has no such key.
  const TomlNode* Find(std::string_view name) const {
    for (const TomlNode& child : children)
      if (child.key == name) return &child;
    return nullptr;
  }
};

struct TomlError {
  std::string message;
  TomlPosition position;
};

std::expected<TomlNode, TomlError> ParseToml(const std::string& text);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_TRIGGERS_TOML_H_
