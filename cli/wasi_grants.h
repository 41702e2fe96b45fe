// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the command line grants a guest, turned into WASI's configuration.

#ifndef TRENAIL_CLI_WASI_GRANTS_H_
#define TRENAIL_CLI_WASI_GRANTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "libwasi/libwasi.h"

namespace trenail::cli {

// "HOST[::GUEST][:ro]"; without GUEST the guest sees the directory under the host's name.
Result<WasiPreopen> ParseDirectoryGrant(std::string_view text);

// "NAME=VALUE", or "NAME" to pass on the caller's variable; where the caller has none, nothing.
Result<std::optional<std::pair<std::string, std::string>>> ParseVariable(std::string_view text);

struct WasiGrants {
  std::vector<std::string> arguments;    // with the program's name first
  std::vector<std::string> environment;  // as ParseVariable has it
  std::vector<std::string> directories;  // as ParseDirectoryGrant has it
  // Of components alone: component_grants.h.
  std::vector<std::string> tcp, udp, dns, http, key_values, config;
};

// The standard streams are the program's own.
Result<WasiConfig> ToWasiConfig(const WasiGrants& grants);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_WASI_GRANTS_H_
