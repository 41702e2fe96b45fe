// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of preview 1 on a plain array of bytes: parameter types, layouts, bounds and
// rights.

#include "libwasi/p1/functions.h"

#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>
#include <vector>

#include "libwasi/core/sockets.h"
#include "libwasi/core/stdio.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi::p1 {
namespace {

// Addresses in the guest's memory that tests use.
constexpr uint32_t kPath = 0x100;
constexpr uint32_t kPath2 = 0x200;
constexpr uint32_t kIovs = 0x300;
constexpr uint32_t kResult = 0x400;
constexpr uint32_t kResult2 = 0x480;
constexpr uint32_t kBuffer = 0x1000;
constexpr uint32_t kMemorySize = 0x10000;
constexpr uint32_t kOutside = kMemorySize - 1;

constexpr Fd kDir = 3;

class Guest {
 public:
  Guest() : memory_(kMemorySize) {
    context_.descriptors.InsertStandard(0, {stdin_, right::kStream & ~right::kFdWrite, 0});
    context_.descriptors.InsertStandard(1, {stdout_, right::kStream & ~right::kFdRead, 0});
    tree_.File("file", "content");
    tree_.Dir("dir");
    Fd fd = *context_.descriptors.InsertPreopen(
        {*Directory::OpenHost(tree_.path(), false), right::kDirectory, right::kAll}, "/data");
    REQUIRE(fd == kDir);
  }

  // Calls a function by its name; the errno.
  template <typename... Args>
  Errno operator()(std::string_view name, Args... args) {
    return CallIn(kPreview1, name, args...);
  }
  template <typename... Args>
  Errno Unstable(std::string_view name, Args... args) {
    return CallIn(kUnstable, name, args...);
  }

  // A string at an address; its length.
  uint32_t Put(uint32_t address, std::string_view text) {
    std::memcpy(&memory_[address], text.data(), text.size());
    return static_cast<uint32_t>(text.size());
  }
  template <typename T>
  void Set(uint32_t address, T value) {
    std::memcpy(&memory_[address], &value, sizeof(T));
  }
  template <typename T = uint32_t>
  T Get(uint32_t address) const {
    T value;
    std::memcpy(&value, &memory_[address], sizeof(T));
    return value;
  }
  std::string Text(uint32_t address, size_t length) const {
    return {reinterpret_cast<const char*>(&memory_[address]), length};
  }
  void SetIov(uint32_t index, uint32_t buffer, uint32_t length) {
    Set(kIovs + index * 8, buffer);
    Set(kIovs + index * 8 + 4, length);
  }
  // Opens with all rights of a file or with the given ones.
  Fd Open(std::string_view path, uint32_t oflags = 0, Rights base = right::kRegularFile) {
    uint32_t length = Put(kPath, path);
    REQUIRE((*this)("path_open", kDir, 0, kPath, length, oflags, base, right::kAll, 0, kResult) ==
            Errno::kSuccess);
    return Get(kResult);
  }

  TempTree tree_;
  Context context_;
  std::shared_ptr<InputBuffer> stdin_ = std::make_shared<InputBuffer>("standard input");
  std::shared_ptr<OutputBuffer> stdout_ = std::make_shared<OutputBuffer>();
  std::optional<uint32_t> exit_code_;

 private:
  template <typename... Args>
  Errno CallIn(std::string_view module, std::string_view name, Args... args) {
    const Function* function = FindFunction(module, name);
    REQUIRE(function != nullptr);
    REQUIRE(function->params.size() == sizeof...(args));
    uint64_t slots[] = {static_cast<uint64_t>(args)..., 0};
    Call call = {context_, GuestMemory(memory_)};
    IoStatus status = function->run(call, slots);
    exit_code_ = call.exit_code;
    return status.has_value() ? Errno::kSuccess : status.error();
  }

