// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What wasi:filesystem 0.2 and 0.3 have in common: a descriptor, which is an object of the host and
// what the guest may do with it. The host's own check, of directories that were granted read-only
// (core/filesystem.h), stands behind the checks here. [wasi:filesystem/types]

#ifndef TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_H_
#define TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "libwasi/component/context.h"
#include "libwasi/core/budget.h"
#include "libwasi/core/byte_stream.h"
#include "libwasi/core/filesystem.h"

namespace trenail::wasi {

struct DescriptorFlags {  // [wasi:filesystem/types.descriptor-flags]
  static constexpr uint32_t kRead = 1 << 0;
  static constexpr uint32_t kWrite = 1 << 1;
  static constexpr uint32_t kFileIntegritySync = 1 << 2;
  static constexpr uint32_t kDataIntegritySync = 1 << 3;
  static constexpr uint32_t kRequestedWriteSync = 1 << 4;
  static constexpr uint32_t kMutateDirectory = 1 << 5;
  static constexpr uint32_t kComponentFlags = 6;
  uint32_t bits = 0;

  bool has(uint32_t flag) const { return (bits & flag) != 0; }
};

struct PathFlags {  // [wasi:filesystem/types.path-flags]
  static constexpr uint32_t kSymlinkFollow = 1 << 0;
  static constexpr uint32_t kComponentFlags = 1;
  uint32_t bits = 0;

  bool follow() const { return (bits & kSymlinkFollow) != 0; }
};

struct OpenFlags {  // [wasi:filesystem/types.open-flags]
  static constexpr uint32_t kCreate = 1 << 0;
  static constexpr uint32_t kDirectory = 1 << 1;
  static constexpr uint32_t kExclusive = 1 << 2;
  static constexpr uint32_t kTruncate = 1 << 3;
  static constexpr uint32_t kComponentFlags = 4;
  uint32_t bits = 0;

  bool has(uint32_t flag) const { return (bits & flag) != 0; }
};

struct MetadataHash {  // [wasi:filesystem/types.metadata-hash-value]
  uint64_t lower = 0;
  uint64_t upper = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&MetadataHash::lower, &MetadataHash::upper);
  }
};

constexpr uint32_t ComponentCases(Advice) { return 6; }  // [wasi:filesystem/types.advice]

// std::expected::transform, which not every library has.
template <typename T, typename F>
IoResult<std::invoke_result_t<F, T>> Transform(IoResult<T> result, F transform) {
  if (!result) return std::unexpected(result.error());
  return transform(*std::move(result));
}

// The names of a directory that can be told, each once. Charged to the component.
class NameListing {
 public:
  NameListing(std::unique_ptr<DirectoryListing> listing, std::unique_ptr<Charge> charge)
      : listing_(std::move(listing)), charge_(std::move(charge)) {}

  // Nothing at the end.
  IoResult<std::optional<DirectoryEntry>> Next();

 private:
  const std::unique_ptr<DirectoryListing> listing_;
  const std::unique_ptr<Charge> charge_;
};

// Copies share the object of the host.
class FileDescriptor {
 public:
  // A directory that is granted.
  static FileDescriptor Preopen(std::shared_ptr<Directory> directory);

  // How mutate-directory comes to a directory that is opened below another one.
  enum class Mutation : uint8_t {
    kAsAsked,    // only where it is asked for
    kInherited,  // as the directory has it that it is below
  };

  DescriptorFlags flags() const { return flags_; }
  FileType type() const { return object_->type(); }
  // Whether nothing below it may change whatever a guest asks for.
  bool granted_read_only() const;

  // Files.
  struct ReadResult {
    std::vector<uint8_t> bytes;
    bool at_end = false;
  };
  IoResult<ReadResult> Read(uint64_t length, uint64_t offset) const;
  IoResult<uint64_t> Write(std::vector<uint8_t> bytes, uint64_t offset) const;
  IoResult<std::shared_ptr<InputStream>> ReadStream(uint64_t offset) const;
  // nullopt: appends. `loop` as of MakeOutputStream.
  IoResult<std::shared_ptr<OutputStream>> WriteStream(std::optional<uint64_t> offset,
                                                      LoopSource loop) const;
  IoStatus Advise(uint64_t offset, uint64_t length, Advice advice) const;
  IoStatus SetSize(uint64_t size) const;

  // Files and directories.
  IoStatus Sync(bool data_only) const;
  IoResult<FileStat> Stat() const { return object_->Stat(); }
  IoStatus SetTimes(TimeChange access, TimeChange modification) const;
  bool IsSameObject(const FileDescriptor& other) const;
  IoResult<MetadataHash> HashMetadata() const;

  // Directories; kNotdir for anything else.
  IoResult<FileDescriptor> OpenAt(PathFlags path_flags, const std::string& path, OpenFlags open,
                                  DescriptorFlags flags, Mutation mutation) const;
  IoResult<std::unique_ptr<NameListing>> List(Context& context) const;
  IoStatus CreateDirectoryAt(const std::string& path) const;
  IoStatus RemoveDirectoryAt(const std::string& path) const;
  IoStatus UnlinkFileAt(const std::string& path) const;
  IoStatus RenameAt(const std::string& path, const FileDescriptor& to,
                    const std::string& new_path) const;
  IoStatus LinkAt(PathFlags path_flags, const std::string& path, const FileDescriptor& to,
                  const std::string& new_path) const;
  IoStatus SymlinkAt(const std::string& target, const std::string& path) const;
  IoResult<std::string> ReadLinkAt(const std::string& path) const;
  IoResult<FileStat> StatAt(PathFlags path_flags, const std::string& path) const;
  IoStatus SetTimesAt(PathFlags path_flags, const std::string& path, TimeChange access,
                      TimeChange modification) const;
  IoResult<MetadataHash> HashMetadataAt(PathFlags path_flags, const std::string& path) const;

 private:
  FileDescriptor(std::shared_ptr<Descriptor> object, DescriptorFlags flags, bool may_set_times)
      : object_(std::move(object)), flags_(flags), may_set_times_(may_set_times) {}

  IoStatus CheckFile(uint32_t flag) const;
  IoResult<Directory*> ToDirectory() const;
  IoResult<Directory*> ToMutableDirectory() const;

  std::shared_ptr<Descriptor> object_;
  DescriptorFlags flags_;
  bool may_set_times_;
};

// The place of an error among the cases of [wasi:filesystem/types.error-code] of 0.2; 0.3 has the
// same without would-block, which is kWouldBlock. Nothing for what no case says.
inline constexpr uint32_t kFilesystemErrors = 37;
inline constexpr uint32_t kWouldBlock = 1;
std::optional<uint32_t> FilesystemErrorCase(Errno error);

// Tells the embedder (Context::Denied) where `error`, of `operation` on `path` below `at`, means
// that something is not granted. Links and renames have a second path.
struct SecondPath {
  const FileDescriptor& at;
  const std::string& path;
};
void TellDenied(Context& context, const FileDescriptor& at, const char* operation,
                const std::string& path, Errno error,
                const std::optional<SecondPath>& second = std::nullopt);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_H_
