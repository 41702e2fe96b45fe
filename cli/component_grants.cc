// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The notation of the grants; that of addresses and hosts is the library's.

#include "cli/component_grants.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include "libwasi/core/key_values.h"
#include "libwasi/triggers/broker.h"

namespace trenail::cli {
namespace {

std::unexpected<Error> Refused(const std::string& option, const std::string& form,
                               const std::string& text) {
  return std::unexpected(
      Error(ErrorKind::kHost, option + " needs " + form + ", not \"" + text + "\""));
}

// What was told already: a server makes many instances of a component, which all want the same.
class Told {
 public:
  bool IsNew(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    return sentences_.size() < kMax && sentences_.insert(sentence).second;
  }

 private:
  static constexpr size_t kMax = 1000;
  std::mutex mutex_;
  std::unordered_set<std::string> sentences_;
};

template <typename Pattern>
Result<std::vector<Pattern>> Parse(const std::string& option, const std::string& form,
                                   const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) {
    std::optional<Pattern> pattern = Pattern::Parse(text);
    if (!pattern) return Refused(option, form, text);
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

// "[BUCKET=]STORE"; a password may have a = in it.
Result<wasi::KeyValueGrant> ParseKeyValueGrant(const std::string& text) {
  wasi::KeyValueGrant grant;
  std::string store = text;
  if (const size_t equals = text.find('='); equals < text.find("://")) {
    grant.bucket = text.substr(0, equals);
    store = text.substr(equals + 1);
  }
  if (grant.bucket.empty() || (store != "memory" && !store.starts_with("redis://")))
    return Refused("--kv", "[BUCKET=]memory or [BUCKET=]redis://HOST[:PORT]", text);
  if (store == "memory") {
    grant.memory = std::make_shared<wasi::KeyValues>();
    return grant;
  }
  if (const auto address = wasi::ParseRedisUrl(store); !address)
    return std::unexpected(Error(ErrorKind::kHost, "--kv: " + address.error()));
  grant.redis = store;
  return grant;
}

}  // namespace

void AddGrantOptions(Options& options, WasiGrants* grants) {
  options.Strings("--tcp", &grants->tcp, "PATTERN",
                  "grant TCP to and at 127.0.0.1:8080, 10.0.0.0/8:*, [::1]:80-90, *:443 or *");
  options.Strings("--udp", &grants->udp, "PATTERN", "grant UDP likewise");
  options.Strings("--dns", &grants->dns, "HOST",
                  "grant looking up example.org, *.example.org or *");
  options.Strings("--http", &grants->http, "HOST",
                  "grant HTTP requests to example.org, *.example.org, 127.0.0.1:8080 or *");
  options.Strings("--kv", &grants->key_values, "[BUCKET=]STORE",
                  "keys and values in memory, or in redis://[USER:PASSWORD@]HOST[:PORT][/DB]");
  options.Strings("--config", &grants->config, "NAME=VALUE", "set a value of wasi:config");
}

Result<wasi::Grants> ToGrants(const WasiGrants& grants) {
  const std::string addresses =
      "addresses such as 127.0.0.1:8080, 10.0.0.0/8:*, [::1]:80-90, *:443 or *";
  wasi::Grants result;
  result.tcp = TRY(Parse<wasi::AddressPattern>("--tcp", addresses, grants.tcp));
  result.udp = TRY(Parse<wasi::AddressPattern>("--udp", addresses, grants.udp));
  const std::string names = "a host such as example.org, *.example.org or *";
  result.dns = TRY(Parse<wasi::HostPattern>("--dns", names, grants.dns));
  // Names are looked up without a port.
  for (size_t i = 0; i < result.dns.size(); ++i)
    if (result.dns[i].port) return Refused("--dns", names + " without a port", grants.dns[i]);
  result.http = TRY(Parse<wasi::HostPattern>(
      "--http", "a host such as example.org, *.example.org, 127.0.0.1:8080 or *", grants.http));
  // In memory, one for all instances that are granted this.
  result.key_values = {{.memory = std::make_shared<wasi::KeyValues>()}};
  for (const std::string& text : grants.key_values) {
    wasi::KeyValueGrant grant = TRY(ParseKeyValueGrant(text));
    std::erase_if(result.key_values,
                  [&](const wasi::KeyValueGrant& other) { return other.bucket == grant.bucket; });
    result.key_values.push_back(std::move(grant));
  }
  for (const std::string& setting : grants.config) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      return Refused("--config", "NAME=VALUE", setting);
    result.config.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  result.on_denied = [told = std::make_shared<Told>()](const std::string& sentence) {
    if (!told->IsNew(sentence)) return;
    // A guest may have had a hand in it.
    std::string line = sentence;
    std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    line += '\n';
    std::fflush(stdout);
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
  return result;
}

}  // namespace trenail::cli
