// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that is not known is an error: a misspelt grant must not be one that is missing.

#include "cli/manifest.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "cli/input.h"
#include "cli/quantity.h"

namespace trenail::cli {
namespace {

// The first thing that is wrong, with its place.
class Reader {
 public:
  Reader(std::string path, Manifest& manifest) : path_(std::move(path)), manifest_(manifest) {}

  Result<void> Read(const toml::table& root) {
    Known(root, "a manifest", {"listen", "component", "http", "redis", "mqtt", "cron", "name"});
    if (const toml::node* listen = root.get("listen")) ReadListen(*listen);
    if (const toml::node* components = root.get("component")) ReadComponents(*components);
    ForEach(root, "http", [this](const toml::table& entry) { ReadHttp(entry); });
    ForEach(root, "redis", [this](const toml::table& entry) { ReadMessage(entry, false); });
    ForEach(root, "mqtt", [this](const toml::table& entry) { ReadMessage(entry, true); });
    ForEach(root, "cron", [this](const toml::table& entry) { ReadCron(entry); });
    if (manifest_.http.empty() && manifest_.messages.empty() && manifest_.cron.empty())
      Wrong(root,
            "nothing starts a component: there is no [[http]], [[redis]], [[mqtt]] or [[cron]]");
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

 private:
  void Wrong(const toml::node& node, std::string message) {
    if (error_) return;
    const toml::source_position at = node.source().begin;
    error_ = Error(ErrorKind::kMalformed, std::move(message))
                 .WithPosition({at.line != 0 ? at.line : 1, at.column != 0 ? at.column : 1});
  }
  void Known(const toml::table& table, const std::string& what,
             std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(keys, key.str()) != keys.end()) continue;
      std::string names;
      for (const std::string_view name : keys)
        names += (names.empty() ? "" : ", ") + std::string(name);
      Wrong(value, what + " has no \"" + std::string(key.str()) + "\"; there are " + names);
    }
  }
  const toml::table* Table(const toml::node& node, const std::string& what) {
    if (node.is_table()) return node.as_table();
    Wrong(node, what + " has to be a table");
    return nullptr;
  }
  template <typename F>
  void ForEach(const toml::table& root, std::string_view name, F function) {
    const toml::node* const node = root.get(name);
    if (node == nullptr) return;
    if (!node->is_array()) return Wrong(*node, "[[" + std::string(name) + "]] is a list of tables");
    for (const toml::node& item : *node->as_array())
      if (const toml::table* table = Table(item, "[[" + std::string(name) + "]]")) function(*table);
  }

  bool Text(const toml::table& table, std::string_view key, std::string& out) {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return false;
    if (const auto text = node->value_exact<std::string>()) {
      out = *text;
      return true;
    }
    Wrong(*node, std::string(key) + " has to be a string");
    return false;
  }
  void Required(const toml::table& table, const std::string& what, std::string_view key,
                std::string& out) {
    if (table.get(key) == nullptr) Wrong(table, what + " needs \"" + std::string(key) + "\"");
    Text(table, key, out);
  }
  std::optional<uint64_t> Count(const toml::table& table, std::string_view key) {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return std::nullopt;
    const auto number = node->value_exact<int64_t>();
    if (number && *number >= 0) return static_cast<uint64_t>(*number);
    Wrong(*node, std::string(key) + " has to be a number");
    return std::nullopt;
  }
  void Texts(const toml::table& table, std::string_view key, std::vector<std::string>& out) {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return;
    if (!node->is_array()) return Wrong(*node, std::string(key) + " has to be a list of strings");
    for (const toml::node& item : *node->as_array()) {
      if (const auto text = item.value_exact<std::string>())
        out.push_back(*text);
      else
        Wrong(item, std::string(key) + " has to be a list of strings");
    }
  }

  void ReadListen(const toml::node& node) {
    const toml::table* const table = Table(node, "[listen]");
    if (table == nullptr) return;
    Known(*table, "[listen]", {"address", "tls-cert", "tls-key"});
    std::string address;
    if (Text(*table, "address", address)) {
      if (const auto endpoint = ParseEndpoint(address))
        manifest_.listen = *endpoint;
      else
        Wrong(*table->get("address"), "address has to be HOST:PORT, not \"" + address + "\"");
    }
    if (Text(*table, "tls-cert", manifest_.certificate)) Beside(manifest_.certificate);
    if (Text(*table, "tls-key", manifest_.key)) Beside(manifest_.key);
    if (manifest_.certificate.empty() != manifest_.key.empty())
      Wrong(*table, "tls-cert and tls-key belong together");
  }

  void ReadComponents(const toml::node& node) {
    const toml::table* const table = Table(node, "[component]");
    if (table == nullptr) return;
    for (const auto& [name, value] : *table) {
      const std::string what = "[component." + std::string(name.str()) + "]";
      if (const toml::table* entry = Table(value, what))
        ReadComponent(*entry, what, manifest_.components[std::string(name.str())]);
    }
  }

