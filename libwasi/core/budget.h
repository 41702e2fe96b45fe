// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a guest can make the host hold: counted for as long as it is held.

#ifndef TRENAIL_LIBWASI_CORE_BUDGET_H_
#define TRENAIL_LIBWASI_CORE_BUDGET_H_

#include <cstdint>
#include <memory>
#include <utility>

namespace trenail::wasi {

class Budget {
 public:
  Budget(uint64_t max_resources, uint64_t max_bytes)
      : resources_left_(max_resources), bytes_left_(max_bytes) {}

  bool TakeResource() { return resources_left_ > 0 && resources_left_-- > 0; }
  void GiveResource() { ++resources_left_; }
  bool TakeBytes(uint64_t bytes) {
    if (bytes > bytes_left_) return false;
    bytes_left_ -= bytes;
    return true;
  }
  void GiveBytes(uint64_t bytes) { bytes_left_ += bytes; }
  uint64_t bytes_left() const { return bytes_left_; }

 private:
  uint64_t resources_left_;
  uint64_t bytes_left_;
};

// Some bytes of a budget, given back at the end of this object.
class Charge {
 public:
  explicit Charge(std::shared_ptr<Budget> budget) : budget_(std::move(budget)) {}
  ~Charge() { budget_->GiveBytes(bytes_); }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  // False if the budget does not have so much more; nothing changes then.
  bool Resize(uint64_t bytes) {
    if (bytes > bytes_ && !budget_->TakeBytes(bytes - bytes_)) return false;
    if (bytes < bytes_) budget_->GiveBytes(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  uint64_t bytes() const { return bytes_; }
  const std::shared_ptr<Budget>& budget() const { return budget_; }

 private:
  const std::shared_ptr<Budget> budget_;
  uint64_t bytes_ = 0;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_BUDGET_H_
