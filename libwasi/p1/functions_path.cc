// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions on paths below a directory descriptor.

#include <algorithm>

#include "libwasi/core/filesystem.h"
#include "libwasi/p1/functions.h"
#include "libwasm/support/error.h"

namespace trenail::wasi::p1 {
namespace {

constexpr uint32_t kSymlinkFollow = 1;  // [wasi_snapshot_preview1.lookupflags]

// [wasi_snapshot_preview1.oflags]
constexpr uint32_t kCreate = 1 << 0;
constexpr uint32_t kDirectory = 1 << 1;
constexpr uint32_t kExclusive = 1 << 2;
constexpr uint32_t kTruncate = 1 << 3;
constexpr uint32_t kAllOflags = (1 << 4) - 1;

struct HeldDirectory {
  HeldDescriptor held;

  Directory& operator*() const { return *held.descriptor->AsDirectory(); }
  Directory* operator->() const { return held.descriptor->AsDirectory(); }
};

IoResult<HeldDirectory> FindDirectory(Call& call, Fd fd, Rights rights) {
  HeldDescriptor held = TRY(call.context.descriptors.Get(fd));
  if (held.descriptor->AsDirectory() == nullptr) return std::unexpected(Errno::kNotdir);
  if ((rights & ~held.base) != 0) return std::unexpected(Errno::kNotcapable);
  return HeldDirectory{std::move(held)};
}

IoResult<bool> FollowsSymlinks(uint32_t lookup) {
  if ((lookup & ~kSymlinkFollow) != 0) return std::unexpected(Errno::kInval);
  return lookup == kSymlinkFollow;
}

IoResult<FileStat> PathStat(Call& call, Fd fd, uint32_t lookup, Address path, Size length) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathFilestatGet));
  bool follow = TRY(FollowsSymlinks(lookup));
  return directory->StatAt(TRY(call.memory.String(path, length)), follow);
}

// What path_open asks of the directory. [wasi_snapshot_preview1.rights]
IoStatus CheckOpenRights(const HeldDescriptor& directory, uint32_t oflags, uint32_t fdflags,
                         Rights base, Rights inheriting) {
  Rights needed = right::kPathOpen;
  Rights needed_inheriting = base | inheriting;
  if ((oflags & kCreate) != 0) needed |= right::kPathCreateFile;
  if ((oflags & kTruncate) != 0) {
    // Truncation writes, so it is for those who may write below the directory.
    needed |= right::kPathFilestatSetSize;
    needed_inheriting |= right::kFdWrite;
  }
  if ((fdflags & (FdFlags::kSync | FdFlags::kRsync)) != 0) needed_inheriting |= right::kFdSync;
  if ((fdflags & FdFlags::kDsync) != 0 &&
      (directory.inheriting & (right::kFdDatasync | right::kFdSync)) == 0) {
    return std::unexpected(Errno::kNotcapable);
  }
  if ((needed & ~directory.base) != 0 || (needed_inheriting & ~directory.inheriting) != 0) {
    return std::unexpected(Errno::kNotcapable);
  }
  return {};
}

}  // namespace

IoStatus PathCreateDirectory(Call& call, Fd fd, Address path, Size length) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathCreateDirectory));
  return directory->CreateDirectory(TRY(call.memory.String(path, length)));
}

IoStatus PathFilestatGet(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                         Address result) {
  uint8_t* to = TRY(call.memory.Range(result, kFilestatSize));
  StoreFilestat(to, TRY(PathStat(call, fd, lookup, path, length)));
  return {};
}

IoStatus PathFilestatSetTimes(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                              uint64_t atim, uint64_t mtim, uint32_t flags) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathFilestatSetTimes));
  bool follow = TRY(FollowsSymlinks(lookup));
  TimeChanges changes = TRY(ToTimeChanges(atim, mtim, flags));
  return directory->SetTimesAt(TRY(call.memory.String(path, length)), follow, changes.access,
                               changes.modification);
}

