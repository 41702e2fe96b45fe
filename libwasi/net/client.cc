// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Taking a request: what of it could not be sent is said before anything is.

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "libwasi/net/client_core.h"
#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"
#include "libwasi/net/server_core.h"

namespace trenail::wasi::http {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kConnectTimeoutNs = 60 * kSecond;
constexpr uint64_t kReadTimeoutNs = 600 * kSecond;

class ClientExchange final : public Exchange {
 public:
  ClientExchange(ClientCorePointer core, CallPointer call)
      : core_(std::move(core)), call_(std::move(call)) {}
  ~ClientExchange() override { core_->Abandon(call_); }

 private:
  const ClientCorePointer core_;
  const CallPointer call_;
};

bool IsIdempotent(std::string_view method) {
  static constexpr std::string_view kMethods[] = {"GET",   "HEAD", "OPTIONS",
                                                  "TRACE", "PUT",  "DELETE"};
  return std::ranges::find(kMethods, method) != std::end(kMethods);
}

std::optional<ErrorCode> CheckRequest(const Request& request, Route& route) {
  if (!IsFieldName(request.method) || request.method == "CONNECT")
    return ErrorOf(ErrorKind::kHttpRequestMethodInvalid);
  if (request.scheme != "http" && request.scheme != "https")
    return ErrorOf(ErrorKind::kHttpRequestUriInvalid);
  route.secure = request.scheme == "https";
  const auto target = ParseAuthority(request.authority, route.secure ? 443 : 80);
  const std::string& path = request.path_with_query;
  if (!target || !IsTarget(path) || path.contains('#') || !(path.starts_with('/') || path == "*"))
    return ErrorOf(ErrorKind::kHttpRequestUriInvalid);
  route.target = *target;
  for (const auto& [name, value] : request.headers)
    if (!IsFieldName(name) || !IsFieldValue(value))
      return ErrorOf(ErrorKind::kInternalError, "the field " + name + " cannot be sent");
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Exchange> SendRequest(const ClientCorePointer& core, Request request,
                                      const ClientOptions& options, const AddressFilter& filter,
                                      ClientCallbacks callbacks) {
  const auto call = std::make_shared<ClientCall>(core->loop, std::move(request));
  call->connect_timeout_ns = options.connect_timeout.value_or(kConnectTimeoutNs);
  call->first_byte_timeout_ns = options.first_byte_timeout.value_or(kReadTimeoutNs);
  call->between_bytes_timeout_ns = options.between_bytes_timeout.value_or(kReadTimeoutNs);
  call->filter = filter;
  call->callbacks = std::move(callbacks);
  call->may_retry = IsIdempotent(call->request.method) && call->request.body == nullptr;
  if (call->request.path_with_query.empty()) call->request.path_with_query = "/";
  std::optional<ErrorCode> error = CheckRequest(call->request, call->route);
  if (!error) {
    if (auto proxy = core->proxies().For(call->route.secure, call->route.target); !proxy)
      error = ErrorOf(ErrorKind::kConfigurationError, proxy.error());
    else if (*proxy != nullptr)
      call->route.proxy = **proxy;
  }
  asio::post(core->io, [core, call, error = std::move(error)] {
    if (error) return call->Fail(*error);
    core->Start(call);
  });
  return std::make_unique<ClientExchange>(core, call);
}

}  // namespace trenail::wasi::http
