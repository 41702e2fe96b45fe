// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What went wrong on the wire, as a case of error-code. [wasi:http/types]

#ifndef TRENAIL_LIBWASI_NET_ERROR_MAP_H_
#define TRENAIL_LIBWASI_NET_ERROR_MAP_H_

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

inline ErrorCode ErrorOf(ErrorKind kind, std::optional<std::string> text = std::nullopt,
                         std::optional<uint64_t> number = std::nullopt) {
  return {.kind = kind, .number = number, .text = std::move(text)};
}

// Of connecting, reading or writing.
ErrorCode ToErrorCode(const boost::system::error_code& error);
// Of resolving a name.
ErrorCode ToDnsError(const boost::system::error_code& error);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_ERROR_MAP_H_
