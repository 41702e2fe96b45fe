// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a guest can hold a descriptor of: files, directories, sockets, standard streams. The base
// class answers every operation with the error for a descriptor that does not have it, so that a
// kind of descriptor implements only what it can do. Whether a guest may ask is a matter of
// rights.h.
//
// Operations may run on several threads at once. Those that can block take an Interrupt.

#ifndef TRENAIL_LIBWASI_CORE_DESCRIPTOR_H_
#define TRENAIL_LIBWASI_CORE_DESCRIPTOR_H_

#include <sys/uio.h>

#include <compare>
#include <cstdint>
#include <span>

#include "libwasi/core/errno.h"
#include "libwasi/core/interrupt.h"

namespace trenail::wasi {

// The numbers are those of preview 1, which does not know pipes.
enum class FileType : uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kDirectory = 3,
  kRegularFile = 4,
  kSocketDatagram = 5,
  kSocketStream = 6,
  kSymbolicLink = 7,
  kFifo = 8,
};

// The bits are those of preview 1's fdflags.
struct FdFlags {
  static constexpr uint16_t kAppend = 1 << 0;
  static constexpr uint16_t kDsync = 1 << 1;
  static constexpr uint16_t kNonblock = 1 << 2;
  static constexpr uint16_t kRsync = 1 << 3;
  static constexpr uint16_t kSync = 1 << 4;
  static constexpr uint16_t kAll = (1 << 5) - 1;
};

// Since 1970; the seconds may be negative, the nanoseconds go forward from them.
struct Timestamp {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

struct FileStat {
  uint64_t device = 0;
  uint64_t inode = 0;
  FileType type = FileType::kUnknown;
  uint64_t link_count = 0;
  uint64_t size = 0;
  Timestamp access_time;
  Timestamp modification_time;
  Timestamp change_time;
};

struct TimeChange {
  enum Kind : uint8_t { kKeep, kNow, kSet };
  Kind kind = kKeep;
  Timestamp time = {};  // for kSet
};

enum class Whence : uint8_t { kSet, kCurrent, kEnd };
enum class Advice : uint8_t { kNormal, kSequential, kRandom, kWillNeed, kDontNeed, kNoReuse };

using IoVectors = std::span<const iovec>;

// How to wait for a descriptor: on a host descriptor, or not at all.
struct PollSource {
  int host_fd = -1;             // -1: always ready
  uint64_t readable_bytes = 0;  // known without asking the host
};

class Directory;
class Socket;

class Descriptor {
 public:
  explicit Descriptor(FileType type) : type_(type) {}
  virtual ~Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  FileType type() const { return type_; }

  virtual IoResult<size_t> Read(IoVectors buffers, const Interrupt* interrupt);
  virtual IoResult<size_t> Write(IoVectors buffers, const Interrupt* interrupt);
  virtual IoResult<size_t> ReadAt(IoVectors buffers, uint64_t offset);
  virtual IoResult<size_t> WriteAt(IoVectors buffers, uint64_t offset);
  // Writes at the end, wherever that is by then.
  virtual IoResult<size_t> Append(IoVectors buffers);
  virtual IoResult<uint64_t> Seek(int64_t delta, Whence whence);
  virtual IoStatus Allocate(uint64_t offset, uint64_t length);
  virtual IoStatus Advise(uint64_t offset, uint64_t length, Advice advice);
  virtual IoStatus Sync();
  virtual IoStatus DataSync();
  virtual IoStatus SetSize(uint64_t size);
  virtual IoStatus SetTimes(TimeChange access, TimeChange modification);
  virtual IoResult<FileStat> Stat();

  // FdFlags.
  virtual uint16_t flags() const { return 0; }
  virtual IoStatus SetFlags(uint16_t flags);

  virtual PollSource poll_source() const { return {}; }
  virtual Directory* AsDirectory() { return nullptr; }
  virtual Socket* AsSocket() { return nullptr; }

 private:
  const FileType type_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_DESCRIPTOR_H_
