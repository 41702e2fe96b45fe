// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What sorts and kinds of types are called in texts, dumps and messages.

#ifndef TRENAIL_LIBCOMPONENT_SYNTAX_WORDS_H_
#define TRENAIL_LIBCOMPONENT_SYNTAX_WORDS_H_

#include <string_view>

#include "libcomponent/syntax/component.h"

namespace component {

constexpr std::string_view Word(PrimType type) {
  switch (type) {
#define PRIM_TYPE(Name, word) \
  case PrimType::k##Name:     \
    return word;
#include "libcomponent/syntax/val_types.def"
  }
  return "";
}

constexpr std::string_view Word(DefValType::Kind kind) {
  switch (kind) {
    case DefValType::Kind::kPrim:
      return "";
#define COMPOUND_TYPE(Name, word) \
  case DefValType::Kind::k##Name: \
    return word;
#include "libcomponent/syntax/val_types.def"
  }
  return "";
}

// With "core " where it is one.
constexpr std::string_view FullWord(Sort sort) {
  constexpr std::string_view kWords[kNumSorts] = {
      "core func", "core table",  "core memory",   "core global", "core tag",
      "core type", "core module", "core instance", "func",        "value",
      "type",      "component",   "instance"};
  return kWords[static_cast<size_t>(sort)];
}

// Without.
constexpr std::string_view Word(Sort sort) {
  constexpr std::string_view kCore = "core ";
  const std::string_view word = FullWord(sort);
  return word.starts_with(kCore) ? word.substr(kCore.size()) : word;
}

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_SYNTAX_WORDS_H_
