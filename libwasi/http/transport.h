// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What WASI needs of HTTP on the wire, in terms that know no wasm: clients and servers exchange
// requests and responses whose bodies flow with back pressure. libwasi/net implements it; the
// versions of wasi:http stand on it. [wasi:http/types]
//
// Threads: all on the loop that the transport was made with. Callbacks may be called from inside of
// the call that takes them only where that is said.

#ifndef TRENAIL_LIBWASI_HTTP_TRANSPORT_H_
#define TRENAIL_LIBWASI_HTTP_TRANSPORT_H_

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trenail::wasi::http {

// Fields in their order; names as they were sent.
using FieldList = std::vector<std::pair<std::string, std::string>>;

// The cases of error-code, in the order of both versions of wasi:http.
enum class ErrorKind : uint8_t {
  kDnsTimeout,
  kDnsError,
  kDestinationNotFound,
  kDestinationUnavailable,
  kDestinationIpProhibited,
  kDestinationIpUnroutable,
  kConnectionRefused,
  kConnectionTerminated,
  kConnectionTimeout,
  kConnectionReadTimeout,
  kConnectionWriteTimeout,
  kConnectionLimitReached,
  kTlsProtocolError,
  kTlsCertificateError,
  kTlsAlertReceived,
  kHttpRequestDenied,
  kHttpRequestLengthRequired,
  kHttpRequestBodySize,
  kHttpRequestMethodInvalid,
  kHttpRequestUriInvalid,
  kHttpRequestUriTooLong,
  kHttpRequestHeaderSectionSize,
  kHttpRequestHeaderSize,
  kHttpRequestTrailerSectionSize,
  kHttpRequestTrailerSize,
  kHttpResponseIncomplete,
  kHttpResponseHeaderSectionSize,
  kHttpResponseHeaderSize,
  kHttpResponseBodySize,
  kHttpResponseTrailerSectionSize,
  kHttpResponseTrailerSize,
  kHttpResponseTransferCoding,
  kHttpResponseContentCoding,
  kHttpResponseTimeout,
  kHttpUpgradeFailed,
  kHttpProtocolError,
  kLoopDetected,
  kConfigurationError,
  kInternalError,
};

// What a case carries, where it carries something: a size, an alert or an info-code in `number`; a
// text, an rcode or a field's name in `text`.
struct ErrorCode {
  ErrorKind kind = ErrorKind::kInternalError;
  std::optional<uint64_t> number;
  std::optional<std::string> text;
};

// The content of a message on its way: whoever makes it is its source, whoever has it pulls.
// Dropping it before the end tells the source that nobody wants the rest.
class Body {
 public:
  struct Chunk {
    std::vector<uint8_t> bytes;         // may be empty
    bool end = false;                   // nothing comes after this
    std::optional<FieldList> trailers;  // with the end
    std::optional<ErrorCode> error;     // the message is incomplete; implies the end
  };
  using OnChunk = std::function<void(Chunk)>;

  virtual ~Body() = default;
  // The next bytes, at most `max`. May call back at once. One at a time; never after the end.
  virtual void Read(size_t max, OnChunk done) = 0;
  // How many bytes there will be in all, if that is known: becomes Content-Length.
  virtual std::optional<uint64_t> length() const { return std::nullopt; }
};

struct Request {
  std::string method;
  std::string scheme;     // "http" or "https"
  std::string authority;  // host[:port]
  std::string path_with_query;
  FieldList headers;           // without Host, Transfer-Encoding and the like
  std::unique_ptr<Body> body;  // null: none
  std::string remote_address;  // of a server's request: who sent it, "127.0.0.1:1234"
};

struct Response {
  uint16_t status = 200;
  FieldList headers;
  std::unique_ptr<Body> body;  // null: none
};

struct ClientOptions {  // in nanoseconds
  std::optional<uint64_t> connect_timeout;
  std::optional<uint64_t> first_byte_timeout;
  std::optional<uint64_t> between_bytes_timeout;
};

// A call of a client. Destroying it before the response gives it up, and nothing is called back;
// afterwards it has no effect: the content of both messages has a life of its own.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

struct ClientCallbacks {
  std::function<void(std::expected<Response, ErrorCode>)> on_response;  // once
  // The request is completely sent, or could not be: once, also after the response.
  std::function<void(std::optional<ErrorCode>)> on_sent;
};

// A server's side of one request: answered once, by whichever copy of the pointer. Destroying it
// unanswered answers 500.
class Responder {
 public:
  virtual ~Responder() = default;
  // An informational response (1xx) before the final one.
  virtual void SendInformational(uint16_t status, FieldList headers) = 0;
  // `done`: when all of it is sent, or could not be.
  virtual void Respond(Response response, std::function<void(std::optional<ErrorCode>)> done) = 0;
  // The client has gone away, so that nobody waits for the answer.
  virtual void OnGone(std::function<void()> gone) = 0;
};
using Handler = std::function<void(Request request, std::shared_ptr<Responder> responder)>;

struct ServerLimits {
  size_t max_header_bytes = 64 * 1024;  // of a header section, and of trailers
  size_t max_connections = 10'000;
  uint64_t header_timeout_ns = 10'000'000'000;  // from a connection's or request's first byte
  uint64_t idle_timeout_ns = 60'000'000'000;    // between requests
  uint64_t body_timeout_ns = 30'000'000'000;    // without a byte moving, either way
};
struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any
  bool reuse_port = false;
  std::string certificate_file;  // PEM; with key_file: TLS, with ALPN for HTTP/2
  std::string key_file;
  ServerLimits limits;
};
class Server {
 public:
  virtual ~Server() = default;
  // The one it listens on, also where any was asked for.
  virtual uint16_t port() const = 0;
  // No new connections and no new requests; `drained` once the last exchange has ended.
  virtual void Shutdown(std::function<void()> drained) = 0;
  // How many are open.
  virtual size_t connections() const = 0;
};

struct ClientLimits {
  size_t max_connections = 1'000;
  size_t max_idle_per_host = 32;
  uint64_t idle_timeout_ns = 30'000'000'000;
  size_t max_header_bytes = 256 * 1024;
};
// Whether an address may be connected to, once a name is resolved: textual, with port.
using AddressFilter = std::function<bool(const std::string& address, uint16_t port)>;

class Transport {
 public:
  virtual ~Transport() = default;
  // Connections are kept and used again. Proxies: http_proxy, https_proxy, no_proxy of the
  // process's environment. Certificates are checked with the system's trust store.
  virtual std::unique_ptr<Exchange> Send(Request request, const ClientOptions& options,
                                         const AddressFilter& filter,
                                         ClientCallbacks callbacks) = 0;
  // Errors: a sentence.
  virtual std::expected<std::unique_ptr<Server>, std::string> Listen(const ServerOptions& options,
                                                                     Handler handler) = 0;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_TRANSPORT_H_
