// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of [wasi:filesystem/types] that both versions share, on the files of the core.

#include "libwasi/component/filesystem.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "libwasm/support/sha256.h"
#include "libwasm/support/utf8.h"

namespace trenail::wasi {
namespace {

// What one call reads at most, whatever the guest asks for.
constexpr uint64_t kMaxRead = uint64_t{1} << 20;

// Has a position of its own, if any, and may make wait: read and written as a stream.
bool IsStream(FileType type) {
  return type != FileType::kRegularFile && type != FileType::kBlockDevice;
}

uint16_t ToFdFlags(DescriptorFlags flags) {
  unsigned bits = 0;
  if (flags.has(DescriptorFlags::kFileIntegritySync)) bits |= FdFlags::kSync;
  if (flags.has(DescriptorFlags::kDataIntegritySync)) bits |= FdFlags::kDsync;
  if (flags.has(DescriptorFlags::kRequestedWriteSync)) bits |= FdFlags::kRsync;
  return static_cast<uint16_t>(bits);
}

// [wasi:filesystem/types.descriptor.metadata-hash] "… a secret value chosen by the implementation":
// so that device and inode numbers cannot be found out by trying.
using HashKey = std::array<uint64_t, 4>;
const HashKey& TheHashKey() {
  static const HashKey key = [] {
    HashKey words = {};
    (void)Random().Fill({reinterpret_cast<uint8_t*>(words.data()), sizeof words}, nullptr);
    return words;
  }();
  return key;
}

MetadataHash Hash(const FileStat& stat) {
  const HashKey& key = TheHashKey();
  const uint64_t words[] = {key[0],
                            key[1],
                            key[2],
                            key[3],
                            stat.device,
                            stat.inode,
                            static_cast<uint64_t>(stat.type),
                            stat.size,
                            static_cast<uint64_t>(stat.modification_time.seconds),
                            stat.modification_time.nanoseconds};
  const wasm::Sha256Hash digest =
      wasm::Sha256({reinterpret_cast<const uint8_t*>(words), sizeof words});
  MetadataHash result;
  std::memcpy(&result.lower, digest.data(), sizeof result.lower);
  std::memcpy(&result.upper, digest.data() + sizeof result.lower, sizeof result.upper);
  return result;
}

// A guest's path on the embedder's terminal.
std::string Printable(const std::string& path) {
  constexpr size_t kLongest = 200;
  std::string text;
  for (const char c : std::string_view(path).substr(0, kLongest))
    text += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  return text + (path.size() > kLongest ? "…" : "");
}

}  // namespace

IoResult<std::optional<DirectoryEntry>> NameListing::Next() {
  for (;;) {
    IoResult<std::optional<DirectoryEntry>> entry = listing_->Next();
    // "Some filesystems may contain paths which are not accessible by this API."
    if (entry && *entry && !wasm::IsValidUtf8((*entry)->name)) continue;
    return entry;
  }
}

FileDescriptor FileDescriptor::Preopen(std::shared_ptr<Directory> directory) {
  const bool read_only = directory->read_only();
  return {std::move(directory),
          {DescriptorFlags::kRead | (read_only ? 0 : DescriptorFlags::kMutateDirectory)},
          !read_only};
}

bool FileDescriptor::granted_read_only() const {
  const Directory* const directory = object_->AsDirectory();
  return directory != nullptr && directory->read_only();
}

// ---- files
// ---------------------------------------------------------------------------------------

IoStatus FileDescriptor::CheckFile(uint32_t flag) const {
  if (object_->AsDirectory() != nullptr) return std::unexpected(Errno::kIsdir);
  if (!flags_.has(flag)) return std::unexpected(Errno::kBadf);
  return {};
}

IoResult<FileDescriptor::ReadResult> FileDescriptor::Read(uint64_t length, uint64_t offset) const {
  if (IoStatus checked = CheckFile(DescriptorFlags::kRead); !checked)
    return std::unexpected(checked.error());
  ReadResult result;
  result.bytes.resize(static_cast<size_t>(std::min(length, kMaxRead)));
  const iovec buffer = {result.bytes.data(), result.bytes.size()};
  const IoResult<size_t> read = object_->ReadAt({&buffer, 1}, offset);
  if (!read) return std::unexpected(read.error());
  result.bytes.resize(*read);
  result.at_end = *read == 0 && length != 0;
  return result;
}

IoResult<uint64_t> FileDescriptor::Write(std::vector<uint8_t> bytes, uint64_t offset) const {
  if (IoStatus checked = CheckFile(DescriptorFlags::kWrite); !checked)
    return std::unexpected(checked.error());
  const iovec buffer = {bytes.data(), bytes.size()};
  const IoResult<size_t> written = object_->WriteAt({&buffer, 1}, offset);
  if (!written) return std::unexpected(written.error());
  return *written;
}

IoResult<std::shared_ptr<InputStream>> FileDescriptor::ReadStream(uint64_t offset) const {
  if (IoStatus checked = CheckFile(DescriptorFlags::kRead); !checked)
    return std::unexpected(checked.error());
  if (!IsStream(type())) return MakeFileInputStream(object_, offset);
  if (offset != 0) return std::unexpected(Errno::kSpipe);
  return MakeInputStream(object_);
}

IoResult<std::shared_ptr<OutputStream>> FileDescriptor::WriteStream(std::optional<uint64_t> offset,
                                                                    LoopSource loop) const {
  if (IoStatus checked = CheckFile(DescriptorFlags::kWrite); !checked)
    return std::unexpected(checked.error());
  if (!IsStream(type())) return MakeFileOutputStream(object_, offset);
  if (offset.value_or(0) != 0) return std::unexpected(Errno::kSpipe);
  return MakeOutputStream(object_, std::move(loop));
}

IoStatus FileDescriptor::Advise(uint64_t offset, uint64_t length, Advice advice) const {
  if (object_->AsDirectory() != nullptr) return std::unexpected(Errno::kBadf);
  return object_->Advise(offset, length, advice);
}

IoStatus FileDescriptor::SetSize(uint64_t size) const {
  if (IoStatus checked = CheckFile(DescriptorFlags::kWrite); !checked) return checked;
  return object_->SetSize(size);
}

// ---- files and directories
// ---------------------------------------------------------------------------------------

IoStatus FileDescriptor::Sync(bool data_only) const {
  // "This function succeeds with no effect if the file descriptor is not opened for writing."
  if (!flags_.has(DescriptorFlags::kWrite | DescriptorFlags::kMutateDirectory)) return {};
  return data_only ? object_->DataSync() : object_->Sync();
}

IoStatus FileDescriptor::SetTimes(TimeChange access, TimeChange modification) const {
  if (!may_set_times_ && !flags_.has(DescriptorFlags::kWrite)) return std::unexpected(Errno::kRofs);
  return object_->SetTimes(access, modification);
}

bool FileDescriptor::IsSameObject(const FileDescriptor& other) const {
  const IoResult<FileStat> mine = Stat();
  const IoResult<FileStat> others = other.Stat();
  return mine && others && mine->device == others->device && mine->inode == others->inode;
}

IoResult<MetadataHash> FileDescriptor::HashMetadata() const { return Transform(Stat(), Hash); }

// ---- directories
// ---------------------------------------------------------------------------------------

IoResult<Directory*> FileDescriptor::ToDirectory() const {
  Directory* const directory = object_->AsDirectory();
  if (directory == nullptr) return std::unexpected(Errno::kNotdir);
  return directory;
}

IoResult<Directory*> FileDescriptor::ToMutableDirectory() const {
  const IoResult<Directory*> directory = ToDirectory();
  if (directory && !flags_.has(DescriptorFlags::kMutateDirectory))
    return std::unexpected(Errno::kRofs);
  return directory;
}

IoResult<FileDescriptor> FileDescriptor::OpenAt(PathFlags path_flags, const std::string& path,
                                                OpenFlags open, DescriptorFlags flags,
                                                Mutation mutation) const {
  const IoResult<Directory*> directory = ToDirectory();
  if (!directory) return std::unexpected(directory.error());
  const bool is_mutable = flags_.has(DescriptorFlags::kMutateDirectory);
  if (!is_mutable && (flags.has(DescriptorFlags::kWrite | DescriptorFlags::kMutateDirectory) ||
                      open.has(OpenFlags::kTruncate | OpenFlags::kCreate)))
    return std::unexpected(Errno::kRofs);

  OpenOptions options = {.follow = path_flags.follow(),
                         .create = open.has(OpenFlags::kCreate),
                         .directory = open.has(OpenFlags::kDirectory),
                         .truncate = open.has(OpenFlags::kTruncate),
                         .read = flags.has(DescriptorFlags::kRead),
                         .write = flags.has(DescriptorFlags::kWrite),
                         .flags = ToFdFlags(flags)};
  options.exclusive = options.create && open.has(OpenFlags::kExclusive);
  // Nothing asked for means reading. Whoever may create may write too, as other hosts have it.
  if (!options.write) options.read = true;
  options.write |= options.create;
  IoResult<std::shared_ptr<Descriptor>> opened = (*directory)->Open(path, options);
  if (!opened && opened.error() == Errno::kAcces && options.create &&
      !flags.has(DescriptorFlags::kWrite)) {
    options.write = false;  // the file is there, and the host lets it be read alone
    opened = (*directory)->Open(path, options);
  }
  if (!opened) return std::unexpected(opened.error());

  constexpr uint32_t kSyncFlags = DescriptorFlags::kFileIntegritySync |
                                  DescriptorFlags::kDataIntegritySync |
                                  DescriptorFlags::kRequestedWriteSync;
  uint32_t bits = flags.bits & kSyncFlags;
  if (options.read) bits |= DescriptorFlags::kRead;
  if ((*opened)->AsDirectory() == nullptr) {
    if (options.write) bits |= DescriptorFlags::kWrite;
    return FileDescriptor(*std::move(opened), {bits}, is_mutable);
  }
  const bool mutates =
      mutation == Mutation::kInherited ? is_mutable : flags.has(DescriptorFlags::kMutateDirectory);
  if (mutates) bits |= DescriptorFlags::kMutateDirectory;
  return FileDescriptor(*std::move(opened), {bits}, mutates);
}

IoResult<std::unique_ptr<NameListing>> FileDescriptor::List(Context& context) const {
  const IoResult<Directory*> directory = ToDirectory();
  if (!directory) return std::unexpected(directory.error());
  IoResult<std::unique_ptr<DirectoryListing>> listing = (*directory)->List();
  if (!listing) return std::unexpected(listing.error());
  auto charge = std::make_unique<Charge>(context.budget());
  if (!charge->Resize(DirectoryListing::kBytes)) return std::unexpected(Errno::kNomem);
  return std::make_unique<NameListing>(*std::move(listing), std::move(charge));
}

IoStatus FileDescriptor::CreateDirectoryAt(const std::string& path) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->CreateDirectory(path);
}

