// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of hosts, and looking them up. [wasi:sockets/ip-name-lookup]

#ifndef TRENAIL_LIBWASI_CORE_NAME_LOOKUP_H_
#define TRENAIL_LIBWASI_CORE_NAME_LOOKUP_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasi/core/event_loop.h"
#include "libwasi/core/ip_address.h"
#include "libwasi/core/socket_handle.h"
#include "libwasi/core/waitable.h"

namespace trenail::wasi {

// A name as it goes over the wire: lower case, labels in other scripts by Punycode [rfc3492],
// without a dot at the end. Nothing if it is no name of a host. Of the mappings of IDNA [uts46]
// those are applied that need no tables: full stops of other scripts are dots, and the letters of
// Latin-1, Greek and Cyrillic become lower case; the rest is taken to be normalised.
std::optional<std::string> ToAsciiHostName(std::string_view utf8);

// "1.2.3.4", "::1", "[::1]": no name, but the address itself.
std::optional<IpAddress> ParseHostAddress(const std::string& text);

class NameLookup final : public Waitable {
 public:
  // In order of preference, never empty, and none that is IPv4 in the guise of IPv6.
  using Addresses = std::vector<IpAddress>;

  // Of what ToAsciiHostName made, on another thread. `charge` is held until that thread is done.
  NameLookup(EventLoop& loop, std::string name, std::shared_ptr<void> charge);
  // One that is answered already.
  explicit NameLookup(const IpAddress& address);

  // kWouldBlock until it is known.
  SocketResult<Addresses> result() const;

  bool ready() override { return state_->done; }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;

 private:
  struct State {
    SocketResult<Addresses> result = std::unexpected(SocketError::kWouldBlock);
    bool done = false;
    Signal changed;
  };

  const std::shared_ptr<State> state_;
  WaitHandle work_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_NAME_LOOKUP_H_
