// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The notation of --dir.

#include "cli/wasi.h"

namespace trenail::cli {

Result<DirectoryGrant> ParseDirectoryGrant(std::string_view text) {
  DirectoryGrant grant;
  std::string_view rest = text;
  if (rest.ends_with(":ro")) {
    grant.read_only = true;
    rest.remove_suffix(3);
  }
  size_t colons = rest.find("::");
  grant.host = rest.substr(0, colons);
  grant.guest =
      colons == std::string_view::npos ? grant.host : std::string(rest.substr(colons + 2));
  if (grant.host.empty() || grant.guest.empty()) {
    return std::unexpected(Error(
        ErrorKind::kHost, "--dir needs HOST[::GUEST][:ro], not \"" + std::string(text) + "\""));
  }
  return grant;
}

}  // namespace trenail::cli
