// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// getrandom(2) in pieces, between which the interrupt is looked at; SplitMix64 for the fixed
// sequence.

#include "libwasi/core/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libwasi/core/interrupt.h"

namespace trenail::wasi {
namespace {

constexpr size_t kPiece = 256 * 1024;

uint64_t SplitMix64(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

IoStatus Random::Fill(std::span<uint8_t> buffer, const Interrupt* interrupt) {
  std::lock_guard lock(mutex_);
  while (!buffer.empty()) {
    if (interrupt != nullptr && interrupt->IsDue()) return std::unexpected(Errno::kCanceled);
    size_t wanted = std::min(buffer.size(), kPiece);
    size_t filled = 0;
    if (state_.has_value()) {
      while (filled < wanted) {
        uint64_t value = SplitMix64(*state_);
        size_t part = std::min(sizeof(value), wanted - filled);
        std::memcpy(buffer.data() + filled, &value, part);
        filled += part;
      }
    } else {
      ssize_t result = ::getrandom(buffer.data(), wanted, 0);
      if (result < 0) {
        if (errno == EINTR) continue;
        return HostFailure();
      }
      filled = static_cast<size_t>(result);
    }
    buffer = buffer.subspan(filled);
  }
  return {};
}

}  // namespace trenail::wasi
