// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/text.h"

#include <algorithm>

#include "libwasm/support/utf8.h"

namespace component::bind {
namespace {

// Columns, as far as one code point is one.
size_t Width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

bool Text::Fits(std::string_view line) const { return indent_ + Width(line) <= kWidth; }

void Text::Short(std::string_view head, std::string_view body) {
  const std::string line = std::string(head) + " { " + std::string(body) + " }";
  if (Fits(line)) return Line(line);
  Line(std::string(head) + " {");
  Indent();
  Line(body);
  Outdent();
  Line("}");
}

void Text::Line(std::string_view line) {
  if (!line.empty()) {
    out_.append(indent_, ' ');
    out_ += line;
  }
  out_ += '\n';
}

void Text::Access(std::string_view line) {
  out_.append(indent_ == 0 ? 0 : indent_ - 1, ' ');
  out_ += line;
  out_ += '\n';
}

void Text::Gap() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void Text::Append(std::string_view lines) {
  if (out_.empty() || out_.ends_with("\n\n"))
    while (lines.starts_with('\n')) lines.remove_prefix(1);
  out_ += lines;
}

void Text::Comment(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return;
  const size_t room = kWidth > indent_ + 23 ? kWidth - indent_ - 3 : 20;
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    // One at the end would take the next line into the comment.
    while (line.ends_with(' ') || line.ends_with('\r') || line.ends_with('\\'))
      line.remove_suffix(1);
    if (line.empty()) Line("//");
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    while (!line.empty()) {
      size_t cut = line.size();
      if (Width(line) > room) {
        size_t columns = 0;
        size_t space = std::string_view::npos;
        for (size_t i = 0; i < line.size(); ++i) {
          if ((line[i] & 0xc0) == 0x80) continue;
          if (line[i] == ' ' && i > indent && (columns <= room || space == std::string_view::npos))
            space = i;
          if (columns++ > room && space != std::string_view::npos) break;
        }
        if (space != std::string_view::npos) cut = space;
      }
      std::string_view part = line.substr(0, cut);
      while (part.ends_with('\\')) part.remove_suffix(1);
      Line("// " + std::string(part));
      line.remove_prefix(cut);
      while (line.starts_with(' ')) line.remove_prefix(1);
    }
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

// A type that is too long for a line, broken behind commas and continued below what is behind the
// innermost bracket.
void Text::BrokenType(std::string_view type) {
  std::vector<size_t> brackets;  // where their contents begin
  std::string line;
  while (!type.empty()) {
    const size_t comma = type.find(", ");
    const std::string_view part = type.substr(0, comma == type.npos ? type.size() : comma + 1);
    type.remove_prefix(std::min(type.size(), part.size() + 1));
    const bool begins = line.find_first_not_of(' ') == line.npos;
    if (!begins && !Fits(line + " " + std::string(part))) {
      Line(line);
      line = std::string(brackets.empty() ? 4 : brackets.back(), ' ');
    } else if (!begins) {
      line += ' ';
    }
    for (const char c : part) {
      line += c;
      if (c == '<') brackets.push_back(line.size());
      if (c == '>' && !brackets.empty()) brackets.pop_back();
    }
  }
  Line(line);
}

void Text::List(std::string_view head, const std::vector<std::string>& items,
                std::string_view tail) {
  std::string line(head);
  line += '(';
  for (size_t i = 0; i < items.size(); ++i) line += (i == 0 ? "" : ", ") + items[i];
  line += ")";
  line += tail;
  if (indent_ + Width(line) <= kWidth || items.empty()) return Line(line);
  if (!Fits(std::string(head) + "(")) {
    size_t space = head.npos;
    int depth = 0;
    for (size_t i = 0; i < head.size(); ++i) {
      depth += head[i] == '<' ? 1 : head[i] == '>' ? -1 : 0;
      if (head[i] == ' ' && depth == 0) space = i;
    }
    if (space != head.npos && head.substr(0, space).contains(',')) {
      BrokenType(head.substr(0, space));
      return List(head.substr(space + 1), items, tail);
    }
  }
  // Packed behind the bracket, or on lines of their own where one of them would not fit there.
  size_t column = indent_ + Width(head) + 1;
  size_t longest = 0;
  for (size_t i = 0; i < items.size(); ++i)
    longest = std::max(longest, Width(items[i]) + (i + 1 == items.size() ? 1 + Width(tail) : 1));
  line = std::string(head) + "(";
  if (column + longest > kWidth) {
    Line(line);
    line.clear();
    column = indent_ + 4;
  }
  std::string current = line;
  size_t at = line.empty() ? column : indent_ + Width(line);
  bool first = true;
  const std::string padding(column - indent_, ' ');
  for (size_t i = 0; i < items.size(); ++i) {
    std::string item = items[i];
    item += i + 1 == items.size() ? ")" + std::string(tail) : ",";
    if (!first && at + 1 + Width(item) > kWidth) {
      Line(current);
      current.clear();
      first = true;
      at = column;
    }
    if (first && current.empty()) current = padding;
    if (!first) {
      current += ' ';
      ++at;
    }
    current += item;
    at += Width(item);
    first = false;
  }
  Line(current);
}

}  // namespace component::bind
