// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/triggers/toml.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace trenail::wasi {
namespace {

TomlPosition ToPosition(const toml::source_position& position) {
  return {std::max(position.line, 1u), std::max(position.column, 1u)};
}

TomlNode ToNode(const toml::node& node, std::string_view key) {
  TomlNode result{.position = ToPosition(node.source().begin), .key = std::string(key)};
  if (const toml::table* table = node.as_table()) {
    result.kind = TomlNode::Kind::kTable;
    for (const auto& [name, value] : *table) result.children.push_back(ToNode(value, name.str()));
  } else if (const toml::array* array = node.as_array()) {
    result.kind = TomlNode::Kind::kArray;
    for (const toml::node& value : *array) result.children.push_back(ToNode(value, ""));
  } else if (const auto text = node.value_exact<std::string>()) {
    result.kind = TomlNode::Kind::kString;
    result.text = *text;
  } else if (const auto integer = node.value_exact<int64_t>()) {
    result.kind = TomlNode::Kind::kInteger;
    result.integer = *integer;
  }
  return result;
}

}  // namespace

std::expected<TomlNode, TomlError> ParseToml(const std::string& text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(TomlError{std::string(parsed.error().description()),
                                     ToPosition(parsed.error().source().begin)});
  }
  return ToNode(parsed.table(), "");
}

}  // namespace trenail::wasi
