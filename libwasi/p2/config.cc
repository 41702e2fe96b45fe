// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:config/store]: what the embedder has configured, as text. A draft, which different tools
// know by different versions of the same contents.

#include "libwasi/p2/config.h"

#include <expected>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "libwasi/component/context.h"

namespace trenail::wasi::p2 {
namespace {

// [wasi:config/store.error]: upstream, io. There is nothing that could fail.
using ConfigError = std::variant<std::string, std::string>;
using Pairs = std::vector<std::tuple<std::string, std::string>>;

std::optional<std::string> Find(const Context& context, const std::string& key) {
  // A later one replaces an earlier one.
  const auto& config = context.grants.config;
  for (auto at = config.rbegin(); at != config.rend(); ++at)
    if (at->first == key) return at->second;
  return std::nullopt;
}

Pairs All(const Context& context) {
  Pairs pairs;
  const auto& config = context.grants.config;
  for (auto at = config.begin(); at != config.end(); ++at) {
    bool replaced = false;
    for (auto later = at + 1; later != config.end(); ++later)
      replaced = replaced || later->first == at->first;
    if (!replaced) pairs.emplace_back(at->first, at->second);
  }
  return pairs;
}

}  // namespace

void LinkConfig(ComponentLinker& linker) {
  for (const char* version : {"0.2.0-draft", "0.2.0-rc.1"}) {
    auto store = linker.Instance(std::string("wasi:config/store@") + version);
    store.Func("get", TypedHost([](Context& context, std::string key) {
                 return std::expected<std::optional<std::string>, ConfigError>(Find(context, key));
               }));
    store.Func("get-all", TypedHost([](Context& context) {
                 return std::expected<Pairs, ConfigError>(All(context));
               }));
  }
}

}  // namespace trenail::wasi::p2
