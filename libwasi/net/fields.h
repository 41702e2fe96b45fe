// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Header fields: which are about the connection rather than the message, and what they say.
// [RFC 9110, RFC 9112]

#ifndef TRENAIL_LIBWASI_NET_FIELDS_H_
#define TRENAIL_LIBWASI_NET_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

// ASCII only, whatever the locale is.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
std::string ToLower(std::string_view text);

// Of the first field of that name; null: none.
const std::string* FindField(const FieldList& fields, std::string_view name);
// Whether a comma-separated list contains a token.
bool ListContains(std::string_view list, std::string_view token);
// Digits only, no overflow.
std::optional<uint64_t> ParseLength(std::string_view text);

// token; field-content without bytes that end a line or a field
bool IsFieldName(std::string_view name);
bool IsFieldValue(std::string_view value);
// What a request-target or an authority may consist of: visible ASCII.
bool IsTarget(std::string_view text);

// Fields that belong to the connection, not to the message, and so neither come in from it nor go
// out to it: Connection and what it names, Transfer-Encoding, Host and so on.
bool IsConnectionField(std::string_view name);
// Takes them out of what was received.
FieldList WithoutConnectionFields(FieldList fields);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_FIELDS_H_
