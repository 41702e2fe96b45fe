// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directories. Operations that change a name work on the resolved parent directory and the name;
// operations on a file open it with O_PATH first. So the host never resolves a guest's path itself.

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libwasi/core/filesystem.h"
#include "libwasi/core/time_change.h"

namespace trenail::wasi {
namespace {

constexpr mode_t kFileMode = 0666;  // less the umask, as for every program
constexpr mode_t kDirectoryMode = 0777;

int HostOpenFlags(const OpenOptions& options) {
  // Truncating without access for writing is unspecified, so truncation asks the host for it;
  // whether the guest may write through the descriptor is a matter of its rights.
  bool write = options.write || options.truncate;
  int flags = !write ? O_RDONLY : options.read ? O_RDWR : O_WRONLY;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.directory) flags |= O_DIRECTORY;
  if (options.truncate) flags |= O_TRUNC;
  if ((options.flags & FdFlags::kAppend) != 0) flags |= O_APPEND;
  if ((options.flags & FdFlags::kDsync) != 0) flags |= O_DSYNC;
  if ((options.flags & (FdFlags::kSync | FdFlags::kRsync)) != 0) flags |= O_SYNC;
  // Opening a pipe must not wait for its other end.
  return flags | O_NONBLOCK | O_NOCTTY;
}

FileType FromDirentType(unsigned char type) {
  switch (type) {
    case DT_BLK:
      return FileType::kBlockDevice;
    case DT_CHR:
      return FileType::kCharacterDevice;
    case DT_DIR:
      return FileType::kDirectory;
    case DT_REG:
      return FileType::kRegularFile;
    case DT_LNK:
      return FileType::kSymbolicLink;
    case DT_SOCK:
      return FileType::kSocketStream;
    case DT_FIFO:
      return FileType::kFifo;
    default:
      return FileType::kUnknown;
  }
}

}  // namespace

bool ListingBudget::Take(size_t bytes) {
  size_t left = left_.load();
  do {
    if (left < bytes) return false;
  } while (!left_.compare_exchange_weak(left, left - bytes));
  return true;
}

Directory::Directory(UniqueFd fd, bool read_only, PathResolver resolver,
                     std::shared_ptr<ListingBudget> budget)
    : Descriptor(FileType::kDirectory),
      fd_(std::move(fd)),
      read_only_(read_only),
      resolver_(resolver),
      budget_(std::move(budget)) {}

Directory::~Directory() { DropSnapshot(); }

IoResult<std::shared_ptr<Directory>> Directory::OpenHost(const std::string& host_path,
                                                         bool read_only, PathResolver resolver) {
  UniqueFd fd(::open(host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return HostFailure();
  return std::make_shared<Directory>(std::move(fd), read_only, resolver,
                                     std::make_shared<ListingBudget>());
}

IoStatus Directory::CheckMutable() const {
  if (read_only_) return std::unexpected(Errno::kRofs);
  return {};
}

IoResult<std::shared_ptr<Descriptor>> Directory::Open(std::string_view path,
                                                      const OpenOptions& options) {
  if (options.create && options.directory) return std::unexpected(Errno::kInval);
  OpenOptions effective = options;
  if (read_only_) {
    if (options.write || options.truncate) return std::unexpected(Errno::kRofs);
    // As on a read-only file system, a file that exists can be opened with `create`.
    effective.create = effective.exclusive = false;
  }
  OpenHow how = {.flags = HostOpenFlags(effective), .mode = kFileMode, .follow = options.follow};
  IoResult<UniqueFd> opened = OpenBeneath(fd_.get(), path, how, resolver_);
  if (read_only_ && options.create) {
    if (!opened && opened.error() == Errno::kNoent) return std::unexpected(Errno::kRofs);
    if (opened && options.exclusive) return std::unexpected(Errno::kExist);
  }
  if (!opened) return std::unexpected(opened.error());
  struct stat status;
  if (::fstat(opened->get(), &status) != 0) return HostFailure();
  if (S_ISDIR(status.st_mode)) {
    return std::make_shared<Directory>(std::move(*opened), read_only_, resolver_, budget_);
  }
  FileType type = FileTypeOf(opened->get(), status);
  return std::make_shared<File>(std::move(*opened), type, options.flags, read_only_);
}

IoStatus Directory::CreateDirectory(std::string_view path) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  IoResult<PathParent> parent = OpenParentBeneath(fd_.get(), path, resolver_);
  if (!parent) return std::unexpected(parent.error());
  if (::mkdirat(parent->directory.get(), parent->name.c_str(), kDirectoryMode) != 0) {
    return HostFailure();
  }
  return {};
}

IoStatus Directory::RemoveDirectory(std::string_view path) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  IoResult<PathParent> parent = OpenParentBeneath(fd_.get(), path, resolver_);
  if (!parent) return std::unexpected(parent.error());
  if (parent->has_trailing_slash()) {
    // It means the directory that a symbolic link leads to. Linux refuses to remove that one, but
    // not with an error that says where it is.
    IoResult<UniqueFd> target =
        OpenBeneath(fd_.get(), path, {.flags = O_PATH | O_DIRECTORY}, resolver_);
    if (!target) return std::unexpected(target.error());
  }
  if (::unlinkat(parent->directory.get(), parent->name.c_str(), AT_REMOVEDIR) != 0) {
    return HostFailure();
  }
  return {};
}

