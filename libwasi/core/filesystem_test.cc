// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files and directories through both path resolvers.

#include "libwasi/core/filesystem.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "libwasi/core/clocks.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

struct Granted {
  explicit Granted(bool read_only = false) {
    tree.Dir("root");
    tree.Dir("secret");
    tree.File("secret/file", "secret");
    tree.File("root/file", "content");
    tree.Dir("root/dir");
    tree.File("root/dir/inner", "inner");
    tree.Link("root/to-file", "file");
    tree.Link("root/to-dir", "dir");
    tree.Link("root/escape", "../secret");
    tree.Link("root/escape-file", "../secret/file");
    tree.Link("root/dangling", "missing");
    auto resolver = GENERATE(PathResolver::kBest, PathResolver::kComponents);
    directory = *Directory::OpenHost(tree / "root", read_only, resolver);
  }
  Errno OpenError(std::string_view path, const OpenOptions& options) {
    return ErrorOf(directory->Open(path, options));
  }
  TempTree tree;
  std::shared_ptr<Directory> directory;
};

TEST_CASE("reading, writing and seeking") {
  Granted granted;
  auto file = *granted.directory->Open("new", {.create = true, .read = true, .write = true});
  CHECK(file->type() == FileType::kRegularFile);
  CHECK(*WriteText(*file, "hello world") == 11);
  CHECK(*file->Seek(0, Whence::kCurrent) == 11);
  CHECK(*file->Seek(-5, Whence::kEnd) == 6);
  CHECK(ReadAll(*file) == "world");
  CHECK(*file->Seek(0, Whence::kSet) == 0);
  CHECK(ErrorOf(file->Seek(-1, Whence::kSet)) == Errno::kInval);
  CHECK(ErrorOf(file->Seek(-100, Whence::kCurrent)) == Errno::kInval);

  char four[4];
  iovec vector = {four, 4};
  CHECK(*file->ReadAt({&vector, 1}, 6) == 4);
  CHECK(std::string(four, 4) == "worl");
  CHECK(*file->WriteAt({&vector, 1}, 0) == 4);
  CHECK(*file->Seek(0, Whence::kCurrent) == 0);
  CHECK(ErrorOf(file->ReadAt({&vector, 1}, ~uint64_t{0})) == Errno::kInval);
  CHECK(ErrorOf(file->WriteAt({&vector, 1}, uint64_t{1} << 63)) == Errno::kInval);
  CHECK(granted.tree.Read("root/new") == "worlo world");
}

TEST_CASE("opening for one way only") {
  Granted granted;
  auto reader = *granted.directory->Open("file", {.read = true});
  CHECK(ErrorOf(WriteText(*reader, "x")) == Errno::kBadf);
  auto writer = *granted.directory->Open("file", {.write = true});
  char byte;
  iovec vector = {&byte, 1};
  CHECK(ErrorOf(writer->Read({&vector, 1}, nullptr)) == Errno::kBadf);
}

TEST_CASE("open options") {
  Granted granted;
  CHECK(granted.OpenError("missing", {.read = true}) == Errno::kNoent);
  CHECK(granted.OpenError("file", {.create = true, .exclusive = true, .read = true}) ==
        Errno::kExist);
  CHECK(granted.OpenError("file", {.directory = true, .read = true}) == Errno::kNotdir);
  CHECK(granted.OpenError("dir", {.directory = true, .read = true}) == Errno::kSuccess);
  CHECK(granted.OpenError("dir", {.read = true, .write = true}) == Errno::kIsdir);
  CHECK(granted.OpenError("new", {.create = true, .directory = true}) == Errno::kInval);
  CHECK(granted.OpenError("to-file", {.follow = false, .read = true}) == Errno::kLoop);
  CHECK(granted.OpenError("to-file", {.read = true}) == Errno::kSuccess);
  CHECK(granted.OpenError("escape-file", {.read = true}) == Errno::kNotcapable);
  CHECK(granted.OpenError("escape/file", {.read = true}) == Errno::kNotcapable);
  CHECK(granted.OpenError("file/", {.read = true}) == Errno::kNotdir);
  REQUIRE(granted.OpenError("file", {.truncate = true}) == Errno::kSuccess);
  CHECK(granted.tree.Read("root/file").empty());
}

