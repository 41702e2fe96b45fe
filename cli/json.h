// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes JSON, for the verbs' --json. Output only, so a page of code does: the writer puts commas
// and escapes; the caller opens and closes in the right order.

#ifndef TRENAIL_CLI_JSON_H_
#define TRENAIL_CLI_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace trenail::cli {

class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view key);
  // Bytes that are no UTF-8 become U+FFFD: names in a module's custom sections may hold anything.
  JsonWriter& String(std::string_view value);
  JsonWriter& Number(uint64_t value);
  JsonWriter& Signed(int64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();

  const std::string& text() const { return text_; }
  // Prints what was written and a newline to stdout.
  void Print() const;

 private:
  void Separate();
  std::string text_;
  bool fresh_ = true;  // no comma is due: just after an opening bracket or a key
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_JSON_H_