IoStatus Directory::UnlinkFile(std::string_view path) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  IoResult<PathParent> parent = OpenParentBeneath(fd_.get(), path, resolver_);
  if (!parent) return std::unexpected(parent.error());
  if (::unlinkat(parent->directory.get(), parent->name.c_str(), 0) != 0) return HostFailure();
  return {};
}

IoStatus Directory::Rename(std::string_view path, Directory& new_directory,
                           std::string_view new_path) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  if (IoStatus checked = new_directory.CheckMutable(); !checked) return checked;
  IoResult<PathParent> from = OpenParentBeneath(fd_.get(), path, resolver_);
  if (!from) return std::unexpected(from.error());
  IoResult<PathParent> to =
      OpenParentBeneath(new_directory.fd_.get(), new_path, new_directory.resolver_);
  if (!to) return std::unexpected(to.error());
  if (::renameat(from->directory.get(), from->name.c_str(), to->directory.get(),
                 to->name.c_str()) != 0) {
    return HostFailure();
  }
  return {};
}

IoStatus Directory::Link(std::string_view path, bool follow, Directory& new_directory,
                         std::string_view new_path) {
  // A link in a writable directory to a file of a read-only one would make the file writable.
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  if (IoStatus checked = new_directory.CheckMutable(); !checked) return checked;
  // linkat(2) would follow a symbolic link at "name/" on its own. What a path with a slash at the
  // end leads to is a directory or an error, and a directory has no hard links.
  IoResult<PathParent> from = follow ? OpenFollowedParentBeneath(fd_.get(), path)
                                     : OpenParentBeneath(fd_.get(), path, resolver_);
  if (!from) return std::unexpected(from.error());
  if (from->has_trailing_slash() || from->name == "." || from->name == "..") {
    IoResult<UniqueFd> target =
        OpenBeneath(fd_.get(), path, {.flags = O_PATH | O_DIRECTORY}, resolver_);
    if (!target) return std::unexpected(target.error());
    return std::unexpected(Errno::kPerm);
  }
  IoResult<PathParent> to =
      OpenParentBeneath(new_directory.fd_.get(), new_path, new_directory.resolver_);
  if (!to) return std::unexpected(to.error());
  if (::linkat(from->directory.get(), from->name.c_str(), to->directory.get(), to->name.c_str(),
               0) != 0) {
    return HostFailure();
  }
  return {};
}

IoStatus Directory::Symlink(std::string_view target, std::string_view path) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  if (target.find('\0') != std::string_view::npos) return std::unexpected(Errno::kInval);
  if (target.size() >= PATH_MAX) return std::unexpected(Errno::kNametoolong);
  if (target.starts_with('/')) return std::unexpected(Errno::kNotcapable);
  IoResult<PathParent> parent = OpenParentBeneath(fd_.get(), path, resolver_);
  if (!parent) return std::unexpected(parent.error());
  std::string terminated(target);
  if (::symlinkat(terminated.c_str(), parent->directory.get(), parent->name.c_str()) != 0) {
    return HostFailure();
  }
  return {};
}

IoResult<std::string> Directory::ReadLink(std::string_view path) {
  IoResult<UniqueFd> link =
      OpenBeneath(fd_.get(), path, {.flags = O_PATH, .follow = false}, resolver_);
  if (!link) return std::unexpected(link.error());
  char target[PATH_MAX];
  ssize_t length = ::readlinkat(link->get(), "", target, sizeof(target));
  if (length < 0) {
    // For an empty path Linux says ENOENT where it says EINVAL for a name.
    if (errno == ENOENT) return std::unexpected(Errno::kInval);
    return HostFailure();
  }
  return std::string(target, static_cast<size_t>(length));
}

IoResult<FileStat> Directory::StatAt(std::string_view path, bool follow) {
  IoResult<UniqueFd> file =
      OpenBeneath(fd_.get(), path, {.flags = O_PATH, .follow = follow}, resolver_);
  if (!file) return std::unexpected(file.error());
  struct stat status;
  if (::fstat(file->get(), &status) != 0) return HostFailure();
  return ToFileStat(-1, status);
}

IoStatus Directory::SetTimesAt(std::string_view path, bool follow, TimeChange access,
                               TimeChange modification) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  IoResult<UniqueFd> file =
      OpenBeneath(fd_.get(), path, {.flags = O_PATH, .follow = follow}, resolver_);
  if (!file) return std::unexpected(file.error());
  timespec times[2] = {HostTime(access), HostTime(modification)};
  if (::utimensat(file->get(), "", times, AT_EMPTY_PATH) == 0) return {};
  if (errno != EINVAL && errno != ENOENT) return HostFailure();
  // Before Linux 5.8 the empty path is not understood; the descriptor's own name is.
  char name[48];
  ::snprintf(name, sizeof(name), "/proc/self/fd/%d", file->get());
  if (::utimensat(AT_FDCWD, name, times, 0) != 0) return HostFailure();
  return {};
}

