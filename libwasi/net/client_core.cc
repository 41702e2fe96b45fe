// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which connection a call is made on: one that was kept, a new one, or the next that becomes free.

#include "libwasi/net/client_core.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <utility>

#include "libwasi/net/error_map.h"

namespace trenail::wasi::http {

std::string Route::key() const {
  std::string key = (secure ? "https " : "http ") + target.host + " ";
  key += std::to_string(target.port);
  if (proxy) key += " " + proxy->at.host + " " + std::to_string(proxy->at.port);
  return key;
}

// --- Calls --------------------------------------------------------------------------------------

void ClientCall::Respond(std::expected<Response, ErrorCode> response) {
  if (std::exchange(over, true)) return;
  wait.Clear();
  pending.reset();
  if (const auto callback = std::exchange(callbacks.on_response, nullptr))
    callback(std::move(response));
}

void ClientCall::Sent(std::optional<ErrorCode> error) {
  if (const auto callback = std::exchange(callbacks.on_sent, nullptr)) callback(std::move(error));
}

void ClientCall::Fail(const ErrorCode& error) {
  const auto self = shared_from_this();
  Respond(std::unexpected(error));
  Sent(error);
}

// --- Connections --------------------------------------------------------------------------------

ClientCore::ClientCore(AsioEventLoop& loop_of, const ClientLimits& limits_of)
    : loop(loop_of),
      io(loop_of.io()),
      limits(limits_of),
      proxies_(ProxySettings::FromEnvironment(
          [](const char* name) -> const char* { return std::getenv(name); })) {}

std::expected<std::shared_ptr<TlsContext>, std::string> ClientCore::Tls() {
  if (tls_ == nullptr) {
    auto made = MakeClientTls();
    if (!made) return std::unexpected(made.error());
    tls_ = *made;
  }
  return tls_;
}

void ClientCore::Start(const CallPointer& call) {
  if (call->over) return;
  call->pending.reset();
  if (closed_) return call->Fail(ErrorOf(ErrorKind::kConnectionTerminated));
  if (const auto connection = TakeIdle(*call)) {
    call->connection = connection;
    return connection->Begin(call);
  }
  if (open_.size() + connecting_ >= limits.max_connections) {
    const auto unused =
        std::ranges::find_if(idle_, [](const Kept& kept) { return !kept.connection->is_busy(); });
    if (unused != idle_.end()) {
      const auto connection = unused->connection;
      connection->Close();
    }
  }
  if (open_.size() + connecting_ < limits.max_connections) return Connect(call);
  waiting_.push_back(call);
  call->pending.emplace(loop);
  call->wait.Set(call->connect_timeout_ns, [call, self = shared_from_this()] {
    std::erase(self->waiting_, call);
    call->Fail(ErrorOf(ErrorKind::kConnectionLimitReached));
  });
}

// The latest first, so that those that are not needed grow old.
std::shared_ptr<ClientConnection> ClientCore::TakeIdle(const ClientCall& call) {
  const std::string key = call.route.key();
  for (auto kept = idle_.rbegin(); kept != idle_.rend(); ++kept) {
    if (kept->key != key || !kept->connection->can_take()) continue;
    // Whoever made it may have been allowed more.
    const auto peer = kept->connection->peer();
    if (!call.route.proxy && call.filter != nullptr &&
        !call.filter(peer.address().to_string(), peer.port()))
      continue;
    auto connection = kept->connection;
    if (!connection->is_shared()) idle_.erase(std::next(kept).base());
    return connection;
  }
  return nullptr;
}

void ClientCore::Connect(const CallPointer& call) {
  ++connecting_;
  call->pending.emplace(loop);
  call->connecting = std::make_shared<Connecting>(
      *this, *call, [call, self = shared_from_this()](std::expected<WirePointer, ErrorCode> wire) {
        --self->connecting_;
        call->connecting = nullptr;
        call->pending.reset();
        if (!wire) {
          call->Fail(wire.error());
          return self->ServeWaiting();
        }
        if (call->over || self->closed_) {
          (*wire)->Close();
          return self->ServeWaiting();
        }
        const bool is_http2 = (*wire)->protocol() == "h2";
        auto connection = is_http2 ? MakeHttp2ClientConnection(self, *wire)
                                   : MakeHttp1ClientConnection(self, *wire, call->route);
        if (connection == nullptr) return call->Fail(ErrorOf(ErrorKind::kInternalError));
        self->open_.emplace(connection.get(), connection);
        call->connection = connection;
        connection->Begin(call);
        if (connection->is_shared()) self->Idle(call->route.key(), connection);
      });
  const auto connecting = call->connecting;
  connecting->Start();
}

void ClientCore::Retry(const CallPointer& call) {
  call->may_retry = false;
  if (closed_) return call->Fail(ErrorOf(ErrorKind::kConnectionTerminated));
  Connect(call);
}

void ClientCore::Abandon(const CallPointer& call) {
  if (std::exchange(call->over, true)) return;
  call->callbacks = {};
  call->wait.Clear();
  call->pending.reset();
  std::erase(waiting_, call);
  if (const auto connecting = call->connecting) connecting->Cancel();
  if (const auto connection = call->connection.lock()) connection->Abandon(call);
}

void ClientCore::Idle(const std::string& key, std::shared_ptr<ClientConnection> connection) {
  if (closed_) return connection->Close();
  if (!open_.contains(connection.get())) return;
  size_t alike = 0;
  auto oldest = idle_.end();
  for (auto kept = idle_.begin(); kept != idle_.end(); ++kept) {
    if (kept->key != key || kept->connection->is_busy()) continue;
    if (alike++ == 0) oldest = kept;
  }
  idle_.push_back({.key = key, .connection = std::move(connection)});
  if (alike >= limits.max_idle_per_host && oldest != idle_.end()) {
    const auto surplus = oldest->connection;
    surplus->Close();
  }
  ServeWaiting();
}

void ClientCore::Closed(ClientConnection* connection) {
  idle_.remove_if([&](const Kept& kept) { return kept.connection.get() == connection; });
  const auto found = open_.find(connection);
  if (found == open_.end()) return;
  // It may be running.
  asio::post(io, [connection = std::move(found->second)] {});
  open_.erase(found);
  ServeWaiting();
}

void ClientCore::ServeWaiting() {
  if (waiting_.empty() || closed_) return;
  asio::post(io, [self = shared_from_this()] {
    if (self->waiting_.empty() || self->closed_) return;
    const CallPointer call = self->waiting_.front();
    self->waiting_.pop_front();
    call->wait.Clear();
    self->Start(call);
  });
}

void ClientCore::CloseAll() {
  closed_ = true;
  const auto waiting = std::exchange(waiting_, {});
  for (const CallPointer& call : waiting) call->Fail(ErrorOf(ErrorKind::kConnectionTerminated));
  const auto open = open_;
  for (const auto& [key, connection] : open) connection->Close();
  idle_.clear();
}

}  // namespace trenail::wasi::http
