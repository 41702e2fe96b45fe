// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What serve and up have in common: where to listen, what to log, when to end.

#ifndef TRENAIL_CLI_SERVE_COMMON_H_
#define TRENAIL_CLI_SERVE_COMMON_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "libwasi/http/transport.h"
#include "libwasi/serve/http_service.h"

namespace trenail::cli {

struct Endpoint {
  std::string host;
  uint16_t port = 0;
};
// "HOST:PORT", "[V6]:PORT" or ":PORT", which is on loopback.
std::optional<Endpoint> ParseEndpoint(const std::string& text);
std::string ToUrl(const Endpoint& endpoint, bool tls);

// What a guest or client chose, without what steers a terminal or ends a line.
std::string Printable(const std::string& text);

class TextBody final : public wasi::http::Body {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  void Read(size_t max, OnChunk done) override;
  std::optional<uint64_t> length() const override { return text_.size(); }

 private:
  const std::string text_;
  size_t position_ = 0;
};
void RespondText(wasi::http::Responder& responder, uint16_t status, std::string text);

// Lines about requests, whichever thread they were on.
class AccessLog {
 public:
  AccessLog() = default;
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // "-": stderr. False, with errno, where it cannot be opened.
  bool Open(const std::string& path);
  // Errors go to stderr in any case.
  void Write(const HttpRequestReport& report, bool stats);

 private:
  std::mutex mutex_;
  std::FILE* file_ = nullptr;
};

// Makes this thread, and those it starts, leave SIGINT and SIGTERM to WaitForEndSignal.
void BlockEndSignals();
// True if one came within the time.
bool WaitForEndSignal(std::chrono::nanoseconds time);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_SERVE_COMMON_H_
