// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail.toml: which components there are, what each is granted, and what starts them.
//
//   [listen]                             # of [[http]]
//   address = "127.0.0.1:8080"           # tls-cert, tls-key
//
//   [component.api]
//   file = "api.wasm"                    # beside the manifest
//   engine = "aot"                       # optimise = 2
//   dir = ["data::/data:ro"]             # as of trenail serve: env, tcp, udp, dns, http,
//   kv = ["redis://127.0.0.1/1"]         # config
//   timeout = "30s"                      # max-memory = "64M", fuel, reuse, max-concurrent
//
//   [[http]]
//   route = "/api/"                      # all below it; without the last slash: that path alone
//   component = "api"
//
//   [[redis]]
//   url = "redis://127.0.0.1:6379"
//   channel = "orders.*"
//   component = "worker"
//   export = "on-message"                # the default: func(channel: string, payload: list<u8>)
//
//   [[mqtt]]
//   url = "mqtt://127.0.0.1:1883"
//   topic = "sensors/#"                  # qos = 1
//   component = "worker"
//
//   [[cron]]
//   schedule = "*/5 * * * *"             # UTC
//   component = "cleanup"
//   export = "tick"                      # the default: wasi:cli/run

#ifndef TRENAIL_CLI_MANIFEST_H_
#define TRENAIL_CLI_MANIFEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/serve_common.h"
#include "libwasi/triggers/broker.h"
#include "libwasi/triggers/cron.h"

namespace trenail::cli {

struct ManifestComponent {
  RunOptions run;  // file, engine, grants, limits
  uint32_t reuse = 1;
  std::optional<uint64_t> max_concurrent;
};

struct HttpTrigger {
  std::string route;
  std::string component;
};
struct MessageTrigger {
  bool is_mqtt = false;
  wasi::SubscriptionOptions subscription;
  std::string component;
  std::string function = "on-message";
};
struct CronTrigger {
  std::string text;
  wasi::CronSchedule schedule;
  std::string component;
  std::string function;  // empty: wasi:cli/run
};

struct Manifest {
  Endpoint listen{.host = "127.0.0.1", .port = 8080};
  std::string certificate, key;
  std::map<std::string, ManifestComponent> components;
  std::vector<HttpTrigger> http;
  std::vector<MessageTrigger> messages;
  std::vector<CronTrigger> cron;
};

// Errors: kMalformed with line and column, and what would do; kHost if the file cannot be read.
Result<Manifest> LoadManifest(const std::string& path, const wasi::Triggers& triggers);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_MANIFEST_H_