  std::vector<uint8_t> memory_;
};

TEST_CASE("every function has the parameters of the specification") {
  const std::map<std::string_view, std::string_view> expected = {
      {"args_get", "ii"},
      {"args_sizes_get", "ii"},
      {"environ_get", "ii"},
      {"environ_sizes_get", "ii"},
      {"clock_res_get", "ii"},
      {"clock_time_get", "iIi"},
      {"fd_advise", "iIIi"},
      {"fd_allocate", "iII"},
      {"fd_close", "i"},
      {"fd_datasync", "i"},
      {"fd_fdstat_get", "ii"},
      {"fd_fdstat_set_flags", "ii"},
      {"fd_fdstat_set_rights", "iII"},
      {"fd_filestat_get", "ii"},
      {"fd_filestat_set_size", "iI"},
      {"fd_filestat_set_times", "iIIi"},
      {"fd_pread", "iiiIi"},
      {"fd_prestat_get", "ii"},
      {"fd_prestat_dir_name", "iii"},
      {"fd_pwrite", "iiiIi"},
      {"fd_read", "iiii"},
      {"fd_readdir", "iiiIi"},
      {"fd_renumber", "ii"},
      {"fd_seek", "iIii"},
      {"fd_sync", "i"},
      {"fd_tell", "ii"},
      {"fd_write", "iiii"},
      {"path_create_directory", "iii"},
      {"path_filestat_get", "iiiii"},
      {"path_filestat_set_times", "iiiiIIi"},
      {"path_link", "iiiiiii"},
      {"path_open", "iiiiiIIii"},
      {"path_readlink", "iiiiii"},
      {"path_remove_directory", "iii"},
      {"path_rename", "iiiiii"},
      {"path_symlink", "iiiii"},
      {"path_unlink_file", "iii"},
      {"poll_oneoff", "iiii"},
      {"proc_exit", "i"},
      {"proc_raise", "i"},
      {"sched_yield", ""},
      {"random_get", "ii"},
      {"sock_accept", "iii"},
      {"sock_recv", "iiiiii"},
      {"sock_send", "iiiii"},
      {"sock_shutdown", "ii"},
  };
  REQUIRE(expected.size() == Preview1Functions().size());
  for (const Function& function : Preview1Functions()) {
    INFO(std::string(function.name));
    REQUIRE(expected.contains(function.name));
    CHECK(function.params == expected.at(function.name));
    CHECK(function.has_result == (function.name != "proc_exit"));
  }
  for (const Function& function : UnstableFunctions()) {
    CHECK(function.params == expected.at(function.name));
    CHECK(function.name != "sock_accept");
  }
  CHECK(FindFunction(kPreview1, "fd_dup") == nullptr);
  CHECK(FindFunction("env", "fd_read") == nullptr);
}

TEST_CASE("arguments and environment") {
  Guest guest;
  REQUIRE(guest.context_.environment.AddArgument("program").has_value());
  REQUIRE(guest.context_.environment.AddArgument("x").has_value());
  REQUIRE(guest.context_.environment.SetVariable("A", "b").has_value());
  CHECK(guest("args_sizes_get", kResult, kResult2) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 2);
  CHECK(guest.Get(kResult2) == 10);
  CHECK(guest("args_get", kResult, kBuffer) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == kBuffer);
  CHECK(guest.Get(kResult + 4) == kBuffer + 8);
  CHECK(guest.Text(kBuffer, 10) == std::string("program\0x\0", 10));
  CHECK(guest("environ_sizes_get", kResult, kResult2) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 1);
  CHECK(guest.Get(kResult2) == 4);
  CHECK(guest("environ_get", kResult, kBuffer) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, 4) == std::string("A=b\0", 4));
  CHECK(guest("args_get", kResult, kMemorySize - 9) == Errno::kFault);
  CHECK(guest("args_get", kMemorySize - 7, kBuffer) == Errno::kFault);
  CHECK(guest("args_get", 0xffffffff, kBuffer) == Errno::kFault);
  CHECK(guest("args_sizes_get", kResult, kOutside) == Errno::kFault);
}

TEST_CASE("clocks, randomness, yielding") {
  Guest guest;
  for (uint32_t id = 0; id < 4; ++id) {
    CHECK(guest("clock_res_get", id, kResult) == Errno::kSuccess);
    CHECK(guest.Get<uint64_t>(kResult) > 0);
    CHECK(guest("clock_time_get", id, 1, kResult) == Errno::kSuccess);
    CHECK(guest.Get<uint64_t>(kResult) > 0);
  }
  CHECK(guest("clock_time_get", 4, 1, kResult) == Errno::kInval);
  CHECK(guest("clock_res_get", ~0u, kResult) == Errno::kInval);
  CHECK(guest("clock_time_get", 0, 1, kMemorySize - 7) == Errno::kFault);
  CHECK(guest("random_get", kBuffer, 64) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, 64) != std::string(64, '\0'));
  CHECK(guest("random_get", 0, kMemorySize) == Errno::kSuccess);
  CHECK(guest("random_get", 1, kMemorySize) == Errno::kFault);
  CHECK(guest("random_get", 1, 0xffffffff) == Errno::kFault);
  CHECK(guest("random_get", kMemorySize, 0) == Errno::kSuccess);
  CHECK(guest("random_get", kMemorySize + 1, 0) == Errno::kFault);
  CHECK(guest("sched_yield") == Errno::kSuccess);
}