IoStatus FileDescriptor::RemoveDirectoryAt(const std::string& path) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->RemoveDirectory(path);
}

IoStatus FileDescriptor::UnlinkFileAt(const std::string& path) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->UnlinkFile(path);
}

IoStatus FileDescriptor::RenameAt(const std::string& path, const FileDescriptor& to,
                                  const std::string& new_path) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  const IoResult<Directory*> new_directory = to.ToMutableDirectory();
  if (!new_directory) return std::unexpected(new_directory.error());
  return (*directory)->Rename(path, **new_directory, new_path);
}

IoStatus FileDescriptor::LinkAt(PathFlags path_flags, const std::string& path,
                                const FileDescriptor& to, const std::string& new_path) const {
  // Also of the old directory: a link would make a file writable that is not.
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  const IoResult<Directory*> new_directory = to.ToMutableDirectory();
  if (!new_directory) return std::unexpected(new_directory.error());
  return (*directory)->Link(path, path_flags.follow(), **new_directory, new_path);
}

IoStatus FileDescriptor::SymlinkAt(const std::string& target, const std::string& path) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->Symlink(target, path);
}

IoResult<std::string> FileDescriptor::ReadLinkAt(const std::string& path) const {
  const IoResult<Directory*> directory = ToDirectory();
  if (!directory) return std::unexpected(directory.error());
  IoResult<std::string> target = (*directory)->ReadLink(path);
  if (!target) return target;
  if (target->starts_with('/')) return std::unexpected(Errno::kPerm);
  if (!wasm::IsValidUtf8(*target)) return std::unexpected(Errno::kIlseq);
  return target;
}

