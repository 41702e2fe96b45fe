// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions on sockets. What is no socket is answered before the rights are looked at, because a
// file could not have them.

#include "libwasi/core/sockets.h"

#include "libwasi/p1/functions.h"
#include "libwasm/support/error.h"

namespace trenail::wasi::p1 {
namespace {

constexpr uint32_t kRecvPeek = 1 << 0;  // [wasi_snapshot_preview1.riflags]
constexpr uint32_t kRecvWaitall = 1 << 1;
constexpr uint16_t kRecvDataTruncated = 1 << 0;  // [wasi_snapshot_preview1.roflags]
constexpr uint32_t kShutdownReceiving = 1 << 0;  // [wasi_snapshot_preview1.sdflags]
constexpr uint32_t kShutdownSending = 1 << 1;

struct HeldSocket {
  HeldDescriptor held;

  Socket* operator->() const { return held.descriptor->AsSocket(); }
};

IoResult<HeldSocket> FindSocket(Call& call, Fd fd, Rights rights) {
  HeldDescriptor held = TRY(call.context.descriptors.Get(fd));
  if (held.descriptor->AsSocket() == nullptr) return std::unexpected(Errno::kNotsock);
  if ((rights & ~held.base) != 0) return std::unexpected(Errno::kNotcapable);
  return HeldSocket{std::move(held)};
}

}  // namespace

IoStatus SockAccept(Call& call, Fd fd, uint32_t flags, Address result) {
  HeldSocket listener = TRY(FindSocket(call, fd, right::kSockAccept));
  if (flags > FdFlags::kAll) return std::unexpected(Errno::kInval);
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Fd)));
  std::shared_ptr<Socket> accepted =
      TRY(listener->Accept(static_cast<uint16_t>(flags), &call.context.interrupt));
  HeldDescriptor held = {std::move(accepted), right::kSocket & ~right::kSockAccept, 0};
  GuestMemory::Store(to, TRY(call.context.descriptors.Insert(std::move(held))));
  return {};
}

IoStatus SockRecv(Call& call, Fd fd, Address iovs, Size count, uint32_t flags, Address bytes,
                  Address result_flags) {
  HeldSocket socket = TRY(FindSocket(call, fd, right::kFdRead));
  if (flags > (kRecvPeek | kRecvWaitall)) return std::unexpected(Errno::kInval);
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* bytes_at = TRY(call.memory.Range(bytes, sizeof(Size)));
  uint8_t* flags_at = TRY(call.memory.Range(result_flags, sizeof(uint16_t)));
  ReceiveOptions options = {.peek = (flags & kRecvPeek) != 0,
                            .wait_all = (flags & kRecvWaitall) != 0};
  Received received = TRY(socket->Receive(buffers, options, &call.context.interrupt));
  GuestMemory::Store(bytes_at, static_cast<Size>(received.bytes));
  GuestMemory::Store(flags_at, received.truncated ? kRecvDataTruncated : uint16_t{0});
  return {};
}

IoStatus SockSend(Call& call, Fd fd, Address iovs, Size count, uint32_t flags, Address bytes) {
  HeldSocket socket = TRY(FindSocket(call, fd, right::kFdWrite));
  if (flags != 0) return std::unexpected(Errno::kInval);  // none are defined
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* bytes_at = TRY(call.memory.Range(bytes, sizeof(Size)));
  size_t sent = TRY(socket->Send(buffers, &call.context.interrupt));
  GuestMemory::Store(bytes_at, static_cast<Size>(sent));
  return {};
}

IoStatus SockShutdown(Call& call, Fd fd, uint32_t how) {
  HeldSocket socket = TRY(FindSocket(call, fd, right::kSockShutdown));
  if (how > (kShutdownReceiving | kShutdownSending)) return std::unexpected(Errno::kInval);
  return socket->Shutdown((how & kShutdownReceiving) != 0, (how & kShutdownSending) != 0);
}

}  // namespace trenail::wasi::p1
