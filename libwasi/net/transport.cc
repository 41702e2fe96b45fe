// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transport: a client, and as many servers as are asked for.

#include "libwasi/net/transport.h"

#include <exception>
#include <string>
#include <utility>

#include "libwasi/net/client_core.h"
#include "libwasi/net/server.h"

namespace trenail::wasi::http {
namespace {

class AsioTransport final : public Transport {
 public:
  AsioTransport(AsioEventLoop& loop, const ClientLimits& limits)
      : loop_(loop), client_(std::make_shared<ClientCore>(loop, limits)) {}
  ~AsioTransport() override { client_->CloseAll(); }

  std::unique_ptr<Exchange> Send(Request request, const ClientOptions& options,
                                 const AddressFilter& filter, ClientCallbacks callbacks) override {
    return SendRequest(client_, std::move(request), options, filter, std::move(callbacks));
  }
  std::expected<std::unique_ptr<Server>, std::string> Listen(const ServerOptions& options,
                                                             Handler handler) override {
    try {
      return ListenOn(loop_, options, std::move(handler));
    } catch (const std::exception& error) {
      return std::unexpected(std::string("cannot listen: ") + error.what());
    }
  }

 private:
  AsioEventLoop& loop_;
  const ClientCorePointer client_;
};

}  // namespace

std::unique_ptr<Transport> MakeTransport(AsioEventLoop& loop, const ClientLimits& limits) {
  return std::make_unique<AsioTransport>(loop, limits);
}

}  // namespace trenail::wasi::http
