// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a component may do with the directories that it was granted.

#include "libwasi/component/filesystem.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <string>
#include <vector>

#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

constexpr auto kAsAsked = FileDescriptor::Mutation::kAsAsked;
constexpr auto kInherited = FileDescriptor::Mutation::kInherited;
constexpr uint32_t kRead = DescriptorFlags::kRead;
constexpr uint32_t kWrite = DescriptorFlags::kWrite;
constexpr uint32_t kMutate = DescriptorFlags::kMutateDirectory;
constexpr PathFlags kFollow = {PathFlags::kSymlinkFollow};
constexpr TimeChange kSecond = {.kind = TimeChange::kSet, .time = {1, 0}};

class NoNet final : public NetSource {
 public:
  Result<EventLoop*> Loop() override { return std::unexpected(Error(ErrorKind::kHost, "no loop")); }
  Result<http::Transport*> Transport() override {
    return std::unexpected(Error(ErrorKind::kHost, "no network"));
  }
  EventLoop* LoopIfMade() override { return nullptr; }
};

struct Tree : TempTree {
  Tree() {
    Dir("root");
    File("root/file", "content");
    Dir("root/dir");
    File("root/dir/inner", "inner");
    Link("root/to-file", "file");
    Link("root/out", "..");
    Link("root/out-file", "../secret");
    Link("root/absolute", "/etc/passwd");
    Dir("fixed");
    File("fixed/file", "fixed");
    Dir("fixed/dir");
    File("secret", "secret");
  }
};

// Two granted directories, of which the second may not be changed.
struct Granted {
  FileDescriptor Preopen(const std::string& name, bool read_only) {
    return FileDescriptor::Preopen(*Directory::OpenHost(tree / name, read_only));
  }

  Tree tree;
  FileDescriptor root = Preopen("root", false);
  FileDescriptor fixed = Preopen("fixed", true);
};

IoResult<FileDescriptor> Open(const FileDescriptor& at, const std::string& path, uint32_t flags,
                              uint32_t open = 0, FileDescriptor::Mutation mutation = kAsAsked) {
  return at.OpenAt(kFollow, path, {open}, {flags}, mutation);
}

std::string ReadAll(const FileDescriptor& file) {
  const auto read = file.Read(1000, 0);
  REQUIRE(ErrorOf(read) == Errno::kSuccess);
  return {read->bytes.begin(), read->bytes.end()};
}

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST_CASE("flags of what is opened say what it can do") {
  Granted granted;
  CHECK(granted.root.flags().bits == (kRead | kMutate));
  CHECK(granted.fixed.flags().bits == kRead);

  struct Case {
    const char* path;
    uint32_t asked, open, given;
  };
  const Case cases[] = {
      {"file", 0, 0, kRead},
      {"file", kRead, 0, kRead},
      {"file", kWrite, 0, kWrite},
      {"file", kRead | kWrite, 0, kRead | kWrite},
      // This flag is about directories.
      {"file", kRead | kMutate, 0, kRead},
      {"file", kWrite | DescriptorFlags::kDataIntegritySync, 0,
       kWrite | DescriptorFlags::kDataIntegritySync},
      {"new-1", 0, OpenFlags::kCreate, kRead | kWrite},
      {"new-2", kRead, OpenFlags::kCreate | OpenFlags::kExclusive, kRead | kWrite},
      {"new-3", kWrite, OpenFlags::kCreate, kWrite},
      {"file", kRead, OpenFlags::kExclusive, kRead},
      {"dir", 0, 0, kRead},
      {"dir", kMutate, OpenFlags::kDirectory, kRead | kMutate},
  };
  for (const Case& c : cases) {
    INFO(c.path << " " << c.asked << " " << c.open);
    const auto opened = Open(granted.root, c.path, c.asked, c.open);
    REQUIRE(ErrorOf(opened) == Errno::kSuccess);
    CHECK(opened->flags().bits == c.given);
  }
  CHECK(Open(granted.root, "dir", kRead, 0, kInherited)->flags().bits == (kRead | kMutate));
  CHECK(Open(granted.fixed, "dir", kRead, 0, kInherited)->flags().bits == kRead);

  CHECK(ErrorOf(Open(granted.root, "file", kRead, OpenFlags::kCreate | OpenFlags::kExclusive)) ==
        Errno::kExist);
  CHECK(ErrorOf(Open(granted.root, "file", kRead, OpenFlags::kDirectory)) == Errno::kNotdir);
  CHECK(ErrorOf(Open(granted.root, "x", kRead, OpenFlags::kCreate | OpenFlags::kDirectory)) ==
        Errno::kInval);
  CHECK(ErrorOf(Open(granted.root, "dir", kWrite)) == Errno::kIsdir);
  CHECK(ErrorOf(granted.root.OpenAt({}, "to-file", {}, {kRead}, kAsAsked)) == Errno::kLoop);
  CHECK(ErrorOf(Open(*Open(granted.root, "file", kRead), "x", kRead)) == Errno::kNotdir);
}

