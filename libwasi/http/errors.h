// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The errors of HTTP as those of streams, for people, and for clients. [wasi:http/types.error-code]

#ifndef TRENAIL_LIBWASI_HTTP_ERRORS_H_
#define TRENAIL_LIBWASI_HTTP_ERRORS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "libwasi/core/byte_stream.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

// For people: "HTTP-request-body-size (5)".
std::string Describe(const ErrorCode& error);

// An error of a stream that is one of HTTP, and back; nothing if it is not.
std::shared_ptr<IoError> ToIoError(const ErrorCode& error);
std::optional<ErrorCode> FromIoError(const IoError& error);

// What a client is told where a handler gives an error instead of a response.
uint16_t ToStatus(const ErrorCode& error);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_ERRORS_H_
