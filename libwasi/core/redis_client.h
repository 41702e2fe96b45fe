// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Commands to a Redis server, which wait on the loop. An interface, so that what stands on it needs
// no library; libwasi/triggers implements it. [redis:protocol]

#ifndef TRENAIL_LIBWASI_CORE_REDIS_CLIENT_H_
#define TRENAIL_LIBWASI_CORE_REDIS_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libwasi/core/event_loop.h"

namespace trenail::wasi {

struct RedisReply {
  enum class Kind : uint8_t { kNil, kInteger, kText, kArray, kError };

  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;  // bytes; of kError: a sentence
  std::vector<RedisReply> items;
};

class RedisClient {
 public:
  using OnReply = std::function<void(RedisReply reply)>;

  virtual ~RedisClient() = default;

  // Sends a command, its name first, and connects before where that is necessary. `done` is called
  // once, on the loop's thread and not inside of this, with the answer or with why there is none;
  // not if the handle has gone before. What was sent is not taken back then. `charge` is held as
  // long as the client holds the command.
  virtual WaitHandle Send(std::vector<std::string> words, std::shared_ptr<void> charge,
                          OnReply done) = 0;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_CORE_REDIS_CLIENT_H_
