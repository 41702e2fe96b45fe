// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes that a connection has received and nobody has taken yet: starts small, because most
// connections are idle, and grows up to a limit.

#ifndef TRENAIL_LIBWASI_NET_READ_BUFFER_H_
#define TRENAIL_LIBWASI_NET_READ_BUFFER_H_

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace trenail::wasi::http {

class ReadBuffer {
 public:
  explicit ReadBuffer(size_t max_size) : max_size_(std::max(max_size, kFirstSize)) {}

  bool empty() const { return begin_ == end_; }
  bool full() const { return end_ - begin_ == max_size_; }
  std::span<const uint8_t> bytes() const { return std::span(bytes_).subspan(begin_, size()); }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()) + begin_, size()};
  }
  size_t size() const { return end_ - begin_; }

  // Where the next bytes go, until Commit; empty only if full(). Nothing else moves the bytes.
  boost::asio::mutable_buffer Room() {
    if (begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    if (std::exchange(shrinks_, false) && end_ == 0) std::vector<uint8_t>().swap(bytes_);
    if (end_ == bytes_.size()) {
      constexpr size_t kGrowth = 4;
      bytes_.resize(std::min(std::max(bytes_.size() * kGrowth, kFirstSize), max_size_));
    }
    return {bytes_.data() + end_, bytes_.size() - end_};
  }
  void Commit(size_t count) { end_ += count; }
  void Consume(size_t count) { begin_ += count; }
  // Between messages: the next Room begins small again.
  void Shrink() { shrinks_ = bytes_.size() > kFirstSize; }

 private:
  static constexpr size_t kFirstSize = 4096;

  const size_t max_size_;
  std::vector<uint8_t> bytes_;
  size_t begin_ = 0, end_ = 0;
  bool shrinks_ = false;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_READ_BUFFER_H_
