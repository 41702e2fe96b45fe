// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The walk keeps the names of the directories it went through below the root, and descriptors of
// the innermost ones. ".." means the name before, never the host's "..", so no race with a rename
// can lead out. Symbolic links are text that replaces the component; the kernel never follows one
// for us.

#include "libwasi/core/sandbox.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

namespace trenail::wasi {
namespace {

constexpr int kMaxSymlinks = 40;      // MAXSYMLINKS of Linux
constexpr size_t kOpenLevels = 32;    // descriptors the walk holds at most
constexpr int kOpenat2Attempts = 16;  // the kernel answers EAGAIN when a rename races with ".."
constexpr int kSearchFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

int Openat2(int root, const char* path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  open_how how = {};
  how.flags = flags;
  how.mode = mode;
  how.resolve = resolve;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof(how)));
}

IoStatus CheckPath(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return std::unexpected(Errno::kInval);
  if (path.empty()) return std::unexpected(Errno::kNoent);
  if (path.size() >= PATH_MAX) return std::unexpected(Errno::kNametoolong);
  if (path.front() == '/') return std::unexpected(Errno::kNotcapable);
  return {};
}

std::string_view StripTrailingSlashes(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path;
}

class Walk {
 public:
  explicit Walk(int root) : root_(root) {}

  // Goes to the directory of the last component. Afterwards directory() and name() say where the
  // path ends; name() is "." if it ends in the directory itself.
  IoStatus Run(std::string_view path, bool follow_last, bool creates);

  int directory() const { return levels_.empty() ? root_ : levels_.back().fd.get(); }
  const std::string& name() const { return name_; }
  // The path ended with a slash: what it leads to has to be a directory.
  bool must_be_directory() const { return must_be_directory_; }

 private:
  struct Level {
    UniqueFd fd;  // closed for the levels far above the current one
    std::string name;
  };

  IoStatus Enter(std::string name);
  IoStatus Leave();
  // Replaces the component, which ends at `end` of the rest, by the target if it is a symbolic
  // link; false if it is not one.
  IoResult<bool> Expand(const std::string& component, size_t end);

  int root_;
  std::vector<Level> levels_;
  std::string rest_;  // what was given, symbolic links replaced
  size_t position_ = 0;
  std::string name_;
  int symlinks_ = 0;
  bool must_be_directory_ = false;
};

IoStatus Walk::Enter(std::string name) {
  int fd = ::openat(directory(), name.c_str(), kSearchFlags);
  if (fd < 0) return HostFailure();
  levels_.push_back({UniqueFd(fd), std::move(name)});
  if (levels_.size() > kOpenLevels) levels_[levels_.size() - kOpenLevels - 1].fd.Reset();
  return {};
}

IoStatus Walk::Leave() {
  if (levels_.empty()) return std::unexpected(Errno::kNotcapable);
  levels_.pop_back();
  if (levels_.empty() || levels_.back().fd.valid()) return {};
  // More levels are left than descriptors were kept: go down again by the names.
  int fd = root_;
  for (size_t i = 0; i < levels_.size(); ++i) {
    int next = ::openat(fd, levels_[i].name.c_str(), kSearchFlags);
    if (next < 0) return HostFailure();
    levels_[i].fd.Reset(next);
    fd = next;
    if (i >= kOpenLevels) levels_[i - kOpenLevels].fd.Reset();
  }
  return {};
}

IoResult<bool> Walk::Expand(const std::string& component, size_t end) {
  char target[PATH_MAX];
  ssize_t length = ::readlinkat(directory(), component.c_str(), target, sizeof(target));
  if (length < 0) {
    if (errno == EINVAL || errno == ENOENT) return false;
    return HostFailure();
  }
  if (++symlinks_ > kMaxSymlinks) return std::unexpected(Errno::kLoop);
  if (length == 0) return std::unexpected(Errno::kNoent);
  if (length == sizeof(target)) return std::unexpected(Errno::kNametoolong);
  if (target[0] == '/') return std::unexpected(Errno::kNotcapable);
  rest_.replace(0, end, target, static_cast<size_t>(length));
  position_ = 0;
  return true;
}

IoStatus Walk::Run(std::string_view path, bool follow_last, bool creates) {
  rest_ = path;
  position_ = 0;
  for (;;) {
    size_t begin = rest_.find_first_not_of('/', position_);
    if (begin == std::string::npos) {  // all that was left were slashes
      name_ = ".";
      return {};
    }
    size_t end = std::min(rest_.find('/', begin), rest_.size());
    std::string component = rest_.substr(begin, end - begin);
    bool is_last = rest_.find_first_not_of('/', end) == std::string::npos;
    must_be_directory_ = is_last && end != rest_.size();

    if (component == "." || component == "..") {
      if (component == "..") {
        if (IoStatus left = Leave(); !left) return left;
      }
      if (is_last) {
        name_ = ".";
        return {};
      }
      position_ = end;
      continue;
    }

    // Linux refuses to create "name/" before it looks whether that is a symbolic link.
    bool ends_here = is_last && (!must_be_directory_ || creates);
    if (ends_here) {
      if (follow_last && !must_be_directory_) {
        IoResult<bool> expanded = Expand(component, end);
        if (!expanded) return std::unexpected(expanded.error());
        if (*expanded) continue;
      }
      name_ = std::move(component);
      return {};
    }
    if (IoStatus entered = Enter(component); !entered) {
      if (entered.error() != Errno::kNotdir && entered.error() != Errno::kLoop) return entered;
      IoResult<bool> expanded = Expand(component, end);
      if (!expanded) return std::unexpected(expanded.error());
      if (!*expanded) return std::unexpected(Errno::kNotdir);
      continue;
    }
    position_ = end;
  }
}

