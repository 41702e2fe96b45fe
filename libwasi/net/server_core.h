// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the connections of one server share, whichever version of HTTP they speak.

#ifndef TRENAIL_LIBWASI_NET_SERVER_CORE_H_
#define TRENAIL_LIBWASI_NET_SERVER_CORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "libwasi/http/transport.h"
#include "libwasi/net/asio_event_loop.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {

class ServerConnection {
 public:
  virtual ~ServerConnection() = default;
  // No new requests; ends once those that have begun are answered.
  virtual void Shutdown() = 0;
  // Now.
  virtual void Close() = 0;
};

class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(AsioEventLoop& loop, const ServerOptions& options, Handler handler);

  void Add(std::shared_ptr<ServerConnection> connection);
  // It has ended. May call `drained`, later.
  void Remove(ServerConnection* connection);
  void Shutdown(std::function<void()> drained);
  void CloseAll();

  bool shutting_down() const { return shutting_down_; }
  bool full() const { return connections_.size() >= limits.max_connections; }
  size_t connections() const { return connections_.size(); }

  AsioEventLoop& loop;
  asio::io_context& io;
  const ServerLimits limits;
  const Handler handler;

 private:
  void MaybeDrained();

  std::unordered_map<ServerConnection*, std::shared_ptr<ServerConnection>> connections_;
  bool shutting_down_ = false;
  std::function<void()> drained_;
  // A listening server may always have work to do.
  std::optional<AsioEventLoop::Pending> pending_;
};
using ServerCorePointer = std::shared_ptr<ServerCore>;

// The target and the Host of a request, as its Request has them; null: not well-formed.
// [RFC 9112, 3.2]
struct RequestTarget {
  std::string authority, path_with_query;
};
std::optional<RequestTarget> ParseTarget(std::string_view method, std::string_view target,
                                         const std::string* host);
bool IsAuthority(std::string_view authority);
// For the field Date [RFC 9110, 6.6.1].
const std::string& DateNow();

// Take over a connection whose handshake is over; `received`: what was read already.
void ServeHttp1(const ServerCorePointer& core, WirePointer wire, bool secure);
void ServeHttp2(const ServerCorePointer& core, WirePointer wire, bool secure,
                std::span<const uint8_t> received);
inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_SERVER_CORE_H_
