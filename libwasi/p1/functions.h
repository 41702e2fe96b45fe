// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of preview 1, one declaration each, with the parameters in the order of the
// specification. Results go to the addresses that come last. [wasi_snapshot_preview1]

#ifndef TRENAIL_LIBWASI_P1_FUNCTIONS_H_
#define TRENAIL_LIBWASI_P1_FUNCTIONS_H_

#include <cstdint>

#include "libwasi/p1/function.h"

namespace trenail::wasi::p1 {

using Address = uint32_t;
using Size = uint32_t;

// functions_process.cc
IoStatus ArgsGet(Call& call, Address argv, Address argv_buf);
IoStatus ArgsSizesGet(Call& call, Address count, Address bytes);
IoStatus EnvironGet(Call& call, Address environ, Address environ_buf);
IoStatus EnvironSizesGet(Call& call, Address count, Address bytes);
IoStatus ClockResGet(Call& call, uint32_t id, Address result);
IoStatus ClockTimeGet(Call& call, uint32_t id, uint64_t precision, Address result);
IoStatus ProcExit(Call& call, uint32_t code);
IoStatus ProcRaise(Call& call, uint32_t signal);
IoStatus SchedYield(Call& call);
IoStatus RandomGet(Call& call, Address buffer, Size length);

// functions_fd.cc
IoStatus FdAdvise(Call& call, Fd fd, uint64_t offset, uint64_t length, uint32_t advice);
IoStatus FdAllocate(Call& call, Fd fd, uint64_t offset, uint64_t length);
IoStatus FdClose(Call& call, Fd fd);
IoStatus FdDatasync(Call& call, Fd fd);
IoStatus FdFdstatGet(Call& call, Fd fd, Address result);
IoStatus FdFdstatSetFlags(Call& call, Fd fd, uint32_t flags);
IoStatus FdFdstatSetRights(Call& call, Fd fd, Rights base, Rights inheriting);
IoStatus FdFilestatGet(Call& call, Fd fd, Address result);
IoStatus FdFilestatSetSize(Call& call, Fd fd, uint64_t size);
IoStatus FdFilestatSetTimes(Call& call, Fd fd, uint64_t atim, uint64_t mtim, uint32_t flags);
IoStatus FdPread(Call& call, Fd fd, Address iovs, Size count, uint64_t offset, Address result);
IoStatus FdPrestatGet(Call& call, Fd fd, Address result);
IoStatus FdPrestatDirName(Call& call, Fd fd, Address path, Size length);
IoStatus FdPwrite(Call& call, Fd fd, Address iovs, Size count, uint64_t offset, Address result);
IoStatus FdRead(Call& call, Fd fd, Address iovs, Size count, Address result);
IoStatus FdReaddir(Call& call, Fd fd, Address buffer, Size length, uint64_t cookie, Address result);
IoStatus FdRenumber(Call& call, Fd from, Fd to);
IoStatus FdSeek(Call& call, Fd fd, int64_t delta, uint32_t whence, Address result);
IoStatus FdSync(Call& call, Fd fd);
IoStatus FdTell(Call& call, Fd fd, Address result);
IoStatus FdWrite(Call& call, Fd fd, Address iovs, Size count, Address result);

// functions_path.cc
IoStatus PathCreateDirectory(Call& call, Fd fd, Address path, Size length);
IoStatus PathFilestatGet(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                         Address result);
IoStatus PathFilestatSetTimes(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                              uint64_t atim, uint64_t mtim, uint32_t flags);
IoStatus PathLink(Call& call, Fd fd, uint32_t lookup, Address path, Size length, Fd new_fd,
                  Address new_path, Size new_length);
IoStatus PathOpen(Call& call, Fd fd, uint32_t lookup, Address path, Size length, uint32_t oflags,
                  Rights base, Rights inheriting, uint32_t fdflags, Address result);
IoStatus PathReadlink(Call& call, Fd fd, Address path, Size length, Address buffer,
                      Size buffer_length, Address result);
IoStatus PathRemoveDirectory(Call& call, Fd fd, Address path, Size length);
IoStatus PathRename(Call& call, Fd fd, Address path, Size length, Fd new_fd, Address new_path,
                    Size new_length);
IoStatus PathSymlink(Call& call, Address target, Size target_length, Fd fd, Address path,
                     Size length);
IoStatus PathUnlinkFile(Call& call, Fd fd, Address path, Size length);

// functions_poll.cc
IoStatus PollOneoff(Call& call, Address subscriptions, Address events, Size count, Address result);

// functions_socket.cc
IoStatus SockAccept(Call& call, Fd fd, uint32_t flags, Address result);
IoStatus SockRecv(Call& call, Fd fd, Address iovs, Size count, uint32_t flags, Address bytes,
                  Address result_flags);
IoStatus SockSend(Call& call, Fd fd, Address iovs, Size count, uint32_t flags, Address bytes);
IoStatus SockShutdown(Call& call, Fd fd, uint32_t how);

// What differs in wasi_unstable. Beside the functions above.
namespace unstable {
IoStatus FdFilestatGet(Call& call, Fd fd, Address result);
IoStatus FdSeek(Call& call, Fd fd, int64_t delta, uint32_t whence, Address result);
IoStatus PathFilestatGet(Call& call, Fd fd, uint32_t lookup, Address path, Size length,
                         Address result);
IoStatus PollOneoff(Call& call, Address subscriptions, Address events, Size count, Address result);
}  // namespace unstable

// Shared between the files.
inline constexpr uint32_t kFilestatSize = 64;
inline constexpr uint32_t kUnstableFilestatSize = 56;
void StoreFilestat(uint8_t* to, const FileStat& stat);
void StoreUnstableFilestat(uint8_t* to, const FileStat& stat);

struct TimeChanges {
  TimeChange access;
  TimeChange modification;
};
// kInval for an unknown flag, or for both of a pair. [wasi_snapshot_preview1.fstflags]
IoResult<TimeChanges> ToTimeChanges(uint64_t atim, uint64_t mtim, uint32_t flags);

}  // namespace trenail::wasi::p1

#endif  // TRENAIL_LIBWASI_P1_FUNCTIONS_H_
