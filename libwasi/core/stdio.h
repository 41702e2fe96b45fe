// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Standard streams: host descriptors that are borrowed, or buffers of the embedder.

#ifndef TRENAIL_LIBWASI_CORE_STDIO_H_
#define TRENAIL_LIBWASI_CORE_STDIO_H_

#include <memory>
#include <mutex>
#include <string>

#include "libwasi/core/filesystem.h"

namespace trenail::wasi {

// A host descriptor that stays the embedder's and is not closed. A terminal is a character device;
// any other device, such as /dev/null, is of unknown type, because programs take every character
// device for a terminal.
class BorrowedStream : public File {
 public:
  explicit BorrowedStream(int host_fd);
  ~BorrowedStream() override;
};

// Gives the guest a fixed text, then the end of the file.
class InputBuffer : public Descriptor {
 public:
  explicit InputBuffer(std::string content)
      : Descriptor(FileType::kUnknown), content_(std::move(content)) {}

  IoResult<size_t> Read(IoVectors buffers, const Interrupt* interrupt) override;
  PollSource poll_source() const override;

 private:
  mutable std::mutex mutex_;
  std::string content_;
  size_t position_ = 0;
};

// Collects what the guest writes, up to a limit, beyond which writing fails with kNospc.
class OutputBuffer : public Descriptor {
 public:
  static constexpr size_t kDefaultLimit = 64 << 20;

  explicit OutputBuffer(size_t limit = kDefaultLimit)
      : Descriptor(FileType::kUnknown), limit_(limit) {}

  IoResult<size_t> Write(IoVectors buffers, const Interrupt* interrupt) override;
  // What was written so far.
  std::string content() const;

 private:
  const size_t limit_;
  mutable std::mutex mutex_;
  std::string content_;
};

// Accepts everything that is written and has nothing to read.
class NullStream : public Descriptor {
 public:
  NullStream() : Descriptor(FileType::kUnknown) {}

  IoResult<size_t> Read(IoVectors buffers, const Interrupt* interrupt) override;
  IoResult<size_t> Write(IoVectors buffers, const Interrupt* interrupt) override;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_STDIO_H_
