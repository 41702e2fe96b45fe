// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TLS by OpenSSL: version 1.2 at least, HTTP/2 or HTTP/1.1 by ALPN; a client checks the server's
// certificate against the system's trust store and the name that it asked for.

#ifndef TRENAIL_LIBWASI_NET_TLS_H_
#define TRENAIL_LIBWASI_NET_TLS_H_

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "libwasi/http/transport.h"
#include "libwasi/net/wire.h"

namespace trenail::wasi::http {

class TlsContext;

// Errors: a sentence.
std::expected<std::shared_ptr<TlsContext>, std::string> MakeServerTls(
    const std::string& certificate_file, const std::string& key_file);
std::expected<std::shared_ptr<TlsContext>, std::string> MakeClientTls();

// A connection that Handshake has still to be called for, once. `host`: a client's, whom it
// expects.
class TlsWire : public Wire {
 public:
  using OnHandshake = std::function<void(std::optional<ErrorCode>)>;
  virtual void Handshake(OnHandshake done) = 0;
};
std::shared_ptr<TlsWire> MakeServerTlsWire(Tcp::socket socket,
                                           const std::shared_ptr<TlsContext>& context);
std::shared_ptr<TlsWire> MakeClientTlsWire(Tcp::socket socket,
                                           const std::shared_ptr<TlsContext>& context,
                                           const std::string& host);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_TLS_H_
