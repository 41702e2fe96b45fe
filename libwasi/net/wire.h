// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A connection as a stream of bytes, whether plain or encrypted: what HTTP of either version reads
// and writes.

#ifndef TRENAIL_LIBWASI_NET_WIRE_H_
#define TRENAIL_LIBWASI_NET_WIRE_H_

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trenail::wasi::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

// Operations keep the wire alive and never call back from inside of the call. After Close they end
// with an error.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  using Done = std::function<void(const SystemError& error, size_t count)>;

  virtual ~Wire() = default;
  // One at a time; as many bytes as there are. The end of the stream is the error eof.
  virtual void Read(asio::mutable_buffer into, Done done) = 0;
  // One at a time; all of it. The bytes must stay.
  virtual void Write(asio::const_buffer bytes, Done done) = 0;
  // What the two sides agreed on by ALPN; empty: nothing.
  virtual std::string protocol() const { return {}; }

  void Close();
  // Closes, and what the other side has not taken yet goes with it, instead of waiting in the
  // host's buffers for somebody who does not read.
  void Abort();
  // Tells the other side that nothing comes after what was written; reading goes on.
  virtual void ShutdownSend();
  // Closes so that the other side can still read what it was sent: what it sends meanwhile is
  // thrown away, for a short time. `reading`: by an operation of the caller's, up to its end.
  void CloseGently(bool reading);
  asio::ip::tcp::endpoint peer() const;

 protected:
  virtual Tcp::socket& socket() = 0;
};
using WirePointer = std::shared_ptr<Wire>;

WirePointer MakeTcpWire(Tcp::socket socket);

// Small pieces are sent at once; and of large ones the host takes no more than the network is about
// to, or each connection whose other side does not read would hold megabytes of the host's memory.
void PrepareSocket(Tcp::socket& socket);

std::string ToText(const Tcp::endpoint& endpoint);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_WIRE_H_
