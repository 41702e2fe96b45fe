// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's resolver, asked on another thread.

#include "libwasi/core/name_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace trenail::wasi {
namespace {

using Addresses = NameLookup::Addresses;

SocketError LookupError(int code, int host_errno) {
  switch (code) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
      return SocketError::kNameUnresolvable;
    case EAI_AGAIN:
      return SocketError::kTemporaryResolverFailure;
    case EAI_FAIL:
      return SocketError::kPermanentResolverFailure;
    case EAI_MEMORY:
      return SocketError::kOutOfMemory;
    case EAI_SYSTEM:
      return ToSocketError(NetworkErrno(host_errno));
    default:
      return SocketError::kUnknown;
  }
}

SocketResult<Addresses> Resolve(const std::string& name) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;  // else each address comes once for each type
  addrinfo* found = nullptr;
  errno = 0;
  if (const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &found); code != 0)
    return std::unexpected(LookupError(code, errno));
  Addresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    sockaddr_storage storage = {};
    std::memcpy(&storage, entry->ai_addr, std::min<size_t>(entry->ai_addrlen, sizeof storage));
    const auto address = SocketAddress::FromHost(storage);
    if (!address) continue;
    const IpAddress ip = address->ip.Canonical();
    if (std::ranges::find(addresses, ip) == addresses.end()) addresses.push_back(ip);
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return std::unexpected(SocketError::kNameUnresolvable);
  return addresses;
}

}  // namespace

NameLookup::NameLookup(EventLoop& loop, std::string name, std::shared_ptr<void> charge)
    : state_(std::make_shared<State>()) {
  // The other thread has a place of its own for the answer.
  auto answer = std::make_shared<SocketResult<Addresses>>();
  work_ = loop.Offload(
      [name = std::move(name), charge = std::move(charge), answer] { *answer = Resolve(name); },
      [state = state_, answer] {
        state->result = std::move(*answer);
        state->done = true;
        state->changed.Notify();
      });
}

NameLookup::NameLookup(const IpAddress& address) : state_(std::make_shared<State>()) {
  state_->result = Addresses{address.Canonical()};
  state_->done = true;
}

SocketResult<Addresses> NameLookup::result() const { return state_->result; }

WaitHandle NameLookup::WhenReady(EventLoop& loop, EventLoop::Callback callback) {
  if (ready()) return loop.At(0, std::move(callback));
  return state_->changed.WhenNotified(std::move(callback));
}

}  // namespace trenail::wasi
