// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "libwasi/core/ip_address.h"
#include "libwasi/core/name_lookup.h"

namespace trenail::wasi {
namespace {

std::string Ascii(const std::string& name) { return ToAsciiHostName(name).value_or("none"); }

TEST_CASE("names of hosts become ASCII in lower case") {
  CHECK(Ascii("example.org") == "example.org");
  CHECK(Ascii("Example.ORG.") == "example.org");
  CHECK(Ascii("my_host-1") == "my_host-1");
  CHECK(Ascii("bücher.example") == "xn--bcher-kva.example");
  CHECK(Ascii("BÜCHER.example") == "xn--bcher-kva.example");
  CHECK(Ascii("президент.рф") == "xn--d1abbgf6aiiy.xn--p1ai");
  CHECK(Ascii("ПРЕЗИДЕНТ.рф") == "xn--d1abbgf6aiiy.xn--p1ai");
  CHECK(Ascii("例え。テスト") == "xn--r8jz45g.xn--zckzah");
  // [rfc3492 7.1 (B)]
  CHECK(Ascii("他们为什么不说中文") == "xn--ihqwcrb4cv8a8dqg056pqjye");
}

TEST_CASE("what is no name of a host is refused") {
  for (const std::string name :
       {"", ".", "a..b", ".a", "-a", "a-", "a b", "a/b", "a:80", "[::1]", "1.2.3", "256.1.1.1",
        "a.1", "\xff", "a\xe2\x80\x8b", "ex ample", "http://a", "a@b"})
    CHECK(Ascii(name) == "none");
  CHECK(Ascii(std::string("a\0b", 3)) == "none");
  CHECK(Ascii(std::string(63, 'a')) == std::string(63, 'a'));
  CHECK(Ascii(std::string(64, 'a')) == "none");
  const std::string label = std::string(49, 'a') + ".";
  CHECK(Ascii(label + label + label + label + label + "org") ==
        label + label + label + label + label + "org");
  CHECK(Ascii(label + label + label + label + label + "museum") == "none");
  CHECK(Ascii(std::string(100'000, 'a')) == "none");
}

TEST_CASE("addresses are no names") {
  CHECK(ParseHostAddress("127.0.0.1")->ToString() == "127.0.0.1");
  CHECK(ParseHostAddress("[::1]")->ToString() == "::1");
  CHECK(ParseHostAddress("2001:DB8::0:1")->ToString() == "2001:db8::1");
  CHECK(ParseHostAddress("::ffff:1.2.3.4")->Canonical().ToString() == "1.2.3.4");
  for (const char* text : {"[127.0.0.1]", "[::1", "::1]", "127.1", "1.2.3.4.5", "fe80::1%lo", ""})
    CHECK_FALSE(ParseHostAddress(text));
}

TEST_CASE("kinds of addresses, and the host's form of them") {
  const auto parse = [](const char* text) { return *IpAddress::Parse(text); };
  CHECK(parse("0.0.0.0").is_unspecified());
  CHECK(parse("::").is_unspecified());
  CHECK_FALSE(parse("::1").is_unspecified());
  CHECK_FALSE(parse("224.0.0.0").is_unicast());
  CHECK_FALSE(parse("239.255.255.255").is_unicast());
  CHECK(parse("240.0.0.0").is_unicast());
  CHECK_FALSE(parse("255.255.255.255").is_unicast());
  CHECK_FALSE(parse("ff00::").is_unicast());
  CHECK(parse("::ffff:0.0.0.1").is_ipv4_mapped());
  CHECK(parse("::1.2.3.4").is_ipv4_compatible());
  CHECK_FALSE(parse("::1").is_ipv4_compatible());
  CHECK_FALSE(parse("::").is_ipv4_compatible());

  const SocketAddress address = {parse("2001:db8::1"), 443, 7, 3};
  CHECK(address.ToString() == "[2001:db8::1]:443");
  sockaddr_storage storage;
  address.ToHost(storage);
  CHECK(SocketAddress::FromHost(storage) == address);
  storage.ss_family = AF_UNIX;
  CHECK_FALSE(SocketAddress::FromHost(storage));
}

// Runs what is asked of it when it is told to.
class TestLoop final : public EventLoop {
 public:
  WaitHandle WhenReadable(int, Callback) override { return nullptr; }
  WaitHandle WhenWritable(int, Callback) override { return nullptr; }
  WaitHandle At(uint64_t, Callback due) override {
    callbacks.push_back(std::move(due));
    return nullptr;
  }
  void Post(Callback callback) override { callbacks.push_back(std::move(callback)); }
  WaitHandle Offload(Callback work, Callback done) override {
    callbacks.push_back([work = std::move(work), done = std::move(done)] {
      work();
      done();
    });
    return nullptr;
  }
  IoResult<bool> RunOnce(const Interrupt*) override { return RunReady(); }
  bool RunReady() override {
    for (Callback& callback : std::exchange(callbacks, {})) callback();
    return true;
  }
  std::vector<Callback> callbacks;
};

TEST_CASE("a lookup is answered by the host, and those who wait are told") {
  TestLoop loop;
  auto charge = std::make_shared<int>();
  const std::weak_ptr<int> charged = charge;
  NameLookup lookup(loop, "localhost", std::move(charge));
  CHECK_FALSE(lookup.ready());
  CHECK(lookup.result().error() == SocketError::kWouldBlock);
  bool told = false;
  const WaitHandle wait = lookup.WhenReady(loop, [&] { told = true; });
  CHECK_FALSE(charged.expired());
  loop.RunReady();
  CHECK(told);
  CHECK(charged.expired());
  const auto found = lookup.result();
  REQUIRE(found);
  CHECK_FALSE(found->empty());
  for (const IpAddress& address : *found)
    CHECK((address.ToString() == "127.0.0.1" || address.ToString() == "::1"));

  NameLookup literal(*IpAddress::Parse("::ffff:10.0.0.1"));
  CHECK(literal.ready());
  CHECK(literal.result()->front().ToString() == "10.0.0.1");
}

}  // namespace
}  // namespace trenail::wasi