TEST_CASE("a file is read and written only as it was opened") {
  Granted granted;
  const FileDescriptor reader = *Open(granted.root, "file", kRead);
  CHECK(ReadAll(reader) == "content");
  CHECK(ErrorOf(reader.Write(Bytes("x"), 0)) == Errno::kBadf);
  CHECK(ErrorOf(reader.WriteStream(0, nullptr)) == Errno::kBadf);
  CHECK(ErrorOf(reader.WriteStream(std::nullopt, nullptr)) == Errno::kBadf);
  CHECK(ErrorOf(reader.SetSize(0)) == Errno::kBadf);
  CHECK(reader.Sync(false).has_value());

  const FileDescriptor writer = *Open(granted.root, "file", kWrite);
  CHECK(ErrorOf(writer.Read(1, 0)) == Errno::kBadf);
  CHECK(ErrorOf(writer.ReadStream(0)) == Errno::kBadf);
  CHECK(*writer.Write(Bytes("C"), 0) == 1);
  CHECK(writer.SetSize(3).has_value());
  CHECK(ReadAll(reader) == "Con");
  CHECK(ErrorOf(writer.Write(Bytes("x"), ~uint64_t{0})) == Errno::kInval);
  CHECK(ErrorOf(writer.SetSize(~uint64_t{0})) == Errno::kInval);

  // Truncating is no right to write.
  const FileDescriptor truncated = *Open(granted.root, "file", kRead, OpenFlags::kTruncate);
  CHECK(ReadAll(reader).empty());
  CHECK(reader.Read(1, 0)->at_end);
  CHECK_FALSE(reader.Read(0, 0)->at_end);
  CHECK(ErrorOf(truncated.Write(Bytes("x"), 0)) == Errno::kBadf);

  CHECK(ErrorOf(granted.root.Read(1, 0)) == Errno::kIsdir);
  CHECK(ErrorOf(granted.root.ReadStream(0)) == Errno::kIsdir);
  CHECK(ErrorOf(granted.root.SetSize(0)) == Errno::kIsdir);
  CHECK(ErrorOf(granted.root.Advise(0, 0, Advice::kNormal)) == Errno::kBadf);
}

