// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Paths of a guest, resolved so that they never leave the directory they start in. Every path of
// every version of WASI goes through this file and nothing else opens by name.
//
// Two resolvers with the same results: openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS), and a walk
// that opens one component at a time with O_NOFOLLOW and follows symbolic links itself, for kernels
// and sandboxes without openat2. sandbox_test.cc runs one table of cases through both.

#ifndef TRENAIL_LIBWASI_CORE_SANDBOX_H_
#define TRENAIL_LIBWASI_CORE_SANDBOX_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "libwasi/core/errno.h"
#include "libwasi/core/unique_fd.h"

namespace trenail::wasi {

enum class PathResolver : uint8_t {
  kBest,        // openat2 where the host has it, else the walk
  kOpenat2,     // kNosys where the host does not have it
  kComponents,  // the walk
};

bool HostHasOpenat2();

struct OpenHow {
  int flags = 0;       // of open(2); O_CLOEXEC is added, O_NOFOLLOW comes from `follow`
  mode_t mode = 0;     // with O_CREAT
  bool follow = true;  // a symbolic link as the last component is followed
};

// Errors beyond those of open(2): kNotcapable for an absolute path, an absolute symbolic link, or a
// ".." above `root`; kInval for a NUL inside the path.
IoResult<UniqueFd> OpenBeneath(int root, std::string_view path, const OpenHow& how,
                               PathResolver resolver);

// A directory, and a name in it for those system calls that take the two and never follow the name:
// mkdirat, unlinkat, renameat, symlinkat, and the new side of linkat. The name may be "." or "..",
// which those calls refuse themselves, and ends with one slash if the path ended with any.
struct PathParent {
  UniqueFd directory;
  std::string name;

  bool has_trailing_slash() const { return name.back() == '/'; }
};

IoResult<PathParent> OpenParentBeneath(int root, std::string_view path, PathResolver resolver);

// The same after following the last component, however many symbolic links it goes through: the
// name was not a symbolic link when it was looked at, has no trailing slash, and need not exist.
IoResult<PathParent> OpenFollowedParentBeneath(int root, std::string_view path);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_SANDBOX_H_
