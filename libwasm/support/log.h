// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the libraries have to say beside their results: to a callback of the embedder's, and only
// where there is one. Whoever says something asks first whether anybody wants to know, so that
// nothing is put into words for nobody.

#ifndef TRENAIL_LIBWASM_SUPPORT_LOG_H_
#define TRENAIL_LIBWASM_SUPPORT_LOG_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace wasm {

enum class LogLevel : uint8_t {
  kOff,
  kError,    // something is wrong with how the library is used
  kWarning,  // it works, but not as it was meant to: slower, or with more memory
  kInfo,     // what is worth knowing of a program that works
  kDebug,    // every module, collection, trap
};

// From any thread, several at once. It must not call back into the engine.
using LogCallback = std::function<void(LogLevel level, std::string_view message)>;

class Log {
 public:
  Log(LogLevel level, LogCallback callback) : level_(level), callback_(std::move(callback)) {}
  bool Wants(LogLevel level) const { return level <= level_; }
  void Write(LogLevel level, std::string_view message) const { callback_(level, message); }

 private:
  const LogLevel level_;
  const LogCallback callback_;
};

// WASM_LOG(log, kInfo, "text" + …): the text is made only if it is wanted; `log` may be null.
#define WASM_LOG(log, level, ...)                                                       \
  do {                                                                                  \
    if (const ::wasm::Log* const wasm_log_ = (log);                                     \
        wasm_log_ != nullptr && wasm_log_->Wants(::wasm::LogLevel::level)) [[unlikely]] \
      wasm_log_->Write(::wasm::LogLevel::level, (__VA_ARGS__));                         \
  } while (false)

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_LOG_H_
