// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is wrong with a WIT text, and where. Parsers speak in spans (file and byte range), because a
// package is many files; the sources turn a span into a diagnostic, which carries all that a user
// wants to see and no longer needs the sources.

#ifndef TRENAIL_LIBCOMPONENT_WIT_DIAGNOSTIC_H_
#define TRENAIL_LIBCOMPONENT_WIT_DIAGNOSTIC_H_

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"

namespace component::wit {

// Bytes of one of the source files.
struct Span {
  uint32_t file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Diagnostic {
  wasm::ErrorKind kind = wasm::ErrorKind::kMalformed;
  std::string file;
  wasm::TextPosition position;  // {0, 0}: about the file as a whole
  uint32_t length = 0;          // characters from there that are meant, on this line
  std::string message;
  std::string source_line;

  // `file:line:column: message`, then the line with the place underlined.
  std::string Format() const;
  wasm::Error ToError() const;
};

template <typename T>
using Parsed = std::expected<T, Diagnostic>;

struct SourceText {
  std::string name;  // as messages call it: a path
  std::string text;
};

// What the passes keep until the sources describe it.
struct Problem {
  wasm::ErrorKind kind = wasm::ErrorKind::kMalformed;
  Span span;
  std::string message;
};

class Sources {
 public:
  // Offsets are 32 bits wide, and nobody writes an interface of this size.
  static constexpr uint32_t kMaxFileBytes = 64u << 20;

  // The number of the file, for spans.
  uint32_t Add(SourceText source) {
    files_.push_back(std::move(source));
    return static_cast<uint32_t>(files_.size() - 1);
  }
  size_t size() const { return files_.size(); }
  const SourceText& file(uint32_t index) const { return files_[index]; }
  std::string_view Text(Span span) const {
    return std::string_view(files_[span.file].text).substr(span.begin, span.end - span.begin);
  }
  Diagnostic Describe(const Problem& problem) const;

 private:
  std::vector<SourceText> files_;
};

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_DIAGNOSTIC_H_
