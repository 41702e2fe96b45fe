// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of preview 1: 46 functions, and the 45 that wasi_unstable had of them.

#include "libwasi/p1/functions.h"

namespace trenail::wasi::p1 {
namespace {

template <auto kFunction>
constexpr Function Row(std::string_view name) {
  return {.name = name, .params = Adapter<kFunction>::kParams, .run = Adapter<kFunction>::Run};
}

// In the order of the specification; whence, filestat and subscription as parameters of the table.
#define FUNCTIONS_BEFORE_SOCKETS(layout)                                                         \
  Row<ArgsGet>("args_get"), Row<ArgsSizesGet>("args_sizes_get"), Row<EnvironGet>("environ_get"), \
      Row<EnvironSizesGet>("environ_sizes_get"), Row<ClockResGet>("clock_res_get"),              \
      Row<ClockTimeGet>("clock_time_get"), Row<FdAdvise>("fd_advise"),                           \
      Row<FdAllocate>("fd_allocate"), Row<FdClose>("fd_close"), Row<FdDatasync>("fd_datasync"),  \
      Row<FdFdstatGet>("fd_fdstat_get"), Row<FdFdstatSetFlags>("fd_fdstat_set_flags"),           \
      Row<FdFdstatSetRights>("fd_fdstat_set_rights"),                                            \
      Row<layout::FdFilestatGet>("fd_filestat_get"),                                             \
      Row<FdFilestatSetSize>("fd_filestat_set_size"),                                            \
      Row<FdFilestatSetTimes>("fd_filestat_set_times"), Row<FdPread>("fd_pread"),                \
      Row<FdPrestatGet>("fd_prestat_get"), Row<FdPrestatDirName>("fd_prestat_dir_name"),         \
      Row<FdPwrite>("fd_pwrite"), Row<FdRead>("fd_read"), Row<FdReaddir>("fd_readdir"),          \
      Row<FdRenumber>("fd_renumber"), Row<layout::FdSeek>("fd_seek"), Row<FdSync>("fd_sync"),    \
      Row<FdTell>("fd_tell"), Row<FdWrite>("fd_write"),                                          \
      Row<PathCreateDirectory>("path_create_directory"),                                         \
      Row<layout::PathFilestatGet>("path_filestat_get"),                                         \
      Row<PathFilestatSetTimes>("path_filestat_set_times"), Row<PathLink>("path_link"),          \
      Row<PathOpen>("path_open"), Row<PathReadlink>("path_readlink"),                            \
      Row<PathRemoveDirectory>("path_remove_directory"), Row<PathRename>("path_rename"),         \
      Row<PathSymlink>("path_symlink"), Row<PathUnlinkFile>("path_unlink_file"),                 \
      Row<layout::PollOneoff>("poll_oneoff"), kProcExit, Row<ProcRaise>("proc_raise"),           \
      Row<SchedYield>("sched_yield"), Row<RandomGet>("random_get")

#define FUNCTIONS_OF_SOCKETS \
  Row<SockRecv>("sock_recv"), Row<SockSend>("sock_send"), Row<SockShutdown>("sock_shutdown")

constexpr Function kProcExit = {.name = "proc_exit",
                                .params = Adapter<ProcExit>::kParams,
                                .run = Adapter<ProcExit>::Run,
                                .has_result = false};

constexpr Function kPreview1Functions[] = {FUNCTIONS_BEFORE_SOCKETS(p1),
                                           Row<SockAccept>("sock_accept"), FUNCTIONS_OF_SOCKETS};
constexpr Function kUnstableFunctions[] = {FUNCTIONS_BEFORE_SOCKETS(unstable),
                                           FUNCTIONS_OF_SOCKETS};
static_assert(std::size(kPreview1Functions) == 46);
static_assert(std::size(kUnstableFunctions) == 45);

}  // namespace

std::span<const Function> Preview1Functions() { return kPreview1Functions; }
std::span<const Function> UnstableFunctions() { return kUnstableFunctions; }

const Function* FindFunction(std::string_view module, std::string_view name) {
  std::span<const Function> functions;
  if (module == kPreview1) functions = Preview1Functions();
  if (module == kUnstable) functions = UnstableFunctions();
  for (const Function& function : functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace trenail::wasi::p1
