// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A listening socket, and what happens to a connection before HTTP.

#include "libwasi/net/server.h"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "libwasi/net/deadline.h"
#include "libwasi/net/server_core.h"
#include "libwasi/net/tls.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {
namespace {

// The time of TLS's handshake counts as that of a header.
class Handshaking final : public ServerConnection,
                          public std::enable_shared_from_this<Handshaking> {
 public:
  Handshaking(ServerCorePointer core, std::shared_ptr<TlsWire> wire)
      : core_(std::move(core)), wire_(std::move(wire)), deadline_(core_->io) {}

  void Start() {
    core_->Add(shared_from_this());
    const auto self = shared_from_this();
    deadline_.Set(core_->limits.header_timeout_ns, [self] { self->Close(); });
    wire_->Handshake([self](const std::optional<ErrorCode>& error) {
      self->deadline_.Clear();
      if (error) self->Close();
      if (std::exchange(self->closed_, true)) return;
      if (self->wire_->protocol() == "h2")
        ServeHttp2(self->core_, self->wire_, true, {});
      else
        ServeHttp1(self->core_, self->wire_, true);
      self->core_->Remove(self.get());
    });
  }
  void Shutdown() override { Close(); }
  void Close() override {
    if (std::exchange(closed_, true)) return;
    wire_->Close();
    deadline_.Clear();
    core_->Remove(this);
  }

 private:
  const ServerCorePointer core_;
  const std::shared_ptr<TlsWire> wire_;
  Deadline deadline_;
  bool closed_ = false;
};

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(ServerCorePointer core, Tcp::acceptor acceptor, std::shared_ptr<TlsContext> tls)
      : core_(std::move(core)),
        acceptor_(std::move(acceptor)),
        tls_(std::move(tls)),
        pause_(core_->io) {}

  void Accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const SystemError& error, Tcp::socket socket) {
          if (!self->acceptor_.is_open()) return;
          if (!error) self->Begin(std::move(socket));
          // Such as: no more descriptors. The connection waits in the system's queue.
          if (error && error != asio::error::connection_aborted) return self->Pause();
          self->Accept();
        });
  }
  void Close() {
    SystemError ignored;
    acceptor_.close(ignored);
    pause_.Clear();
  }

 private:
  void Pause() {
    constexpr uint64_t kPauseNs = 50'000'000;
    pause_.Set(kPauseNs, [self = shared_from_this()] {
      if (self->acceptor_.is_open()) self->Accept();
    });
  }
  void Begin(Tcp::socket socket) {
    SystemError ignored;
    if (core_->full()) {
      constexpr std::string_view kFull =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.non_blocking(true, ignored);
      if (tls_ == nullptr) socket.write_some(asio::buffer(kFull), ignored);
      return;
    }
    PrepareSocket(socket);
    if (tls_ == nullptr) return ServeHttp1(core_, MakeTcpWire(std::move(socket)), false);
    std::make_shared<Handshaking>(core_, MakeServerTlsWire(std::move(socket), tls_))->Start();
  }

  const ServerCorePointer core_;
  Tcp::acceptor acceptor_;
  const std::shared_ptr<TlsContext> tls_;
  Deadline pause_;
};

class AsioServer final : public Server {
 public:
  AsioServer(ServerCorePointer core, std::shared_ptr<Listener> listener, uint16_t port)
      : core_(std::move(core)), listener_(std::move(listener)), port_(port) {}
  ~AsioServer() override {
    listener_->Close();
    core_->CloseAll();
  }
  uint16_t port() const override { return port_; }
  void Shutdown(std::function<void()> drained) override {
    listener_->Close();
    core_->Shutdown(std::move(drained));
  }
  size_t connections() const override { return core_->connections(); }

 private:
  const ServerCorePointer core_;
  const std::shared_ptr<Listener> listener_;
  const uint16_t port_;
};

}  // namespace

std::expected<std::unique_ptr<Server>, std::string> ListenOn(AsioEventLoop& loop,
                                                             const ServerOptions& options,
                                                             Handler handler) {
  std::shared_ptr<TlsContext> tls;
  if (options.certificate_file.empty() != options.key_file.empty())
    return std::unexpected("TLS needs both a certificate and its key");
  if (!options.certificate_file.empty()) {
    auto made = MakeServerTls(options.certificate_file, options.key_file);
    if (!made) return std::unexpected(made.error());
    tls = *made;
  }
  SystemError error;
  const std::string& text = options.address;
  const auto address = asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (error) return std::unexpected("\"" + text + "\" is not an IP address");
  const Tcp::endpoint endpoint(address, options.port);
  Tcp::acceptor acceptor(loop.io());
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && options.reuse_port) {
    const int yes = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0)
      error.assign(errno, boost::system::system_category());
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Tcp::acceptor::max_listen_connections, error);
  if (error)
    return std::unexpected("cannot listen on " + ToText(endpoint) + ": " + error.message());
  const uint16_t port = acceptor.local_endpoint(error).port();
  auto core = std::make_shared<ServerCore>(loop, options, std::move(handler));
  auto listener = std::make_shared<Listener>(core, std::move(acceptor), std::move(tls));
  listener->Accept();
  return std::make_unique<AsioServer>(std::move(core), std::move(listener), port);
}

}  // namespace trenail::wasi::http
