// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of sockets share: an owner that permits what it is told to, and loopback addresses
// of both families.

#ifndef TRENAIL_LIBWASI_CORE_SOCKET_TEST_UTIL_H_
#define TRENAIL_LIBWASI_CORE_SOCKET_TEST_UTIL_H_

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libwasi/core/socket_handle.h"

namespace trenail::wasi {

class TestOwner final : public SocketOwner {
 public:
  bool Permits(SocketUse use, const SocketAddress& address) override {
    asked.emplace_back(use, address);
    return std::ranges::find(denied, use) == denied.end();
  }
  std::shared_ptr<void> TakeSocket() override {
    if (left == 0) return nullptr;
    --left;
    return std::shared_ptr<void>(this, [this](void*) { ++left; });
  }
  bool WhenWritable(int fd, std::function<void()> then) override {
    waits.emplace_back(fd, std::move(then));
    return true;
  }
  // Calls those whose descriptor has become writable.
  void RunWaits() {
    for (auto& [fd, then] : std::exchange(waits, {})) {
      if (IsSocketReady(fd, POLLOUT))
        then();
      else
        waits.emplace_back(fd, std::move(then));
    }
  }

  std::vector<SocketUse> denied;
  std::vector<std::pair<SocketUse, SocketAddress>> asked;
  int left = 100;
  std::vector<std::pair<int, std::function<void()>>> waits;
};

inline SocketAddress At(const std::string& ip, uint16_t port = 0) {
  const auto address = IpAddress::Parse(ip);
  REQUIRE(address);
  return {.ip = *address, .port = port};
}

inline SocketAddress Loopback(IpFamily family, uint16_t port = 0) {
  return At(family == IpFamily::kIpv4 ? "127.0.0.1" : "::1", port);
}

// Those that this machine has.
inline std::vector<IpFamily> TestFamilies() {
  std::vector<IpFamily> families = {IpFamily::kIpv4};
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_storage storage;
  const socklen_t length = Loopback(IpFamily::kIpv6).ToHost(storage);
  if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&storage), length) == 0)
    families.push_back(IpFamily::kIpv6);
  if (fd >= 0) ::close(fd);
  return families;
}

template <typename T>
SocketError ErrorOf(const SocketResult<T>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

// Asks again and again until it is so, for five seconds at most.
inline bool Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 5000; ++i) {
    if (condition()) return true;
    ::usleep(1000);
  }
  return false;
}

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_SOCKET_TEST_UTIL_H_
