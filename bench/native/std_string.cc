// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++: strings that are cut, joined, searched, replaced and sorted, with the standard library.

#include "../kernels/kernel.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

static std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

static std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

static std::string Replace(const std::string& text, std::string_view what, std::string_view by) {
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(what, at)) != std::string::npos; at = found + what.size()) {
    out.append(text, at, found - at);
    out += by;
  }
  return out.append(text, at);
}

static uint64_t Run() {
  uint64_t sum = 0;
  for (int round = 0; round < 60; ++round) {
    std::string text;
    for (int i = 0; i < 12000; ++i) {
      uint32_t length = Random() % 12 + 1;
      for (uint32_t k = 0; k < length; ++k) text += static_cast<char>('a' + Random() % 20);
      text += ',';
    }
    std::vector<std::string> parts = Split(text, ',');
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    std::string joined = Replace(Join(parts, "; "), "ab", "<AB>");
    for (size_t i = 0; i < joined.size(); i += 101) sum = Mix(sum, static_cast<uint8_t>(joined[i]));
    sum = Mix(sum, joined.size() + joined.rfind("AB") + std::to_string(sum).size());
  }
  return sum;
}
