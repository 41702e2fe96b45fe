// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's pipes and terminals are in blocking mode, which is not ours to change, as others may
// share them. So nothing is asked of one that has not said by poll(2) that it is ready, and then
// for no more than it is sure to take: File keeps to that in its non-blocking mode (host_io.h).

#include "libwasi/core/byte_stream.h"

#include <poll.h>

#include <algorithm>

namespace trenail::wasi {
namespace {

constexpr size_t kReadSize = 64 * 1024;

bool IsReady(int fd, short events) {
  if (fd < 0) return true;
  pollfd entry = {fd, events, 0};
  return ::poll(&entry, 1, 0) != 0;
}

WaitHandle AtOnce(EventLoop& loop, EventLoop::Callback callback) {
  return loop.At(0, std::move(callback));
}

class DescriptorInput final : public InputStream {
 public:
  explicit DescriptorInput(std::shared_ptr<Descriptor> descriptor)
      : descriptor_(std::move(descriptor)), fd_(descriptor_->poll_source().host_fd) {}

  StreamResult<std::vector<uint8_t>> Read(size_t max) override {
    if (ended_) return std::unexpected(StreamEnd::Closed());
    if (max == 0 || !ready()) return std::vector<uint8_t>();
    std::vector<uint8_t> bytes(std::min(max, kReadSize));
    const iovec buffer = {bytes.data(), bytes.size()};
    const IoResult<size_t> read = descriptor_->Read({&buffer, 1}, nullptr);
    if (!read && read.error() == Errno::kAgain) return std::vector<uint8_t>();
    if (!read) return std::unexpected(StreamEnd::Failed(read.error()));
    ended_ = *read == 0;
    if (ended_) return std::unexpected(StreamEnd::Closed());
    bytes.resize(*read);
    return bytes;
  }
  bool ready() override { return ended_ || IsReady(fd_, POLLIN); }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    if (fd_ < 0 || ended_) return AtOnce(loop, std::move(callback));
    return loop.WhenReadable(fd_, std::move(callback));
  }

 private:
  const std::shared_ptr<Descriptor> descriptor_;
  const int fd_;  // -1: always ready
  bool ended_ = false;
};

class DescriptorOutput final : public OutputStream,
                               public std::enable_shared_from_this<DescriptorOutput> {
 public:
  // What one write of a descriptor that says it is writable takes without blocking.
  static constexpr size_t kSureSize = 4096;

  DescriptorOutput(std::shared_ptr<Descriptor> descriptor, LoopSource loop)
      : descriptor_(std::move(descriptor)),
        fd_(descriptor_->poll_source().host_fd),
        loop_(std::move(loop)) {}

  StreamResult<size_t> CheckWrite() override {
    if (end_) return std::unexpected(TakeEnd());
    if (flushing_ && !buffer_.empty()) return 0;
    return kBufferSize - buffer_.size();
  }
  StreamResult<void> Write(std::span<const uint8_t> bytes) override {
    if (end_) return std::unexpected(TakeEnd());
    // Straight through as long as the host takes it; what is left waits.
    if (buffer_.empty()) bytes = bytes.subspan(WriteOut(bytes));
    if (end_) return std::unexpected(TakeEnd());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    if (!buffer_.empty()) Pump();
    return {};
  }
  StreamResult<void> Flush() override {
    if (end_) return std::unexpected(TakeEnd());
    flushing_ = !buffer_.empty();
    return {};
  }
  bool flushed() override { return buffer_.empty() || end_; }
  bool ready() override { return end_ || buffer_.empty() || (!flushing_ && !full()); }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    if (ready()) return AtOnce(loop, std::move(callback));
    return changed_.WhenNotified(std::move(callback));
  }

 private:
  bool full() const { return buffer_.size() >= kBufferSize; }
  // An error is told once; afterwards the stream is closed [wasi:io/streams.stream-error].
  StreamEnd TakeEnd() { return {std::exchange(end_->error, nullptr)}; }

  // As much as is taken at once.
  size_t WriteOut(std::span<const uint8_t> bytes) {
    size_t done = 0;
    while (done < bytes.size() && IsReady(fd_, POLLOUT)) {
      const size_t size = fd_ < 0 ? bytes.size() - done : std::min(bytes.size() - done, kSureSize);
      const iovec piece = {const_cast<uint8_t*>(bytes.data()) + done, size};
      const IoResult<size_t> written = descriptor_->Write({&piece, 1}, nullptr);
      if (!written && written.error() == Errno::kAgain) break;
      if (!written) {
        end_ = written.error() == Errno::kPipe ? StreamEnd::Closed()
                                               : StreamEnd::Failed(written.error());
        break;
      }
      done += *written;
    }
    return done;
  }

