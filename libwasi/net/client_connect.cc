// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The way to a connection: the name's addresses, those of them that are allowed, one after the
// other; a proxy; TLS.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "libwasi/net/client_core.h"
#include "libwasi/net/error_map.h"
#include "libwasi/net/http1_parser.h"

namespace trenail::wasi::http {
namespace {

// ::ffff:127.0.0.1 is 127.0.0.1 by another name, which no filter should have to know.
asio::ip::address Unmapped(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

}  // namespace

struct Connecting::State {
  State(ClientCore& core_of, const ClientCall& call, Done done_of)
      : core(core_of.shared_from_this()),
        route(call.route),
        filter(call.filter),
        timeout_ns(call.connect_timeout_ns),
        done(std::move(done_of)),
        resolver(core->io),
        socket(core->io),
        deadline(core->io),
        buffer(64 * 1024),
        parser(false, 64 * 1024) {}

  const HostAndPort& first_hop() const { return route.proxy ? route.proxy->at : route.target; }

  const ClientCorePointer core;
  const Route route;
  const AddressFilter filter;
  const uint64_t timeout_ns;
  Done done;
  Tcp::resolver resolver;
  std::vector<Tcp::endpoint> endpoints;
  size_t next = 0;
  Tcp::socket socket;
  std::shared_ptr<TlsWire> wire;
  Deadline deadline;
  bool resolving = false;
  ErrorCode last_error = ErrorOf(ErrorKind::kDestinationNotFound);
  // The conversation with the proxy.
  std::string to_proxy;
  ReadBuffer buffer;
  Http1Parser parser;
};

Connecting::Connecting(ClientCore& core, const ClientCall& call, Done done)
    : state_(std::make_unique<State>(core, call, std::move(done))) {}
Connecting::~Connecting() = default;

void Connecting::Start() {
  state_->deadline.Set(state_->timeout_ns, [self = shared_from_this()] {
    self->End(std::unexpected(
        ErrorOf(self->state_->resolving ? ErrorKind::kDnsTimeout : ErrorKind::kConnectionTimeout)));
  });
  SystemError error;
  const auto address = asio::ip::make_address(state_->first_hop().host, error);
  // What the proxy resolves we cannot judge, except where there is nothing to resolve.
  if (state_->route.proxy && state_->filter != nullptr) {
    SystemError is_name;
    const auto target = asio::ip::make_address(state_->route.target.host, is_name);
    if (!is_name && !state_->filter(Unmapped(target).to_string(), state_->route.target.port))
      return End(std::unexpected(ErrorOf(ErrorKind::kDestinationIpProhibited)));
  }
  if (error) return Resolve();
  state_->endpoints.emplace_back(Unmapped(address), state_->first_hop().port);
  TryNext();
}

void Connecting::Resolve() {
  state_->resolving = true;
  const HostAndPort& hop = state_->first_hop();
  try {
    state_->resolver.async_resolve(
        hop.host, std::to_string(hop.port), Tcp::resolver::numeric_service,
        [self = shared_from_this()](const SystemError& error,
                                    const Tcp::resolver::results_type& results) {
          if (self->state_->done == nullptr) return;
          self->state_->resolving = false;
          if (error) return self->End(std::unexpected(ToDnsError(error)));
          for (const auto& result : results)
            self->state_->endpoints.emplace_back(Unmapped(result.endpoint().address()),
                                                 result.endpoint().port());
          self->TryNext();
        });
  } catch (const std::exception& error) {
    // The resolver's thread could not be made.
    End(std::unexpected(ErrorOf(ErrorKind::kInternalError, error.what())));
  }
}

void Connecting::TryNext() {
  State& state = *state_;
  while (state.next < state.endpoints.size()) {
    const Tcp::endpoint& endpoint = state.endpoints[state.next++];
    if (!state.route.proxy && state.filter != nullptr &&
        !state.filter(endpoint.address().to_string(), endpoint.port())) {
      state.last_error = ErrorOf(ErrorKind::kDestinationIpProhibited);
      continue;
    }
    SystemError error;
    state.socket.close(error);
    state.socket.open(endpoint.protocol(), error);
    if (error) {
      state.last_error = ToErrorCode(error);
      continue;
    }
    state.socket.async_connect(endpoint, [self = shared_from_this()](const SystemError& failure) {
      State& now = *self->state_;
      if (now.done == nullptr) return;
      if (failure) {
        now.last_error = ToErrorCode(failure);
        return self->TryNext();
      }
      PrepareSocket(now.socket);
      if (!now.route.secure) return self->End(MakeTcpWire(std::move(now.socket)));
      now.route.proxy ? self->AskProxy() : self->Encrypt();
    });
    return;
  }
  End(std::unexpected(state.last_error));
}

// [RFC 9110, 9.3.6]
void Connecting::AskProxy() {
  State& state = *state_;
  const HostAndPort& target = state.route.target;
  const std::string host = target.host.contains(':') ? "[" + target.host + "]" : target.host;
  const std::string authority = host + ":" + std::to_string(target.port);
  state.to_proxy = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!state.route.proxy->authorization.empty())
    state.to_proxy += "Proxy-Authorization: " + state.route.proxy->authorization + "\r\n";
  state.to_proxy += "\r\n";
  state.parser.Reset(true);
  asio::async_write(state.socket, asio::buffer(state.to_proxy),
                    [self = shared_from_this()](const SystemError& error, size_t) {
                      if (self->state_->done == nullptr) return;
                      if (error) return self->End(std::unexpected(ToErrorCode(error)));
                      self->ReadProxy();
                    });
}

void Connecting::ReadProxy() {
  State& state = *state_;
  // Byte for byte up to the end of the head: what follows belongs to TLS.
  const auto room = state.buffer.Room();
  state.socket.async_read_some(
      asio::buffer(room.data(), 1),
      [self = shared_from_this()](const SystemError& error, size_t n) {
        State& now = *self->state_;
        if (now.done == nullptr) return;
        if (error) return self->End(std::unexpected(ToErrorCode(error)));
        now.buffer.Commit(n);
        switch (now.parser.ParseHead(now.buffer)) {
          case Http1Parser::Step::kMore:
            return self->ReadProxy();
          case Http1Parser::Step::kFault:
            return self->End(std::unexpected(ErrorOf(ErrorKind::kHttpProtocolError)));
          case Http1Parser::Step::kDone:
            break;
        }
        const unsigned status = now.parser.head().status;
        if (status / 100 == 2) return self->Encrypt();
        self->End(std::unexpected(ErrorOf(ErrorKind::kDestinationUnavailable,
                                          "the proxy answers " + std::to_string(status))));
      });
}

void Connecting::Encrypt() {
  State& state = *state_;
  auto context = state.core->Tls();
  if (!context)
    return End(std::unexpected(ErrorOf(ErrorKind::kConfigurationError, context.error())));
  state.wire = MakeClientTlsWire(std::move(state.socket), *context, state.route.target.host);
  state.wire->Handshake([self = shared_from_this()](const std::optional<ErrorCode>& error) {
    State& now = *self->state_;
    if (now.done == nullptr) return;
    if (error) return self->End(std::unexpected(*error));
    self->End(now.wire);
  });
}

void Connecting::Cancel() { End(std::unexpected(ErrorOf(ErrorKind::kConnectionTerminated))); }

void Connecting::End(std::expected<WirePointer, ErrorCode> result) {
  State& state = *state_;
  const auto self = shared_from_this();
  const Done done = std::exchange(state.done, nullptr);
  if (done == nullptr) return;
  state.deadline.Clear();
  state.resolver.cancel();
  if (!result) {
    SystemError ignored;
    state.socket.close(ignored);
    if (state.wire != nullptr) state.wire->Close();
  }
  done(std::move(result));
}

}  // namespace trenail::wasi::http