// Everything that changes something below a directory.
void CheckUnchangeable(const FileDescriptor& at, const FileDescriptor& elsewhere) {
  for (const uint32_t flags : {kWrite, kRead | kWrite, kMutate, kRead | kMutate})
    for (const char* path : {"file", "dir", "missing"})
      CHECK(ErrorOf(Open(at, path, flags)) == Errno::kRofs);
  for (const uint32_t open :
       {OpenFlags::kCreate, OpenFlags::kTruncate, OpenFlags::kCreate | OpenFlags::kExclusive})
    CHECK(ErrorOf(Open(at, "file", kRead, open)) == Errno::kRofs);
  CHECK(ErrorOf(at.CreateDirectoryAt("new")) == Errno::kRofs);
  CHECK(ErrorOf(at.RemoveDirectoryAt("dir")) == Errno::kRofs);
  CHECK(ErrorOf(at.UnlinkFileAt("file")) == Errno::kRofs);
  CHECK(ErrorOf(at.SymlinkAt("file", "new")) == Errno::kRofs);
  CHECK(ErrorOf(at.SetTimesAt({}, "file", kSecond, kSecond)) == Errno::kRofs);
  CHECK(ErrorOf(at.SetTimes(kSecond, kSecond)) == Errno::kRofs);
  // What is linked or renamed from here could be changed there, and what comes here changes this.
  CHECK(ErrorOf(at.RenameAt("file", elsewhere, "new")) == Errno::kRofs);
  CHECK(ErrorOf(elsewhere.RenameAt("file", at, "new")) == Errno::kRofs);
  CHECK(ErrorOf(at.LinkAt({}, "file", elsewhere, "new")) == Errno::kRofs);
  CHECK(ErrorOf(elsewhere.LinkAt({}, "file", at, "new")) == Errno::kRofs);

  const FileDescriptor file = *Open(at, "file", kRead);
  CHECK_FALSE(ReadAll(file).empty());
  CHECK(ErrorOf(file.SetTimes(kSecond, kSecond)) == Errno::kRofs);
  CHECK(ErrorOf(file.Write(Bytes("x"), 0)) == Errno::kBadf);
}

TEST_CASE("nothing changes below a directory that was granted to be read") {
  Granted granted;
  CheckUnchangeable(granted.fixed, granted.root);
  CheckUnchangeable(*Open(granted.fixed, ".", kRead, 0, kInherited), granted.root);
  CHECK(granted.tree.Read("fixed/file") == "fixed");
  CHECK_FALSE(granted.tree.Exists("root/new"));
  CHECK(granted.fixed.StatAt({}, "file")->size == 5);
}

TEST_CASE("nothing changes below a directory that was opened without mutate-directory") {
  Granted granted;
  const FileDescriptor view = *Open(granted.root, ".", kRead);
  CheckUnchangeable(view, granted.root);
  CheckUnchangeable(*Open(view, ".", kRead, 0, kInherited), granted.root);
  CHECK(granted.tree.Read("root/file") == "content");

  const FileDescriptor all = *Open(granted.root, ".", kMutate);
  CHECK(all.CreateDirectoryAt("new").has_value());
  CHECK(all.RemoveDirectoryAt("new/").has_value());
  CHECK(all.SetTimes(kSecond, kSecond).has_value());
  CHECK(all.Stat()->modification_time == Timestamp{1, 0});
  CHECK(Open(all, "file", kRead)->SetTimes(kSecond, {}).has_value());
  CHECK(all.StatAt({}, "file")->access_time == Timestamp{1, 0});
}

