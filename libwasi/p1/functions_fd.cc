// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions on descriptors. Each looks the descriptor up with the rights that the specification
// asks for and checks where its results go before it does anything.

#include <algorithm>
#include <utility>

#include "libwasi/core/filesystem.h"
#include "libwasi/p1/functions.h"
#include "libwasm/support/error.h"

namespace trenail::wasi::p1 {
namespace {

constexpr uint32_t kDirentSize = 24;
constexpr size_t kEntriesAtOnce = 128;
constexpr uint64_t kNanosPerSecond = 1'000'000'000;

IoResult<std::shared_ptr<Descriptor>> Find(Call& call, Fd fd, Rights rights = 0) {
  return TRY(call.context.descriptors.Get(fd, rights)).descriptor;
}

// [wasi_snapshot_preview1.filetype] A pipe is something else.
FileType ToFiletype(FileType type) { return type == FileType::kFifo ? FileType::kUnknown : type; }

// [wasi_snapshot_preview1.timestamp] What is before 1970, or after 2554, becomes the nearest.
uint64_t ToNanoseconds(Timestamp time) {
  if (time.seconds < 0) return 0;
  const auto seconds = static_cast<uint64_t>(time.seconds);
  if (seconds > UINT64_MAX / kNanosPerSecond - 1) return UINT64_MAX;
  return seconds * kNanosPerSecond + time.nanoseconds;
}

IoStatus StoreSize(uint8_t* to, size_t bytes) {
  GuestMemory::Store(to, static_cast<Size>(bytes));
  return {};
}

// [wasi_snapshot_preview1.rights.fd_seek] "This flag implies rights::fd_tell."
IoStatus CheckTell(const HeldDescriptor& held) {
  if ((held.base & (right::kFdTell | right::kFdSeek)) == 0) {
    return std::unexpected(Errno::kNotcapable);
  }
  return {};
}

IoStatus Seek(Call& call, Fd fd, int64_t delta, IoResult<Whence> whence, Address result) {
  HeldDescriptor held = TRY(call.context.descriptors.Get(fd));
  Whence base = TRY(whence);
  if (delta == 0 && base == Whence::kCurrent) {
    TRY_VOID(CheckTell(held));
  } else if ((held.base & right::kFdSeek) == 0) {
    return std::unexpected(Errno::kNotcapable);
  }
  uint8_t* to = TRY(call.memory.Range(result, sizeof(uint64_t)));
  GuestMemory::Store(to, TRY(held.descriptor->Seek(delta, base)));
  return {};
}

}  // namespace

void StoreFilestat(uint8_t* to, const FileStat& stat) {
  GuestMemory::Store(to, stat.device);
  GuestMemory::Store(to + 8, stat.inode);
  GuestMemory::Store(to + 16, static_cast<uint64_t>(ToFiletype(stat.type)));
  GuestMemory::Store(to + 24, stat.link_count);
  GuestMemory::Store(to + 32, stat.size);
  GuestMemory::Store(to + 40, ToNanoseconds(stat.access_time));
  GuestMemory::Store(to + 48, ToNanoseconds(stat.modification_time));
  GuestMemory::Store(to + 56, ToNanoseconds(stat.change_time));
}

void StoreUnstableFilestat(uint8_t* to, const FileStat& stat) {
  GuestMemory::Store(to, stat.device);
  GuestMemory::Store(to + 8, stat.inode);
  GuestMemory::Store(to + 16, static_cast<uint32_t>(ToFiletype(stat.type)));
  GuestMemory::Store(to + 20,
                     static_cast<uint32_t>(std::min<uint64_t>(stat.link_count, UINT32_MAX)));
  GuestMemory::Store(to + 24, stat.size);
  GuestMemory::Store(to + 32, ToNanoseconds(stat.access_time));
  GuestMemory::Store(to + 40, ToNanoseconds(stat.modification_time));
  GuestMemory::Store(to + 48, ToNanoseconds(stat.change_time));
}

IoResult<TimeChanges> ToTimeChanges(uint64_t atim, uint64_t mtim, uint32_t flags) {
  if (flags > 0xf) return std::unexpected(Errno::kInval);
  auto change = [](uint32_t bits, uint64_t time) -> IoResult<TimeChange> {
    switch (bits) {
      case 0:
        return TimeChange{};
      case 1:
        return TimeChange{.kind = TimeChange::kSet,
                          .time = {static_cast<int64_t>(time / kNanosPerSecond),
                                   static_cast<uint32_t>(time % kNanosPerSecond)}};
      case 2:
        return TimeChange{.kind = TimeChange::kNow};
      default:
        return std::unexpected(Errno::kInval);
    }
  };
  return TimeChanges{TRY(change(flags & 3, atim)), TRY(change(flags >> 2, mtim))};
}

IoStatus FdAdvise(Call& call, Fd fd, uint64_t offset, uint64_t length, uint32_t advice) {
  auto descriptor = TRY(Find(call, fd, right::kFdAdvise));
  if (advice > static_cast<uint32_t>(Advice::kNoReuse)) return std::unexpected(Errno::kInval);
  return descriptor->Advise(offset, length, static_cast<Advice>(advice));
}

IoStatus FdAllocate(Call& call, Fd fd, uint64_t offset, uint64_t length) {
  return TRY(Find(call, fd, right::kFdAllocate))->Allocate(offset, length);
}

IoStatus FdClose(Call& call, Fd fd) { return call.context.descriptors.Close(fd); }

IoStatus FdDatasync(Call& call, Fd fd) {
  return TRY(Find(call, fd, right::kFdDatasync))->DataSync();
}

IoStatus FdFdstatGet(Call& call, Fd fd, Address result) {
  HeldDescriptor held = TRY(call.context.descriptors.Get(fd));
  uint8_t* to = TRY(call.memory.Range(result, 24));
  GuestMemory::Store(to, static_cast<uint16_t>(ToFiletype(held.descriptor->type())));
  GuestMemory::Store(to + 2, held.descriptor->flags());
  GuestMemory::Store(to + 4, uint32_t{0});
  GuestMemory::Store(to + 8, held.base);
  GuestMemory::Store(to + 16, held.inheriting);
  return {};
}

IoStatus FdFdstatSetFlags(Call& call, Fd fd, uint32_t flags) {
  auto descriptor = TRY(Find(call, fd, right::kFdFdstatSetFlags));
  if (flags > FdFlags::kAll) return std::unexpected(Errno::kInval);
  return descriptor->SetFlags(static_cast<uint16_t>(flags));
}

IoStatus FdFdstatSetRights(Call& call, Fd fd, Rights base, Rights inheriting) {
  return call.context.descriptors.SetRights(fd, base, inheriting);
}

IoStatus FdFilestatGet(Call& call, Fd fd, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdFilestatGet));
  uint8_t* to = TRY(call.memory.Range(result, kFilestatSize));
  StoreFilestat(to, TRY(descriptor->Stat()));
  return {};
}

