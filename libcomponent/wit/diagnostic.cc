// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines end at a line feed, columns count characters, and tabs stay tabs below the line, so that
// the underline stands where the eye expects it.

#include "libcomponent/wit/diagnostic.h"

#include <algorithm>

namespace component::wit {
namespace {

// Of a longer line only the part around the place is shown.
constexpr size_t kMaxShownBytes = 160;

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

// Byte offset of the character with this number.
size_t OffsetOfCharacter(std::string_view text, size_t number) {
  size_t at = 0;
  while (at < text.size() && (number > 0 || IsContinuation(text[at]))) {
    if (!IsContinuation(text[at])) --number;
    ++at;
    while (at < text.size() && IsContinuation(text[at])) ++at;
  }
  return at;
}

}  // namespace

std::string Diagnostic::Format() const {
  std::string out = file;
  if (position.line == 0) {
    if (!out.empty()) out += ": ";
    return out + message + "\n";
  }
  const std::string line_number = std::to_string(position.line);
  out += ":" + line_number + ":" + std::to_string(position.column) + ": " + message + "\n";
  size_t begin = 0;
  const size_t place = OffsetOfCharacter(source_line, position.column - 1);
  if (place > kMaxShownBytes / 2 && source_line.size() > kMaxShownBytes) {
    begin = place - kMaxShownBytes / 2;
    while (begin < place && IsContinuation(source_line[begin])) ++begin;
  }
  size_t end = std::min(source_line.size(), begin + kMaxShownBytes);
  while (end < source_line.size() && IsContinuation(source_line[end])) ++end;
  const std::string_view shown = std::string_view(source_line).substr(begin, end - begin);
  const std::string margin(line_number.size(), ' ');
  out += " " + line_number + " | ";
  if (begin > 0) out += "...";
  out += shown;
  if (end < source_line.size()) out += "...";
  out += "\n " + margin + " | ";
  if (begin > 0) out += "   ";
  for (char c : shown.substr(0, std::min(place - begin, shown.size())))
    if (!IsContinuation(c)) out += c == '\t' ? '\t' : ' ';
  const size_t left = CountCharacters(shown.substr(std::min(place - begin, shown.size())));
  out.append(std::max<size_t>(1, std::min<size_t>(length, left)), '^');
  return out + "\n";
}

wasm::Error Diagnostic::ToError() const {
  wasm::Error error(kind, message);
  if (position.line == 0) return error;
  return std::move(error).WithPosition(position);
}

Diagnostic Sources::Describe(const Problem& problem) const {
  Diagnostic diagnostic{.kind = problem.kind, .message = problem.message};
  if (problem.span.file >= files_.size()) return diagnostic;
  const SourceText& source = files_[problem.span.file];
  diagnostic.file = source.name;
  const std::string_view text = source.text;
  const size_t begin = std::min<size_t>(problem.span.begin, text.size());
  size_t line_begin = 0;
  diagnostic.position.line = 1;
  for (size_t i = 0; i < begin; ++i) {
    if (text[i] != '\n') continue;
    ++diagnostic.position.line;
    line_begin = i + 1;
  }
  const size_t line_end = std::min(text.find('\n', line_begin), text.size());
  std::string_view line = text.substr(line_begin, line_end - line_begin);
  diagnostic.position.column =
      static_cast<uint32_t>(CountCharacters(text.substr(line_begin, begin - line_begin)) + 1);
  const size_t end = std::clamp<size_t>(problem.span.end, begin, line_end);
  diagnostic.length = std::max<uint32_t>(
      1, static_cast<uint32_t>(CountCharacters(text.substr(begin, end - begin))));
  while (line.ends_with('\r')) line.remove_suffix(1);
  diagnostic.source_line = line;
  return diagnostic;
}

}  // namespace component::wit
