// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/component_grants.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::cli {
namespace {

std::string ErrorOf(const WasiGrants& grants) {
  const Result<wasi::Grants> result = ToGrants(grants);
  return result ? "" : result.error().message();
}

TEST_CASE("grants of the command line become grants of the library") {
  const Result<wasi::Grants> grants =
      ToGrants({.tcp = {"127.0.0.1:80", "*:443"},
                .udp = {"[::1]:*"},
                .dns = {"*.example.org"},
                .http = {"localhost:8080"},
                .key_values = {"memory", "redis://u:a=b@localhost/3", "orders=memory"},
                .config = {"a=b=c", "empty="}});
  REQUIRE(grants);
  CHECK(grants->tcp.size() == 2);
  CHECK(grants->tcp[1].first_port == 443);
  CHECK(grants->udp[0].address.size() == 16);
  CHECK(grants->dns[0].subdomains);
  CHECK(grants->http[0].port == 8080);
  // One bucket of each name.
  REQUIRE(grants->key_values.size() == 2);
  CHECK(grants->key_values[0].bucket == "default");
  CHECK(grants->key_values[0].redis == "redis://u:a=b@localhost/3");
  CHECK(grants->key_values[1].bucket == "orders");
  CHECK(grants->key_values[1].memory != nullptr);
  using Config = std::vector<std::pair<std::string, std::string>>;
  CHECK(grants->config == Config{{"a", "b=c"}, {"empty", ""}});
}

TEST_CASE("a grant that says nothing is refused with its form") {
  CHECK(ErrorOf({.tcp = {"localhost:80"}}) ==
        "--tcp needs addresses such as 127.0.0.1:8080, 10.0.0.0/8:*, [::1]:80-90, *:443 or *, not "
        "\"localhost:80\"");
  CHECK(ErrorOf({.udp = {"1.2.3.4:65536"}}).starts_with("--udp needs addresses"));
  CHECK(ErrorOf({.dns = {"example.org:80"}}).find("without a port") != std::string::npos);
  CHECK(ErrorOf({.http = {"http://example.org"}}).starts_with("--http needs a host"));
  CHECK(ErrorOf({.key_values = {"orders"}}).starts_with("--kv needs [BUCKET=]memory or "));
  CHECK(ErrorOf({.key_values = {"=memory"}}).starts_with("--kv needs [BUCKET=]memory or "));
  CHECK(ErrorOf({.key_values = {"redis://"}}).starts_with("--kv: \"redis://\" is no address"));
  CHECK(ErrorOf({.key_values = {"redis://localhost/x"}}).find("no number") != std::string::npos);
  CHECK(ErrorOf({.config = {"=x"}}).starts_with("--config needs NAME=VALUE"));
}

}  // namespace
}  // namespace trenail::cli
