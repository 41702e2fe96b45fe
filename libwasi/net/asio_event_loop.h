// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event loop on Boost.Asio; HTTP stands on the same io_context.

#ifndef TRENAIL_LIBWASI_NET_ASIO_EVENT_LOOP_H_
#define TRENAIL_LIBWASI_NET_ASIO_EVENT_LOOP_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

class AsioEventLoop final : public EventLoop {
 public:
  AsioEventLoop();
  ~AsioEventLoop() override;

  WaitHandle WhenReadable(int fd, Callback ready) override;
  WaitHandle WhenWritable(int fd, Callback ready) override;
  WaitHandle At(uint64_t monotonic_ns, Callback due) override;
  void Post(Callback callback) override;
  WaitHandle Offload(Callback work, Callback done) override;
  IoResult<bool> RunOnce(const Interrupt* interrupt) override;
  bool RunReady() override;

  boost::asio::io_context& io() { return io_; }
  // For what else is pending on the io_context: as long as one lives, RunOnce waits.
  class Pending {
   public:
    explicit Pending(AsioEventLoop& loop) : loop_(&loop) { ++loop.pending_; }
    Pending(const Pending& other) : loop_(other.loop_) { ++loop_->pending_; }
    Pending& operator=(const Pending&) = delete;
    ~Pending() { --loop_->pending_; }

   private:
    AsioEventLoop* loop_;
  };

 private:
  class DescriptorWait;
  class TimeWait;
  class OffloadWait;
  class PostedWait;

  WaitHandle WhenReady(int fd, boost::asio::posix::stream_descriptor::wait_type type,
                       Callback callback);
  WaitHandle Soon(Callback callback);
  void WatchInterrupt(const Interrupt& interrupt);

  // Outlives what the io_context still holds.
  std::atomic<size_t> pending_ = 0;
  boost::asio::io_context io_{1};
  std::optional<boost::asio::thread_pool> pool_;
  // What wakes RunOnce when the interrupt is raised.
  const Interrupt* watched_ = nullptr;
  std::unique_ptr<boost::asio::posix::stream_descriptor> interrupt_fd_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_NET_ASIO_EVENT_LOOP_H_