TEST_CASE("what is opened below a directory stays below it") {
  Granted granted;
  auto opened = *granted.directory->Open("dir", {.read = true});
  Directory* inner = opened->AsDirectory();
  REQUIRE(inner != nullptr);
  CHECK(ErrorOf(inner->Open("inner", {.read = true})) == Errno::kSuccess);
  CHECK(ErrorOf(inner->Open("../file", {.read = true})) == Errno::kNotcapable);
}

TEST_CASE("append mode can be switched") {
  Granted granted;
  auto file =
      *granted.directory->Open("file", {.read = true, .write = true, .flags = FdFlags::kAppend});
  CHECK(file->flags() == FdFlags::kAppend);
  REQUIRE(file->Seek(0, Whence::kSet).has_value());
  REQUIRE(WriteText(*file, "+").has_value());
  CHECK(granted.tree.Read("root/file") == "content+");
  REQUIRE(file->SetFlags(0).has_value());
  REQUIRE(file->Seek(0, Whence::kSet).has_value());
  REQUIRE(WriteText(*file, "C").has_value());
  CHECK(granted.tree.Read("root/file") == "Content+");
  CHECK(ErrorOf(file->SetFlags(FdFlags::kSync)) == Errno::kNotsup);
}

TEST_CASE("size, allocation, advice and syncing") {
  Granted granted;
  auto file = *granted.directory->Open("file", {.read = true, .write = true});
  REQUIRE(file->SetSize(100).has_value());
  CHECK(file->Stat()->size == 100);
  CHECK(ErrorOf(file->SetSize(~uint64_t{0})) == Errno::kInval);
  IoStatus allocated = file->Allocate(90, 20);
  if (allocated.has_value()) {
    CHECK(file->Stat()->size == 110);
  } else {
    CHECK(allocated.error() == Errno::kNotsup);
  }
  CHECK(ErrorOf(file->Allocate(0, 0)) == Errno::kInval);
  CHECK(ErrorOf(file->Allocate(10, ~uint64_t{0})) == Errno::kFbig);
  CHECK(file->Advise(0, 50, Advice::kSequential).has_value());
  CHECK(ErrorOf(file->Advise(0, 50, static_cast<Advice>(6))) == Errno::kInval);
  CHECK(ErrorOf(file->Advise(~uint64_t{0}, 1, Advice::kNormal)) == Errno::kInval);
  CHECK(file->Sync().has_value());
  CHECK(file->DataSync().has_value());
}

