// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams of bytes that never block: what an input-stream and an output-stream of WASI 0.2 stand
// for, and what a stream<u8> of WASI 0.3 is pumped from or into. [wasi:io/streams]

#ifndef TRENAIL_LIBWASI_CORE_BYTE_STREAM_H_
#define TRENAIL_LIBWASI_CORE_BYTE_STREAM_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "libwasi/core/descriptor.h"
#include "libwasi/core/waitable.h"

namespace trenail::wasi {

// Why a stream failed. [wasi:io/error]
struct IoError {
  Errno code = Errno::kIo;
  std::string text;  // for people
  // What a library above knows better, such as the error-code of HTTP.
  std::shared_ptr<const void> detail = nullptr;
};

// How a stream ended: by an error, or (null) because its other side closed it.
struct StreamEnd {
  std::shared_ptr<IoError> error;

  static StreamEnd Closed() { return {}; }
  static StreamEnd Failed(Errno code);
};
template <typename T>
using StreamResult = std::expected<T, StreamEnd>;

class InputStream : public Waitable {
 public:
  // Up to `max` bytes of what is there; none: nothing is there for now (or max is 0).
  virtual StreamResult<std::vector<uint8_t>> Read(size_t max) = 0;
};

class OutputStream : public Waitable {
 public:
  static constexpr size_t kBufferSize = 64 * 1024;

  // How many bytes Write takes now. 0 until it is ready again.
  virtual StreamResult<size_t> CheckWrite() = 0;
  // No more than the last CheckWrite allowed.
  virtual StreamResult<void> Write(std::span<const uint8_t> bytes) = 0;
  // Begins to pass on what was written; flushed() once that is done.
  virtual StreamResult<void> Flush() = 0;
  // Whether everything written has been passed on, or the stream has ended.
  virtual bool flushed() = 0;
};

// From a descriptor's current position on, such as a pipe, a terminal or a socket; it is not
// closed by the stream.
std::shared_ptr<InputStream> MakeInputStream(std::shared_ptr<Descriptor> descriptor);
// What does not fit at once waits in a buffer, for which the loop has to run: `loop` gives it, or
// null where there is none to be had; then writing blocks.
using LoopSource = std::function<EventLoop*()>;
std::shared_ptr<OutputStream> MakeOutputStream(std::shared_ptr<Descriptor> descriptor,
                                               LoopSource loop);
// From an offset of a file on; nullopt: appends.
std::shared_ptr<InputStream> MakeFileInputStream(std::shared_ptr<Descriptor> file, uint64_t offset);
std::shared_ptr<OutputStream> MakeFileOutputStream(std::shared_ptr<Descriptor> file,
                                                   std::optional<uint64_t> offset);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_BYTE_STREAM_H_