IoResult<UniqueFd> OpenByWalk(int root, std::string_view path, const OpenHow& how) {
  bool creates = (how.flags & O_CREAT) != 0;
  // "If O_EXCL and O_CREAT are set, and path names a symbolic link, open() shall fail": not
  // followed.
  bool follow = how.follow && !(creates && (how.flags & O_EXCL) != 0);
  Walk walk(root);
  if (IoStatus status = walk.Run(path, follow, creates); !status) {
    return std::unexpected(status.error());
  }
  // What Linux says to creating "name/".
  if (creates && walk.must_be_directory() && walk.name() != ".") {
    return std::unexpected(Errno::kIsdir);
  }
  int flags = how.flags | O_NOFOLLOW | O_CLOEXEC;
  if (walk.must_be_directory() && !creates) flags |= O_DIRECTORY;
  int fd = ::openat(walk.directory(), walk.name().c_str(), flags, how.mode);
  if (fd < 0) return HostFailure();
  UniqueFd opened(fd);
  if (follow && (flags & O_PATH) != 0) {
    // O_PATH opens a symbolic link that appeared after the walk looked; everything else refuses it.
    struct stat status;
    if (::fstat(fd, &status) != 0) return HostFailure();
    if (S_ISLNK(status.st_mode)) return std::unexpected(Errno::kLoop);
  }
  return opened;
}

IoResult<UniqueFd> OpenByOpenat2(int root, std::string_view path, const OpenHow& how) {
  uint64_t flags = static_cast<unsigned>(how.flags) | O_CLOEXEC | (how.follow ? 0u : O_NOFOLLOW);
  uint64_t mode = (how.flags & O_CREAT) != 0 ? how.mode : 0;
  std::string terminated(path);
  for (int attempt = 0; attempt < kOpenat2Attempts; ++attempt) {
    int fd =
        Openat2(root, terminated.c_str(), flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    if (fd >= 0) return UniqueFd(fd);
    if (errno == EXDEV) return std::unexpected(Errno::kNotcapable);
    if (errno != EAGAIN && errno != EINTR) return HostFailure();
  }
  return OpenByWalk(root, path, how);
}

}  // namespace

bool HostHasOpenat2() {
  enum : int { kUnknown, kNo, kYes };
  static std::atomic<int> answer = kUnknown;
  int known = answer.load(std::memory_order_relaxed);
  if (known == kUnknown) {
    UniqueFd probe(Openat2(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0, 0));
    known = probe.valid() ? kYes : kNo;
    answer.store(known, std::memory_order_relaxed);
  }
  return known == kYes;
}

IoResult<UniqueFd> OpenBeneath(int root, std::string_view path, const OpenHow& how,
                               PathResolver resolver) {
  if (IoStatus checked = CheckPath(path); !checked) return std::unexpected(checked.error());
  if (resolver == PathResolver::kComponents) return OpenByWalk(root, path, how);
  if (HostHasOpenat2()) return OpenByOpenat2(root, path, how);
  if (resolver == PathResolver::kOpenat2) return std::unexpected(Errno::kNosys);
  return OpenByWalk(root, path, how);
}

IoResult<PathParent> OpenParentBeneath(int root, std::string_view path, PathResolver resolver) {
  if (IoStatus checked = CheckPath(path); !checked) return std::unexpected(checked.error());
  std::string_view stripped = StripTrailingSlashes(path);
  size_t slash = stripped.rfind('/');
  std::string name(slash == std::string_view::npos ? stripped : stripped.substr(slash + 1));
  if (name == "..") {
    // The callers' system calls refuse "..", but only with an error that fits a path inside.
    IoResult<UniqueFd> inside = OpenBeneath(root, path, {.flags = O_PATH}, resolver);
    if (!inside) return std::unexpected(inside.error());
  }
  std::string_view parent = slash == std::string_view::npos ? "." : stripped.substr(0, slash);
  IoResult<UniqueFd> directory =
      OpenBeneath(root, parent, {.flags = O_PATH | O_DIRECTORY}, resolver);
  if (!directory) return std::unexpected(directory.error());
  if (stripped.size() != path.size()) name += '/';
  return PathParent{std::move(*directory), std::move(name)};
}

IoResult<PathParent> OpenFollowedParentBeneath(int root, std::string_view path) {
  if (IoStatus checked = CheckPath(path); !checked) return std::unexpected(checked.error());
  Walk walk(root);
  if (IoStatus status = walk.Run(path, /*follow_last=*/true, /*creates=*/false); !status) {
    return std::unexpected(status.error());
  }
  UniqueFd directory(::fcntl(walk.directory(), F_DUPFD_CLOEXEC, 3));
  if (!directory.valid()) return HostFailure();
  return PathParent{std::move(directory), walk.name()};
}

}  // namespace trenail::wasi
