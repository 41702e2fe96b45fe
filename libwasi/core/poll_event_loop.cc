// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that is waited for is an entry. A turn collects the ids of those that are due and then
// calls them back one by one, as each may cancel others, ask for more, or destroy its own handle.

#include "libwasi/core/poll_event_loop.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>

#include "libwasi/core/clocks.h"
#include "libwasi/core/unique_fd.h"

namespace trenail::wasi {
namespace {

constexpr int kMaxThreads = 4;
constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kSecond = 1'000'000'000;
// How often what cannot wake the loop is looked at.
constexpr uint64_t kLook = kSecond / 100;

}  // namespace

struct PollEventLoop::Shared {
  struct Work {
    Callback callback;
    uint64_t id;
  };

  Shared() : event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void Wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event.get(), &one, sizeof one);
  }
  // A thread of the pool: there as long as there is work.
  void RunWork() {
    std::unique_lock lock(mutex);
    while (!work.empty()) {
      Work next = std::move(work.front());
      work.pop_front();
      lock.unlock();
      next.callback();
      // What it holds ends before it is told that it is over.
      next.callback = nullptr;
      lock.lock();
      finished.push_back(next.id);
      Wake();
    }
    --threads;
  }

  const UniqueFd event;  // readable once something is posted or finished
  std::mutex mutex;      // of what follows
  std::vector<Callback> posted;
  std::vector<uint64_t> finished;  // ids of entries
  std::deque<Work> work;
  int threads = 0;
};

class PollEventLoop::Handle final : public wasi::Wait {
 public:
  Handle(PollEventLoop& loop, uint64_t id) : loop_(loop), id_(id) {}
  ~Handle() override { loop_.Cancel(id_); }

 private:
  PollEventLoop& loop_;
  const uint64_t id_;
};

PollEventLoop::PollEventLoop() : shared_(std::make_shared<Shared>()) {}
PollEventLoop::~PollEventLoop() {
  // What callbacks hold belongs to this thread.
  std::vector<Callback> posted;
  const std::lock_guard lock(shared_->mutex);
  posted.swap(shared_->posted);
}

WaitHandle PollEventLoop::Add(Entry entry) {
  const uint64_t id = next_id_++;
  if (entry.events != 0) descriptors_.insert(id);
  if (entry.when != kForever) timers_.emplace(entry.when, id);
  entries_.emplace(id, std::move(entry));
  return std::make_unique<Handle>(*this, id);
}

void PollEventLoop::Cancel(uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  // What goes with the callback may cancel others.
  const Entry gone = std::move(found->second);
  entries_.erase(found);
  descriptors_.erase(id);
  timers_.erase({gone.when, id});
}

bool PollEventLoop::Run(uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  const Callback callback = std::move(found->second.callback);
  Cancel(id);
  callback();
  return true;
}

WaitHandle PollEventLoop::WhenReadable(int fd, Callback ready) {
  return Add({.callback = std::move(ready), .fd = fd, .events = POLLIN, .when = kForever});
}
WaitHandle PollEventLoop::WhenWritable(int fd, Callback ready) {
  return Add({.callback = std::move(ready), .fd = fd, .events = POLLOUT, .when = kForever});
}
WaitHandle PollEventLoop::At(uint64_t monotonic_ns, Callback due) {
  return Add({.callback = std::move(due), .when = std::min(monotonic_ns, kForever - 1)});
}

void PollEventLoop::Post(Callback callback) {
  const std::lock_guard lock(shared_->mutex);
  shared_->posted.push_back(std::move(callback));
  shared_->Wake();
}

