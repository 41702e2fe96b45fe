// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of this folder share: a temporary tree of files, and buffers as io vectors.

#ifndef TRENAIL_LIBWASI_CORE_TEST_SUPPORT_H_
#define TRENAIL_LIBWASI_CORE_TEST_SUPPORT_H_

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "libwasi/core/errno.h"
#include "libwasi/core/filesystem.h"

namespace trenail::wasi {

// A directory that is removed with everything in it.
class TempTree {
 public:
  TempTree() {
    const char* base = ::getenv("TMPDIR");
    std::string name = std::string(base != nullptr ? base : "/tmp") + "/trenail-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempTree() {
    ::nftw(
        path_.c_str(),
        [](const char* path, const struct stat*, int, FTW*) { return ::remove(path); }, 16,
        FTW_DEPTH | FTW_PHYS);
  }
  TempTree(const TempTree&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  void Dir(const std::string& name) { REQUIRE(::mkdir((*this / name).c_str(), 0755) == 0); }
  void File(const std::string& name, const std::string& content = "") {
    std::ofstream(*this / name) << content;
  }
  void Link(const std::string& name, const std::string& target) {
    REQUIRE(::symlink(target.c_str(), (*this / name).c_str()) == 0);
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(*this / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool Exists(const std::string& name) const {
    struct stat status;
    return ::lstat((*this / name).c_str(), &status) == 0;
  }

 private:
  std::string path_;
};

template <typename T>
Errno ErrorOf(const IoResult<T>& result) {
  return result.has_value() ? Errno::kSuccess : result.error();
}

inline std::string ReadAll(Descriptor& descriptor, size_t size = 4096,
                           const Interrupt* interrupt = nullptr) {
  std::string buffer(size, '\0');
  iovec vector = {buffer.data(), buffer.size()};
  IoResult<size_t> bytes = descriptor.Read({&vector, 1}, interrupt);
  REQUIRE(ErrorOf(bytes) == Errno::kSuccess);
  buffer.resize(*bytes);
  return buffer;
}

inline IoResult<size_t> WriteText(Descriptor& descriptor, std::string text,
                                  const Interrupt* interrupt = nullptr) {
  iovec vector = {text.data(), text.size()};
  return descriptor.Write({&vector, 1}, interrupt);
}

inline std::ostream& operator<<(std::ostream& stream, Errno code) {
  return stream << ErrnoName(code);
}

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_TEST_SUPPORT_H_
