// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the embedder grants a component beyond its streams, directories and environment. Everything
// a world imports is linked; what is not granted is denied when it is called, by an error that the
// interface has for it and a sentence that names the grant.

#ifndef TRENAIL_LIBWASI_COMPONENT_GRANTS_H_
#define TRENAIL_LIBWASI_COMPONENT_GRANTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trenail::wasi {
class KeyValues;
}  // namespace trenail::wasi

namespace trenail {
namespace [[gnu::visibility("default")]] wasi {

// A set of addresses: "127.0.0.1:8080", "10.0.0.0/8:*", "[::1]:80-90", "*:443", "*".
struct AddressPattern {
  std::vector<uint8_t> address;  // 4 or 16 bytes; empty: any
  unsigned prefix_bits = 0;      // how many of its bits count
  uint16_t first_port = 0;
  uint16_t last_port = 65535;

  // Nothing if it is none.
  static std::optional<AddressPattern> Parse(const std::string& text);
  // `address`: 4 or 16 bytes.
  bool Matches(std::span<const uint8_t> address, uint16_t port) const;
};

// A set of hosts: "example.org", "*.example.org", "example.org:8080", "[::1]:8080", "*".
struct HostPattern {
  std::string name;         // in lower case and ASCII, or an address without brackets; empty: any
  bool subdomains = false;  // those of the name, and not itself
  std::optional<uint16_t> port;

  // From a text as above; nothing if it is none.
  static std::optional<HostPattern> Parse(const std::string& text);
  // `host`: a name in whatever case and script, or an address with brackets or without.
  bool Matches(const std::string& host, uint16_t port) const;
};

// A bucket of wasi:keyvalue, in memory or in a Redis server.
struct KeyValueGrant {
  std::string bucket = kDefaultBucket;
  std::string redis;  // "redis://[user[:password]@]host[:port][/database]"; empty: in memory
  // What is in memory, for those that share it; null: a component has its own.
  std::shared_ptr<KeyValues> memory;

  // Guests know it by an empty name, too.
  static constexpr char kDefaultBucket[] = "default";
};

struct Grants {
  std::vector<AddressPattern> tcp;  // to connect to and to listen on
  std::vector<AddressPattern> udp;
  std::vector<HostPattern> dns;   // names that may be looked up
  std::vector<HostPattern> http;  // where requests may be sent
  std::vector<KeyValueGrant> key_values = {KeyValueGrant()};
  std::vector<std::pair<std::string, std::string>> config;  // wasi:config/store
  // Told once for each kind of thing that was denied, with the sentence.
  std::function<void(const std::string& sentence)> on_denied;
};

// "denied: wasi:sockets tcp-connect 1.2.3.4:80 (grant it with --tcp 1.2.3.4:80)", without the
// object if it is empty.
[[gnu::visibility("default")]] std::string DeniedSentence(const std::string& what,
                                                          const std::string& object,
                                                          const std::string& option);

}  // namespace wasi
}  // namespace trenail

#endif  // TRENAIL_LIBWASI_COMPONENT_GRANTS_H_
