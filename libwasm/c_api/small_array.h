// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An array for the time of a call, without an allocation unless it is large.

#ifndef TRENAIL_LIBWASM_C_API_SMALL_ARRAY_H_
#define TRENAIL_LIBWASM_C_API_SMALL_ARRAY_H_

#include <cstddef>
#include <memory>

namespace trenail::c_api {

// Elements are not initialised.
template <typename T, size_t kInline>
class SmallArray {
 public:
  explicit SmallArray(size_t size) {
    if (size > kInline) [[unlikely]] {
      large_ = std::make_unique_for_overwrite<T[]>(size);
      data_ = large_.get();
    }
  }
  SmallArray(const SmallArray&) = delete;
  SmallArray& operator=(const SmallArray&) = delete;

  T* data() { return data_; }
  T& operator[](size_t index) { return data_[index]; }

 private:
  T small_[kInline];
  T* data_ = small_;
  std::unique_ptr<T[]> large_;
};

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASM_C_API_SMALL_ARRAY_H_
