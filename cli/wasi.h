// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the command line grants a guest, turned into WASI's configuration and linked.

#ifndef TRENAIL_CLI_WASI_H_
#define TRENAIL_CLI_WASI_H_

#include <memory>
#include <string>
#include <vector>

#include "libwasm/libwasm.h"

namespace trenail::cli {

struct WasiGrants {
  std::vector<std::string> arguments;    // with the program's name first
  std::vector<std::string> environment;  // NAME=VALUE, or NAME to pass on
  std::vector<std::string> directories;  // HOST[::GUEST][:ro]
};

struct DirectoryGrant {
  std::string host;
  std::string guest;
  bool read_only = false;
};
// HOST[::GUEST][:ro]; without GUEST the guest sees it under the host's name.
Result<DirectoryGrant> ParseDirectoryGrant(std::string_view text);

class Wasi {
 public:
  Wasi();
  ~Wasi();
  // Defines the WASI functions that `module` imports. Must outlive the instances.
  Result<void> Link(const WasiGrants& grants, const Module& module, Linker& linker);
  // The outcome of the run as the program's: a guest's exit with 0 is success.
  Result<void> Finish(Result<void> result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_WASI_H_