IoStatus FdFilestatSetSize(Call& call, Fd fd, uint64_t size) {
  return TRY(Find(call, fd, right::kFdFilestatSetSize))->SetSize(size);
}

IoStatus FdFilestatSetTimes(Call& call, Fd fd, uint64_t atim, uint64_t mtim, uint32_t flags) {
  auto descriptor = TRY(Find(call, fd, right::kFdFilestatSetTimes));
  TimeChanges changes = TRY(ToTimeChanges(atim, mtim, flags));
  return descriptor->SetTimes(changes.access, changes.modification);
}

IoStatus FdPread(Call& call, Fd fd, Address iovs, Size count, uint64_t offset, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdRead | right::kFdSeek));
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Size)));
  return StoreSize(to, TRY(descriptor->ReadAt(buffers, offset)));
}

IoStatus FdPrestatGet(Call& call, Fd fd, Address result) {
  std::string name = TRY(call.context.descriptors.PreopenName(fd));
  uint8_t* to = TRY(call.memory.Range(result, 8));
  GuestMemory::Store(to, uint32_t{0});  // the tag, preopentype::dir
  return StoreSize(to + 4, name.size());
}

IoStatus FdPrestatDirName(Call& call, Fd fd, Address path, Size length) {
  std::string name = TRY(call.context.descriptors.PreopenName(fd));
  if (length < name.size()) return std::unexpected(Errno::kNametoolong);
  uint8_t* to = TRY(call.memory.Range(path, length));
  std::copy(name.begin(), name.end(), to);
  return {};
}

