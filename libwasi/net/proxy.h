// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which way a request takes: straight to its host, or by a proxy that the environment names.

#ifndef TRENAIL_LIBWASI_NET_PROXY_H_
#define TRENAIL_LIBWASI_NET_PROXY_H_

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace trenail::wasi::http {

struct HostAndPort {
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 0;
};
// host[:port], user information and anything else is refused.
std::optional<HostAndPort> ParseAuthority(std::string_view authority, uint16_t default_port);

struct Proxy {
  HostAndPort at;
  std::string authorization;  // for Proxy-Authorization; empty: none
};

// What http_proxy, https_proxy, all_proxy and no_proxy say.
class ProxySettings {
 public:
  using Lookup = const char* (*)(const char* name);
  static ProxySettings FromEnvironment(Lookup lookup);

  // Null: none. Errors: a proxy of a kind that we cannot use, as a sentence.
  std::expected<const Proxy*, std::string> For(bool secure, const HostAndPort& target) const;

 private:
  struct Setting {
    std::optional<Proxy> proxy;
    std::string error;
  };
  static Setting Parse(std::string_view name, const char* value);
  bool IsExempt(const HostAndPort& target) const;

  Setting http_, https_;
  std::string no_proxy_;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_PROXY_H_
