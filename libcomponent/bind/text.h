// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text of C and C++ as clang-format would have it: lines with indentation, comments and lists of
// parameters that are broken where the line ends.

#ifndef TRENAIL_LIBCOMPONENT_BIND_TEXT_H_
#define TRENAIL_LIBCOMPONENT_BIND_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace component::bind {

class Text {
 public:
  static constexpr size_t kWidth = 100;

  // Whether a line of this text fits.
  bool Fits(std::string_view line) const;

  void Line(std::string_view line = "");
  // The same with the indentation of access specifiers.
  void Access(std::string_view line);
  // An empty line, unless the last one is.
  void Gap();
  // `// …`, each line of `text` broken between words; nothing if it is empty.
  void Comment(std::string_view text);
  // `head(items)tail`, on one line if it fits, else with the items below each other's beginning.
  void List(std::string_view head, const std::vector<std::string>& items, std::string_view tail);
  // `head { body }`, on one line if it fits.
  void Short(std::string_view head, std::string_view body);
  void Indent() { indent_ += 2; }
  void Outdent() { indent_ -= 2; }
  size_t indent() const { return indent_; }
  // Lines that are formatted already.
  void Append(const Text& other) { Append(other.out_); }
  // Without empty lines that would follow another.
  void Append(std::string_view lines);
  const std::string& str() const { return out_; }
  std::string Take() { return std::move(out_); }

 private:
  void BrokenType(std::string_view type);

  std::string out_;
  size_t indent_ = 0;
};

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_TEXT_H_
