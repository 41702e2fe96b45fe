// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registry of a server's connections, and what requests of both versions have in common.

#include "libwasi/net/server_core.h"

#include <boost/asio/post.hpp>
#include <ctime>
#include <utility>
#include <vector>

#include "libwasi/net/fields.h"

namespace trenail::wasi::http {

ServerCore::ServerCore(AsioEventLoop& loop_of, const ServerOptions& options, Handler handler_of)
    : loop(loop_of),
      io(loop_of.io()),
      limits(options.limits),
      handler(std::move(handler_of)),
      pending_(std::in_place, loop_of) {}

void ServerCore::Add(std::shared_ptr<ServerConnection> connection) {
  ServerConnection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void ServerCore::Remove(ServerConnection* connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  // It may be running.
  asio::post(io, [connection = std::move(found->second)] {});
  connections_.erase(found);
  MaybeDrained();
}

void ServerCore::Shutdown(std::function<void()> drained) {
  shutting_down_ = true;
  drained_ = std::move(drained);
  std::vector<std::shared_ptr<ServerConnection>> all;
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->Shutdown();
  MaybeDrained();
}

void ServerCore::CloseAll() {
  shutting_down_ = true;
  drained_ = nullptr;
  const auto all = std::exchange(connections_, {});
  for (const auto& [key, connection] : all) connection->Close();
  pending_.reset();
}

void ServerCore::MaybeDrained() {
  if (!shutting_down_ || !connections_.empty()) return;
  if (auto drained = std::exchange(drained_, nullptr)) {
    asio::post(io, [pending = *pending_, drained = std::move(drained)] { drained(); });
  }
  pending_.reset();
}

bool IsAuthority(std::string_view authority) {
  return IsTarget(authority) &&
         authority.find_first_of("/?#@\\\"<>^`{|}") == std::string_view::npos;
}

std::optional<RequestTarget> ParseTarget(std::string_view method, std::string_view target,
                                         const std::string* host) {
  RequestTarget parsed;
  if (host != nullptr) parsed.authority = *host;
  if (!parsed.authority.empty() && !IsAuthority(parsed.authority)) return std::nullopt;
  if (!IsTarget(target) || target.contains('#')) return std::nullopt;
  if (target.starts_with('/') || (target == "*" && method == "OPTIONS")) {
    parsed.path_with_query = target;
    return parsed;
  }
  // absolute-form: its authority counts, not the Host.
  const size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = ToLower(target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  target.remove_prefix(scheme_end + 3);
  const size_t path = std::min(target.find_first_of("/?"), target.size());
  parsed.authority = target.substr(0, path);
  if (!IsAuthority(parsed.authority)) return std::nullopt;
  parsed.path_with_query = target.substr(path);
  if (!parsed.path_with_query.starts_with('/')) parsed.path_with_query.insert(0, 1, '/');
  return parsed;
}

const std::string& DateNow() {
  thread_local std::time_t of = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == of && !text.empty()) return text;
  of = now;
  std::tm utc;
  gmtime_r(&now, &utc);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[utc.tm_wday],
                utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  text = buffer;
  return text;
}

}  // namespace trenail::wasi::http