IoResult<FileStat> FileDescriptor::StatAt(PathFlags path_flags, const std::string& path) const {
  const IoResult<Directory*> directory = ToDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->StatAt(path, path_flags.follow());
}

IoStatus FileDescriptor::SetTimesAt(PathFlags path_flags, const std::string& path,
                                    TimeChange access, TimeChange modification) const {
  const IoResult<Directory*> directory = ToMutableDirectory();
  if (!directory) return std::unexpected(directory.error());
  return (*directory)->SetTimesAt(path, path_flags.follow(), access, modification);
}

IoResult<MetadataHash> FileDescriptor::HashMetadataAt(PathFlags path_flags,
                                                      const std::string& path) const {
  return Transform(StatAt(path_flags, path), Hash);
}

std::optional<uint32_t> FilesystemErrorCase(Errno error) {
  static constexpr std::array kCases = {
      Errno::kAcces,  Errno::kAgain,    Errno::kAlready,        Errno::kBadf,
      Errno::kBusy,   Errno::kDeadlk,   Errno::kDquot,          Errno::kExist,
      Errno::kFbig,   Errno::kIlseq,    Errno::kInprogress,     Errno::kIntr,
      Errno::kInval,  Errno::kIo,       Errno::kIsdir,          Errno::kLoop,
      Errno::kMlink,  Errno::kMsgsize,  Errno::kNametoolong,    Errno::kNodev,
      Errno::kNoent,  Errno::kNolck,    Errno::kNomem,          Errno::kNospc,
      Errno::kNotdir, Errno::kNotempty, Errno::kNotrecoverable, Errno::kNotsup,
      Errno::kNotty,  Errno::kNxio,     Errno::kOverflow,       Errno::kPerm,
      Errno::kPipe,   Errno::kRofs,     Errno::kSpipe,          Errno::kTxtbsy,
      Errno::kXdev};
  static_assert(kCases.size() == kFilesystemErrors && kCases[kWouldBlock] == Errno::kAgain);
  // Outside of the sandbox, "the function fails with error-code::not-permitted".
  if (error == Errno::kNotcapable) error = Errno::kPerm;
  if (error == Errno::kNosys) error = Errno::kNotsup;
  const auto found = std::ranges::find(kCases, error);
  if (found == kCases.end()) return std::nullopt;
  return static_cast<uint32_t>(found - kCases.begin());
}

void TellDenied(Context& context, const FileDescriptor& at, const char* operation,
                const std::string& path, Errno error, const std::optional<SecondPath>& second) {
  std::string option;
  if (error == Errno::kRofs &&
      (at.granted_read_only() || (second && second->at.granted_read_only()))) {
    option = "--dir, without :ro";
  } else if (error == Errno::kNotcapable) {
    const std::string& absolute = second && second->path.starts_with('/') ? second->path : path;
    const size_t slash = absolute.starts_with('/') ? absolute.rfind('/') : std::string::npos;
    option = slash == std::string::npos
                 ? "--dir DIR"
                 : "--dir " + (slash == 0 ? "/" : Printable(absolute.substr(0, slash)));
  } else {
    return;
  }
  std::string object = "\"" + Printable(path) + "\"";
  if (second) object += " as \"" + Printable(second->path) + "\"";
  context.Denied(std::string("wasi:filesystem ") + operation, object, option);
}

}  // namespace trenail::wasi
