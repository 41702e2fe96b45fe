// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contexts and connections of TLS.

#include "libwasi/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <string_view>
#include <utility>

#include "libwasi/net/error_map.h"

namespace trenail::wasi::http {

namespace ssl = asio::ssl;
using namespace std::string_view_literals;

class TlsContext {
 public:
  explicit TlsContext(ssl::context::method method) : context(method) {}
  ssl::context context;
};

namespace {

// Each name with its length before it [RFC 7301].
constexpr std::string_view kProtocols = "\x02h2\x08http/1.1"sv;

int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned in_size, void*) {
  unsigned char* selected = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kProtocols.data());
  if (SSL_select_next_proto(&selected, out_size, ours, kProtocols.size(), in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<TlsContext> MakeContext(ssl::context::method method) {
  auto tls = std::make_shared<TlsContext>(method);
  SSL_CTX* native = tls->context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  return tls;
}

ErrorCode ToTlsError(const SystemError& error, const SSL* session) {
  if (error.category() != asio::error::get_ssl_category()) {
    if (error == ssl::error::stream_truncated || error == asio::error::eof)
      return ErrorOf(ErrorKind::kConnectionTerminated);
    return ToErrorCode(error);
  }
  const auto code = static_cast<unsigned long>(error.value());
  if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED ||
      SSL_get_verify_result(session) != X509_V_OK)
    return ErrorOf(ErrorKind::kTlsCertificateError);
  // Alerts of the other side have reasons of their own.
  if (ERR_GET_REASON(code) >= SSL_AD_REASON_OFFSET) {
    const auto alert = static_cast<uint64_t>(ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET);
    return ErrorOf(ErrorKind::kTlsAlertReceived,
                   SSL_alert_desc_string_long(static_cast<int>(alert)), alert);
  }
  return ErrorOf(ErrorKind::kTlsProtocolError);
}

// A stream that was cut off has not ended, and one that was tampered with is broken.
SystemError ToWireError(const SystemError& error) {
  const bool is_tls = error.category() == asio::error::get_ssl_category() ||
                      error.category() == ssl::error::get_stream_category();
  return is_tls ? SystemError(asio::error::connection_reset) : error;
}

class AsioTlsWire final : public TlsWire {
 public:
  AsioTlsWire(Tcp::socket socket, std::shared_ptr<TlsContext> context,
              ssl::stream_base::handshake_type type)
      : context_(std::move(context)), stream_(std::move(socket), context_->context), type_(type) {}

  void Handshake(OnHandshake done) override {
    stream_.async_handshake(
        type_, [this, self = shared_from_this(), done = std::move(done)](const SystemError& error) {
          if (error) return done(ToTlsError(error, stream_.native_handle()));
          done(std::nullopt);
        });
  }
  void Read(asio::mutable_buffer into, Done done) override {
    stream_.async_read_some(
        into, [self = shared_from_this(), done = std::move(done)](
                  const SystemError& error, size_t count) { done(ToWireError(error), count); });
  }
  void Write(asio::const_buffer bytes, Done done) override {
    asio::async_write(
        stream_, bytes,
        [self = shared_from_this(), done = std::move(done)](
            const SystemError& error, size_t count) { done(ToWireError(error), count); });
  }
  std::string protocol() const override {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(const_cast<ssl::stream<Tcp::socket>&>(stream_).native_handle(), &name,
                           &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void ShutdownSend() override {
    stream_.async_shutdown([self = shared_from_this()](const SystemError&) {});
  }
  SSL* native() { return stream_.native_handle(); }

 private:
  Tcp::socket& socket() override { return stream_.next_layer(); }

  const std::shared_ptr<TlsContext> context_;
  ssl::stream<Tcp::socket> stream_;
  const ssl::stream_base::handshake_type type_;
};

}  // namespace

std::expected<std::shared_ptr<TlsContext>, std::string> MakeServerTls(
    const std::string& certificate_file, const std::string& key_file) {
  try {
    auto tls = MakeContext(ssl::context::tls_server);
    SSL_CTX* native = tls->context.native_handle();
    SystemError error;
    tls->context.use_certificate_chain_file(certificate_file, error);
    if (error)
      return std::unexpected("the certificate " + certificate_file +
                             " cannot be used: " + error.message());
    tls->context.use_private_key_file(key_file, ssl::context::pem, error);
    if (error)
      return std::unexpected("the key " + key_file + " cannot be used: " + error.message());
    if (SSL_CTX_check_private_key(native) != 1)
      return std::unexpected("the key " + key_file + " is not that of " + certificate_file);
    SSL_CTX_set_alpn_select_cb(native, SelectProtocol, nullptr);
    SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE);
    return tls;
  } catch (const std::exception& error) {
    return std::unexpected(std::string("TLS cannot be used: ") + error.what());
  }
}

std::expected<std::shared_ptr<TlsContext>, std::string> MakeClientTls() {
  try {
    auto tls = MakeContext(ssl::context::tls_client);
    SystemError error;
    tls->context.set_default_verify_paths(error);
    if (error) return std::unexpected("the trust store cannot be used: " + error.message());
    SSL_CTX_set_verify(tls->context.native_handle(), SSL_VERIFY_PEER, nullptr);
    return tls;
  } catch (const std::exception& error) {
    return std::unexpected(std::string("TLS cannot be used: ") + error.what());
  }
}

std::shared_ptr<TlsWire> MakeServerTlsWire(Tcp::socket socket,
                                           const std::shared_ptr<TlsContext>& context) {
  return std::make_shared<AsioTlsWire>(std::move(socket), context, ssl::stream_base::server);
}

std::shared_ptr<TlsWire> MakeClientTlsWire(Tcp::socket socket,
                                           const std::shared_ptr<TlsContext>& context,
                                           const std::string& host) {
  auto wire = std::make_shared<AsioTlsWire>(std::move(socket), context, ssl::stream_base::client);
  SSL* session = wire->native();
  SSL_set_alpn_protos(session, reinterpret_cast<const unsigned char*>(kProtocols.data()),
                      kProtocols.size());
  SystemError not_an_address;
  asio::ip::make_address(host, not_an_address);
  X509_VERIFY_PARAM* parameters = SSL_get0_param(session);
  if (not_an_address) {
    SSL_set_tlsext_host_name(session, host.c_str());
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
  }
  return wire;
}

}  // namespace trenail::wasi::http
