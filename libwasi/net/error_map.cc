// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors of the system as cases of error-code.

#include "libwasi/net/error_map.h"

#include <boost/asio/error.hpp>
#include <cerrno>

namespace trenail::wasi::http {

ErrorCode ToErrorCode(const boost::system::error_code& error) {
  if (error == boost::asio::error::eof) return ErrorOf(ErrorKind::kConnectionTerminated);
  if (error.category() == boost::system::system_category()) {
    switch (error.value()) {
      case ECONNREFUSED:
        return ErrorOf(ErrorKind::kConnectionRefused);
      case ETIMEDOUT:
        return ErrorOf(ErrorKind::kConnectionTimeout);
      case ENETUNREACH:
      case EHOSTUNREACH:
      case EADDRNOTAVAIL:
      case EAFNOSUPPORT:
        return ErrorOf(ErrorKind::kDestinationIpUnroutable);
      case EHOSTDOWN:
        return ErrorOf(ErrorKind::kDestinationUnavailable);
      case EACCES:
      case EPERM:
        return ErrorOf(ErrorKind::kDestinationIpProhibited);
      case EMFILE:
      case ENFILE:
        return ErrorOf(ErrorKind::kConnectionLimitReached);
      case EPIPE:
      case ECONNRESET:
      case ECONNABORTED:
      case ECANCELED:
        return ErrorOf(ErrorKind::kConnectionTerminated);
      default:
        break;
    }
  }
  return ErrorOf(ErrorKind::kInternalError, error.message());
}

// The rcodes of DNS, which getaddrinfo turns into codes of its own.
ErrorCode ToDnsError(const boost::system::error_code& error) {
  if (error == boost::asio::error::host_not_found) return ErrorOf(ErrorKind::kDnsError, "NXDOMAIN");
  if (error == boost::asio::error::host_not_found_try_again)
    return ErrorOf(ErrorKind::kDnsError, "SERVFAIL");
  if (error == boost::asio::error::no_data) return ErrorOf(ErrorKind::kDnsError, "NODATA");
  return ErrorOf(ErrorKind::kDnsError, error.message());
}

}  // namespace trenail::wasi::http