IoStatus PathLink(Call& call, Fd fd, uint32_t lookup, Address path, Size length, Fd new_fd,
                  Address new_path, Size new_length) {
  HeldDirectory from = TRY(FindDirectory(call, fd, right::kPathLinkSource));
  HeldDirectory to = TRY(FindDirectory(call, new_fd, right::kPathLinkTarget));
  bool follow = TRY(FollowsSymlinks(lookup));
  std::string old_name = TRY(call.memory.String(path, length));
  std::string new_name = TRY(call.memory.String(new_path, new_length));
  return from->Link(old_name, follow, *to, new_name);
}

IoStatus PathOpen(Call& call, Fd fd, uint32_t lookup, Address path, Size length, uint32_t oflags,
                  Rights base, Rights inheriting, uint32_t fdflags, Address result) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathOpen));
  bool follow = TRY(FollowsSymlinks(lookup));
  if (oflags > kAllOflags || fdflags > FdFlags::kAll) return std::unexpected(Errno::kInval);
  TRY_VOID(CheckOpenRights(directory.held, oflags, fdflags, base, inheriting));
  uint8_t* to = TRY(call.memory.Range(result, sizeof(Fd)));
  OpenOptions options = {
      .follow = follow,
      .create = (oflags & kCreate) != 0,
      .exclusive = (oflags & kExclusive) != 0,
      .directory = (oflags & kDirectory) != 0,
      .truncate = (oflags & kTruncate) != 0,
      .read = (base & (right::kFdRead | right::kFdReaddir)) != 0,
      .write = (base & (right::kFdWrite | right::kFdAllocate | right::kFdFilestatSetSize)) != 0,
      .flags = static_cast<uint16_t>(fdflags),
  };
  std::shared_ptr<Descriptor> opened =
      TRY(directory->Open(TRY(call.memory.String(path, length)), options));
  // "The implementation is allowed to return a file descriptor with fewer rights than specified, if
  // and only if those rights do not apply to the type of file being opened."
  FileType type = opened->type();
  HeldDescriptor held = {std::move(opened), base & ApplicableRights(type),
                         type == FileType::kDirectory ? inheriting : 0};
  GuestMemory::Store(to, TRY(call.context.descriptors.Insert(std::move(held))));
  return {};
}

IoStatus PathReadlink(Call& call, Fd fd, Address path, Size length, Address buffer,
                      Size buffer_length, Address result) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathReadlink));
  uint8_t* to = TRY(call.memory.Range(buffer, buffer_length));
  uint8_t* result_at = TRY(call.memory.Range(result, sizeof(Size)));
  std::string target = TRY(directory->ReadLink(TRY(call.memory.String(path, length))));
  size_t part = std::min<size_t>(target.size(), buffer_length);
  std::memcpy(to, target.data(), part);
  GuestMemory::Store(result_at, static_cast<Size>(part));
  return {};
}

IoStatus PathRemoveDirectory(Call& call, Fd fd, Address path, Size length) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathRemoveDirectory));
  return directory->RemoveDirectory(TRY(call.memory.String(path, length)));
}

IoStatus PathRename(Call& call, Fd fd, Address path, Size length, Fd new_fd, Address new_path,
                    Size new_length) {
  HeldDirectory from = TRY(FindDirectory(call, fd, right::kPathRenameSource));
  HeldDirectory to = TRY(FindDirectory(call, new_fd, right::kPathRenameTarget));
  std::string old_name = TRY(call.memory.String(path, length));
  std::string new_name = TRY(call.memory.String(new_path, new_length));
  return from->Rename(old_name, *to, new_name);
}

IoStatus PathSymlink(Call& call, Address target, Size target_length, Fd fd, Address path,
                     Size length) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathSymlink));
  std::string content = TRY(call.memory.String(target, target_length));
  return directory->Symlink(content, TRY(call.memory.String(path, length)));
}

IoStatus PathUnlinkFile(Call& call, Fd fd, Address path, Size length) {
  HeldDirectory directory = TRY(FindDirectory(call, fd, right::kPathUnlinkFile));
  return directory->UnlinkFile(TRY(call.memory.String(path, length)));
}

namespace unstable {

IoStatus PathFilestatGet(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                         Address result) {
  uint8_t* to = TRY(call.memory.Range(result, kUnstableFilestatSize));
  StoreUnstableFilestat(to, TRY(PathStat(call, fd, lookup, path, length)));
  return {};
}

}  // namespace unstable
}  // namespace trenail::wasi::p1