  void ReadComponent(const toml::table& table, const std::string& what, ManifestComponent& out) {
    Known(table, what,
          {"file", "engine", "optimise", "dir", "env", "tcp", "udp", "dns", "http", "kv", "config",
           "timeout", "max-memory", "fuel", "reuse", "max-concurrent"});
    Required(table, what, "file", out.run.file);
    Beside(out.run.file);
    if (Text(table, "engine", out.run.engine) && out.run.engine != "interp" &&
        out.run.engine != "aot")
      Wrong(*table.get("engine"), "engine has to be \"interp\" or \"aot\"");
    if (const auto level = Count(table, "optimise")) {
      if (*level > 3) Wrong(*table.get("optimise"), "optimise has to be 0, 1, 2 or 3");
      out.run.level = std::to_string(std::min<uint64_t>(*level, 3));
    }
    Texts(table, "dir", out.run.grants.directories);
    for (std::string& directory : out.run.grants.directories) DirectoryBeside(directory);
    Texts(table, "env", out.run.grants.environment);
    ReadNetworkGrants(table, out.run.grants);
    std::string text;
    if (Text(table, "timeout", text)) {
      const auto duration = ParseDuration(text);
      if (!duration) Wrong(*table.get("timeout"), "timeout has to be a time such as 30s");
      out.run.timeout = duration;
    }
    if (Text(table, "max-memory", text)) {
      const auto size = ParseSize(text);
      if (!size) Wrong(*table.get("max-memory"), "max-memory has to be a size such as 64M");
      out.run.max_memory = size;
    }
    out.run.fuel = Count(table, "fuel");
    out.reuse = static_cast<uint32_t>(std::max<uint64_t>(Count(table, "reuse").value_or(1), 1));
    out.max_concurrent = Count(table, "max-concurrent");
    out.run.grants.arguments = {out.run.file};
  }
  void ReadNetworkGrants(const toml::table& table, WasiGrants& grants);

  void ReadHttp(const toml::table& table) {
    Known(table, "[[http]]", {"route", "component"});
    HttpTrigger trigger;
    Required(table, "[[http]]", "route", trigger.route);
    if (!trigger.route.empty() && trigger.route.front() != '/')
      Wrong(*table.get("route"), "route begins with /");
    ReadComponentName(table, "[[http]]", trigger.component);
    manifest_.http.push_back(std::move(trigger));
  }

  void ReadMessage(const toml::table& table, bool is_mqtt) {
    const std::string what = is_mqtt ? "[[mqtt]]" : "[[redis]]";
    const char* const channel = is_mqtt ? "topic" : "channel";
    if (is_mqtt)
      Known(table, what, {"url", "topic", "qos", "component", "export"});
    else
      Known(table, what, {"url", "channel", "component", "export"});
    MessageTrigger trigger{.is_mqtt = is_mqtt};
    std::string url;
    Required(table, what, "url", url);
    if (!url.empty()) {
      auto address = wasi::ParseBrokerUrl(url, is_mqtt ? "mqtt" : "redis", is_mqtt ? 1883 : 6379);
      if (address)
        trigger.subscription.broker = *std::move(address);
      else
        Wrong(*table.get("url"), address.error());
    }
    Required(table, what, channel, trigger.subscription.channel);
    if (const auto qos = Count(table, "qos")) {
      if (*qos > 2) Wrong(*table.get("qos"), "qos has to be 0, 1 or 2");
      trigger.subscription.qos = static_cast<int>(std::min<uint64_t>(*qos, 2));
    }
    ReadComponentName(table, what, trigger.component);
    Text(table, "export", trigger.function);
    manifest_.messages.push_back(std::move(trigger));
  }

  void ReadCron(const toml::table& table) {
    Known(table, "[[cron]]", {"schedule", "component", "export"});
    CronTrigger trigger;
    Required(table, "[[cron]]", "schedule", trigger.text);
    if (const toml::node* node = table.get("schedule")) {
      auto schedule = wasi::CronSchedule::Parse(trigger.text);
      if (schedule)
        trigger.schedule = *schedule;
      else
        Wrong(*node, schedule.error());
    }
    ReadComponentName(table, "[[cron]]", trigger.component);
    Text(table, "export", trigger.function);
    manifest_.cron.push_back(std::move(trigger));
  }

  void ReadComponentName(const toml::table& table, const std::string& what, std::string& out) {
    Required(table, what, "component", out);
    if (out.empty() || manifest_.components.contains(out)) return;
    std::string names;
    for (const auto& [name, component] : manifest_.components)
      names += (names.empty() ? "; there are " : ", ") + name;
    Wrong(*table.get("component"), "there is no [component." + out + "]" + names);
  }

  // Paths are relative to the manifest, wherever it is read from.
  void Beside(std::string& path) const {
    const size_t slash = path_.rfind('/');
    if (slash != std::string::npos && !path.empty() && path.front() != '/')
      path = path_.substr(0, slash + 1) + path;
  }
  void DirectoryBeside(std::string& grant) const {
    // What the guest calls it is what was written.
    if (grant.find("::") == std::string::npos && !grant.starts_with('/')) {
      const bool read_only = grant.ends_with(":ro");
      const std::string name = read_only ? grant.substr(0, grant.size() - 3) : grant;
      grant = name + "::" + name + (read_only ? ":ro" : "");
    }
    Beside(grant);
  }

  const std::string path_;
  Manifest& manifest_;
  std::optional<Error> error_;
};

void Reader::ReadNetworkGrants(const toml::table& table, WasiGrants& grants) {
  Texts(table, "tcp", grants.tcp);
  Texts(table, "udp", grants.udp);
  Texts(table, "dns", grants.dns);
  Texts(table, "http", grants.http);
  Texts(table, "kv", grants.key_values);
  Texts(table, "config", grants.config);
}

}  // namespace

Result<Manifest> LoadManifest(const std::string& path) {
  const FileBytes bytes = TRY(ReadFile(path));
  const toml::parse_result parsed = toml::parse(AsText(bytes));
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    return std::unexpected(Error(ErrorKind::kMalformed, std::string(parsed.error().description()))
                               .WithPosition({at.line, at.column}));
  }
  Manifest manifest;
  TRY_VOID(Reader(path, manifest).Read(parsed.table()));
  return manifest;
}

}  // namespace trenail::cli
