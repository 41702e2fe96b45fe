// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/component/grants.h"

#include <catch2/catch_test_macros.hpp>

#include "libwasi/core/ip_address.h"

namespace trenail::wasi {
namespace {

bool Matches(const std::string& pattern, const std::string& ip, uint16_t port) {
  const auto parsed = AddressPattern::Parse(pattern);
  REQUIRE(parsed);
  return parsed->Matches(IpAddress::Parse(ip)->octets(), port);
}

bool MatchesHost(const std::string& pattern, const std::string& host, uint16_t port = 80) {
  const auto parsed = HostPattern::Parse(pattern);
  REQUIRE(parsed);
  return parsed->Matches(host, port);
}

TEST_CASE("patterns of addresses: one, a network, any; a port, a range, any") {
  CHECK(Matches("127.0.0.1:8080", "127.0.0.1", 8080));
  CHECK_FALSE(Matches("127.0.0.1:8080", "127.0.0.1", 8081));
  CHECK_FALSE(Matches("127.0.0.1:8080", "127.0.0.2", 8080));
  CHECK(Matches("127.0.0.1", "127.0.0.1", 0));
  CHECK(Matches("127.0.0.1:*", "127.0.0.1", 65535));
  CHECK(Matches("127.0.0.1:0", "127.0.0.1", 0));
  CHECK_FALSE(Matches("127.0.0.1:0", "127.0.0.1", 1));
  CHECK(Matches("10.0.0.0/8:*", "10.255.1.2", 1));
  CHECK_FALSE(Matches("10.0.0.0/8:*", "11.0.0.0", 1));
  CHECK(Matches("192.168.4.0/22", "192.168.7.255", 1));
  CHECK_FALSE(Matches("192.168.4.0/22", "192.168.8.0", 1));
  CHECK(Matches("0.0.0.0/0", "203.0.113.9", 1));
  CHECK_FALSE(Matches("0.0.0.0/0", "::1", 1));
  CHECK(Matches("[::1]:80-90", "::1", 80));
  CHECK(Matches("[::1]:80-90", "::1", 90));
  CHECK_FALSE(Matches("[::1]:80-90", "::1", 91));
  CHECK(Matches("[fd00::]/8:443", "fd12::1", 443));
  CHECK(Matches("[fd00::/8]:443", "fd12::1", 443));
  CHECK(Matches("fd00::/8", "fd12::1", 443));
  CHECK(Matches("::1", "::1", 443));
  CHECK_FALSE(Matches("[fd00::]/8:443", "fe80::1", 443));
  CHECK(Matches("*:443", "1.2.3.4", 443));
  CHECK(Matches("*:443", "::1", 443));
  CHECK_FALSE(Matches("*:443", "::1", 80));
  CHECK(Matches("*", "1.2.3.4", 0));
}

TEST_CASE("what is no pattern of addresses") {
  for (const char* text :
       {"",           ":80",           "localhost",     "localhost:80",     "1.2.3",
        "1.2.3.4:",   "1.2.3.4:-1",    "1.2.3.4:65536", "1.2.3.4:90-80",    "1.2.3.4:80-",
        "1.2.3.4/33", "1.2.3.4/",      "1.2.3.4/8/8",   "[1.2.3.4]:80",     "[::1",
        "[::1]80",    "[fd00::/8]/8",  "fd00::/129",    "[::ffff:1.2.3.4]", "**",
        "*.1.2.3",    "1.2.3.4:080000"})
    CHECK_FALSE(AddressPattern::Parse(text));
}

TEST_CASE("patterns of hosts: a name, what is below it, an address, any") {
  CHECK(MatchesHost("example.org", "EXAMPLE.org."));
  CHECK_FALSE(MatchesHost("example.org", "www.example.org"));
  CHECK(MatchesHost("*.example.org", "www.example.org"));
  CHECK(MatchesHost("*.example.org", "a.b.example.org"));
  CHECK_FALSE(MatchesHost("*.example.org", "example.org"));
  CHECK_FALSE(MatchesHost("*.example.org", "badexample.org"));
  CHECK(MatchesHost("example.org:8080", "example.org", 8080));
  CHECK_FALSE(MatchesHost("example.org:8080", "example.org", 80));
  CHECK(MatchesHost("*:8080", "any.example", 8080));
  CHECK_FALSE(MatchesHost("*:8080", "any.example", 80));
  CHECK(MatchesHost("*", "any.example"));
  CHECK(MatchesHost("bücher.example", "xn--bcher-kva.example"));
  CHECK(MatchesHost("127.0.0.1:80", "127.0.0.1"));
  CHECK(MatchesHost("[0::1]:80", "[::1]"));
  CHECK(MatchesHost("::1", "::1"));
  CHECK_FALSE(MatchesHost("example.org", "ex ample.org"));
  for (const char* text : {"", "http://a", "a/b", "a:0", "a:x", "*.", "*.*", "a.*", "a b", "*a"})
    CHECK_FALSE(HostPattern::Parse(text));
}

TEST_CASE("a denial is a sentence that names the grant") {
  CHECK(DeniedSentence("wasi:sockets tcp-connect", "1.2.3.4:80", "--tcp 1.2.3.4:80") ==
        "denied: wasi:sockets tcp-connect 1.2.3.4:80 (grant it with --tcp 1.2.3.4:80)");
  CHECK(DeniedSentence("wasi:keyvalue open", "", "--kv memory") ==
        "denied: wasi:keyvalue open (grant it with --kv memory)");
}

}  // namespace
}  // namespace trenail::wasi
