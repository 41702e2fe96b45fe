// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One table of paths through both resolvers, and what only one of them can get wrong.

#include "libwasi/core/sandbox.h"

#include <stdio.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "libwasi/core/filesystem.h"
#include "libwasi/core/test_support.h"
#include "libwasi/core/time_change.h"

namespace trenail::wasi {
namespace {

struct Case {
  const char* path;
  OpenHow how;
  Errno error;              // kSuccess: opens `target`
  const char* target = "";  // as the host names it
};

constexpr OpenHow kLook = {.flags = O_PATH};
constexpr OpenHow kLookNoFollow = {.flags = O_PATH, .follow = false};
constexpr OpenHow kRead = {.flags = O_RDONLY};
constexpr OpenHow kReadNoFollow = {.flags = O_RDONLY, .follow = false};
constexpr OpenHow kWrite = {.flags = O_WRONLY};
constexpr OpenHow kDir = {.flags = O_RDONLY | O_DIRECTORY};
constexpr OpenHow kDirNoFollow = {.flags = O_RDONLY | O_DIRECTORY, .follow = false};
constexpr OpenHow kCreate = {.flags = O_RDWR | O_CREAT, .mode = 0666};
constexpr OpenHow kCreateNoFollow = {.flags = O_RDWR | O_CREAT, .mode = 0666, .follow = false};
constexpr OpenHow kExclusive = {.flags = O_RDWR | O_CREAT | O_EXCL, .mode = 0666};

const std::string kLongName(300, 'x');
const std::string kLongPath = [] {
  std::string path;
  while (path.size() < 5000) path += "a/../";
  return path + "file";
}();

const Case kCases[] = {
    // Plain paths.
    {"file", kRead, Errno::kSuccess, "root/file"},
    {"a/b/c/file", kRead, Errno::kSuccess, "root/a/b/c/file"},
    {"./a/./b//c///file", kRead, Errno::kSuccess, "root/a/b/c/file"},
    {".", kDir, Errno::kSuccess, "root"},
    {"./", kDir, Errno::kSuccess, "root"},
    {"a/", kRead, Errno::kSuccess, "root/a"},
    {"a///", kDir, Errno::kSuccess, "root/a"},
    {"a/.", kRead, Errno::kSuccess, "root/a"},
    {"", kRead, Errno::kNoent},
    {"missing", kRead, Errno::kNoent},
    {"missing/x", kRead, Errno::kNoent},
    {"missing/..", kRead, Errno::kNoent},
    {"file/", kRead, Errno::kNotdir},
    {"file/.", kRead, Errno::kNotdir},
    {"file/..", kRead, Errno::kNotdir},
    {"file/x", kRead, Errno::kNotdir},
    {"file", kDir, Errno::kNotdir},
    {"a", kWrite, Errno::kIsdir},
    {"a/", kWrite, Errno::kIsdir},
    {kLongName.c_str(), kRead, Errno::kNametoolong},
    {kLongPath.c_str(), kRead, Errno::kNametoolong},
    // Dots.
    {"a/..", kDir, Errno::kSuccess, "root"},
    {"a/b/../../file", kRead, Errno::kSuccess, "root/file"},
    {"a/b/c/../../../a/b/c/file", kRead, Errno::kSuccess, "root/a/b/c/file"},
    {"..", kLook, Errno::kNotcapable},
    {"../", kLook, Errno::kNotcapable},
    {"../root/file", kRead, Errno::kNotcapable},
    {"../secret/file", kRead, Errno::kNotcapable},
    {"a/../../secret/file", kRead, Errno::kNotcapable},
    {"a/b/../../../root/a", kRead, Errno::kNotcapable},
    {"./../secret", kLook, Errno::kNotcapable},
    {"a/./.././../secret", kLook, Errno::kNotcapable},
    // Absolute paths.
    {"/", kLook, Errno::kNotcapable},
    {"/etc/passwd", kRead, Errno::kNotcapable},
    {"//file", kRead, Errno::kNotcapable},
    // Symbolic links, followed.
    {"to-file", kRead, Errno::kSuccess, "root/file"},
    {"to-a", kDir, Errno::kSuccess, "root/a"},
    {"to-a/b/c/file", kRead, Errno::kSuccess, "root/a/b/c/file"},
    {"to-a/../file", kRead, Errno::kSuccess, "root/file"},
    {"a/b/to-file", kRead, Errno::kSuccess, "root/a/b/c/file"},
    {"a/to-root/file", kRead, Errno::kSuccess, "root/file"},
    {"a/to-root/a/to-root/file", kRead, Errno::kSuccess, "root/file"},
    {"to-dot/file", kRead, Errno::kSuccess, "root/file"},
    {"to-a-slash", kDir, Errno::kSuccess, "root/a"},
    {"to-file-slash", kRead, Errno::kNotdir},
    {"to-file/", kRead, Errno::kNotdir},
    {"to-file", kDir, Errno::kNotdir},
    {"dangling", kRead, Errno::kNoent},
    {"dangling/", kRead, Errno::kNoent},
    {"chain40", kRead, Errno::kSuccess, "root/file"},
    {"chain41", kRead, Errno::kLoop},
    {"loop", kRead, Errno::kLoop},
    {"loop/x", kRead, Errno::kLoop},
    {"loop-a", kRead, Errno::kLoop},
    // Symbolic links that lead out.
    {"escape", kLook, Errno::kNotcapable},
    {"escape/", kLook, Errno::kNotcapable},
    {"escape/file", kRead, Errno::kNotcapable},
    {"escape/.", kLook, Errno::kNotcapable},
    {"escape-file", kRead, Errno::kNotcapable},
    {"escape-file", kWrite, Errno::kNotcapable},
    {"escape-and-back", kRead, Errno::kNotcapable},
    {"a/escape/file", kRead, Errno::kNotcapable},
    {"to-a/escape/file", kRead, Errno::kNotcapable},
    {"absolute", kLook, Errno::kNotcapable},
    {"absolute/passwd", kRead, Errno::kNotcapable},
    {"absolute-root", kLook, Errno::kNotcapable},
    // Symbolic links, not followed: but a slash at the end follows, still inside.
    {"to-file", kReadNoFollow, Errno::kLoop},
    {"to-a", kDirNoFollow, Errno::kNotdir},
    {"to-file", kLookNoFollow, Errno::kSuccess, "root/to-file"},
    {"dangling", kLookNoFollow, Errno::kSuccess, "root/dangling"},
    {"dangling", kReadNoFollow, Errno::kLoop},
    {"loop", kLookNoFollow, Errno::kSuccess, "root/loop"},
    {"escape", kLookNoFollow, Errno::kSuccess, "root/escape"},
    {"absolute", kLookNoFollow, Errno::kSuccess, "root/absolute"},
    {"to-a/", kDirNoFollow, Errno::kSuccess, "root/a"},
    {"to-a/.", kDirNoFollow, Errno::kSuccess, "root/a"},
    {"to-a/b", kDirNoFollow, Errno::kSuccess, "root/a/b"},
    {"to-file/", kLookNoFollow, Errno::kNotdir},
    {"escape/", kLookNoFollow, Errno::kNotcapable},
    {"escape/", kDirNoFollow, Errno::kNotcapable},
    {"absolute/", kDirNoFollow, Errno::kNotcapable},
    {"escape/file", kReadNoFollow, Errno::kNotcapable},
    // Creation.
    {"file", kCreate, Errno::kSuccess, "root/file"},
    {"new-1", kCreate, Errno::kSuccess, "root/new-1"},
    {"a/b/../new-2", kCreateNoFollow, Errno::kSuccess, "root/a/new-2"},
    {"to-a/new-3", kExclusive, Errno::kSuccess, "root/a/new-3"},
    {"new-4/", kCreate, Errno::kIsdir},
    {"a/", kCreate, Errno::kIsdir},
    {"a", kCreate, Errno::kIsdir},
    {".", kCreate, Errno::kIsdir},
    {"missing/new", kCreate, Errno::kNoent},
    {"file/new", kCreate, Errno::kNotdir},
    {"file", kExclusive, Errno::kExist},
    {"to-file", kExclusive, Errno::kExist},
    {"dangling", kExclusive, Errno::kExist},
    {"to-new-5", kCreate, Errno::kSuccess, "root/a/new-5"},
    {"to-new-6", kCreateNoFollow, Errno::kLoop},
    {"escape-new", kCreate, Errno::kNotcapable},
    {"escape-new/", kCreate, Errno::kIsdir},
    {"escape-new", kExclusive, Errno::kExist},
    {"../new", kCreate, Errno::kNotcapable},
    {"escape/new", kCreate, Errno::kNotcapable},
};

void MakeTree(TempTree& tree) {
  tree.Dir("secret");
  tree.File("secret/file", "secret");
  tree.Dir("root");
  tree.File("root/file", "file");
  tree.Dir("root/a");
  tree.Dir("root/a/b");
  tree.Dir("root/a/b/c");
  tree.File("root/a/b/c/file", "deep");
  tree.Link("root/to-file", "file");
  tree.Link("root/to-a", "a");
  tree.Link("root/to-a-slash", "a/");
  tree.Link("root/to-file-slash", "file/");
  tree.Link("root/to-dot", ".");
  tree.Link("root/a/to-root", "..");
  tree.Link("root/a/b/to-file", "../b/c/file");
  tree.Link("root/dangling", "missing");
  tree.Link("root/to-new-5", "a/new-5");
  tree.Link("root/to-new-6", "a/new-6");
  tree.Link("root/loop", "loop");
  tree.Link("root/loop-a", "loop-b");
  tree.Link("root/loop-b", "a/../loop-a");
  tree.Link("root/escape", "../secret");
  tree.Link("root/escape-file", "../secret/file");
  tree.Link("root/escape-new", "../secret/new");
  tree.Link("root/escape-and-back", "../root/file");
  tree.Link("root/a/escape", "../../secret");
  tree.Link("root/absolute", "/etc");
  tree.Link("root/absolute-root", "/");
  tree.Link("root/chain1", "file");
  for (int i = 2; i <= 41; ++i) {
    tree.Link("root/chain" + std::to_string(i), "chain" + std::to_string(i - 1));
  }
}

struct Identity {
  dev_t device;
  ino_t inode;
  bool operator==(const Identity&) const = default;
};

Identity IdentityOf(int fd) {
  struct stat status;
  REQUIRE(::fstat(fd, &status) == 0);
  return {status.st_dev, status.st_ino};
}

Identity IdentityOf(const std::string& host_path) {
  struct stat status;
  REQUIRE(::lstat(host_path.c_str(), &status) == 0);
  return {status.st_dev, status.st_ino};
}

void RunTable(PathResolver resolver) {
  TempTree tree;
  MakeTree(tree);
  UniqueFd root(::open((tree / "root").c_str(), O_RDONLY | O_DIRECTORY));
  REQUIRE(root.valid());
  for (const Case& test : kCases) {
    INFO("path " << test.path << " flags " << test.how.flags << " follow " << test.how.follow);
    IoResult<UniqueFd> opened = OpenBeneath(root.get(), test.path, test.how, resolver);
    CHECK(ErrorOf(opened) == test.error);
    if (opened.has_value() && test.error == Errno::kSuccess) {
      CHECK(IdentityOf(opened->get()) == IdentityOf(tree / test.target));
    }
  }
  CHECK(ErrorOf(OpenBeneath(root.get(), std::string_view("file\0", 5), kRead, resolver)) ==
        Errno::kInval);
  CHECK(ErrorOf(OpenBeneath(root.get(), std::string_view("a\0/../../secret", 15), kRead,
                            resolver)) == Errno::kInval);
  CHECK_FALSE(tree.Exists("secret/new"));
  CHECK_FALSE(tree.Exists("new"));
}

TEST_CASE("paths resolve beneath the root with openat2") {
  if (!HostHasOpenat2()) {
    WARN("the host has no openat2");
    return;
  }
  RunTable(PathResolver::kOpenat2);
}

TEST_CASE("paths resolve beneath the root by components") { RunTable(PathResolver::kComponents); }

// Exchanges two names, or moves one to the other, again and again until it goes.
class Mover {
 public:
  Mover(std::string from, std::string to, bool exchanges) {
    thread_ = std::thread([this, from = std::move(from), to = std::move(to), exchanges] {
      while (!stop_) {
        ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), exchanges ? RENAME_EXCHANGE : 0);
        ::renameat2(AT_FDCWD, to.c_str(), AT_FDCWD, from.c_str(), exchanges ? RENAME_EXCHANGE : 0);
      }
    });
  }
  ~Mover() {
    stop_ = true;
    thread_.join();
  }
  Mover(const Mover&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::string ContentOf(const UniqueFd& fd) {
  char buffer[16];
  const ssize_t size = ::read(fd.get(), buffer, sizeof buffer);
  return {buffer, static_cast<size_t>(std::max<ssize_t>(size, 0))};
}

// Whoever changes the tree meanwhile, such as another guest, leads no path out.
TEST_CASE("races with renames lead to what is inside, or nowhere") {
  const auto resolver = GENERATE(PathResolver::kOpenat2, PathResolver::kComponents);
  if (resolver == PathResolver::kOpenat2 && !HostHasOpenat2()) return;
  constexpr int kTries = 5000;
  TempTree tree;
  tree.Dir("root");
  tree.Dir("root/swapped");
  tree.File("root/swapped/file", "inside");
  tree.File("root/file", "inside");
  tree.Dir("root/far");
  tree.Dir("root/far/moved");
  tree.Dir("outside");
  tree.File("outside/file", "secret");
  tree.File("file", "secret");
  tree.Link("root/link", "../outside");
  const UniqueFd root(::open((tree / "root").c_str(), O_PATH | O_DIRECTORY));
  const auto open = [&](const std::string& path, const OpenHow& how) {
    return OpenBeneath(root.get(), path, how, resolver);
  };

  int inside = 0, refused = 0;
  {
    const Mover mover(tree / "root/swapped", tree / "root/link", /*exchanges=*/true);
    for (int i = 0; i < kTries || (inside == 0 && i < 100 * kTries); ++i) {
      const auto opened = open("swapped/file", kRead);
      if (opened) REQUIRE(ContentOf(*opened) == "inside");
      ++(opened ? inside : refused);
      const auto created = open("swapped/new", kExclusive);
      const auto parent = OpenParentBeneath(root.get(), "swapped/new", resolver);
      if (parent) ::unlinkat(parent->directory.get(), "new", 0);
    }
  }
  CHECK(inside > 0);
  CHECK(refused > 0);
  CHECK(!tree.Exists("outside/new"));

  // A directory that is moved out takes its ".." along.
  inside = 0;
  {
    const Mover mover(tree / "root/far/moved", tree / "outside/moved", /*exchanges=*/false);
    for (int i = 0; i < kTries || (inside == 0 && i < 100 * kTries); ++i) {
      const auto opened = open("far/moved/../../file", kRead);
      if (opened) REQUIRE(ContentOf(*opened) == "inside");
      inside += opened ? 1 : 0;
    }
  }
  CHECK(inside > 0);
}

// The same for all that changes names: what is outside stays as it is, and nothing comes in.
TEST_CASE("races with renames change nothing outside") {
  const auto resolver = GENERATE(PathResolver::kOpenat2, PathResolver::kComponents);
  if (resolver == PathResolver::kOpenat2 && !HostHasOpenat2()) return;
  constexpr int kTries = 2000;
  TempTree tree;
  tree.Dir("root");
  tree.Dir("root/swapped");
  tree.File("root/swapped/file", "inside");
  tree.Dir("outside");
  tree.File("outside/file", "a secret");
  tree.Link("root/link", "../outside");
  tree.File("root/name", "inside");
  tree.Link("root/name-link", "../outside/file");
  auto root = *Directory::OpenHost(tree / "root", false, resolver);
  const auto read = [&](const char* path) {
    const auto opened = root->Open(path, {.read = true});
    char buffer[16] = {};
    const iovec vector = {buffer, sizeof buffer};
    const auto size = opened ? (*opened)->ReadAt({&vector, 1}, 0) : IoResult<size_t>(0);
    return std::string(buffer, size.value_or(0));
  };
  int linked = 0;
  {
    const Mover directories(tree / "root/swapped", tree / "root/link", /*exchanges=*/true);
    const Mover names(tree / "root/name", tree / "root/name-link", /*exchanges=*/true);
    for (int i = 0; i < kTries || (linked == 0 && i < 100 * kTries); ++i) {
      for (const bool follow : {false, true}) {
        for (const char* from : {"swapped/file", "name"}) {
          if (!root->Link(from, follow, *root, "taken")) continue;
          const std::string content = read("taken");
          REQUIRE((content == "inside" || content.empty()));
          linked += content == "inside" ? 1 : 0;
          REQUIRE(root->UnlinkFile("taken").has_value());
        }
      }
      if (root->Rename("swapped/file", *root, "taken")) {
        REQUIRE(read("taken") == "inside");
        while (!root->Rename("taken", *root, "swapped/file")) {
        }
      }
      (void)root->CreateDirectory("swapped/new");
      (void)root->RemoveDirectory("swapped/new");
      (void)root->Symlink("file", "swapped/new");
      (void)root->UnlinkFile("swapped/new");
      (void)root->SetTimesAt("swapped/file", true, {.kind = TimeChange::kSet, .time = {1, 0}}, {});
      if (const auto stat = root->StatAt("name", true)) REQUIRE(stat->size == 6);
    }
  }
  CHECK(linked > 0);
  CHECK(tree.Read("outside/file") == "a secret");
  CHECK_FALSE(tree.Exists("outside/new"));
  struct stat status;
  REQUIRE(::stat((tree / "outside/file").c_str(), &status) == 0);
  CHECK(status.st_atim.tv_sec != 1);
  CHECK(status.st_nlink == 1);
}

// Whoever grants a directory of processes does not grant what their links lead to.
TEST_CASE("the links of /proc lead nowhere") {
  const auto resolver = GENERATE(PathResolver::kOpenat2, PathResolver::kComponents);
  if (resolver == PathResolver::kOpenat2 && !HostHasOpenat2()) return;
  TempTree tree;
  tree.Dir("root");
  tree.Dir("outside");
  tree.File("outside/file", "secret");
  tree.Link("root/process", "/proc/self/root/etc/passwd");
  const UniqueFd root(::open((tree / "root").c_str(), O_PATH | O_DIRECTORY));
  const UniqueFd directory(::open((tree / "outside").c_str(), O_RDONLY | O_DIRECTORY));
  const UniqueFd file(::open((tree / "outside/file").c_str(), O_RDONLY));
  const UniqueFd process(::open("/proc/self", O_PATH | O_DIRECTORY));
  REQUIRE(process.valid());
  const std::string at = "fd/" + std::to_string(directory.get());
  for (const std::string& path :
       {std::string("root"), std::string("root/"), std::string("root/etc/passwd"),
        std::string("cwd"), std::string("cwd/."), std::string("exe"), at, at + "/", at + "/file",
        at + "/..", "fd/" + std::to_string(file.get()), "task/../" + at + "/file"}) {
    INFO(path);
    for (const OpenHow& how : {kLook, kRead}) {
      const Errno error = ErrorOf(OpenBeneath(process.get(), path, how, resolver));
      CHECK((error == Errno::kNotcapable || error == Errno::kLoop));
    }
    CHECK(!OpenParentBeneath(process.get(), path + "/new", resolver));
  }
  CHECK(ErrorOf(OpenBeneath(process.get(), "../1/root", kLook, resolver)) == Errno::kNotcapable);
  CHECK(ErrorOf(OpenBeneath(root.get(), "process", kRead, resolver)) == Errno::kNotcapable);
  CHECK(OpenBeneath(process.get(), "status", kRead, resolver).has_value());
}

TEST_CASE("the table is large enough to mean something") { CHECK(std::size(kCases) >= 60); }

TEST_CASE("the walk goes up and down further than it holds descriptors") {
  TempTree tree;
  MakeTree(tree);
  std::string down;
  std::string up;
  std::string made = "root";
  for (int i = 0; i < 100; ++i) {
    made += "/d";
    tree.Dir(made);
    down += "d/";
    up += "../";
  }
  UniqueFd root(::open((tree / "root").c_str(), O_RDONLY | O_DIRECTORY));
  for (PathResolver resolver : {PathResolver::kBest, PathResolver::kComponents}) {
    IoResult<UniqueFd> file = OpenBeneath(root.get(), down + up + "file", kRead, resolver);
    REQUIRE(ErrorOf(file) == Errno::kSuccess);
    CHECK(IdentityOf(file->get()) == IdentityOf(tree / "root/file"));
    CHECK(ErrorOf(OpenBeneath(root.get(), down + up + "../secret", kRead, resolver)) ==
          Errno::kNotcapable);
  }
}

TEST_CASE("the parent of a path") {
  TempTree tree;
  MakeTree(tree);
  UniqueFd root(::open((tree / "root").c_str(), O_RDONLY | O_DIRECTORY));
  struct ParentCase {
    const char* path;
    Errno error;
    const char* parent = "";
    const char* name = "";
  };
  const ParentCase cases[] = {
      {"x", Errno::kSuccess, "root", "x"},
      {"a/x", Errno::kSuccess, "root/a", "x"},
      {"a//x//", Errno::kSuccess, "root/a", "x/"},
      {"to-a/x", Errno::kSuccess, "root/a", "x"},
      {"to-file", Errno::kSuccess, "root", "to-file"},
      {"escape", Errno::kSuccess, "root", "escape"},
      {".", Errno::kSuccess, "root", "."},
      {"a/..", Errno::kSuccess, "root/a", ".."},
      {"..", Errno::kNotcapable},
      {"a/../..", Errno::kNotcapable},
      {"escape/..", Errno::kNotcapable},
      {"escape/x", Errno::kNotcapable},
      {"absolute/x", Errno::kNotcapable},
      {"../x", Errno::kNotcapable},
      {"/", Errno::kNotcapable},
      {"/x", Errno::kNotcapable},
      {"", Errno::kNoent},
      {"file/x", Errno::kNotdir},
      {"missing/x", Errno::kNoent},
      {"loop/x", Errno::kLoop},
  };
  for (PathResolver resolver : {PathResolver::kBest, PathResolver::kComponents}) {
    for (const ParentCase& test : cases) {
      INFO("path " << test.path);
      IoResult<PathParent> parent = OpenParentBeneath(root.get(), test.path, resolver);
      CHECK(ErrorOf(parent) == test.error);
      if (!parent.has_value() || test.error != Errno::kSuccess) continue;
      CHECK(IdentityOf(parent->directory.get()) == IdentityOf(tree / test.parent));
      CHECK(parent->name == test.name);
    }
  }
}

TEST_CASE("the parent of a path whose last component is followed") {
  TempTree tree;
  MakeTree(tree);
  UniqueFd root(::open((tree / "root").c_str(), O_RDONLY | O_DIRECTORY));
  IoResult<PathParent> parent = OpenFollowedParentBeneath(root.get(), "a/b/to-file");
  REQUIRE(ErrorOf(parent) == Errno::kSuccess);
  CHECK(IdentityOf(parent->directory.get()) == IdentityOf(tree / "root/a/b/c"));
  CHECK(parent->name == "file");
  parent = OpenFollowedParentBeneath(root.get(), "dangling");
  REQUIRE(ErrorOf(parent) == Errno::kSuccess);
  CHECK(parent->name == "missing");
  CHECK(ErrorOf(OpenFollowedParentBeneath(root.get(), "escape-file")) == Errno::kNotcapable);
  CHECK(ErrorOf(OpenFollowedParentBeneath(root.get(), "loop")) == Errno::kLoop);
}

}  // namespace
}  // namespace trenail::wasi
