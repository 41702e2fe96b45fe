// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The notation of --dir and --env.

#include "cli/wasi_grants.h"

#include <unistd.h>

#include <cstdlib>

namespace trenail::cli {
namespace {

std::unexpected<Error> Refused(std::string_view option, std::string_view form,
                               std::string_view text) {
  return std::unexpected(Error(
      ErrorKind::kHost,
      std::string(option) + " needs " + std::string(form) + ", not \"" + std::string(text) + "\""));
}

}  // namespace

Result<WasiPreopen> ParseDirectoryGrant(std::string_view text) {
  WasiPreopen grant;
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
    return Refused("--dir", "HOST[::GUEST][:ro]", text);
  }
  return grant;
}

Result<std::optional<std::pair<std::string, std::string>>> ParseVariable(std::string_view text) {
  size_t equals = text.find('=');
  std::string name(text.substr(0, equals));
  if (name.empty()) return Refused("--env", "NAME=VALUE or NAME", text);
  if (equals != std::string_view::npos) {
    return std::pair(std::move(name), std::string(text.substr(equals + 1)));
  }
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::pair(std::move(name), std::string(value));
}

Result<WasiConfig> ToWasiConfig(const WasiGrants& grants) {
  WasiConfig config;
  config.args = grants.arguments;
  for (const std::string& text : grants.environment) {
    if (auto variable = TRY(ParseVariable(text))) config.env.push_back(std::move(*variable));
  }
  for (const std::string& text : grants.directories) {
    config.preopens.push_back(TRY(ParseDirectoryGrant(text)));
  }
  config.stdin_stream = WasiStream::Host(STDIN_FILENO);
  config.stdout_stream = WasiStream::Host(STDOUT_FILENO);
  config.stderr_stream = WasiStream::Host(STDERR_FILENO);
  return config;
}

}  // namespace trenail::cli
