// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arguments and environment variables that a guest sees: what the embedder gave, nothing
// inherited.

#ifndef TRENAIL_LIBWASI_CORE_ENVIRONMENT_H_
#define TRENAIL_LIBWASI_CORE_ENVIRONMENT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasi/core/errno.h"

namespace trenail::wasi {

class Environment {
 public:
  // kIlseq for a string with a NUL inside, kInval for a variable's name that is empty or has '='.
  IoStatus AddArgument(std::string_view argument);
  // Setting a variable again replaces it.
  IoStatus SetVariable(std::string_view name, std::string_view value);

  const std::vector<std::string>& arguments() const { return arguments_; }
  const std::vector<std::pair<std::string, std::string>>& variables() const { return variables_; }

 private:
  std::vector<std::string> arguments_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_ENVIRONMENT_H_
