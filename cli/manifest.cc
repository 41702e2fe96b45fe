// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that is not known is an error: a misspelt grant must not be one that is missing.

#include "cli/manifest.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "cli/input.h"
#include "cli/quantity.h"

namespace trenail::cli {
namespace {

using wasi::TomlNode;
using Kind = TomlNode::Kind;

// The first thing that is wrong, with its place.
class Reader {
 public:
  Reader(std::string path, Manifest& manifest) : path_(std::move(path)), manifest_(manifest) {}

  Result<void> Read(const TomlNode& root) {
    Known(root, "a manifest", {"listen", "component", "http", "redis", "mqtt", "cron", "name"});
    if (const TomlNode* listen = root.Find("listen")) ReadListen(*listen);
    if (const TomlNode* components = root.Find("component")) ReadComponents(*components);
    ForEach(root, "http", [this](const TomlNode& entry) { ReadHttp(entry); });
    ForEach(root, "redis", [this](const TomlNode& entry) { ReadMessage(entry, false); });
    ForEach(root, "mqtt", [this](const TomlNode& entry) { ReadMessage(entry, true); });
    ForEach(root, "cron", [this](const TomlNode& entry) { ReadCron(entry); });
    if (manifest_.http.empty() && manifest_.messages.empty() && manifest_.cron.empty())
      Wrong(root,
            "nothing starts a component: there is no [[http]], [[redis]], [[mqtt]] or [[cron]]");
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

 private:
  void Wrong(const TomlNode& node, std::string message) {
    if (error_) return;
    error_ = Error(ErrorKind::kMalformed, std::move(message))
                 .WithPosition({node.position.line, node.position.column});
  }
  void Known(const TomlNode& table, const std::string& what,
             std::initializer_list<std::string_view> keys) {
    for (const TomlNode& value : table.children) {
      if (std::ranges::find(keys, value.key) != keys.end()) continue;
      std::string names;
      for (const std::string_view name : keys)
        names += (names.empty() ? "" : ", ") + std::string(name);
      Wrong(value, what + " has no \"" + value.key + "\"; there are " + names);
    }
  }
  const TomlNode* Table(const TomlNode& node, const std::string& what) {
    if (node.kind == Kind::kTable) return &node;
    Wrong(node, what + " has to be a table");
    return nullptr;
  }
  template <typename F>
  void ForEach(const TomlNode& root, std::string_view name, F function) {
    const TomlNode* const node = root.Find(name);
    if (node == nullptr) return;
    if (node->kind != Kind::kArray)
      return Wrong(*node, "[[" + std::string(name) + "]] is a list of tables");
    for (const TomlNode& item : node->children)
      if (const TomlNode* table = Table(item, "[[" + std::string(name) + "]]")) function(*table);
  }

  bool Text(const TomlNode& table, std::string_view key, std::string& out) {
    const TomlNode* const node = table.Find(key);
    if (node == nullptr) return false;
    if (node->kind == Kind::kString) {
      out = node->text;
      return true;
    }
    Wrong(*node, std::string(key) + " has to be a string");
    return false;
  }
  void Required(const TomlNode& table, const std::string& what, std::string_view key,
                std::string& out) {
    if (table.Find(key) == nullptr) Wrong(table, what + " needs \"" + std::string(key) + "\"");
    Text(table, key, out);
  }
  std::optional<uint64_t> Count(const TomlNode& table, std::string_view key) {
    const TomlNode* const node = table.Find(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Kind::kInteger && node->integer >= 0)
      return static_cast<uint64_t>(node->integer);
    Wrong(*node, std::string(key) + " has to be a number");
    return std::nullopt;
  }
  void Texts(const TomlNode& table, std::string_view key, std::vector<std::string>& out) {
    const TomlNode* const node = table.Find(key);
    if (node == nullptr) return;
    if (node->kind != Kind::kArray)
      return Wrong(*node, std::string(key) + " has to be a list of strings");
    for (const TomlNode& item : node->children) {
      if (item.kind == Kind::kString)
        out.push_back(item.text);
      else
        Wrong(item, std::string(key) + " has to be a list of strings");
    }
  }

  void ReadListen(const TomlNode& node) {
    const TomlNode* const table = Table(node, "[listen]");
    if (table == nullptr) return;
    Known(*table, "[listen]", {"address", "tls-cert", "tls-key"});
    std::string address;
    if (Text(*table, "address", address)) {
      if (const auto endpoint = ParseEndpoint(address))
        manifest_.listen = *endpoint;
      else
        Wrong(*table->Find("address"), "address has to be HOST:PORT, not \"" + address + "\"");
    }
    if (Text(*table, "tls-cert", manifest_.certificate)) Beside(manifest_.certificate);
    if (Text(*table, "tls-key", manifest_.key)) Beside(manifest_.key);
    if (manifest_.certificate.empty() != manifest_.key.empty())
      Wrong(*table, "tls-cert and tls-key belong together");
  }

  void ReadComponents(const TomlNode& node) {
    const TomlNode* const table = Table(node, "[component]");
    if (table == nullptr) return;
    for (const TomlNode& value : table->children) {
      const std::string what = "[component." + value.key + "]";
      if (const TomlNode* entry = Table(value, what))
        ReadComponent(*entry, what, manifest_.components[value.key]);
    }
  }

  void ReadComponent(const TomlNode& table, const std::string& what, ManifestComponent& out) {
    Known(table, what,
          {"file", "engine", "optimise", "dir", "env", "tcp", "udp", "dns", "http", "kv", "config",
           "timeout", "max-memory", "fuel", "reuse", "max-concurrent"});
    Required(table, what, "file", out.run.file);
    Beside(out.run.file);
    if (Text(table, "engine", out.run.engine) && out.run.engine != "interp" &&
        out.run.engine != "aot")
      Wrong(*table.Find("engine"), "engine has to be \"interp\" or \"aot\"");
    if (const auto level = Count(table, "optimise")) {
      if (*level > 3) Wrong(*table.Find("optimise"), "optimise has to be 0, 1, 2 or 3");
      out.run.level = std::to_string(std::min<uint64_t>(*level, 3));
    }
    Texts(table, "dir", out.run.grants.directories);
    for (std::string& directory : out.run.grants.directories) DirectoryBeside(directory);
    Texts(table, "env", out.run.grants.environment);
    ReadNetworkGrants(table, out.run.grants);
    std::string text;
    if (Text(table, "timeout", text)) {
      const auto duration = ParseDuration(text);
      if (!duration) Wrong(*table.Find("timeout"), "timeout has to be a time such as 30s");
      out.run.timeout = duration;
    }
    if (Text(table, "max-memory", text)) {
      const auto size = ParseSize(text);
      if (!size) Wrong(*table.Find("max-memory"), "max-memory has to be a size such as 64M");
      out.run.max_memory = size;
    }
    out.run.fuel = Count(table, "fuel");
    out.reuse = static_cast<uint32_t>(std::max<uint64_t>(Count(table, "reuse").value_or(1), 1));
    out.max_concurrent = Count(table, "max-concurrent");
    out.run.grants.arguments = {out.run.file};
  }
  void ReadNetworkGrants(const TomlNode& table, WasiGrants& grants);

  void ReadHttp(const TomlNode& table) {
    Known(table, "[[http]]", {"route", "component"});
    HttpTrigger trigger;
    Required(table, "[[http]]", "route", trigger.route);
    if (!trigger.route.empty() && trigger.route.front() != '/')
      Wrong(*table.Find("route"), "route begins with /");
    ReadComponentName(table, "[[http]]", trigger.component);
    manifest_.http.push_back(std::move(trigger));
  }

  void ReadMessage(const TomlNode& table, bool is_mqtt) {
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
        Wrong(*table.Find("url"), address.error());
    }
    Required(table, what, channel, trigger.subscription.channel);
    if (const auto qos = Count(table, "qos")) {
      if (*qos > 2) Wrong(*table.Find("qos"), "qos has to be 0, 1 or 2");
      trigger.subscription.qos = static_cast<int>(std::min<uint64_t>(*qos, 2));
    }
    ReadComponentName(table, what, trigger.component);
    Text(table, "export", trigger.function);
    manifest_.messages.push_back(std::move(trigger));
  }

