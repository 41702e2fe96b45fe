// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The errors of HTTP for streams, for people and for clients.

#include "libwasi/http/errors.h"

#include <memory>
#include <utility>

namespace trenail::wasi::http {
namespace {

constexpr const char* kNames[] = {
    "DNS-timeout",
    "DNS-error",
    "destination-not-found",
    "destination-unavailable",
    "destination-IP-prohibited",
    "destination-IP-unroutable",
    "connection-refused",
    "connection-terminated",
    "connection-timeout",
    "connection-read-timeout",
    "connection-write-timeout",
    "connection-limit-reached",
    "TLS-protocol-error",
    "TLS-certificate-error",
    "TLS-alert-received",
    "HTTP-request-denied",
    "HTTP-request-length-required",
    "HTTP-request-body-size",
    "HTTP-request-method-invalid",
    "HTTP-request-URI-invalid",
    "HTTP-request-URI-too-long",
    "HTTP-request-header-section-size",
    "HTTP-request-header-size",
    "HTTP-request-trailer-section-size",
    "HTTP-request-trailer-size",
    "HTTP-response-incomplete",
    "HTTP-response-header-section-size",
    "HTTP-response-header-size",
    "HTTP-response-body-size",
    "HTTP-response-trailer-section-size",
    "HTTP-response-trailer-size",
    "HTTP-response-transfer-coding",
    "HTTP-response-content-coding",
    "HTTP-response-timeout",
    "HTTP-upgrade-failed",
    "HTTP-protocol-error",
    "loop-detected",
    "configuration-error",
    "internal-error",
};
static_assert(std::size(kNames) == static_cast<size_t>(ErrorKind::kInternalError) + 1);

}  // namespace

std::string Describe(const ErrorCode& error) {
  std::string text = kNames[static_cast<size_t>(error.kind)];
  if (error.text) text += ": " + *error.text;
  if (error.number) text += " (" + std::to_string(*error.number) + ")";
  return text;
}

std::shared_ptr<IoError> ToIoError(const ErrorCode& error) {
  return std::make_shared<IoError>(IoError{
      .code = error.kind == ErrorKind::kConnectionTerminated ? Errno::kConnreset : Errno::kIo,
      .text = Describe(error),
      .detail = std::make_shared<const ErrorCode>(error)});
}

std::optional<ErrorCode> FromIoError(const IoError& error) {
  if (error.detail == nullptr) return std::nullopt;
  return *static_cast<const ErrorCode*>(error.detail.get());
}

uint16_t ToStatus(const ErrorCode& error) {
  switch (error.kind) {
    case ErrorKind::kHttpRequestDenied:
      return 403;
    case ErrorKind::kHttpRequestLengthRequired:
      return 411;
    case ErrorKind::kHttpRequestBodySize:
      return 413;
    case ErrorKind::kHttpRequestMethodInvalid:
    case ErrorKind::kHttpRequestUriInvalid:
      return 400;
    case ErrorKind::kHttpRequestUriTooLong:
      return 414;
    case ErrorKind::kHttpRequestHeaderSectionSize:
    case ErrorKind::kHttpRequestHeaderSize:
    case ErrorKind::kHttpRequestTrailerSectionSize:
    case ErrorKind::kHttpRequestTrailerSize:
      return 431;
    case ErrorKind::kDnsTimeout:
    case ErrorKind::kConnectionTimeout:
    case ErrorKind::kConnectionReadTimeout:
    case ErrorKind::kConnectionWriteTimeout:
    case ErrorKind::kHttpResponseTimeout:
      return 504;
    case ErrorKind::kConnectionLimitReached:
      return 503;
    case ErrorKind::kLoopDetected:
      return 508;
    case ErrorKind::kHttpUpgradeFailed:
    case ErrorKind::kConfigurationError:
    case ErrorKind::kInternalError:
      return 500;
    default:
      return 502;  // somebody behind the component
  }
}

}  // namespace trenail::wasi::http
