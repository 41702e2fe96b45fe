// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The client: calls, the connections that they are made on, and what waits for a connection.

#ifndef TRENAIL_LIBWASI_NET_CLIENT_CORE_H_
#define TRENAIL_LIBWASI_NET_CLIENT_CORE_H_

#include <deque>
#include <expected>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"
#include "libwasi/net/deadline.h"
#include "libwasi/net/proxy.h"
#include "libwasi/net/tls.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {

class ClientCore;
class ClientConnection;
class Connecting;

// Where a connection goes. Those with the same key are alike.
struct Route {
  bool secure = false;
  HostAndPort target;
  std::optional<Proxy> proxy;
  std::string key() const;
};

// One call of Transport::Send, until its response (or its failure) is there.
struct ClientCall : std::enable_shared_from_this<ClientCall> {
  ClientCall(AsioEventLoop& loop, Request request_of)
      : request(std::move(request_of)), wait(loop.io()), loop(loop) {}

  Request request;
  Route route;
  uint64_t connect_timeout_ns = 0, first_byte_timeout_ns = 0, between_bytes_timeout_ns = 0;
  AddressFilter filter;
  ClientCallbacks callbacks;
  bool may_retry = false;
  // Nobody wants it any more; or it has been answered.
  bool over = false;

  // Where it is: waiting for a connection, connecting, or on one.
  Deadline wait;
  std::shared_ptr<Connecting> connecting;
  std::weak_ptr<ClientConnection> connection;
  AsioEventLoop& loop;
  std::optional<AsioEventLoop::Pending> pending;

  void Respond(std::expected<Response, ErrorCode> response);
  void Sent(std::optional<ErrorCode> error);
  void Fail(const ErrorCode& error);
};
using CallPointer = std::shared_ptr<ClientCall>;

// A connection, on which one call is made after the other, or (HTTP/2) several at once.
class ClientConnection {
 public:
  virtual ~ClientConnection() = default;
  virtual void Begin(CallPointer call) = 0;
  // Nobody wants the call's response any more, which has not come.
  virtual void Abandon(const CallPointer& call) = 0;
  // Of one that takes several calls: whether it takes another now, and whether it has any.
  virtual bool is_shared() const { return false; }
  virtual bool can_take() const { return true; }
  virtual bool is_busy() const { return false; }
  virtual asio::ip::tcp::endpoint peer() const = 0;
  virtual void Close() = 0;
};

class ClientCore : public std::enable_shared_from_this<ClientCore> {
 public:
  ClientCore(AsioEventLoop& loop, const ClientLimits& limits);

  void Start(const CallPointer& call);
  void Abandon(const CallPointer& call);
  // Again on a new connection, after one that had been kept turned out to be closed.
  void Retry(const CallPointer& call);
  void CloseAll();

  // A connection's: it can take a call (one that is shared says it once); or it has ended.
  void Idle(const std::string& key, std::shared_ptr<ClientConnection> connection);
  void Closed(ClientConnection* connection);

  std::expected<std::shared_ptr<TlsContext>, std::string> Tls();
  const ProxySettings& proxies() const { return proxies_; }

  AsioEventLoop& loop;
  asio::io_context& io;
  const ClientLimits limits;

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<ClientConnection> connection;
  };
  using KeptList = std::list<Kept>;  // the longest idle first

  std::shared_ptr<ClientConnection> TakeIdle(const ClientCall& call);
  void Connect(const CallPointer& call);
  void ServeWaiting();

  const ProxySettings proxies_;
  std::shared_ptr<TlsContext> tls_;
  std::unordered_map<ClientConnection*, std::shared_ptr<ClientConnection>> open_;
  KeptList idle_;
  size_t connecting_ = 0;
  std::deque<CallPointer> waiting_;
  bool closed_ = false;
};
using ClientCorePointer = std::shared_ptr<ClientCore>;

// Resolves, asks the filter, connects, speaks to a proxy, encrypts. Destroying it does not end it;
// Cancel does.
class Connecting : public std::enable_shared_from_this<Connecting> {
 public:
  using Done = std::function<void(std::expected<WirePointer, ErrorCode>)>;

  Connecting(ClientCore& core, const ClientCall& call, Done done);
  ~Connecting();
  void Start();
  void Cancel();

 private:
  struct State;

  void Resolve();
  void TryNext();
  void AskProxy();
  void ReadProxy();
  void Encrypt();
  void End(std::expected<WirePointer, ErrorCode> result);

  std::unique_ptr<State> state_;
};

// The connection is registered with the core.
std::shared_ptr<ClientConnection> MakeHttp1ClientConnection(const ClientCorePointer& core,
                                                            WirePointer wire, const Route& route);

// Null: there is no memory.
std::shared_ptr<ClientConnection> MakeHttp2ClientConnection(const ClientCorePointer& core,
                                                            WirePointer wire);

std::unique_ptr<Exchange> SendRequest(const ClientCorePointer& core, Request request,
                                      const ClientOptions& options, const AddressFilter& filter,
                                      ClientCallbacks callbacks);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_CLIENT_CORE_H_
