// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/serve_common.h"

#include <pthread.h>

#include <csignal>
#include <ctime>

namespace trenail::cli {

std::optional<Endpoint> ParseEndpoint(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size() || text.size() - colon > 6)
    return std::nullopt;
  Endpoint endpoint{.host = text.substr(0, colon)};
  uint32_t port = 0;
  for (const char digit : text.substr(colon + 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    port = port * 10 + static_cast<uint32_t>(digit - '0');
  }
  if (port > 65535) return std::nullopt;
  endpoint.port = static_cast<uint16_t>(port);
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']'))
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  if (endpoint.host.empty() || endpoint.host == "localhost") endpoint.host = "127.0.0.1";
  return endpoint;
}

std::string ToUrl(const Endpoint& endpoint, bool tls) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return std::string(tls ? "https" : "http") + "://" + (v6 ? "[" : "") + endpoint.host +
         (v6 ? "]" : "") + ":" + std::to_string(endpoint.port) + "/";
}

std::string Printable(const std::string& text) {
  std::string printable = text;
  for (char& byte : printable)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f || byte == '"') byte = '?';
  return printable;
}

void TextBody::Read(size_t max, OnChunk done) {
  const std::string piece = text_.substr(position_, max);
  position_ += piece.size();
  done({.bytes = {piece.begin(), piece.end()}, .end = position_ == text_.size()});
}

void RespondText(wasi::http::Responder& responder, uint16_t status, std::string text) {
  wasi::http::Response response;
  response.status = status;
  response.headers.emplace_back("content-type", "text/plain; charset=utf-8");
  response.body = std::make_unique<TextBody>(std::move(text));
  responder.Respond(std::move(response), [](const auto&) {});
}

bool AccessLog::Open(const std::string& path) {
  file_ = path == "-" ? stderr : std::fopen(path.c_str(), "ae");
  return file_ != nullptr;
}

AccessLog::~AccessLog() {
  if (file_ != nullptr && file_ != stderr) std::fclose(file_);
}

void AccessLog::Write(const HttpRequestReport& report, bool stats) {
  const SessionReport& session = report.session;
  if (file_ == nullptr && session.error.empty() && !stats) return;
  const std::string method = Printable(report.method), path = Printable(report.path);
  const auto micro = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
  };
  std::lock_guard lock(mutex_);
  if (!session.error.empty())
    std::fprintf(stderr, "error: %s %s: %s\n", method.c_str(), path.c_str(), session.error.c_str());
  if (stats) {
    std::fprintf(stderr, "%s %s %u: instantiate %.1f us, work %.1f us, total %.1f us\n",
                 method.c_str(), path.c_str(), unsigned{report.status}, micro(session.instantiate),
                 micro(session.work), micro(session.total));
  }
  if (file_ == nullptr) return;
  const std::time_t now = std::time(nullptr);
  std::tm parts;
  gmtime_r(&now, &parts);
  char time[32];
  std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &parts);
  std::fprintf(file_, "%s %s \"%s %s\" %u %.0f\n", time, report.remote_address.c_str(),
               method.c_str(), path.c_str(), unsigned{report.status}, micro(session.total));
  std::fflush(file_);
}

namespace {

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void BlockEndSignals() {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool WaitForEndSignal(std::chrono::nanoseconds time) {
  const sigset_t signals = EndSignals();
  const timespec limit = {.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000),
                          .tv_nsec = static_cast<long>(time.count() % 1'000'000'000)};
  return sigtimedwait(&signals, nullptr, &limit) > 0;
}

}  // namespace trenail::cli
