// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both lists are handed to C programs, so what a C program could not read back is refused here.

#include "libwasi/core/environment.h"

namespace trenail::wasi {

IoStatus Environment::AddArgument(std::string_view argument) {
  if (argument.find('\0') != std::string_view::npos) return std::unexpected(Errno::kIlseq);
  arguments_.emplace_back(argument);
  return {};
}

IoStatus Environment::SetVariable(std::string_view name, std::string_view value) {
  if (name.find('\0') != std::string_view::npos || value.find('\0') != std::string_view::npos) {
    return std::unexpected(Errno::kIlseq);
  }
  if (name.empty() || name.find('=') != std::string_view::npos) {
    return std::unexpected(Errno::kInval);
  }
  for (auto& [existing, old_value] : variables_) {
    if (existing == name) {
      old_value = value;
      return {};
    }
  }
  variables_.emplace_back(name, value);
  return {};
}

}  // namespace trenail::wasi
