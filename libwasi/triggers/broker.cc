// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/triggers/broker.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace trenail::wasi {

std::expected<BrokerAddress, std::string> ParseBrokerUrl(const std::string& url,
                                                         const std::string& scheme,
                                                         uint16_t default_port) {
  const auto wrong = [&] {
    return std::unexpected("\"" + url + "\" is no address: " + scheme +
                           "://[user[:password]@]host[:port] is needed");
  };
  std::string_view rest = url;
  if (!rest.starts_with(scheme + "://")) return wrong();
  rest.remove_prefix(scheme.size() + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  BrokerAddress address{.port = default_port};
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const size_t colon = user.find(':');
    address.user = user.substr(0, colon);
    if (colon != std::string_view::npos) address.password = user.substr(colon + 1);
    rest.remove_prefix(at + 1);
  }
  const bool bracketed = rest.starts_with('[');
  const size_t host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) return wrong();
  address.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  rest.remove_prefix(std::min(rest.size(), bracketed ? host_end + 1 : host_end));
  if (!rest.empty()) {
    const auto [end, error] =
        std::from_chars(rest.data() + 1, rest.data() + rest.size(), address.port);
    if (rest.front() != ':' || error != std::errc() || end != rest.data() + rest.size())
      return wrong();
  }
  if (address.host.empty() || address.host.find('/') != std::string::npos) return wrong();
  return address;
}

std::expected<RedisAddress, std::string> ParseRedisUrl(const std::string& url) {
  RedisAddress address;
  std::string server = url;
  const size_t begin = std::max(url.find("://") + 3, url.rfind('@') + 1);
  if (const size_t slash = url.find('/', begin); slash != std::string::npos) {
    server = url.substr(0, slash);
    const std::string_view number = std::string_view(url).substr(slash + 1);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), address.database);
    if (!number.empty() && (error != std::errc() || end != number.data() + number.size()))
      return std::unexpected("\"" + url + "\" ends with a database that is no number");
  }
  auto broker = ParseBrokerUrl(server, "redis", 6379);
  if (!broker) return std::unexpected(std::move(broker.error()));
  address.broker = *std::move(broker);
  return address;
}

}  // namespace trenail::wasi
