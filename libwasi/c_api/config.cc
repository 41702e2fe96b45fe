// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a guest is granted.

#include "libwasi/c_api/config.h"

#include "libwasm/c_api/handles.h"

using trenail::WasiStream;

namespace {

WasiStream& StreamOf(trenail_wasi_config_t* config, trenail_wasi_stream_t stream) {
  switch (stream) {
    case TRENAIL_WASI_STDIN:
      return config->config.stdin_stream;
    case TRENAIL_WASI_STDOUT:
      return config->config.stdout_stream;
    default:
      return config->config.stderr_stream;
  }
}

}  // namespace

void trenail::c_api::Captures::Give(trenail_wasi_stream_t stream, wasm_byte_vec_t* out) const {
  std::string text;
  if (stream == TRENAIL_WASI_STDOUT) text = stdout_stream.captured();
  if (stream == TRENAIL_WASI_STDERR) text = stderr_stream.captured();
  SetName(out, text);
}

trenail_wasi_config_t* trenail_wasi_config_new(void) { return new trenail_wasi_config_t; }
void trenail_wasi_config_delete(trenail_wasi_config_t* config) { delete config; }

void trenail_wasi_config_add_arg(trenail_wasi_config_t* config, const char* arg) {
  config->config.args.emplace_back(arg);
}
void trenail_wasi_config_add_env(trenail_wasi_config_t* config, const char* name,
                                 const char* value) {
  config->config.env.emplace_back(name, value);
}
void trenail_wasi_config_add_directory(trenail_wasi_config_t* config, const char* host,
                                       const char* guest, bool read_only) {
  config->config.preopens.push_back({.host = host, .guest = guest, .read_only = read_only});
}
void trenail_wasi_config_add_socket(trenail_wasi_config_t* config, int fd) {
  config->config.sockets.push_back(fd);
}
void trenail_wasi_config_set_fd(trenail_wasi_config_t* config, trenail_wasi_stream_t stream,
                                int fd) {
  StreamOf(config, stream) = WasiStream::Host(fd);
}
void trenail_wasi_config_inherit_stdio(trenail_wasi_config_t* config) {
  config->config.stdin_stream = WasiStream::Host(0);
  config->config.stdout_stream = WasiStream::Host(1);
  config->config.stderr_stream = WasiStream::Host(2);
}
void trenail_wasi_config_set_stdin(trenail_wasi_config_t* config, const void* bytes, size_t size) {
  config->config.stdin_stream =
      WasiStream::Text(std::string(static_cast<const char*>(bytes), size));
}
void trenail_wasi_config_capture(trenail_wasi_config_t* config, trenail_wasi_stream_t stream,
                                 size_t limit) {
  StreamOf(config, stream) = WasiStream::Capture(limit);
}
void trenail_wasi_config_set_random_seed(trenail_wasi_config_t* config, uint64_t seed) {
  config->config.random_seed = seed;
}
void trenail_wasi_config_set_max_threads(trenail_wasi_config_t* config, uint32_t max) {
  config->config.max_threads = max;
}
void trenail_wasi_config_set_thread_limits(trenail_wasi_config_t* config,
                                           const trenail_store_limits_t* limits) {
  config->config.thread_limits =
      limits != nullptr ? trenail::c_api::ToLimits(limits) : trenail::StoreLimits();
}
void trenail_wasi_config_set_thread_fuel(trenail_wasi_config_t* config, uint64_t fuel) {
  config->config.thread_fuel = fuel;
}

void trenail_wasi_config_grant(trenail_wasi_config_t* config, trenail_wasi_grant_t grant,
                               const char* pattern) {
  config->grants.emplace_back(grant, pattern);
}
void trenail_wasi_config_add_bucket(trenail_wasi_config_t* config, const char* name,
                                    const char* redis) {
  config->buckets.emplace_back(name, redis != nullptr ? redis : "");
}
void trenail_wasi_config_on_denied(trenail_wasi_config_t* config,
                                   trenail_wasi_denied_callback_t callback, void* env,
                                   void (*finalizer)(void*)) {
  config->denied = callback;
  config->denied_env = std::shared_ptr<void>(env, [finalizer](void* ended) {
    if (finalizer != nullptr) finalizer(ended);
  });
}
void trenail_wasi_config_add_config(trenail_wasi_config_t* config, const char* name,
                                    const char* value) {
  config->config_values.emplace_back(name, value);
}
void trenail_wasi_config_set_net_library(trenail_wasi_config_t* config, const char* path) {
  config->net_library = path;
}
