// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The error codes of WASI preview 1, which serve as the error type of the whole host core. The
// later versions of WASI have smaller sets of codes; their adapters map from these.
// [wasi_snapshot_preview1.errno]

#ifndef TRENAIL_LIBWASI_CORE_ERRNO_H_
#define TRENAIL_LIBWASI_CORE_ERRNO_H_

#include <cstdint>
#include <expected>
#include <string_view>

namespace trenail::wasi {

// In the order of the numbers, from 0: V(enumerator, name in the specification, host constant).
// A host constant of 0 has no counterpart.
#define TRENAIL_WASI_ERRNOS(V)                          \
  V(kSuccess, "success", 0)                             \
  V(k2big, "2big", E2BIG)                               \
  V(kAcces, "acces", EACCES)                            \
  V(kAddrinuse, "addrinuse", EADDRINUSE)                \
  V(kAddrnotavail, "addrnotavail", EADDRNOTAVAIL)       \
  V(kAfnosupport, "afnosupport", EAFNOSUPPORT)          \
  V(kAgain, "again", EAGAIN)                            \
  V(kAlready, "already", EALREADY)                      \
  V(kBadf, "badf", EBADF)                               \
  V(kBadmsg, "badmsg", EBADMSG)                         \
  V(kBusy, "busy", EBUSY)                               \
  V(kCanceled, "canceled", ECANCELED)                   \
  V(kChild, "child", ECHILD)                            \
  V(kConnaborted, "connaborted", ECONNABORTED)          \
  V(kConnrefused, "connrefused", ECONNREFUSED)          \
  V(kConnreset, "connreset", ECONNRESET)                \
  V(kDeadlk, "deadlk", EDEADLK)                         \
  V(kDestaddrreq, "destaddrreq", EDESTADDRREQ)          \
  V(kDom, "dom", EDOM)                                  \
  V(kDquot, "dquot", EDQUOT)                            \
  V(kExist, "exist", EEXIST)                            \
  V(kFault, "fault", EFAULT)                            \
  V(kFbig, "fbig", EFBIG)                               \
  V(kHostunreach, "hostunreach", EHOSTUNREACH)          \
  V(kIdrm, "idrm", EIDRM)                               \
  V(kIlseq, "ilseq", EILSEQ)                            \
  V(kInprogress, "inprogress", EINPROGRESS)             \
  V(kIntr, "intr", EINTR)                               \
  V(kInval, "inval", EINVAL)                            \
  V(kIo, "io", EIO)                                     \
  V(kIsconn, "isconn", EISCONN)                         \
  V(kIsdir, "isdir", EISDIR)                            \
  V(kLoop, "loop", ELOOP)                               \
  V(kMfile, "mfile", EMFILE)                            \
  V(kMlink, "mlink", EMLINK)                            \
  V(kMsgsize, "msgsize", EMSGSIZE)                      \
  V(kMultihop, "multihop", EMULTIHOP)                   \
  V(kNametoolong, "nametoolong", ENAMETOOLONG)          \
  V(kNetdown, "netdown", ENETDOWN)                      \
  V(kNetreset, "netreset", ENETRESET)                   \
  V(kNetunreach, "netunreach", ENETUNREACH)             \
  V(kNfile, "nfile", ENFILE)                            \
  V(kNobufs, "nobufs", ENOBUFS)                         \
  V(kNodev, "nodev", ENODEV)                            \
  V(kNoent, "noent", ENOENT)                            \
  V(kNoexec, "noexec", ENOEXEC)                         \
  V(kNolck, "nolck", ENOLCK)                            \
  V(kNolink, "nolink", ENOLINK)                         \
  V(kNomem, "nomem", ENOMEM)                            \
  V(kNomsg, "nomsg", ENOMSG)                            \
  V(kNoprotoopt, "noprotoopt", ENOPROTOOPT)             \
  V(kNospc, "nospc", ENOSPC)                            \
  V(kNosys, "nosys", ENOSYS)                            \
  V(kNotconn, "notconn", ENOTCONN)                      \
  V(kNotdir, "notdir", ENOTDIR)                         \
  V(kNotempty, "notempty", ENOTEMPTY)                   \
  V(kNotrecoverable, "notrecoverable", ENOTRECOVERABLE) \
  V(kNotsock, "notsock", ENOTSOCK)                      \
  V(kNotsup, "notsup", EOPNOTSUPP)                      \
  V(kNotty, "notty", ENOTTY)                            \
  V(kNxio, "nxio", ENXIO)                               \
  V(kOverflow, "overflow", EOVERFLOW)                   \
  V(kOwnerdead, "ownerdead", EOWNERDEAD)                \
  V(kPerm, "perm", EPERM)                               \
  V(kPipe, "pipe", EPIPE)                               \
  V(kProto, "proto", EPROTO)                            \
  V(kProtonosupport, "protonosupport", EPROTONOSUPPORT) \
  V(kPrototype, "prototype", EPROTOTYPE)                \
  V(kRange, "range", ERANGE)                            \
  V(kRofs, "rofs", EROFS)                               \
  V(kSpipe, "spipe", ESPIPE)                            \
  V(kSrch, "srch", ESRCH)                               \
  V(kStale, "stale", ESTALE)                            \
  V(kTimedout, "timedout", ETIMEDOUT)                   \
  V(kTxtbsy, "txtbsy", ETXTBSY)                         \
  V(kXdev, "xdev", EXDEV)                               \
  V(kNotcapable, "notcapable", 0)

enum class Errno : uint16_t {
#define V(enumerator, name, host) enumerator,
  TRENAIL_WASI_ERRNOS(V)
#undef V
};
static_assert(static_cast<int>(Errno::kNotcapable) == 76);

template <typename T>
using IoResult = std::expected<T, Errno>;
using IoStatus = IoResult<void>;

// The code for one of the host's <cerrno> values; kIo for one that WASI does not know.
Errno FromHostErrno(int host_errno);
// The same for the calling thread's current errno, ready to be returned from an IoResult function.
std::unexpected<Errno> HostFailure();
// The name in the specification, such as "notcapable".
std::string_view ErrnoName(Errno code);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_ERRNO_H_