TEST_CASE("ending the program") {
  Guest guest;
  CHECK(guest("proc_exit", 33) == Errno::kSuccess);
  CHECK(guest.exit_code_ == 33);
  CHECK(guest("proc_raise", 6) == Errno::kSuccess);
  CHECK(guest.exit_code_ == 134);
  CHECK(guest("proc_raise", 0) == Errno::kSuccess);
  CHECK_FALSE(guest.exit_code_.has_value());
  CHECK(guest("proc_raise", 27) == Errno::kSuccess);
  CHECK_FALSE(guest.exit_code_.has_value());
  CHECK(guest("proc_raise", 18) == Errno::kNotsup);
  CHECK(guest("proc_raise", 31) == Errno::kInval);
}

TEST_CASE("reading and writing over vectors") {
  Guest guest;
  guest.SetIov(0, kBuffer, 4);
  guest.SetIov(1, kOutside + 1, 0);
  guest.SetIov(2, kBuffer + 100, 4);
  CHECK(guest("fd_read", 0, kIovs, 3, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 8);
  CHECK(guest.Text(kBuffer, 4) + guest.Text(kBuffer + 100, 4) == "standard");
  CHECK(guest("fd_write", 1, kIovs, 3, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 8);
  CHECK(guest.stdout_->content() == "standard");
  CHECK(guest("fd_write", 1, kIovs, 0, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 0);
  // The other direction is not granted.
  CHECK(guest("fd_read", 1, kIovs, 1, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_write", 0, kIovs, 1, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_write", 2, kIovs, 1, kResult) == Errno::kBadf);
  CHECK(guest("fd_write", ~0u, kIovs, 1, kResult) == Errno::kBadf);
  // Nothing is written when the result has no place.
  CHECK(guest("fd_write", 1, kIovs, 3, kMemorySize - 3) == Errno::kFault);
  CHECK(guest.stdout_->content() == "standard");
}

TEST_CASE("vectors are checked") {
  Guest guest;
  guest.SetIov(0, kOutside, 2);
  CHECK(guest("fd_write", 1, kIovs, 1, kResult) == Errno::kFault);
  guest.SetIov(0, 0xffffffff, 0xffffffff);
  CHECK(guest("fd_write", 1, kIovs, 1, kResult) == Errno::kFault);
  CHECK(guest("fd_write", 1, kMemorySize - 7, 1, kResult) == Errno::kFault);
  CHECK(guest("fd_write", 1, 0, 0xffffffff, kResult) == Errno::kFault);
  CHECK(guest("fd_write", 1, 0, 0x20000000, kResult) == Errno::kFault);
  // The same bytes often enough to exceed 32 bits take a memory of 4 GiB; more vectors than the
  // host takes at once give a shorter result.
  for (uint32_t i = 0; i < 2000; ++i) {
    guest.Set(kBuffer + i * 8, kPath);
    guest.Set(kBuffer + i * 8 + 4, uint32_t{1});
  }
  CHECK(guest("fd_write", 1, kBuffer, 2000, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 1024);
}

TEST_CASE("preopened directories have names") {
  Guest guest;
  CHECK(guest("fd_prestat_get", kDir, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(kResult) == 0);
  CHECK(guest.Get(kResult + 4) == 5);
  CHECK(guest("fd_prestat_dir_name", kDir, kBuffer, 5) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, 6) == std::string("/data\0", 6));
  CHECK(guest("fd_prestat_dir_name", kDir, kBuffer, 9) == Errno::kSuccess);
  CHECK(guest("fd_prestat_dir_name", kDir, kBuffer, 4) == Errno::kNametoolong);
  CHECK(guest("fd_prestat_dir_name", kDir, kMemorySize - 4, 5) == Errno::kFault);
  CHECK(guest("fd_prestat_get", 0, kResult) == Errno::kBadf);
  CHECK(guest("fd_prestat_get", 4, kResult) == Errno::kBadf);
  CHECK(guest("fd_prestat_get", guest.Open("file"), kResult) == Errno::kBadf);
}

TEST_CASE("the attributes of a descriptor") {
  Guest guest;
  Fd file = guest.Open("file");
  CHECK(guest("fd_fdstat_get", file, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(kResult) == 4);  // regular_file
  CHECK(guest.Get<uint16_t>(kResult + 2) == 0);
  CHECK(guest.Get<uint64_t>(kResult + 8) == right::kRegularFile);
  CHECK(guest.Get<uint64_t>(kResult + 16) == 0);
  CHECK(guest("fd_fdstat_get", kDir, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(kResult) == 3);  // directory
  CHECK(guest.Get<uint64_t>(kResult + 8) == right::kDirectory);
  CHECK(guest.Get<uint64_t>(kResult + 16) == right::kAll);
  CHECK(guest("fd_fdstat_get", file, kMemorySize - 23) == Errno::kFault);

  CHECK(guest("fd_fdstat_set_flags", file, FdFlags::kAppend) == Errno::kSuccess);
  CHECK(guest("fd_fdstat_get", file, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint16_t>(kResult + 2) == FdFlags::kAppend);
  CHECK(guest("fd_fdstat_set_flags", file, 32) == Errno::kInval);
  CHECK(guest("fd_fdstat_set_flags", file, 0x10000) == Errno::kInval);

  CHECK(guest("fd_fdstat_set_rights", file, right::kFdRead, 0) == Errno::kSuccess);
  CHECK(guest("fd_fdstat_set_rights", file, right::kFdWrite, 0) == Errno::kNotcapable);
  CHECK(guest("fd_fdstat_set_flags", file, 0) == Errno::kNotcapable);
  guest.SetIov(0, kBuffer, 1);
  CHECK(guest("fd_write", file, kIovs, 1, kResult) == Errno::kNotcapable);
}

TEST_CASE("every function on a descriptor asks for its right") {
  Guest guest;
  Fd none = guest.Open("file", 0, 0);
  guest.SetIov(0, kBuffer, 4);
  CHECK(guest("fd_advise", none, 0, 1, 0) == Errno::kNotcapable);
  CHECK(guest("fd_allocate", none, 0, 1) == Errno::kNotcapable);
  CHECK(guest("fd_datasync", none) == Errno::kNotcapable);
  CHECK(guest("fd_sync", none) == Errno::kNotcapable);
  CHECK(guest("fd_filestat_get", none, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_filestat_set_size", none, 1) == Errno::kNotcapable);
  CHECK(guest("fd_filestat_set_times", none, 0, 0, 2) == Errno::kNotcapable);
  CHECK(guest("fd_pread", none, kIovs, 1, 0, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_pwrite", none, kIovs, 1, 0, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_read", none, kIovs, 1, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_write", none, kIovs, 1, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_readdir", none, kBuffer, 100, 0, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_seek", none, 1, 0, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_seek", none, 0, 1, kResult) == Errno::kNotcapable);
  CHECK(guest("fd_tell", none, kResult) == Errno::kNotcapable);
  // Telling is less than seeking.
  Fd tell = guest.Open("file", 0, right::kFdTell);
  CHECK(guest("fd_tell", tell, kResult) == Errno::kSuccess);
  CHECK(guest("fd_seek", tell, 0, 1, kResult) == Errno::kSuccess);
  CHECK(guest("fd_seek", tell, 1, 1, kResult) == Errno::kNotcapable);
  Fd seek = guest.Open("file", 0, right::kFdSeek);
  CHECK(guest("fd_tell", seek, kResult) == Errno::kSuccess);
}

TEST_CASE("every function on a path asks for its right") {
  Guest guest;
  uint32_t length = guest.Put(kPath, ".");
  REQUIRE(guest("path_open", kDir, 0, kPath, length, 2, 0, 0, 0, kResult) == Errno::kSuccess);
  Fd none = guest.Get(kResult);
  length = guest.Put(kPath, "file");
  uint32_t new_length = guest.Put(kPath2, "new");
  CHECK(guest("path_create_directory", none, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_filestat_get", none, 0, kPath, length, kResult) == Errno::kNotcapable);
  CHECK(guest("path_filestat_set_times", none, 0, kPath, length, 0, 0, 2) == Errno::kNotcapable);
  CHECK(guest("path_link", none, 0, kPath, length, kDir, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_link", kDir, 0, kPath, length, none, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_open", none, 0, kPath, length, 0, 0, 0, 0, kResult) == Errno::kNotcapable);
  CHECK(guest("path_readlink", none, kPath, length, kBuffer, 10, kResult) == Errno::kNotcapable);
  CHECK(guest("path_remove_directory", none, kPath, length) == Errno::kNotcapable);
  CHECK(guest("path_rename", none, kPath, length, kDir, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_rename", kDir, kPath, length, none, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_symlink", kPath, length, none, kPath2, new_length) == Errno::kNotcapable);
  CHECK(guest("path_unlink_file", none, kPath, length) == Errno::kNotcapable);
  CHECK(guest.tree_.Exists("file"));
  CHECK_FALSE(guest.tree_.Exists("new"));
}

TEST_CASE("a file is no directory") {
  Guest guest;
  Fd file = guest.Open("file");
  uint32_t length = guest.Put(kPath, "x");
  CHECK(guest("path_open", file, 0, kPath, length, 1, 0, 0, 0, kResult) == Errno::kNotdir);
  CHECK(guest("path_create_directory", file, kPath, length) == Errno::kNotdir);
  CHECK(guest("path_create_directory", 99, kPath, length) == Errno::kBadf);
}

TEST_CASE("opening grants no more than the directory has") {
  Guest guest;
  uint32_t length = guest.Put(kPath, "dir");
  Rights base = right::kPathOpen | right::kPathCreateFile | right::kPathFilestatSetSize;
  auto open_dir = [&](Rights dir_base, Rights inheriting) {
    length = guest.Put(kPath, "dir");
    REQUIRE(guest("path_open", kDir, 0, kPath, length, 2, dir_base, inheriting, 0, kResult) ==
            Errno::kSuccess);
    length = guest.Put(kPath, "new");
    return guest.Get(kResult);
  };
  Fd dir = open_dir(base, right::kFdRead | right::kFdWrite);
  CHECK(guest("path_open", dir, 0, kPath, length, 1, right::kFdRead, 0, 0, kResult) ==
        Errno::kSuccess);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, right::kFdSeek, 0, 0, kResult) ==
        Errno::kNotcapable);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, 0, right::kFdSeek, 0, kResult) ==
        Errno::kNotcapable);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, 0, 0, FdFlags::kSync, kResult) ==
        Errno::kNotcapable);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, 0, 0, FdFlags::kDsync, kResult) ==
        Errno::kNotcapable);
  CHECK(guest("path_open", dir, 0, kPath, length, 8, 0, 0, 0, kResult) == Errno::kSuccess);
  // Creating and truncating need rights of the directory itself, and truncating that to write.
  Fd no_create = open_dir(base & ~right::kPathCreateFile, right::kAll);
  CHECK(guest("path_open", no_create, 0, kPath, length, 1, 0, 0, 0, kResult) == Errno::kNotcapable);
  Fd no_size = open_dir(base & ~right::kPathFilestatSetSize, right::kAll);
  CHECK(guest("path_open", no_size, 0, kPath, length, 8, 0, 0, 0, kResult) == Errno::kNotcapable);
  Fd no_write = open_dir(base, right::kAll & ~right::kFdWrite);
  CHECK(guest("path_open", no_write, 0, kPath, length, 8, 0, 0, 0, kResult) == Errno::kNotcapable);
  // Unknown flags.
  CHECK(guest("path_open", dir, 2, kPath, length, 0, 0, 0, 0, kResult) == Errno::kInval);
  CHECK(guest("path_open", dir, 0, kPath, length, 16, 0, 0, 0, kResult) == Errno::kInval);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, 0, 0, 32, kResult) == Errno::kInval);
  CHECK(guest("path_open", dir, 0, kPath, length, 0, 0, 0, 0, kMemorySize - 3) == Errno::kFault);
}

TEST_CASE("a directory drops the rights of files") {
  Guest guest;
  Fd dir = guest.Open("dir", 2, right::kFdSeek | right::kPathOpen);
  CHECK(guest("fd_fdstat_get", dir, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(kResult + 8) == right::kPathOpen);
  uint32_t length = guest.Put(kPath, "dir");
  CHECK(guest("path_open", kDir, 0, kPath, length, 2, right::kFdRead | right::kFdWrite, 0, 0,
              kResult) == Errno::kIsdir);
}

TEST_CASE("paths are checked strings") {
  Guest guest;
  CHECK(guest("path_create_directory", kDir, kMemorySize - 3, 4) == Errno::kFault);
  CHECK(guest("path_create_directory", kDir, kPath, 0xffffffff) == Errno::kFault);
  CHECK(guest("path_create_directory", kDir, kPath, 0) == Errno::kNoent);
  CHECK(guest("path_create_directory", kDir, kPath, 5000) == Errno::kNametoolong);
  uint32_t length = guest.Put(kPath, "a\xff");
  CHECK(guest("path_create_directory", kDir, kPath, length) == Errno::kIlseq);
  length = guest.Put(kPath, std::string_view("a\0b", 3));
  CHECK(guest("path_create_directory", kDir, kPath, length) == Errno::kInval);
  length = guest.Put(kPath, "../out");
  CHECK(guest("path_create_directory", kDir, kPath, length) == Errno::kNotcapable);
  length = guest.Put(kPath, "gr\xc3\xbc\xc3\x9f");
  CHECK(guest("path_create_directory", kDir, kPath, length) == Errno::kSuccess);
}

TEST_CASE("files at offsets") {
  Guest guest;
  Fd file = guest.Open("file");
  guest.SetIov(0, kBuffer, 4);
  CHECK(guest("fd_pread", file, kIovs, 1, 3, kResult) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, guest.Get(kResult)) == "tent");
  CHECK(guest("fd_pwrite", file, kIovs, 1, 0, kResult) == Errno::kSuccess);
  CHECK(guest.tree_.Read("file") == "tentent");
  CHECK(guest("fd_seek", file, -2, 2, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(kResult) == 5);
  CHECK(guest("fd_seek", file, 1, 1, kResult) == Errno::kSuccess);
  CHECK(guest("fd_tell", file, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(kResult) == 6);
  CHECK(guest("fd_seek", file, 0, 3, kResult) == Errno::kInval);
  CHECK(guest("fd_seek", file, 0, 0, kMemorySize - 7) == Errno::kFault);
  CHECK(guest("fd_advise", file, 0, 4, 6) == Errno::kInval);
  CHECK(guest("fd_advise", file, 0, 4, 5) == Errno::kSuccess);
  CHECK(guest("fd_filestat_set_size", file, 3) == Errno::kSuccess);
  CHECK(guest.tree_.Read("file") == "ten");
  CHECK(guest("fd_sync", file) == Errno::kSuccess);
  CHECK(guest("fd_datasync", file) == Errno::kSuccess);
  CHECK(guest("fd_close", file) == Errno::kSuccess);
  CHECK(guest("fd_close", file) == Errno::kBadf);
}

TEST_CASE("filestat layouts of both versions") {
  Guest guest;
  Fd file = guest.Open("file");
  CHECK(guest("fd_filestat_set_times", file, 1'000'000'001, 2'000'000'002, 1 | 4) ==
        Errno::kSuccess);
  uint32_t length = guest.Put(kPath, "file");
  struct stat host;
  REQUIRE(::stat((guest.tree_ / "file").c_str(), &host) == 0);
  for (bool by_path : {false, true}) {
    Errno code = by_path ? guest("path_filestat_get", kDir, 1, kPath, length, kResult)
                         : guest("fd_filestat_get", file, kResult);
    CHECK(code == Errno::kSuccess);
    CHECK(guest.Get<uint64_t>(kResult) == host.st_dev);
    CHECK(guest.Get<uint64_t>(kResult + 8) == host.st_ino);
    CHECK(guest.Get<uint8_t>(kResult + 16) == 4);
    CHECK(guest.Get<uint64_t>(kResult + 24) == 1);
    CHECK(guest.Get<uint64_t>(kResult + 32) == 7);
    CHECK(guest.Get<uint64_t>(kResult + 40) == 1'000'000'001);
    CHECK(guest.Get<uint64_t>(kResult + 48) == 2'000'000'002);
    CHECK(guest.Get<uint64_t>(kResult + 56) > 0);
    code = by_path ? guest.Unstable("path_filestat_get", kDir, 1, kPath, length, kResult)
                   : guest.Unstable("fd_filestat_get", file, kResult);
    CHECK(code == Errno::kSuccess);
    CHECK(guest.Get<uint64_t>(kResult + 8) == host.st_ino);
    CHECK(guest.Get<uint8_t>(kResult + 16) == 4);
    CHECK(guest.Get<uint32_t>(kResult + 20) == 1);
    CHECK(guest.Get<uint64_t>(kResult + 24) == 7);
    CHECK(guest.Get<uint64_t>(kResult + 32) == 1'000'000'001);
    CHECK(guest.Get<uint64_t>(kResult + 40) == 2'000'000'002);
  }
  CHECK(guest("fd_filestat_get", file, kMemorySize - 63) == Errno::kFault);
  CHECK(guest.Unstable("fd_filestat_get", file, kMemorySize - 56) == Errno::kSuccess);
  CHECK(guest("fd_filestat_set_times", file, 0, 0, 1 | 2) == Errno::kInval);
  CHECK(guest("fd_filestat_set_times", file, 0, 0, 4 | 8) == Errno::kInval);
  CHECK(guest("fd_filestat_set_times", file, 0, 0, 16) == Errno::kInval);
  CHECK(guest("path_filestat_set_times", kDir, 0, kPath, length, 0, 5, 4) == Errno::kSuccess);
  CHECK(guest("path_filestat_get", kDir, 2, kPath, length, kResult) == Errno::kInval);
}

TEST_CASE("whence is numbered differently in wasi_unstable") {
  Guest guest;
  Fd file = guest.Open("file");
  CHECK(guest.Unstable("fd_seek", file, 5, 2, kResult) == Errno::kSuccess);  // set
  CHECK(guest.Get<uint64_t>(kResult) == 5);
  CHECK(guest.Unstable("fd_seek", file, 1, 0, kResult) == Errno::kSuccess);  // cur
  CHECK(guest.Get<uint64_t>(kResult) == 6);
  CHECK(guest.Unstable("fd_seek", file, 0, 1, kResult) == Errno::kSuccess);  // end
  CHECK(guest.Get<uint64_t>(kResult) == 7);
}

TEST_CASE("changing names") {
  Guest guest;
  uint32_t file = guest.Put(kPath, "file");
  uint32_t link = guest.Put(kPath2, "link");
  CHECK(guest("path_symlink", kPath, file, kDir, kPath2, link) == Errno::kSuccess);
  CHECK(guest("path_readlink", kDir, kPath2, link, kBuffer, 100, kResult) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, guest.Get(kResult)) == "file");
  CHECK(guest("path_readlink", kDir, kPath2, link, kBuffer, 2, kResult) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, guest.Get(kResult)) == "fi");
  CHECK(guest("path_unlink_file", kDir, kPath2, link) == Errno::kSuccess);
  CHECK(guest("path_link", kDir, 0, kPath, file, kDir, kPath2, link) == Errno::kSuccess);
  CHECK(guest.tree_.Read("link") == "content");
  CHECK(guest("path_link", kDir, 4, kPath, file, kDir, kPath2, link) == Errno::kInval);
  CHECK(guest("path_unlink_file", kDir, kPath, file) == Errno::kSuccess);
  CHECK(guest("path_rename", kDir, kPath2, link, kDir, kPath, file) == Errno::kSuccess);
  CHECK(guest.tree_.Exists("file"));
  CHECK(guest("path_create_directory", kDir, kPath2, link) == Errno::kSuccess);
  CHECK(guest("path_remove_directory", kDir, kPath2, link) == Errno::kSuccess);
}

TEST_CASE("a directory listing, whole and in pieces") {
  Guest guest;
  auto list = [&](uint32_t length, uint64_t cookie) {
    REQUIRE(guest("fd_readdir", kDir, kBuffer, length, cookie, kResult) == Errno::kSuccess);
    return guest.Get(kResult);
  };
  uint32_t used = list(4096, 0);
  std::map<std::string, uint64_t> cookies;
  for (uint32_t at = kBuffer; at < kBuffer + used;) {
    uint32_t length = guest.Get(at + 16);
    std::string name = guest.Text(at + 24, length);
    cookies[name] = guest.Get<uint64_t>(at);
    CHECK(guest.Get<uint64_t>(at + 8) != 0);
    CHECK(guest.Get<uint8_t>(at + 20) == (name == "file" ? 4 : 3));
    at += 24 + length;
  }
  CHECK(cookies.size() == 4);
  CHECK(cookies["."] == 1);
  CHECK(cookies[".."] == 2);
  CHECK(list(4096, cookies[".."]) == 24 + 4 + 24 + 3);
  CHECK(list(4096, 4) == 0);
  CHECK(list(4096, ~uint64_t{0}) == 0);
  // A full buffer means that there is more, and its last entry may be cut.
  CHECK(list(30, 0) == 30);
  CHECK(list(10, 0) == 10);
  CHECK(list(0, 0) == 0);
  CHECK(guest("fd_readdir", kDir, kMemorySize - 10, 20, 0, kResult) == Errno::kFault);
}

TEST_CASE("renumbering") {
  Guest guest;
  Fd one = guest.Open("file");
  Fd two = guest.Open("file");
  CHECK(guest("fd_renumber", one, two) == Errno::kSuccess);
  CHECK(guest("fd_close", one) == Errno::kBadf);
  CHECK(guest("fd_renumber", two, one) == Errno::kBadf);
  CHECK(guest("fd_renumber", two, kDir) == Errno::kSuccess);
  CHECK(guest("fd_prestat_get", kDir, kResult) == Errno::kBadf);
}

void PutClock(Guest& guest, uint32_t at, uint64_t userdata, uint64_t timeout, uint16_t flags) {
  guest.Set(at, userdata);
  guest.Set(at + 8, uint8_t{0});
  guest.Set(at + 16, uint32_t{1});  // monotonic
  guest.Set(at + 24, timeout);
  guest.Set(at + 40, flags);
}

void PutFd(Guest& guest, uint32_t at, uint64_t userdata, uint8_t tag, Fd fd) {
  guest.Set(at, userdata);
  guest.Set(at + 8, tag);
  guest.Set(at + 16, fd);
}

TEST_CASE("polling") {
  Guest guest;
  constexpr uint32_t kSubs = 0x2000;
  constexpr uint32_t kEvents = 0x4000;
  Fd none = guest.Open("file", 0, 0);
  PutClock(guest, kSubs, 1, ~uint64_t{0}, 0);
  PutFd(guest, kSubs + 48, 2, 1, 0);
  PutFd(guest, kSubs + 96, 3, 2, 1);
  PutFd(guest, kSubs + 144, 4, 1, 77);
  PutFd(guest, kSubs + 192, 5, 2, none);
  CHECK(guest("poll_oneoff", kSubs, kEvents, 5, kResult) == Errno::kSuccess);
  REQUIRE(guest.Get(kResult) == 4);
  struct Expected {
    uint64_t userdata;
    Errno error;
    uint8_t type;
  };
  const Expected expected[] = {{2, Errno::kSuccess, 1},
                               {3, Errno::kSuccess, 2},
                               {4, Errno::kBadf, 1},
                               {5, Errno::kNotcapable, 2}};
  for (uint32_t i = 0; i < 4; ++i) {
    uint32_t at = kEvents + i * 32;
    CHECK(guest.Get<uint64_t>(at) == expected[i].userdata);
    CHECK(guest.Get<uint16_t>(at + 8) == static_cast<uint16_t>(expected[i].error));
    CHECK(guest.Get<uint8_t>(at + 10) == expected[i].type);
  }
  CHECK(guest.Get<uint64_t>(kEvents + 16) == 14);  // "standard input"

  PutClock(guest, kSubs, 9, 1'000'000, 0);
  CHECK(guest("poll_oneoff", kSubs, kEvents, 1, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 1);
  CHECK(guest.Get<uint64_t>(kEvents) == 9);
  CHECK(guest.Get<uint8_t>(kEvents + 10) == 0);
  PutClock(guest, kSubs, 9, 1, 1);  // absolute, long ago
  CHECK(guest("poll_oneoff", kSubs, kEvents, 1, kResult) == Errno::kSuccess);
  PutClock(guest, kSubs, 9, 1, 2);  // an unknown flag
  CHECK(guest("poll_oneoff", kSubs, kEvents, 1, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint16_t>(kEvents + 8) == static_cast<uint16_t>(Errno::kInval));

  CHECK(guest("poll_oneoff", kSubs, kEvents, 0, kResult) == Errno::kInval);
  CHECK(guest("poll_oneoff", kSubs, kMemorySize - 31, 1, kResult) == Errno::kFault);
  CHECK(guest("poll_oneoff", kMemorySize - 47, kEvents, 1, kResult) == Errno::kFault);
  CHECK(guest("poll_oneoff", kSubs, kEvents, 0xffffffff, kResult) == Errno::kFault);
  guest.Set(kSubs + 8, uint8_t{3});
  CHECK(guest("poll_oneoff", kSubs, kEvents, 1, kResult) == Errno::kInval);
}

TEST_CASE("polling in wasi_unstable") {
  Guest guest;
  constexpr uint32_t kSubs = 0x2000;
  constexpr uint32_t kEvents = 0x4000;
  guest.Set(kSubs, uint64_t{7});
  guest.Set(kSubs + 16, ~uint64_t{0});  // the identifier, which has no meaning
  guest.Set(kSubs + 24, uint32_t{1});
  guest.Set(kSubs + 32, uint64_t{1'000'000});
  PutFd(guest, kSubs + 56, 8, 1, 77);
  CHECK(guest.Unstable("poll_oneoff", kSubs, kEvents, 1, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 1);
  CHECK(guest.Get<uint64_t>(kEvents) == 7);
  CHECK(guest.Unstable("poll_oneoff", kSubs, kEvents, 2, kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(kEvents) == 8);
}

TEST_CASE("sockets") {
  Guest guest;
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  UniqueFd host(fds[1]);
  Fd fd = *guest.context_.descriptors.Insert(
      {std::make_shared<Socket>(UniqueFd(fds[0])), right::kSocket, 0});
  REQUIRE(::send(host.get(), "hello", 5, 0) == 5);
  guest.SetIov(0, kBuffer, 4);
  CHECK(guest("sock_recv", fd, kIovs, 1, 1, kResult, kResult2) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 4);
  CHECK(guest("sock_recv", fd, kIovs, 1, 2, kResult, kResult2) == Errno::kSuccess);
  CHECK(guest.Text(kBuffer, guest.Get(kResult)) == "hell");
  CHECK(guest.Get<uint16_t>(kResult2) == 0);
  CHECK(guest("fd_read", fd, kIovs, 1, kResult) == Errno::kSuccess);
  CHECK(guest.Get(kResult) == 1);
  CHECK(guest("sock_send", fd, kIovs, 1, 0, kResult) == Errno::kSuccess);
  CHECK(guest("sock_send", fd, kIovs, 1, 1, kResult) == Errno::kInval);
  CHECK(guest("sock_recv", fd, kIovs, 1, 4, kResult, kResult2) == Errno::kInval);
  CHECK(guest("sock_recv", fd, kIovs, 1, 0, kResult, kOutside) == Errno::kFault);
  CHECK(guest("sock_accept", fd, 0, kResult) == Errno::kInval);
  CHECK(guest("sock_shutdown", fd, 0) == Errno::kInval);
  CHECK(guest("sock_shutdown", fd, 4) == Errno::kInval);
  CHECK(guest("sock_shutdown", fd, 3) == Errno::kSuccess);
  CHECK(guest("sock_shutdown", 1, 1) == Errno::kNotsock);
  CHECK(guest("sock_shutdown", 55, 1) == Errno::kBadf);
  CHECK(guest("sock_send", guest.Open("file"), kIovs, 1, 0, kResult) == Errno::kNotsock);
}

}  // namespace
}  // namespace trenail::wasi::p1