  void Pump() {
    if (wait_ != nullptr) return;
    EventLoop* const loop = loop_();
    if (loop == nullptr) return WriteBlocking();
    // A stream that its owner has dropped still passes on what it was given.
    wait_ = loop->WhenWritable(fd_, [self = shared_from_this()] { self->OnWritable(); });
  }
  void WriteBlocking() {
    const iovec all = {buffer_.data(), buffer_.size()};
    const IoResult<size_t> written = descriptor_->Write({&all, 1}, nullptr);
    if (!written) end_ = StreamEnd::Failed(written.error());
    buffer_.clear();
  }
  void OnWritable() {
    // Keeps what the callback holds until this is over.
    const WaitHandle done = std::move(wait_);
    const size_t written = WriteOut(buffer_);
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(written));
    if (end_) buffer_.clear();
    if (buffer_.empty())
      flushing_ = false;
    else
      Pump();
    changed_.Notify();
  }

  const std::shared_ptr<Descriptor> descriptor_;
  const int fd_;  // -1: always ready
  const LoopSource loop_;
  std::vector<uint8_t> buffer_;
  bool flushing_ = false;
  std::optional<StreamEnd> end_;
  WaitHandle wait_;
  Signal changed_;
};

// What fails is closed from then on, as [wasi:io/streams.stream-error] has it.
class FileInput final : public InputStream {
 public:
  FileInput(std::shared_ptr<Descriptor> file, uint64_t offset)
      : file_(std::move(file)), offset_(offset) {}

  StreamResult<std::vector<uint8_t>> Read(size_t max) override {
    if (ended_) return std::unexpected(StreamEnd::Closed());
    std::vector<uint8_t> bytes(std::min(max, kReadSize));
    if (bytes.empty()) return bytes;
    const iovec buffer = {bytes.data(), bytes.size()};
    const IoResult<size_t> read = file_->ReadAt({&buffer, 1}, offset_);
    if (!read) {
      ended_ = true;
      return std::unexpected(StreamEnd::Failed(read.error()));
    }
    if (*read == 0) return std::unexpected(StreamEnd::Closed());
    offset_ += *read;
    bytes.resize(*read);
    return bytes;
  }
  bool ready() override { return true; }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return AtOnce(loop, std::move(callback));
  }

 private:
  const std::shared_ptr<Descriptor> file_;
  uint64_t offset_;
  bool ended_ = false;
};

class FileOutput final : public OutputStream {
 public:
  FileOutput(std::shared_ptr<Descriptor> file, std::optional<uint64_t> offset)
      : file_(std::move(file)), offset_(offset) {}

  StreamResult<size_t> CheckWrite() override {
    if (ended_) return std::unexpected(StreamEnd::Closed());
    return kBufferSize;
  }
  StreamResult<void> Write(std::span<const uint8_t> bytes) override {
    if (ended_) return std::unexpected(StreamEnd::Closed());
    while (!bytes.empty()) {
      const iovec buffer = {const_cast<uint8_t*>(bytes.data()), bytes.size()};
      const IoResult<size_t> written =
          offset_ ? file_->WriteAt({&buffer, 1}, *offset_) : file_->Append({&buffer, 1});
      if (!written) {
        ended_ = true;
        return std::unexpected(StreamEnd::Failed(written.error()));
      }
      if (offset_) *offset_ += *written;
      bytes = bytes.subspan(*written);
    }
    return {};
  }
  StreamResult<void> Flush() override {
    if (ended_) return std::unexpected(StreamEnd::Closed());
    return {};
  }
  bool flushed() override { return true; }
  bool ready() override { return true; }
  WaitHandle WhenReady(EventLoop& loop, EventLoop::Callback callback) override {
    return AtOnce(loop, std::move(callback));
  }

 private:
  const std::shared_ptr<Descriptor> file_;
  std::optional<uint64_t> offset_;
  bool ended_ = false;
};

}  // namespace

StreamEnd StreamEnd::Failed(Errno code) {
  return {std::make_shared<IoError>(IoError{.code = code, .text = std::string(ErrnoName(code))})};
}

std::shared_ptr<InputStream> MakeInputStream(std::shared_ptr<Descriptor> descriptor) {
  return std::make_shared<DescriptorInput>(std::move(descriptor));
}
std::shared_ptr<OutputStream> MakeOutputStream(std::shared_ptr<Descriptor> descriptor,
                                               LoopSource loop) {
  return std::make_shared<DescriptorOutput>(std::move(descriptor), std::move(loop));
}
std::shared_ptr<InputStream> MakeFileInputStream(std::shared_ptr<Descriptor> file,
                                                 uint64_t offset) {
  return std::make_shared<FileInput>(std::move(file), offset);
}
std::shared_ptr<OutputStream> MakeFileOutputStream(std::shared_ptr<Descriptor> file,
                                                   std::optional<uint64_t> offset) {
  return std::make_shared<FileOutput>(std::move(file), offset);
}

}  // namespace trenail::wasi