WaitHandle PollEventLoop::Offload(Callback work, Callback done) {
  WaitHandle handle = Add({.callback = std::move(done), .when = kForever});
  const std::lock_guard lock(shared_->mutex);
  shared_->work.push_back({std::move(work), next_id_ - 1});
  if (shared_->threads == kMaxThreads) return handle;
  ++shared_->threads;
  auto* const argument = new std::shared_ptr<Shared>(shared_);
  const auto run = [](void* shared) -> void* {
    const std::unique_ptr<std::shared_ptr<Shared>> owned(
        static_cast<std::shared_ptr<Shared>*>(shared));
    (*owned)->RunWork();
    return nullptr;
  };
  pthread_t thread;
  if (::pthread_create(&thread, nullptr, run, argument) == 0) {
    ::pthread_detach(thread);
    return handle;
  }
  delete argument;
  --shared_->threads;
  // Without any thread it is done here, later.
  if (shared_->threads == 0) {
    shared_->posted.emplace_back([shared = shared_.get()] {
      {
        const std::lock_guard locked(shared->mutex);
        ++shared->threads;
      }
      shared->RunWork();
    });
    shared_->Wake();
  }
  return handle;
}

bool PollEventLoop::Wait(uint64_t timeout, const Interrupt* interrupt) {
  polled_.clear();
  polled_ids_.clear();
  polled_.push_back({.fd = shared_->event.get(), .events = POLLIN, .revents = 0});
  polled_.push_back(
      {.fd = interrupt != nullptr ? interrupt->fd() : -1, .events = POLLIN, .revents = 0});
  const size_t first = polled_.size();
  for (const uint64_t id : descriptors_) {
    const Entry& entry = entries_.find(id)->second;
    polled_.push_back({.fd = entry.fd, .events = entry.events, .revents = 0});
    polled_ids_.push_back(id);
  }
  if (!shared_->event.valid() || (interrupt != nullptr && interrupt->fd() < 0))
    timeout = std::min(timeout, kLook);
  if (!timers_.empty()) {
    const uint64_t now = MonotonicNow();
    const uint64_t next = timers_.begin()->first;
    timeout = std::min(timeout, next > now ? next - now : 0);
  }
  const timespec limit = {.tv_sec = static_cast<time_t>(timeout / kSecond),
                          .tv_nsec = static_cast<long>(timeout % kSecond)};
  const int ready =
      ::ppoll(polled_.data(), polled_.size(), timeout == kForever ? nullptr : &limit, nullptr);

  std::vector<uint64_t> due;
  if (!timers_.empty()) {
    const uint64_t now = MonotonicNow();
    for (const auto& [when, id] : timers_) {
      if (when > now) break;
      due.push_back(id);
    }
  }
  if (ready > 0) {
    for (size_t i = 0; i < polled_ids_.size(); ++i)
      if (polled_[first + i].revents != 0) due.push_back(polled_ids_[i]);
  } else if (ready < 0 && errno != EINTR) {
    // More descriptors than the system polls: whoever waits looks again.
    due.insert(due.end(), polled_ids_.begin(), polled_ids_.end());
  }
  std::vector<Callback> posted;
  {
    const std::lock_guard lock(shared_->mutex);
    posted.swap(shared_->posted);
    due.insert(due.end(), shared_->finished.begin(), shared_->finished.end());
    shared_->finished.clear();
    uint64_t count = 0;
    if (!posted.empty() || (polled_[0].revents & POLLIN) != 0) [[maybe_unused]]
      const ssize_t got = ::read(shared_->event.get(), &count, sizeof count);
  }
  bool ran = !posted.empty();
  for (const Callback& callback : posted) callback();
  for (const uint64_t id : due) ran |= Run(id);
  return ran;
}

bool PollEventLoop::RunReady() { return Wait(0, nullptr); }

IoResult<bool> PollEventLoop::RunOnce(const Interrupt* interrupt) {
  if (interrupt != nullptr && interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
  {
    const std::lock_guard lock(shared_->mutex);
    if (entries_.empty() && shared_->posted.empty()) return false;
  }
  uint64_t timeout = kForever;
  if (interrupt != nullptr && interrupt->deadline() != Interrupt::kNoDeadline) {
    const uint64_t now = MonotonicNow();
    timeout = interrupt->deadline() > now ? interrupt->deadline() - now : 0;
  }
  Wait(timeout, interrupt);
  if (interrupt != nullptr && interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
  return true;
}

}  // namespace trenail::wasi