TEST_CASE("times") {
  Granted granted;
  auto file = *granted.directory->Open("file", {.read = true});
  FileStat before = *file->Stat();
  TimeChange keep;
  TimeChange set = {.kind = TimeChange::kSet, .time = {1, 7}};
  REQUIRE(file->SetTimes(keep, set).has_value());
  CHECK(file->Stat()->modification_time == Timestamp{1, 7});
  CHECK(file->Stat()->access_time == before.access_time);
  REQUIRE(file->SetTimes(keep, {.kind = TimeChange::kNow}).has_value());
  CHECK(file->Stat()->modification_time.seconds + 10 >
        static_cast<int64_t>(RealtimeNow() / 1'000'000'000));

  // The link itself, and what it leads to.
  REQUIRE(granted.directory->SetTimesAt("to-file", false, keep, set).has_value());
  CHECK(granted.directory->StatAt("to-file", false)->modification_time == Timestamp{1, 7});
  CHECK(granted.directory->StatAt("to-file", true)->modification_time != Timestamp{1, 7});
  REQUIRE(granted.directory->SetTimesAt("to-file", true, keep, set).has_value());
  CHECK(file->Stat()->modification_time == Timestamp{1, 7});
  CHECK(ErrorOf(granted.directory->SetTimesAt("escape-file", true, keep, set)) ==
        Errno::kNotcapable);
  REQUIRE(granted.directory->SetTimes(keep, set).has_value());
  CHECK(granted.directory->Stat()->modification_time == Timestamp{1, 7});
}

TEST_CASE("attributes by path") {
  Granted granted;
  FileStat file = *granted.directory->StatAt("file", true);
  CHECK(file.type == FileType::kRegularFile);
  CHECK(file.size == 7);
  CHECK(file.link_count == 1);
  CHECK(granted.directory->StatAt("to-file", true)->inode == file.inode);
  CHECK(granted.directory->StatAt("to-file", false)->type == FileType::kSymbolicLink);
  CHECK(granted.directory->StatAt("to-dir/", false)->type == FileType::kDirectory);
  CHECK(granted.directory->StatAt(".", false)->type == FileType::kDirectory);
  CHECK(granted.directory->StatAt("dangling", false)->type == FileType::kSymbolicLink);
  CHECK(ErrorOf(granted.directory->StatAt("dangling", true)) == Errno::kNoent);
  CHECK(ErrorOf(granted.directory->StatAt("escape", true)) == Errno::kNotcapable);
  CHECK(ErrorOf(granted.directory->StatAt("escape/", false)) == Errno::kNotcapable);
  CHECK(ErrorOf(granted.directory->StatAt("..", false)) == Errno::kNotcapable);
}

TEST_CASE("creating and removing directories") {
  Granted granted;
  Directory& dir = *granted.directory;
  CHECK(ErrorOf(dir.CreateDirectory("new")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.CreateDirectory("new")) == Errno::kExist);
  CHECK(ErrorOf(dir.CreateDirectory("new/sub/")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.CreateDirectory("missing/sub")) == Errno::kNoent);
  CHECK(ErrorOf(dir.CreateDirectory("dangling")) == Errno::kExist);
  CHECK(ErrorOf(dir.CreateDirectory("..")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.CreateDirectory("../new")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.CreateDirectory("escape/new")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.CreateDirectory("dir/..")) == Errno::kExist);
  CHECK(ErrorOf(dir.CreateDirectory(".")) == Errno::kExist);
  CHECK(ErrorOf(dir.RemoveDirectory("new")) == Errno::kNotempty);
  CHECK(ErrorOf(dir.RemoveDirectory("new/sub/")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.RemoveDirectory("new")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.RemoveDirectory("file")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.RemoveDirectory("to-dir")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.RemoveDirectory("to-dir/")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.RemoveDirectory("escape/")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.RemoveDirectory(".")) == Errno::kInval);
  CHECK(ErrorOf(dir.RemoveDirectory("dir/..")) == Errno::kNotempty);
  CHECK(granted.tree.Exists("secret/file"));
  CHECK_FALSE(granted.tree.Exists("new"));
}

TEST_CASE("unlinking") {
  Granted granted;
  Directory& dir = *granted.directory;
  CHECK(ErrorOf(dir.UnlinkFile("dir")) == Errno::kIsdir);
  CHECK(ErrorOf(dir.UnlinkFile("dir/")) == Errno::kIsdir);
  CHECK(ErrorOf(dir.UnlinkFile("file/")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.UnlinkFile("missing")) == Errno::kNoent);
  CHECK(ErrorOf(dir.UnlinkFile("escape/file")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.UnlinkFile("../secret/file")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.UnlinkFile("escape-file/")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.UnlinkFile("escape-file")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.UnlinkFile("to-file")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.UnlinkFile("file")) == Errno::kSuccess);
  CHECK(granted.tree.Exists("secret/file"));
}

TEST_CASE("renaming") {
  Granted granted;
  Directory& dir = *granted.directory;
  auto sub = *dir.Open("dir", {.read = true});
  CHECK(ErrorOf(dir.Rename("file", *sub->AsDirectory(), "moved")) == Errno::kSuccess);
  CHECK(granted.tree.Read("root/dir/moved") == "content");
  CHECK(ErrorOf(dir.Rename("dir/", dir, "renamed/")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.Rename("renamed", dir, "dir")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.Rename("missing", dir, "x")) == Errno::kNoent);
  CHECK(ErrorOf(dir.Rename("dir/moved", dir, "../moved")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Rename("dir/moved", dir, "escape/moved")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Rename("escape/file", dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Rename("../secret", dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Rename("escape/", dir, "stolen")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.Rename("dir", dir, "..")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Rename("dir", dir, ".")) == Errno::kBusy);
  CHECK(granted.tree.Exists("secret/file"));
}

TEST_CASE("hard links") {
  Granted granted;
  Directory& dir = *granted.directory;
  CHECK(ErrorOf(dir.Link("file", false, dir, "link")) == Errno::kSuccess);
  CHECK(dir.StatAt("link", false)->inode == dir.StatAt("file", false)->inode);
  CHECK(dir.StatAt("file", false)->link_count == 2);
  CHECK(ErrorOf(dir.Link("file", false, dir, "link")) == Errno::kExist);
  CHECK(ErrorOf(dir.Link("file", false, dir, "new/")) == Errno::kNoent);
  CHECK(ErrorOf(dir.Link("dir", false, dir, "new")) == Errno::kPerm);
  CHECK(ErrorOf(dir.Link("dir/", false, dir, "new")) == Errno::kPerm);
  CHECK(ErrorOf(dir.Link("file/", false, dir, "new")) == Errno::kNotdir);
  CHECK(ErrorOf(dir.Link(".", false, dir, "new")) == Errno::kPerm);
  CHECK(ErrorOf(dir.Link("..", false, dir, "new")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Link("dir/..", false, dir, "new")) == Errno::kPerm);
  // A symbolic link itself, and what it leads to.
  CHECK(ErrorOf(dir.Link("escape-file", false, dir, "escape-2")) == Errno::kSuccess);
  CHECK(dir.StatAt("escape-2", false)->type == FileType::kSymbolicLink);
  CHECK(ErrorOf(dir.Link("escape-file", true, dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Link("escape-file/", false, dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Link("escape/", false, dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Link("escape/file", false, dir, "stolen")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Link("to-file", true, dir, "followed")) == Errno::kSuccess);
  CHECK(dir.StatAt("followed", false)->inode == dir.StatAt("file", false)->inode);
  CHECK(ErrorOf(dir.Link("dangling", true, dir, "new")) == Errno::kNoent);
  CHECK(ErrorOf(dir.Link("file", false, dir, "../out")) == Errno::kNotcapable);
  CHECK_FALSE(granted.tree.Exists("root/stolen"));
  CHECK_FALSE(granted.tree.Exists("out"));
}

TEST_CASE("symbolic links") {
  Granted granted;
  Directory& dir = *granted.directory;
  CHECK(ErrorOf(dir.Symlink("file", "link")) == Errno::kSuccess);
  CHECK(*dir.ReadLink("link") == "file");
  CHECK(ErrorOf(dir.Symlink("../../anything", "dir/link")) == Errno::kSuccess);
  CHECK(ErrorOf(dir.StatAt("dir/link", true)) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Symlink("/etc/passwd", "absolute")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Symlink("/", "absolute")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Symlink("", "empty")) == Errno::kNoent);
  CHECK(ErrorOf(dir.Symlink(std::string_view("a\0b", 3), "nul")) == Errno::kInval);
  CHECK(ErrorOf(dir.Symlink(std::string(5000, 'x'), "long")) == Errno::kNametoolong);
  CHECK(ErrorOf(dir.Symlink("file", "new/")) == Errno::kNoent);
  CHECK(ErrorOf(dir.Symlink("file", "dir/")) == Errno::kExist);
  CHECK(ErrorOf(dir.Symlink("file", "file")) == Errno::kExist);
  CHECK(ErrorOf(dir.Symlink("file", "../link")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.Symlink("file", "escape/link")) == Errno::kNotcapable);
  CHECK(ErrorOf(dir.ReadLink("file")) == Errno::kInval);
  CHECK(ErrorOf(dir.ReadLink("dir")) == Errno::kInval);
  CHECK(ErrorOf(dir.ReadLink("missing")) == Errno::kNoent);
  CHECK(ErrorOf(dir.ReadLink("escape/")) == Errno::kNotcapable);
  CHECK(*dir.ReadLink("escape") == "../secret");
  CHECK_FALSE(granted.tree.Exists("link"));
}

TEST_CASE("a read-only directory refuses every change") {
  Granted granted(/*read_only=*/true);
  Directory& dir = *granted.directory;
  TempTree other_tree;
  auto other = *Directory::OpenHost(other_tree.path(), false);
  other_tree.File("theirs", "x");
  TimeChange now = {.kind = TimeChange::kNow};

  CHECK(granted.OpenError("file", {.read = true}) == Errno::kSuccess);
  CHECK(granted.OpenError("file", {.create = true, .read = true}) == Errno::kSuccess);
  CHECK(granted.OpenError("file", {.create = true, .exclusive = true, .read = true}) ==
        Errno::kExist);
  CHECK(granted.OpenError("new", {.create = true, .read = true}) == Errno::kRofs);
  CHECK(granted.OpenError("file", {.read = true, .write = true}) == Errno::kRofs);
  CHECK(granted.OpenError("file", {.truncate = true, .read = true}) == Errno::kRofs);
  CHECK(granted.OpenError("file", {.truncate = true}) == Errno::kRofs);
  CHECK(ErrorOf(dir.CreateDirectory("new")) == Errno::kRofs);
  CHECK(ErrorOf(dir.RemoveDirectory("dir")) == Errno::kRofs);
  CHECK(ErrorOf(dir.UnlinkFile("file")) == Errno::kRofs);
  CHECK(ErrorOf(dir.Symlink("file", "link")) == Errno::kRofs);
  CHECK(ErrorOf(dir.SetTimesAt("file", true, now, now)) == Errno::kRofs);
  CHECK(ErrorOf(dir.SetTimes(now, now)) == Errno::kRofs);
  // Both sides of what has two.
  CHECK(ErrorOf(dir.Rename("file", dir, "new")) == Errno::kRofs);
  CHECK(ErrorOf(dir.Rename("file", *other, "new")) == Errno::kRofs);
  CHECK(ErrorOf(other->Rename("theirs", dir, "new")) == Errno::kRofs);
  CHECK(ErrorOf(dir.Link("file", false, dir, "new")) == Errno::kRofs);
  CHECK(ErrorOf(dir.Link("file", false, *other, "new")) == Errno::kRofs);
  CHECK(ErrorOf(other->Link("theirs", false, dir, "new")) == Errno::kRofs);
  // And what is opened through it.
  auto file = *granted.directory->Open("file", {.read = true});
  CHECK(ErrorOf(WriteText(*file, "x")) == Errno::kRofs);
  CHECK(ErrorOf(file->SetSize(0)) == Errno::kRofs);
  CHECK(ErrorOf(file->Allocate(0, 10)) == Errno::kRofs);
  CHECK(ErrorOf(file->SetTimes(now, now)) == Errno::kRofs);
  auto inner = *granted.directory->Open("dir", {.read = true});
  CHECK(ErrorOf(inner->AsDirectory()->UnlinkFile("inner")) == Errno::kRofs);
  CHECK(ErrorOf(inner->AsDirectory()->Open("inner", {.write = true})) == Errno::kRofs);
  CHECK(granted.tree.Read("root/file") == "content");
}

TEST_CASE("a listing begins with the dots and keeps its positions") {
  Granted granted;
  granted.tree.Dir("root/list");
  auto opened = *granted.directory->Open("list", {.read = true});
  Directory& dir = *opened->AsDirectory();
  auto entries = *dir.ReadEntries(0, 100);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].name == ".");
  CHECK(entries[1].name == "..");
  CHECK(entries[0].inode == dir.Stat()->inode);
  CHECK(entries[0].type == FileType::kDirectory);

  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    std::string name = "f" + std::to_string(i);
    granted.tree.File("root/list/" + name);
    expected.insert(name);
  }
  granted.tree.Link("root/list/link", "f0");
  expected.insert("link");

  // Remove what was already listed while the listing goes on: nothing is skipped or repeated.
  std::set<std::string> seen;
  uint64_t cookie = 0;
  for (;;) {
    auto part = *dir.ReadEntries(cookie, 7);
    for (const DirectoryEntry& entry : part) {
      if (entry.name == "." || entry.name == "..") continue;
      CHECK(seen.insert(entry.name).second);
      CHECK(entry.type ==
            (entry.name == "link" ? FileType::kSymbolicLink : FileType::kRegularFile));
      CHECK(dir.StatAt(entry.name, false)->inode == entry.inode);
      REQUIRE(dir.UnlinkFile(entry.name).has_value());
    }
    cookie += part.size();
    if (part.size() < 7) break;
  }
  CHECK(seen == expected);
  CHECK(dir.ReadEntries(cookie, 7)->empty());
  CHECK(dir.ReadEntries(~uint64_t{0}, 7)->empty());
  // An older position of the same listing, then a new listing.
  CHECK(dir.ReadEntries(2, 100)->size() == 51);
  CHECK(dir.ReadEntries(0, 100)->size() == 2);
}

TEST_CASE("the memory for listings is bounded and given back") {
  TempTree tree;
  for (int i = 0; i < 20; ++i) tree.File(std::to_string(i));
  auto open = [&](std::shared_ptr<ListingBudget> budget) {
    UniqueFd fd(::open(tree.path().c_str(), O_RDONLY | O_DIRECTORY));
    return std::make_unique<Directory>(std::move(fd), false, PathResolver::kBest, budget);
  };
  CHECK(ErrorOf(open(std::make_shared<ListingBudget>(500))->ReadEntries(0, 5)) == Errno::kNomem);
  auto budget = std::make_shared<ListingBudget>(30 * (sizeof(DirectoryEntry) + 2));
  auto first = open(budget);
  auto second = open(budget);
  CHECK(first->ReadEntries(0, 100)->size() == 22);
  CHECK(first->ReadEntries(0, 100)->size() == 22);
  CHECK(ErrorOf(second->ReadEntries(0, 100)) == Errno::kNomem);
  first = nullptr;
  CHECK(second->ReadEntries(0, 100)->size() == 22);
}

TEST_CASE("a directory is not a file") {
  Granted granted;
  Directory& dir = *granted.directory;
  char byte;
  iovec vector = {&byte, 1};
  CHECK(ErrorOf(dir.Read({&vector, 1}, nullptr)) == Errno::kBadf);
  CHECK(ErrorOf(dir.Write({&vector, 1}, nullptr)) == Errno::kBadf);
  CHECK(ErrorOf(dir.ReadAt({&vector, 1}, 0)) == Errno::kIsdir);
  CHECK(ErrorOf(dir.WriteAt({&vector, 1}, 0)) == Errno::kIsdir);
  CHECK(ErrorOf(dir.Seek(0, Whence::kCurrent)) == Errno::kIsdir);
  CHECK(ErrorOf(dir.SetSize(0)) == Errno::kIsdir);
  CHECK(ErrorOf(dir.Allocate(0, 1)) == Errno::kIsdir);
  CHECK(dir.Sync().has_value());
}

TEST_CASE("opening a pipe without another end does not wait") {
  Granted granted;
  REQUIRE(::mkfifo((granted.tree / "root/fifo").c_str(), 0600) == 0);
  auto fifo = granted.directory->Open("fifo", {.read = true});
  REQUIRE(fifo.has_value());
  CHECK((*fifo)->type() == FileType::kFifo);
  CHECK(granted.OpenError("missing/fifo", {.write = true}) == Errno::kNoent);
}

}  // namespace
}  // namespace trenail::wasi