  void ReadCron(const TomlNode& table) {
    Known(table, "[[cron]]", {"schedule", "component", "export"});
    CronTrigger trigger;
    Required(table, "[[cron]]", "schedule", trigger.text);
    if (const TomlNode* node = table.Find("schedule")) {
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

  void ReadComponentName(const TomlNode& table, const std::string& what, std::string& out) {
    Required(table, what, "component", out);
    if (out.empty() || manifest_.components.contains(out)) return;
    std::string names;
    for (const auto& [name, component] : manifest_.components)
      names += (names.empty() ? "; there are " : ", ") + name;
    Wrong(*table.Find("component"), "there is no [component." + out + "]" + names);
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

void Reader::ReadNetworkGrants(const TomlNode& table, WasiGrants& grants) {
  Texts(table, "tcp", grants.tcp);
  Texts(table, "udp", grants.udp);
  Texts(table, "dns", grants.dns);
  Texts(table, "http", grants.http);
  Texts(table, "kv", grants.key_values);
  Texts(table, "config", grants.config);
}

}  // namespace

Result<Manifest> LoadManifest(const std::string& path, const wasi::Triggers& triggers) {
  const FileBytes bytes = TRY(ReadFile(path));
  const auto parsed = triggers.parse_toml(std::string(AsText(bytes)));
  if (!parsed) {
    const auto& [message, position] = parsed.error();
    return std::unexpected(
        Error(ErrorKind::kMalformed, message).WithPosition({position.line, position.column}));
  }
  Manifest manifest;
  TRY_VOID(Reader(path, manifest).Read(*parsed));
  return manifest;
}

}  // namespace trenail::cli
