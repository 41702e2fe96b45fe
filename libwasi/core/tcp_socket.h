// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TCP sockets as the state machine of wasi:sockets, for both versions: the start- and finish-
// functions of 0.2 are steps of it, and 0.3 takes both steps at once. The two streams of a
// connection outlive the socket and keep the host's open.
// [wasi:sockets/tcp] [wasi:sockets TcpSocketOperationalSemantics]

#ifndef TRENAIL_LIBWASI_CORE_TCP_SOCKET_H_
#define TRENAIL_LIBWASI_CORE_TCP_SOCKET_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "libwasi/core/byte_stream.h"
#include "libwasi/core/socket_handle.h"

namespace trenail::wasi {

class TcpInput;
class TcpOutput;

class TcpSocket final : public Waitable {
 public:
  enum class State : uint8_t {
    kUnbound,
    kBindInProgress,
    kBound,
    kListenInProgress,
    kListening,
    kConnectInProgress,
    kConnected,
    kClosed,
  };

  static SocketResult<std::shared_ptr<TcpSocket>> Create(IpFamily family,
                                                         std::shared_ptr<SocketOwner> owner);
  TcpSocket(std::shared_ptr<SocketHandle> handle, State state);
  ~TcpSocket() override;

  // Only connecting takes time; what is started otherwise can be finished at once.
  SocketStatus StartBind(const SocketAddress& local);
  SocketStatus FinishBind();
  SocketStatus StartConnect(const SocketAddress& remote);
  SocketStatus FinishConnect();  // kWouldBlock until it is known
  SocketStatus StartListen();
  SocketStatus FinishListen();
  // [wasi:sockets/types.tcp-socket] of 0.3.
  SocketStatus Bind(const SocketAddress& local);
  SocketStatus Listen();  // binds to any address if it is not bound
  // Gives up connecting: closed.
  void AbortConnect();
  // kWouldBlock: nobody is there.
  SocketResult<std::shared_ptr<TcpSocket>> Accept();
  SocketStatus Shutdown(bool receiving, bool sending);

  State state() const { return state_; }
  bool is_listening() const { return state_ == State::kListening; }
  IpFamily family() const { return handle_->family(); }
  SocketResult<SocketAddress> LocalAddress() const;
  SocketResult<SocketAddress> RemoteAddress() const;
  SocketStatus SetListenBacklogSize(uint64_t value);
  // For its options. kInvalidState if it is closed.
  SocketResult<const SocketHandle*> Options() const;

  // Of a connection.
  std::shared_ptr<InputStream> input() const;
  std::shared_ptr<OutputStream> output() const;

  // When a start- function can be finished, or someone can be accepted.
  bool ready() override;
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override;

 private:
  bool in_progress() const;
  bool bound() const { return state_ >= State::kBound && state_ != State::kClosed; }
  // For a start- function in a state that does not have it.
  std::unexpected<SocketError> WrongState() const;
  void Connected();
  // Of the local address, by sockets that allow it too.
  void AllowReuse(bool allow);

  const std::shared_ptr<SocketHandle> handle_;
  State state_;
  SocketAddress bound_to_;  // as it was asked for
  int backlog_;
  std::shared_ptr<TcpInput> input_;
  std::shared_ptr<TcpOutput> output_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_TCP_SOCKET_H_