IoStatus FdPwrite(Call& call, Fd fd, Address iovs, Size count, uint64_t offset, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdWrite | right::kFdSeek));
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Size)));
  return StoreSize(to, TRY(descriptor->WriteAt(buffers, offset)));
}

IoStatus FdRead(Call& call, Fd fd, Address iovs, Size count, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdRead));
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Size)));
  return StoreSize(to, TRY(descriptor->Read(buffers, &call.context.interrupt)));
}

IoStatus FdReaddir(Call& call, Fd fd, Address buffer, Size length, uint64_t cookie,
                   Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdReaddir));
  Directory* directory = descriptor->AsDirectory();
  if (directory == nullptr) return std::unexpected(Errno::kNotdir);
  uint8_t* to = TRY(call.memory.Range(buffer, length));
  uint8_t* result_at = TRY(call.memory.Range(result, sizeof(Size)));
  uint32_t used = 0;
  // An entry that does not fit is cut, so a full buffer says that there is more.
  auto append = [&](const void* bytes, size_t size) {
    size_t part = std::min<size_t>(size, length - used);
    std::memcpy(to + used, bytes, part);
    used += static_cast<uint32_t>(part);
  };
  while (used < length) {
    std::vector<DirectoryEntry> entries = TRY(directory->ReadEntries(cookie, kEntriesAtOnce));
    for (const DirectoryEntry& entry : entries) {
      if (used == length) break;
      ++cookie;
      uint8_t dirent[kDirentSize] = {};
      GuestMemory::Store(dirent, cookie);
      GuestMemory::Store(dirent + 8, entry.inode);
      GuestMemory::Store(dirent + 16, static_cast<uint32_t>(entry.name.size()));
      GuestMemory::Store(dirent + 20, ToFiletype(entry.type));
      append(dirent, sizeof(dirent));
      append(entry.name.data(), entry.name.size());
    }
    if (entries.size() < kEntriesAtOnce) break;
  }
  return StoreSize(result_at, used);
}

IoStatus FdRenumber(Call& call, Fd from, Fd to) {
  return call.context.descriptors.Renumber(from, to);
}

IoStatus FdSeek(Call& call, Fd fd, int64_t delta, uint32_t whence, Address result) {
  constexpr Whence kWhences[] = {Whence::kSet, Whence::kCurrent, Whence::kEnd};
  IoResult<Whence> base = std::unexpected(Errno::kInval);
  if (whence < std::size(kWhences)) base = kWhences[whence];
  return Seek(call, fd, delta, base, result);
}

IoStatus FdSync(Call& call, Fd fd) { return TRY(Find(call, fd, right::kFdSync))->Sync(); }

IoStatus FdTell(Call& call, Fd fd, Address result) {
  return Seek(call, fd, 0, Whence::kCurrent, result);
}

IoStatus FdWrite(Call& call, Fd fd, Address iovs, Size count, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdWrite));
  std::vector<iovec> buffers = TRY(call.memory.Vectors(iovs, count));
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Size)));
  return StoreSize(to, TRY(descriptor->Write(buffers, &call.context.interrupt)));
}

namespace unstable {

IoStatus FdFilestatGet(Call& call, Fd fd, Address result) {
  auto descriptor = TRY(Find(call, fd, right::kFdFilestatGet));
  uint8_t* to = TRY(call.memory.Range(result, kUnstableFilestatSize));
  StoreUnstableFilestat(to, TRY(descriptor->Stat()));
  return {};
}

IoStatus FdSeek(Call& call, Fd fd, int64_t delta, uint32_t whence, Address result) {
  constexpr Whence kWhences[] = {Whence::kCurrent, Whence::kEnd, Whence::kSet};
  IoResult<Whence> base = std::unexpected(Errno::kInval);
  if (whence < std::size(kWhences)) base = kWhences[whence];
  return Seek(call, fd, delta, base, result);
}

}  // namespace unstable
}  // namespace trenail::wasi::p1
