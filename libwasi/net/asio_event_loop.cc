// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each wait for a descriptor registers a duplicate of its own: whoever closes the original, or
// waits for it too, is nobody's trouble.

#include "libwasi/net/asio_event_loop.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>

namespace trenail::wasi {
namespace {

namespace asio = boost::asio;
using Stream = asio::posix::stream_descriptor;

// As the callback may destroy the handle of its own wait, both share what there is.
struct Shared {
  explicit Shared(EventLoop::Callback function, AsioEventLoop& loop)
      : callback(std::move(function)), pending(std::in_place, loop) {}
  void Run() {
    pending.reset();
    if (const auto run = std::exchange(callback, nullptr)) run();
  }
  void Cancel() {
    pending.reset();
    callback = nullptr;
  }
  EventLoop::Callback callback;
  std::optional<AsioEventLoop::Pending> pending;
};

std::chrono::steady_clock::time_point ToTime(uint64_t monotonic_ns) {
  const uint64_t max = std::chrono::nanoseconds::max().count();
  return std::chrono::steady_clock::time_point(
      std::chrono::nanoseconds(static_cast<int64_t>(std::min(monotonic_ns, max))));
}

}  // namespace

class AsioEventLoop::DescriptorWait final : public Wait {
 public:
  DescriptorWait(Stream stream, std::shared_ptr<Shared> shared)
      : stream_(std::move(stream)), shared_(std::move(shared)) {}
  ~DescriptorWait() override { shared_->Cancel(); }
  Stream& stream() { return stream_; }

 private:
  Stream stream_;
  const std::shared_ptr<Shared> shared_;
};

class AsioEventLoop::TimeWait final : public Wait {
 public:
  TimeWait(asio::io_context& io, std::chrono::steady_clock::time_point when,
           std::shared_ptr<Shared> shared)
      : timer_(io, when), shared_(std::move(shared)) {}
  ~TimeWait() override { shared_->Cancel(); }
  asio::steady_timer& timer() { return timer_; }

 private:
  asio::steady_timer timer_;
  const std::shared_ptr<Shared> shared_;
};

class AsioEventLoop::PostedWait final : public Wait {
 public:
  explicit PostedWait(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~PostedWait() override { shared_->Cancel(); }

 private:
  const std::shared_ptr<Shared> shared_;
};

AsioEventLoop::AsioEventLoop() = default;

AsioEventLoop::~AsioEventLoop() {
  if (pool_) pool_->join();
}

WaitHandle AsioEventLoop::Soon(Callback callback) {
  auto shared = std::make_shared<Shared>(std::move(callback), *this);
  asio::post(io_, [shared] { shared->Run(); });
  return std::make_unique<PostedWait>(std::move(shared));
}

WaitHandle AsioEventLoop::WhenReady(int fd, Stream::wait_type type, Callback callback) {
  const int duplicate = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  Stream stream(io_);
  boost::system::error_code error;
  if (duplicate >= 0) stream.assign(duplicate, error);
  // What cannot be waited for, such as a regular file, is always ready.
  if (duplicate < 0 || error) {
    if (duplicate >= 0) ::close(duplicate);
    return Soon(std::move(callback));
  }
  auto shared = std::make_shared<Shared>(std::move(callback), *this);
  auto wait = std::make_unique<DescriptorWait>(std::move(stream), shared);
  wait->stream().async_wait(type, [shared](const boost::system::error_code&) { shared->Run(); });
  return wait;
}

WaitHandle AsioEventLoop::WhenReadable(int fd, Callback ready) {
  return WhenReady(fd, Stream::wait_read, std::move(ready));
}
WaitHandle AsioEventLoop::WhenWritable(int fd, Callback ready) {
  return WhenReady(fd, Stream::wait_write, std::move(ready));
}

WaitHandle AsioEventLoop::At(uint64_t monotonic_ns, Callback due) {
  if (monotonic_ns == 0) return Soon(std::move(due));
  auto shared = std::make_shared<Shared>(std::move(due), *this);
  auto wait = std::make_unique<TimeWait>(io_, ToTime(monotonic_ns), shared);
  wait->timer().async_wait([shared](const boost::system::error_code& error) {
    if (!error) shared->Run();
  });
  return wait;
}

void AsioEventLoop::Post(Callback callback) {
  asio::post(io_, [pending = Pending(*this), callback = std::move(callback)] { callback(); });
}

WaitHandle AsioEventLoop::Offload(Callback work, Callback done) {
  constexpr size_t kThreads = 4;
  if (!pool_) pool_.emplace(kThreads);
  auto shared = std::make_shared<Shared>(std::move(done), *this);
  asio::post(*pool_, [this, shared, work = std::move(work)]() mutable {
    work();
    work = nullptr;
    // The last reference must go on the loop's thread, where the callback's captures belong.
    asio::post(io_, [shared = std::move(shared)] { shared->Run(); });
  });
  return std::make_unique<PostedWait>(std::move(shared));
}

void AsioEventLoop::WatchInterrupt(const Interrupt& interrupt) {
  if (watched_ == &interrupt) return;
  watched_ = &interrupt;
  interrupt_fd_.reset();
  const int duplicate = interrupt.fd() < 0 ? -1 : ::fcntl(interrupt.fd(), F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return;
  interrupt_fd_ = std::make_unique<Stream>(io_);
  boost::system::error_code error;
  interrupt_fd_->assign(duplicate, error);
  if (error) {
    ::close(duplicate);
    return;
  }
  interrupt_fd_->async_wait(Stream::wait_read, [](const boost::system::error_code&) {});
}

IoResult<bool> AsioEventLoop::RunOnce(const Interrupt* interrupt) {
  if (interrupt != nullptr) {
    if (interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
    WatchInterrupt(*interrupt);
  }
  try {
    io_.restart();
    if (io_.poll() > 0) return true;
    if (pending_ == 0) return false;
    io_.restart();
    // A pending operation is on the io_context or on its way there from a thread of the pool.
    const auto work = asio::make_work_guard(io_);
    if (interrupt != nullptr && interrupt->deadline() != Interrupt::kNoDeadline)
      io_.run_one_until(ToTime(interrupt->deadline()));
    else
      io_.run_one();
  } catch (const std::exception&) {
    // What a library could not go on with, such as a connection, ends; the loop does not, and
    // callers know no exceptions.
  }
  if (interrupt != nullptr && interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
  return true;
}

bool AsioEventLoop::RunReady() {
  io_.restart();
  return io_.poll() > 0;
}

}  // namespace trenail::wasi
