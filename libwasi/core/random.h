// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random bytes: the host's generator, or a fixed sequence for tests that must repeat.

#ifndef TRENAIL_LIBWASI_CORE_RANDOM_H_
#define TRENAIL_LIBWASI_CORE_RANDOM_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "libwasi/core/errno.h"

namespace trenail::wasi {

class Interrupt;

class Random {
 public:
  Random() = default;
  // Not random at all: the sequence depends on the seed alone.
  explicit Random(uint64_t seed) : state_(seed) {}
  void Seed(uint64_t seed) { state_ = seed; }

  // Fills the whole buffer. A guest chooses the length, so the work stops when the interrupt is due
  // (kCanceled).
  IoStatus Fill(std::span<uint8_t> buffer, const Interrupt* interrupt);

 private:
  std::mutex mutex_;
  std::optional<uint64_t> state_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_RANDOM_H_