TEST_CASE("no path leads out") {
  Granted granted;
  const FileDescriptor& root = granted.root;
  const FileDescriptor dir = *Open(root, "dir", kMutate);
  for (const char* path : {"/", "/etc/passwd", "..", "../", "../secret", "dir/../../secret", "out",
                           "out/", "out/secret", "out/root/file", "out-file", "absolute", "/."}) {
    INFO(path);
    CHECK(ErrorOf(Open(root, path, kRead)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.StatAt(kFollow, path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.HashMetadataAt(kFollow, path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.SetTimesAt(kFollow, path, kSecond, kSecond)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.LinkAt(kFollow, path, root, "new")) != Errno::kSuccess);
  }
  for (const char* path : {"/new", "../new", "dir/../../new", "out/new", "out/../new"}) {
    INFO(path);
    CHECK(ErrorOf(Open(root, path, kWrite, OpenFlags::kCreate)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.CreateDirectoryAt(path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.SymlinkAt("file", path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.RenameAt("file", root, path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.LinkAt({}, "file", root, path)) == Errno::kNotcapable);
    CHECK(ErrorOf(root.RenameAt(path, root, "file")) == Errno::kNotcapable);
  }
  for (const char* path : {"../secret", "out/secret", "/secret"})
    CHECK(ErrorOf(root.UnlinkFileAt(path)) == Errno::kNotcapable);
  CHECK(ErrorOf(root.RemoveDirectoryAt("out/")) == Errno::kNotcapable);
  CHECK(ErrorOf(root.SymlinkAt("/etc/passwd", "new")) == Errno::kNotcapable);
  CHECK(ErrorOf(Open(dir, "../file", kRead)) == Errno::kNotcapable);
  CHECK(Open(root, "dir/../file", kRead).has_value());
  CHECK(granted.tree.Read("secret") == "secret");

  CHECK(*root.ReadLinkAt("to-file") == "file");
  CHECK(ErrorOf(root.ReadLinkAt("absolute")) == Errno::kPerm);
  CHECK(ErrorOf(root.ReadLinkAt("file")) == Errno::kInval);
}

TEST_CASE("what the grants refuse is told, once for each kind") {
  Granted granted;
  NoNet net;
  std::vector<std::string> told;
  Grants grants;
  grants.on_denied = [&told](const std::string& sentence) { told.push_back(sentence); };
  Context context(net, std::move(grants));
  TellDenied(context, granted.root, "open", "/etc/passwd", Errno::kNotcapable);
  TellDenied(context, granted.root, "open", "/etc/group", Errno::kNotcapable);
  TellDenied(context, granted.root, "stat", "/passwd", Errno::kNotcapable);
  const std::string other = "b";
  TellDenied(context, granted.root, "rename", "../a\x1b[2J", Errno::kNotcapable,
             SecondPath{granted.root, other});
  TellDenied(context, granted.root, "link", "a", Errno::kRofs, SecondPath{granted.fixed, other});
  TellDenied(context, granted.fixed, "create-directory", "new", Errno::kRofs);
  // Nothing that an option would change.
  TellDenied(context, *Open(granted.root, "dir", kRead), "unlink-file", "x", Errno::kRofs);
  TellDenied(context, granted.root, "unlink-file", "x", Errno::kNoent);
  CHECK(told == std::vector<std::string>{
                    "denied: wasi:filesystem open \"/etc/passwd\" (grant it with --dir /etc)",
                    "denied: wasi:filesystem stat \"/passwd\" (grant it with --dir /)",
                    "denied: wasi:filesystem rename \"../a?[2J\" as \"b\" (grant it with "
                    "--dir DIR)",
                    "denied: wasi:filesystem link \"a\" as \"b\" (grant it with --dir, without "
                    ":ro)",
                    "denied: wasi:filesystem create-directory \"new\" (grant it with --dir, "
                    "without :ro)"});
}

TEST_CASE("listings are their own, and charged") {
  Granted granted;
  granted.tree.File("root/dir/\xff not text");
  NoNet net;
  Context context(net, {});
  const FileDescriptor dir = *Open(granted.root, "dir", kRead);
  const auto first = *dir.List(context);
  const auto second = *dir.List(context);
  CHECK((*first->Next())->name == "inner");
  CHECK_FALSE(first->Next()->has_value());
  const auto entry = *second->Next();
  CHECK(entry->name == "inner");
  CHECK(entry->type == FileType::kRegularFile);
  CHECK(ErrorOf(Open(granted.root, "file", kRead)->List(context)) == Errno::kNotdir);

  REQUIRE(context.budget()->TakeBytes(255 << 20));
  std::vector<std::unique_ptr<NameListing>> many;
  while (auto more = dir.List(context)) {
    many.push_back(*std::move(more));
    REQUIRE(many.size() < 100);
  }
  CHECK(ErrorOf(dir.List(context)) == Errno::kNomem);
  many.clear();
  CHECK(dir.List(context).has_value());
}

TEST_CASE("objects are the same by what they are, and hashes change with them") {
  Granted granted;
  REQUIRE(granted.root.LinkAt({}, "file", granted.root, "again").has_value());
  const FileDescriptor file = *Open(granted.root, "file", kRead | kWrite);
  const FileDescriptor again = *Open(granted.root, "again", kRead);
  const FileDescriptor other = *Open(granted.root, "dir/inner", kRead);
  CHECK(file.IsSameObject(again));
  CHECK_FALSE(file.IsSameObject(other));
  CHECK(granted.root.IsSameObject(*Open(granted.root, ".", kRead)));

  const auto same = [](const MetadataHash& a, const MetadataHash& b) {
    return a.lower == b.lower && a.upper == b.upper;
  };
  const MetadataHash before = *file.HashMetadata();
  CHECK(same(before, *again.HashMetadata()));
  CHECK(same(before, *granted.root.HashMetadataAt(kFollow, "to-file")));
  CHECK_FALSE(same(before, *granted.root.HashMetadataAt({}, "to-file")));
  CHECK_FALSE(same(before, *other.HashMetadata()));
  REQUIRE(file.Write(Bytes("longer than before"), 0).has_value());
  CHECK_FALSE(same(before, *file.HashMetadata()));
}

TEST_CASE("streams of a file do not disturb one another") {
  Granted granted;
  const FileDescriptor file = *Open(granted.root, "file", kRead | kWrite);
  const auto in = *file.ReadStream(4);
  const auto append = *file.WriteStream(std::nullopt, nullptr);
  const auto also = *Open(granted.root, "file", kWrite)->WriteStream(std::nullopt, nullptr);
  const auto out = *file.WriteStream(2, nullptr);
  REQUIRE(append->Write(Bytes("1")).has_value());
  REQUIRE(also->Write(Bytes("2")).has_value());
  REQUIRE(append->Write(Bytes("3")).has_value());
  REQUIRE(out->Write(Bytes("NT")).has_value());
  CHECK(granted.tree.Read("root/file") == "coNTent123");
  CHECK(*in->Read(3) == Bytes("ent"));
  CHECK(*in->Read(100) == Bytes("123"));
  const auto end = in->Read(100);
  REQUIRE_FALSE(end.has_value());
  CHECK(end.error().error == nullptr);

  // [wasi:io/streams.stream-error] An error, and then it is closed.
  const auto beyond = *file.WriteStream(~uint64_t{0}, nullptr);
  const auto failed = beyond->Write(Bytes("x"));
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().error->code == Errno::kInval);
  const auto closed = beyond->CheckWrite();
  REQUIRE_FALSE(closed.has_value());
  CHECK(closed.error().error == nullptr);

  REQUIRE(::mkfifo((granted.tree / "root/fifo").c_str(), 0600) == 0);
  const FileDescriptor pipe = *Open(granted.root, "fifo", kRead | kWrite);
  CHECK(pipe.type() == FileType::kFifo);
  CHECK(ErrorOf(pipe.ReadStream(1)) == Errno::kSpipe);
  const auto from_pipe = *pipe.ReadStream(0);
  CHECK_FALSE(from_pipe->ready());
  CHECK(from_pipe->Read(1)->empty());
  REQUIRE((*pipe.WriteStream(std::nullopt, nullptr))->Write(Bytes("p")).has_value());
  CHECK(*from_pipe->Read(10) == Bytes("p"));
}

TEST_CASE("errors have their cases") {
  CHECK(FilesystemErrorCase(Errno::kAcces) == 0u);
  CHECK(FilesystemErrorCase(Errno::kIo) == 13u);
  CHECK(FilesystemErrorCase(Errno::kNotsup) == 27u);
  CHECK(FilesystemErrorCase(Errno::kNosys) == 27u);
  CHECK(FilesystemErrorCase(Errno::kPerm) == 31u);
  CHECK(FilesystemErrorCase(Errno::kNotcapable) == 31u);
  CHECK(FilesystemErrorCase(Errno::kXdev) == 36u);
  CHECK_FALSE(FilesystemErrorCase(Errno::kMfile).has_value());
  CHECK_FALSE(FilesystemErrorCase(Errno::kConnreset).has_value());
}

}  // namespace
}  // namespace trenail::wasi
