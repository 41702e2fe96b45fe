// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's numbers and the specification's names for the codes of the table in errno.h.

#include "libwasi/core/errno.h"

#include <cerrno>

namespace trenail::wasi {
namespace {

constexpr int kHostErrnos[] = {
#define V(enumerator, name, host) host,
    TRENAIL_WASI_ERRNOS(V)
#undef V
};

constexpr std::string_view kNames[] = {
#define V(enumerator, name, host) name,
    TRENAIL_WASI_ERRNOS(V)
#undef V
};

}  // namespace

Errno FromHostErrno(int host_errno) {
  if (host_errno != 0) {
    for (unsigned i = 0; i < std::size(kHostErrnos); ++i) {
      if (kHostErrnos[i] == host_errno) return static_cast<Errno>(i);
    }
  }
  return Errno::kIo;
}

std::unexpected<Errno> HostFailure() { return std::unexpected(FromHostErrno(errno)); }

std::string_view ErrnoName(Errno code) {
  auto index = static_cast<unsigned>(code);
  return index < std::size(kNames) ? kNames[index] : std::string_view("unknown");
}

}  // namespace trenail::wasi
