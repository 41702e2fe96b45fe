// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/http/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <utility>

namespace trenail::wasi::http {
namespace {

// Longer ones are refused: nobody serves them.
constexpr size_t kMaxMethod = 256;
constexpr size_t kMaxScheme = 256;
constexpr size_t kMaxAuthority = 4096;
constexpr size_t kMaxPath = 64 * 1024;

std::unexpected<ErrorCode> Refused(ErrorKind kind) {
  return std::unexpected(ErrorCode{.kind = kind});
}

// Addresses that no name stands for: unspecified, link-local, multicast and broadcast.
bool IsSpecial(const in_addr& address) {
  const uint32_t bits = ntohl(address.s_addr);
  return bits >> 24 == 0 || bits >> 16 == 0xa9fe || bits >= 0xe000'0000;
}
bool IsSpecial(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr inner;
    std::copy_n(address.s6_addr + 12, 4, reinterpret_cast<uint8_t*>(&inner));
    return IsSpecial(inner);
  }
  return IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LINKLOCAL(&address) ||
         IN6_IS_ADDR_MULTICAST(&address);
}
bool IsSpecial(const std::string& text) {
  in_addr v4;
  in6_addr v6;
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return IsSpecial(v4);
  // "fe80::1%eth0"
  if (::inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), &v6) == 1) return IsSpecial(v6);
  return true;
}

}  // namespace

bool RequestLine::Assign(const Request& request) {
  method_ = request.method;
  if (!request.scheme.empty()) scheme_ = request.scheme;
  if (!request.authority.empty()) authority_ = request.authority;
  if (!request.path_with_query.empty()) path_with_query_ = request.path_with_query;
  return Recharge();
}

bool RequestLine::SetMethod(std::string method) {
  if (method.size() > kMaxMethod || !IsToken(method)) return false;
  return Replace(method_, std::move(method));
}

bool RequestLine::SetScheme(std::optional<std::string> scheme) {
  if (scheme) {
    if (scheme->size() > kMaxScheme || !IsScheme(*scheme)) return false;
    for (const char* known : {"http", "https"})
      if (SameName(*scheme, known)) scheme = known;
  }
  return Replace(scheme_, std::move(scheme));
}

bool RequestLine::SetAuthority(std::optional<std::string> authority) {
  if (authority && (authority->size() > kMaxAuthority || !IsValidAuthority(*authority)))
    return false;
  return Replace(authority_, std::move(authority));
}

bool RequestLine::SetPathWithQuery(std::optional<std::string> path_with_query) {
  if (path_with_query) {
    if (path_with_query->size() > kMaxPath || !IsPathWithQuery(*path_with_query)) return false;
    if (path_with_query->empty()) *path_with_query = "/";
  }
  return Replace(path_with_query_, std::move(path_with_query));
}

template <typename T>
bool RequestLine::Replace(T& part, T value) {
  std::swap(part, value);
  if (Recharge()) return true;
  std::swap(part, value);
  return false;
}

bool RequestLine::Recharge() {
  uint64_t size = method_.size();
  for (const auto* part : {&scheme_, &authority_, &path_with_query_})
    if (*part) size += (*part)->size();
  return charge_.Resize(size);
}

std::expected<Request, ErrorCode> RequestLine::ToWire(const Fields& headers) const {
  Request request;
  request.method = method_;
  // [RFC 9110: 9.3.6] A tunnel is no request that has an answer with a body.
  if (method_ == "CONNECT") return Refused(ErrorKind::kHttpRequestMethodInvalid);
  request.scheme = scheme_.value_or("https");
  if (request.scheme != "http" && request.scheme != "https")
    return Refused(ErrorKind::kHttpProtocolError);
  if (!authority_) return Refused(ErrorKind::kHttpRequestUriInvalid);
  // [RFC 9110: 4.2.4] User information is not sent.
  const std::optional<Authority> address = ParseAuthority(*authority_);
  if (!address) return Refused(ErrorKind::kHttpRequestUriInvalid);
  request.authority = *authority_;
  if (request.authority.ends_with(':')) request.authority.pop_back();
  request.path_with_query = path_with_query_.value_or("/");
  const bool asterisk = method_ == "OPTIONS" && request.path_with_query == "*";
  if (request.path_with_query.starts_with('?')) request.path_with_query.insert(0, "/");
  if (!request.path_with_query.starts_with('/') && !asterisk)
    return Refused(ErrorKind::kHttpRequestUriInvalid);
  request.headers = ToWireFields(headers, /*has_body=*/true);
  return request;
}

Destination DestinationOf(const Request& request) {
  Destination destination;
  destination.address = ParseAuthority(request.authority).value_or(Authority{});
  if (!destination.address.port) destination.address.port = request.scheme == "http" ? 80 : 443;
  destination.is_literal = IsIpAddress(destination.address.host);
  return destination;
}

AddressFilter FilterFor(const Destination& destination) {
  return [literal = destination.is_literal](const std::string& address, uint16_t) {
    return literal || !IsSpecial(address);
  };
}

FieldList ToWireFields(const Fields& fields, bool has_body) {
  FieldList list = fields.list();
  if (has_body) {
    std::erase_if(list, [](const auto& field) { return SameName(field.first, "content-length"); });
  }
  return list;
}

}  // namespace trenail::wasi::http
