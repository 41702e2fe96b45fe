// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files in and out; see input.h.

#include "cli/input.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

// Offsets into a module are 32 bits wide [binary-section: sizes are u32]; no module is larger.
constexpr uint64_t kMaxFileSize = uint64_t{4} << 30;

std::unexpected<Error> Failed(const char* what, int error) {
  return std::unexpected(Error(ErrorKind::kHost, std::string(what) + ": " + std::strerror(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> WriteAll(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Failed("cannot write", errno);
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

// A name beside `path` that nobody else uses.
std::string TemporaryName(const std::string& path) {
  static std::atomic<unsigned> count = 0;
  return path + ".tmp" + std::to_string(getpid()) + "." + std::to_string(count++);
}

// Writes what the file is to hold to a file without a name, which vanishes with the process, and
// gives it the name at the end. Where the file system knows no such files, one has a name
// meanwhile.
Result<void> Replace(const std::string& path, std::span<const uint8_t> bytes, unsigned mode) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::string temporary;
  int fd = -1;
#ifdef O_TMPFILE
  fd = open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
#endif
  const bool nameless = fd >= 0;
  if (!nameless) {
    temporary = TemporaryName(path);
    fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return Failed("cannot create the file", errno);
  }
  Result<void> done = WriteAll(fd, bytes);
  if (done && nameless) {
    const std::string nameless_path = "/proc/self/fd/" + std::to_string(fd);
    const auto name = [&nameless_path](const std::string& as) {
      return linkat(AT_FDCWD, nameless_path.c_str(), AT_FDCWD, as.c_str(), AT_SYMLINK_FOLLOW) == 0;
    };
    if (name(path)) {
      close(fd);
      return {};
    }
    // There is such a file already: only a rename replaces it at one stroke.
    temporary = TemporaryName(path);
    if (!name(temporary)) done = Failed("cannot create the file", errno);
  }
  if (close(fd) != 0 && done) done = Failed("cannot write", errno);
  if (done && rename(temporary.c_str(), path.c_str()) != 0)
    done = Failed("cannot replace the file", errno);
  if (!done && !temporary.empty()) unlink(temporary.c_str());
  return done;
}

}  // namespace

FileBytes::FileBytes(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return;
  Reserve(bytes.size());
  std::copy(bytes.begin(), bytes.end(), free_room());
  Append(bytes.size());
}

void FileBytes::Reserve(size_t capacity) {
  constexpr size_t kLargePage = 2 << 20;
  constexpr size_t kLarge = kLargePage / 8;
  uint8_t* data;
  if (capacity >= kLarge) {
    capacity = (capacity + kLargePage - 1) / kLargePage * kLargePage;
    data = static_cast<uint8_t*>(std::aligned_alloc(kLargePage, capacity));
#ifdef MADV_HUGEPAGE
    if (data != nullptr) madvise(data, capacity, MADV_HUGEPAGE);
#endif
  } else {
    data = static_cast<uint8_t*>(std::malloc(capacity));
  }
  if (data == nullptr) throw std::bad_alloc();
  if (size_ != 0) std::memcpy(data, data_.get(), size_);
  data_.reset(data);
  capacity_ = capacity;
}

Result<FileBytes> ReadFile(const std::string& path) {
  // Not blocking on open: a FIFO without a writer is waited for by the first read only.
  Descriptor file(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return Failed("cannot open the file", errno);
  struct stat status;
  if (fstat(file.get(), &status) != 0) return Failed("cannot read the file", errno);
  if (S_ISDIR(status.st_mode)) {
    return std::unexpected(Error(ErrorKind::kHost, "is a directory, a file is needed"));
  }

  FileBytes bytes;
  constexpr size_t kBlock = 64 << 10;
  size_t expected = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0;
  const auto too_large = [] {
    return std::unexpected(Error(ErrorKind::kHost, "is larger than any module can be (4 GiB)"));
  };
  if (expected > kMaxFileSize) return too_large();
  for (;;) {
    // One byte more than expected, so that the last read sees the end and nothing is copied.
    if (bytes.capacity() == bytes.size())
      bytes.Reserve(std::max({expected + 1, bytes.size() + bytes.size() / 2, kBlock}));
    if (bytes.size() > kMaxFileSize) return too_large();
    ssize_t count = read(file.get(), bytes.free_room(), bytes.capacity() - bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return Failed("cannot read the file", errno);
    }
    if (count == 0) break;
    bytes.Append(static_cast<size_t>(count));
  }
  return bytes;
}

Result<void> WriteFile(const std::string& path, std::span<const uint8_t> bytes, unsigned mode) {
  if (path == "-") return WriteAll(STDOUT_FILENO, bytes);
  struct stat status;
  // A device, a FIFO: there is nothing to replace.
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return Failed("cannot open the file for writing", errno);
    return WriteAll(file.get(), bytes);
  }
  return Replace(path, bytes, mode);
}

bool IsArtefact(const std::string& path) {
  if (path == "-") return false;
  struct stat status;
  // Reading from a FIFO would take its bytes away.
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  uint8_t bytes[4];
  return file.get() >= 0 && read(file.get(), bytes, sizeof bytes) == sizeof bytes &&
         Detect(bytes) == FileKind::kImage;
}

FileKind Detect(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return FileKind::kEmpty;
  std::string_view text = AsText(bytes);
  if (text.starts_with(std::string_view("\0asm", 4))) {
    // [binary-module]: the version's upper half is the layer, 1 for components.
    return bytes.size() >= 8 && bytes[6] == 1 && bytes[7] == 0 ? FileKind::kComponent
                                                               : FileKind::kModule;
  }
  // A truncated magic is still a module, a malformed one.
  if (text.front() == '\0') return FileKind::kModule;
  if (text.starts_with("\x7f"
                       "ELF"))
    return FileKind::kImage;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return FileKind::kText;
  if (text[start] == '(' || text.substr(start).starts_with(";;")) return FileKind::kText;
  return FileKind::kUnknown;
}

}  // namespace trenail::cli