void Directory::DropSnapshot() {
  budget_->GiveBack(snapshot_bytes_);
  snapshot_bytes_ = 0;
  snapshot_ = {};
  has_snapshot_ = false;
}

IoStatus Directory::AddToSnapshot(DirectoryEntry entry) {
  size_t bytes = sizeof(entry) + entry.name.size();
  if (!budget_->Take(bytes)) return std::unexpected(Errno::kNomem);
  snapshot_bytes_ += bytes;
  snapshot_.push_back(std::move(entry));
  return {};
}

DirectoryListing::~DirectoryListing() { ::closedir(stream_); }

IoResult<std::optional<DirectoryEntry>> DirectoryListing::Next() {
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(stream_);
    if (entry == nullptr) {
      if (errno != 0) return HostFailure();
      return std::nullopt;
    }
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    FileType type = FromDirentType(entry->d_type);
    if (entry->d_type == DT_UNKNOWN) {
      struct stat attributes;
      if (::fstatat(::dirfd(stream_), entry->d_name, &attributes, AT_SYMLINK_NOFOLLOW) == 0)
        type = FileTypeOf(-1, attributes);
    }
    return DirectoryEntry{entry->d_name, entry->d_ino, type};
  }
}

IoResult<std::unique_ptr<DirectoryListing>> Directory::List() {
  // A descriptor of its own, because the position of fd_ belongs to the open file.
  UniqueFd own(::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own.valid()) return HostFailure();
  DIR* const stream = ::fdopendir(own.get());
  if (stream == nullptr) return HostFailure();
  own.Release();
  return std::unique_ptr<DirectoryListing>(new DirectoryListing(stream));
}

IoStatus Directory::TakeSnapshot() {
  DropSnapshot();
  struct stat self;
  if (::fstat(fd_.get(), &self) != 0) return HostFailure();
  IoResult<std::unique_ptr<DirectoryListing>> listing = List();
  if (!listing) return std::unexpected(listing.error());
  // The inode of ".." is the directory's own: what is above is not for the guest to see.
  IoStatus status = AddToSnapshot({".", self.st_ino, FileType::kDirectory});
  if (status) status = AddToSnapshot({"..", self.st_ino, FileType::kDirectory});
  while (status) {
    IoResult<std::optional<DirectoryEntry>> entry = (*listing)->Next();
    if (!entry) {
      status = std::unexpected(entry.error());
    } else if (!*entry) {
      break;
    } else {
      status = AddToSnapshot(**std::move(entry));
    }
  }
  if (!status) {
    DropSnapshot();
  } else {
    has_snapshot_ = true;
  }
  return status;
}

IoResult<std::vector<DirectoryEntry>> Directory::ReadEntries(uint64_t cookie, size_t max_entries) {
  std::lock_guard lock(mutex_);
  if (cookie == 0 || !has_snapshot_) {
    if (IoStatus taken = TakeSnapshot(); !taken) return std::unexpected(taken.error());
  }
  size_t begin = static_cast<size_t>(std::min<uint64_t>(cookie, snapshot_.size()));
  size_t count = std::min(max_entries, snapshot_.size() - begin);
  auto first = snapshot_.begin() + static_cast<ptrdiff_t>(begin);
  return std::vector<DirectoryEntry>(first, first + static_cast<ptrdiff_t>(count));
}

IoStatus Directory::Sync() {
  if (::fsync(fd_.get()) != 0) return HostFailure();
  return {};
}

IoStatus Directory::DataSync() {
  if (::fdatasync(fd_.get()) != 0) return HostFailure();
  return {};
}

IoStatus Directory::SetTimes(TimeChange access, TimeChange modification) {
  if (IoStatus checked = CheckMutable(); !checked) return checked;
  timespec times[2] = {HostTime(access), HostTime(modification)};
  if (::futimens(fd_.get(), times) != 0) return HostFailure();
  return {};
}

IoResult<FileStat> Directory::Stat() {
  struct stat status;
  if (::fstat(fd_.get(), &status) != 0) return HostFailure();
  return ToFileStat(fd_.get(), status);
}

IoResult<size_t> Directory::ReadAt(IoVectors, uint64_t) { return std::unexpected(Errno::kIsdir); }
IoResult<size_t> Directory::WriteAt(IoVectors, uint64_t) { return std::unexpected(Errno::kIsdir); }
IoResult<size_t> Directory::Append(IoVectors) { return std::unexpected(Errno::kIsdir); }
IoResult<uint64_t> Directory::Seek(int64_t, Whence) { return std::unexpected(Errno::kIsdir); }
IoStatus Directory::Allocate(uint64_t, uint64_t) { return std::unexpected(Errno::kIsdir); }
IoStatus Directory::Advise(uint64_t, uint64_t, Advice) { return {}; }
IoStatus Directory::SetSize(uint64_t) { return std::unexpected(Errno::kIsdir); }

}  // namespace trenail::wasi
