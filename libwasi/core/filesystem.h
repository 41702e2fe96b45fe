// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files and directories of the host below a granted directory. [wasi:filesystem/types]
//
// A Directory reaches only what is beneath it (sandbox.h). One that was granted read-only, and all
// that is opened through it, refuses every change with kRofs, as a read-only mount does.

#ifndef TRENAIL_LIBWASI_CORE_FILESYSTEM_H_
#define TRENAIL_LIBWASI_CORE_FILESYSTEM_H_

#include <dirent.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasi/core/descriptor.h"
#include "libwasi/core/host_io.h"
#include "libwasi/core/sandbox.h"
#include "libwasi/core/unique_fd.h"

namespace trenail::wasi {

// A file that is not a directory: regular, device, or pipe.
class File : public Descriptor {
 public:
  File(UniqueFd fd, FileType type, uint16_t flags, bool read_only);
  ~File() override = default;

  IoResult<size_t> Read(IoVectors buffers, const Interrupt* interrupt) override;
  IoResult<size_t> Write(IoVectors buffers, const Interrupt* interrupt) override;
  IoResult<size_t> ReadAt(IoVectors buffers, uint64_t offset) override;
  IoResult<size_t> WriteAt(IoVectors buffers, uint64_t offset) override;
  IoResult<size_t> Append(IoVectors buffers) override;
  IoResult<uint64_t> Seek(int64_t delta, Whence whence) override;
  IoStatus Allocate(uint64_t offset, uint64_t length) override;
  IoStatus Advise(uint64_t offset, uint64_t length, Advice advice) override;
  IoStatus Sync() override;
  IoStatus DataSync() override;
  IoStatus SetSize(uint64_t size) override;
  IoStatus SetTimes(TimeChange access, TimeChange modification) override;
  IoResult<FileStat> Stat() override;
  uint16_t flags() const override { return flags_.load(); }
  IoStatus SetFlags(uint16_t flags) override;
  PollSource poll_source() const override;

 protected:
  int fd() const { return fd_.get(); }
  // Gives the host descriptor up, for one that is borrowed.
  void ReleaseFd() { fd_.Release(); }

 private:
  HostIoMode mode() const;

  UniqueFd fd_;
  std::atomic<uint16_t> flags_;
  const bool read_only_;
  const bool may_block_;
};

struct DirectoryEntry {
  std::string name;
  uint64_t inode = 0;
  FileType type = FileType::kUnknown;
};

struct OpenOptions {
  bool follow = true;      // the last component, if it is a symbolic link
  bool create = false;     // if it does not exist
  bool exclusive = false;  // with create: it must not exist
  bool directory = false;  // it must be a directory
  bool truncate = false;   // changes the file, so it needs a directory that is not read-only
  bool read = false;
  bool write = false;
  uint16_t flags = 0;  // FdFlags
};

// Bounds the host's memory for the listings of a granted directory and all directories below it, of
// which a guest may hold as many as it likes.
class ListingBudget {
 public:
  static constexpr size_t kDefaultBytes = size_t{128} << 20;

  explicit ListingBudget(size_t bytes = kDefaultBytes) : left_(bytes) {}
  bool Take(size_t bytes);
  void GiveBack(size_t bytes) { left_ += bytes; }

 private:
  std::atomic<size_t> left_;
};

// The entries of a directory, one after the other, without "." and "..". A listing is its own: it
// does not matter what others that are open do, and it holds no more than a buffer of the host's.
class DirectoryListing {
 public:
  // What a listing takes of the host's memory.
  static constexpr size_t kBytes = size_t{40} << 10;

  ~DirectoryListing();
  DirectoryListing(const DirectoryListing&) = delete;
  DirectoryListing& operator=(const DirectoryListing&) = delete;

  // Nothing at the end.
  IoResult<std::optional<DirectoryEntry>> Next();

 private:
  friend class Directory;
  explicit DirectoryListing(DIR* stream) : stream_(stream) {}
  DIR* const stream_;
};

class Directory : public Descriptor {
 public:
  Directory(UniqueFd fd, bool read_only, PathResolver resolver,
            std::shared_ptr<ListingBudget> budget);
  ~Directory() override;

  // Grants a directory of the host, by a path of the host.
  static IoResult<std::shared_ptr<Directory>> OpenHost(const std::string& host_path, bool read_only,
                                                       PathResolver resolver = PathResolver::kBest);

  bool read_only() const { return read_only_; }

  IoResult<std::shared_ptr<Descriptor>> Open(std::string_view path, const OpenOptions& options);
  IoStatus CreateDirectory(std::string_view path);
  IoStatus RemoveDirectory(std::string_view path);
  IoStatus UnlinkFile(std::string_view path);
  IoStatus Rename(std::string_view path, Directory& new_directory, std::string_view new_path);
  IoStatus Link(std::string_view path, bool follow, Directory& new_directory,
                std::string_view new_path);
  // kNotcapable for an absolute target, which could never be followed.
  IoStatus Symlink(std::string_view target, std::string_view path);
  IoResult<std::string> ReadLink(std::string_view path);
  IoResult<FileStat> StatAt(std::string_view path, bool follow);
  IoStatus SetTimesAt(std::string_view path, bool follow, TimeChange access,
                      TimeChange modification);

  IoResult<std::unique_ptr<DirectoryListing>> List();

  // The entries from position `cookie` on; the entry at index i of the result has position cookie +
  // i and the next one cookie + i + 1. Position 0 begins a new listing of the directory, and
  // positions stay valid until then whatever is created or removed meanwhile: "." and "..", then a
  // snapshot of the names. At most `max_entries` are returned; fewer only at the end.
  IoResult<std::vector<DirectoryEntry>> ReadEntries(uint64_t cookie, size_t max_entries);

  IoStatus Sync() override;
  IoStatus DataSync() override;
  IoStatus SetTimes(TimeChange access, TimeChange modification) override;
  IoResult<FileStat> Stat() override;
  IoResult<size_t> ReadAt(IoVectors buffers, uint64_t offset) override;
  IoResult<size_t> WriteAt(IoVectors buffers, uint64_t offset) override;
  IoResult<size_t> Append(IoVectors buffers) override;
  IoResult<uint64_t> Seek(int64_t delta, Whence whence) override;
  IoStatus Allocate(uint64_t offset, uint64_t length) override;
  IoStatus Advise(uint64_t offset, uint64_t length, Advice advice) override;
  IoStatus SetSize(uint64_t size) override;
  Directory* AsDirectory() override { return this; }

 private:
  IoStatus CheckMutable() const;
  IoStatus TakeSnapshot();
  IoStatus AddToSnapshot(DirectoryEntry entry);
  void DropSnapshot();

  UniqueFd fd_;
  const bool read_only_;
  const PathResolver resolver_;
  const std::shared_ptr<ListingBudget> budget_;
  std::mutex mutex_;  // of what follows
  size_t snapshot_bytes_ = 0;
  bool has_snapshot_ = false;
  std::vector<DirectoryEntry> snapshot_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_FILESYSTEM_H_
