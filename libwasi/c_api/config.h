// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a trenail_wasi_config_t is. Grants stay text until somebody knows components.

#ifndef TRENAIL_LIBWASI_C_API_CONFIG_H_
#define TRENAIL_LIBWASI_C_API_CONFIG_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libwasi/libwasi.h"
#include "libwasm/c_api/include/trenail/wasi.h"

struct trenail_wasi_config_t {
  trenail::WasiConfig config;
  std::vector<std::pair<trenail_wasi_grant_t, std::string>> grants;
  std::vector<std::pair<std::string, std::string>> buckets;  // name, and Redis server or empty
  std::vector<std::pair<std::string, std::string>> config_values;
  trenail_wasi_denied_callback_t denied = nullptr;
  std::shared_ptr<void> denied_env;  // goes with its finalizer
  std::string net_library;
};

namespace trenail::c_api {

// What has been captured, when the config has gone.
struct Captures {
  explicit Captures(const WasiConfig& config)
      : stdout_stream(config.stdout_stream), stderr_stream(config.stderr_stream) {}
  void Give(trenail_wasi_stream_t stream, wasm_byte_vec_t* out) const;

  WasiStream stdout_stream;
  WasiStream stderr_stream;
};

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASI_C_API_CONFIG_H_
