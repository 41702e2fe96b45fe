// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The grammar of what guests put into messages [RFC 9110] [RFC 3986]. Nothing that a guest says
// gets to the wire without having been held against it: a line break in a field or a path would be
// a request of its own.

#ifndef TRENAIL_LIBWASI_HTTP_RULES_H_
#define TRENAIL_LIBWASI_HTTP_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trenail::wasi::http {

bool SameName(std::string_view a, std::string_view b);

// [RFC 9110: 5.6.2] A method or the name of a field.
bool IsToken(std::string_view text);
// [RFC 9110: 5.5] Visible characters, blanks, and what is not ASCII.
bool IsValidValue(std::string_view text);
// What belongs to the connection and not to the message; only the host sets it. [wasi:http/types]
bool IsForbiddenField(std::string_view name);

// [RFC 3986: 3.1]
bool IsScheme(std::string_view text);
// [RFC 3986: 3.2] [userinfo@]host[:port]
bool IsValidAuthority(std::string_view text);
// [RFC 3986: 3.3, 3.4] Also relative ones and characters that do no harm, as they are seen in the
// wild; a fragment is none.
bool IsPathWithQuery(std::string_view text);
// [wasi:http/types.status-code]
bool IsStatusCode(uint16_t status);

struct Authority {
  std::string host;  // lower case; an IPv6 address without its brackets
  std::optional<uint16_t> port;
};
// Of a valid authority without user information; nothing otherwise.
std::optional<Authority> ParseAuthority(std::string_view authority);
bool IsIpAddress(const std::string& host);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_RULES_H_
