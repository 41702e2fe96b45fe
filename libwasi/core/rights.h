// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rights of a descriptor, with the bits of preview 1. Later versions of WASI have no rights;
// their adapters insert descriptors with all that apply. [wasi_snapshot_preview1.rights]

#ifndef TRENAIL_LIBWASI_CORE_RIGHTS_H_
#define TRENAIL_LIBWASI_CORE_RIGHTS_H_

#include <cstdint>

#include "libwasi/core/descriptor.h"

namespace trenail::wasi {

using Rights = uint64_t;

namespace right {
inline constexpr Rights kFdDatasync = 1u << 0;
inline constexpr Rights kFdRead = 1u << 1;
inline constexpr Rights kFdSeek = 1u << 2;
inline constexpr Rights kFdFdstatSetFlags = 1u << 3;
inline constexpr Rights kFdSync = 1u << 4;
inline constexpr Rights kFdTell = 1u << 5;
inline constexpr Rights kFdWrite = 1u << 6;
inline constexpr Rights kFdAdvise = 1u << 7;
inline constexpr Rights kFdAllocate = 1u << 8;
inline constexpr Rights kPathCreateDirectory = 1u << 9;
inline constexpr Rights kPathCreateFile = 1u << 10;
inline constexpr Rights kPathLinkSource = 1u << 11;
inline constexpr Rights kPathLinkTarget = 1u << 12;
inline constexpr Rights kPathOpen = 1u << 13;
inline constexpr Rights kFdReaddir = 1u << 14;
inline constexpr Rights kPathReadlink = 1u << 15;
inline constexpr Rights kPathRenameSource = 1u << 16;
inline constexpr Rights kPathRenameTarget = 1u << 17;
inline constexpr Rights kPathFilestatGet = 1u << 18;
inline constexpr Rights kPathFilestatSetSize = 1u << 19;
inline constexpr Rights kPathFilestatSetTimes = 1u << 20;
inline constexpr Rights kFdFilestatGet = 1u << 21;
inline constexpr Rights kFdFilestatSetSize = 1u << 22;
inline constexpr Rights kFdFilestatSetTimes = 1u << 23;
inline constexpr Rights kPathSymlink = 1u << 24;
inline constexpr Rights kPathRemoveDirectory = 1u << 25;
inline constexpr Rights kPathUnlinkFile = 1u << 26;
inline constexpr Rights kPollFdReadwrite = 1u << 27;
inline constexpr Rights kSockShutdown = 1u << 28;
inline constexpr Rights kSockAccept = 1u << 29;
inline constexpr Rights kAll = (1u << 30) - 1;

// What can apply to a kind of file: others are dropped from what a guest asks for.
inline constexpr Rights kRegularFile =
    kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell | kFdWrite | kFdAdvise |
    kFdAllocate | kFdFilestatGet | kFdFilestatSetSize | kFdFilestatSetTimes | kPollFdReadwrite;
inline constexpr Rights kDirectory =
    kFdFdstatSetFlags | kFdSync | kFdDatasync | kFdAdvise | kPathCreateDirectory | kPathCreateFile |
    kPathLinkSource | kPathLinkTarget | kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource |
    kPathRenameTarget | kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes |
    kFdFilestatGet | kFdFilestatSetTimes | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile |
    kPollFdReadwrite;
inline constexpr Rights kStream = kFdRead | kFdWrite | kFdFdstatSetFlags | kFdSync | kFdDatasync |
                                  kFdFilestatGet | kPollFdReadwrite;
inline constexpr Rights kSocket = kFdRead | kFdWrite | kFdFdstatSetFlags | kFdFilestatGet |
                                  kPollFdReadwrite | kSockShutdown | kSockAccept;
}  // namespace right

// All rights that can apply to such a descriptor itself.
constexpr Rights ApplicableRights(FileType type) {
  switch (type) {
    case FileType::kRegularFile:
    case FileType::kBlockDevice:
      return right::kRegularFile;
    case FileType::kDirectory:
      return right::kDirectory;
    case FileType::kSocketDatagram:
    case FileType::kSocketStream:
      return right::kSocket;
    case FileType::kCharacterDevice:
    case FileType::kUnknown:
    case FileType::kSymbolicLink:
    case FileType::kFifo:
      return right::kStream;
  }
  return 0;
}

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_RIGHTS_H_
