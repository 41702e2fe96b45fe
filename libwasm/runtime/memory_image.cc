// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file is sealed when it is written: no mapping can change what other instances begin with.

#include "libwasm/runtime/memory_image.h"

#include <algorithm>

#ifndef TRENAIL_NO_VM
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace wasm::runtime {

#ifndef TRENAIL_NO_VM

namespace {

bool Write(int file, std::span<const uint8_t> bytes, uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
    at += static_cast<uint64_t>(written);
  }
  return true;
}

// Beyond it the system would not refuse but end the process.
bool AllowsFileOf(uint64_t size) {
  rlimit limit;
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
         (limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur);
}

// Files are numbered from the lowest free number on; half of those that the process may have are
// left to others.
bool LeavesRoom(int file) {
  rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && static_cast<rlim_t>(file) < limit.rlim_cur / 2;
}

}  // namespace

std::unique_ptr<const MemoryImage> MemoryImage::Make(std::span<const Segment> segments) {
  uint64_t begin = ~uint64_t{0}, end = 0;
  for (const Segment& segment : segments) {
    if (segment.bytes.empty()) continue;
    begin = std::min(begin, segment.offset);
    end = std::max(end, segment.offset + segment.bytes.size());
  }
  if (begin >= end) return nullptr;
  const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  begin &= ~(page - 1);
  const uint64_t size = ((end + page - 1) & ~(page - 1)) - begin;
  if (!AllowsFileOf(size)) return nullptr;
  const int file = memfd_create("wasm memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0) return nullptr;
  std::unique_ptr<const MemoryImage> image(new MemoryImage(file, begin, size));
  if (!LeavesRoom(file) || ftruncate(file, static_cast<off_t>(size)) != 0) return nullptr;
  for (const Segment& segment : segments)
    if (!Write(file, segment.bytes, segment.offset - begin)) return nullptr;
  fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return image;
}

MemoryImage::~MemoryImage() { close(file_); }

bool MemoryImage::MapInto(uint8_t* base) const {
  return mmap(base + begin_, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
              file_, 0) != MAP_FAILED;
}

#else  // TRENAIL_NO_VM

std::unique_ptr<const MemoryImage> MemoryImage::Make(std::span<const Segment>) { return nullptr; }
MemoryImage::~MemoryImage() = default;
bool MemoryImage::MapInto(uint8_t*) const { return false; }

#endif  // TRENAIL_NO_VM

}  // namespace wasm::runtime
