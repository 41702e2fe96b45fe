// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the environment's variables for proxies, as other programs do.

#include "libwasi/net/proxy.h"

#include <charconv>
#include <span>

#include "libwasi/net/fields.h"
#include "libwasi/net/server_core.h"

namespace trenail::wasi::http {
namespace {

std::string Base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (i + j < text.size() ? static_cast<uint8_t>(text[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j)
      out += i + j <= text.size() ? kDigits[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::string DecodePercent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<HostAndPort> ParseAuthority(std::string_view authority, uint16_t default_port) {
  if (!IsAuthority(authority)) return std::nullopt;
  HostAndPort parsed{.host = {}, .port = default_port};
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parsed.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (!authority.empty() && !authority.starts_with(':')) return std::nullopt;
    port = authority.substr(authority.empty() ? 0 : 1);
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    parsed.host = authority.substr(0, colon);
    port = authority.substr(std::min(colon + 1, authority.size()));
  }
  if (parsed.host.empty()) return std::nullopt;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  }
  return parsed;
}

ProxySettings::Setting ProxySettings::Parse(std::string_view name, const char* value) {
  Setting setting;
  if (value == nullptr || *value == '\0') return setting;
  std::string_view text = value;
  if (const size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    if (!EqualsIgnoringCase(text.substr(0, scheme), "http")) {
      setting.error = std::string(name) + " names a proxy of the scheme " +
                      std::string(text.substr(0, scheme)) + "; only http is known";
      return setting;
    }
    text.remove_prefix(scheme + 3);
  }
  text = text.substr(0, text.find('/'));
  Proxy proxy;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = "Basic " + Base64(DecodePercent(text.substr(0, at)));
    text.remove_prefix(at + 1);
  }
  constexpr uint16_t kDefaultPort = 80;
  if (auto parsed = ParseAuthority(text, kDefaultPort)) {
    proxy.at = std::move(*parsed);
    setting.proxy = std::move(proxy);
  } else {
    setting.error = std::string(name) + " does not name a proxy: " + std::string(text);
  }
  return setting;
}

ProxySettings ProxySettings::FromEnvironment(Lookup lookup) {
  const auto find =
      [&](std::initializer_list<const char*> names) -> std::pair<const char*, const char*> {
    for (const char* name : names)
      if (const char* value = lookup(name); value != nullptr && *value != '\0')
        return {name, value};
    return {"", nullptr};
  };
  ProxySettings settings;
  // Not HTTP_PROXY: in a CGI program it is what a client says in a field.
  const auto [http, http_value] = find({"http_proxy", "all_proxy", "ALL_PROXY"});
  const auto [https, https_value] = find({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  settings.http_ = Parse(http, http_value);
  settings.https_ = Parse(https, https_value);
  if (const auto value = find({"no_proxy", "NO_PROXY"}).second) settings.no_proxy_ = value;
  return settings;
}

// Names, which stand for what is below them, too; addresses; with or without port; or "*".
bool ProxySettings::IsExempt(const HostAndPort& target) const {
  std::string_view list = no_proxy_;
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(", \t"), list.size());
    std::string_view entry = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (entry == "*") return true;
    while (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty()) continue;
    std::string_view name = entry;
    if (const auto parsed = ParseAuthority(entry, 0);
        parsed && entry.find(':') == entry.rfind(':')) {
      if (parsed->port != 0 && parsed->port != target.port) continue;
      name = entry.substr(0, entry.find(':'));
    }
    const std::string_view host = target.host;
    if (EqualsIgnoringCase(host, name)) return true;
    if (host.size() > name.size() && host[host.size() - name.size() - 1] == '.' &&
        EqualsIgnoringCase(host.substr(host.size() - name.size()), name))
      return true;
  }
  return false;
}

std::expected<const Proxy*, std::string> ProxySettings::For(bool secure,
                                                            const HostAndPort& target) const {
  const Setting& setting = secure ? https_ : http_;
  if (IsExempt(target)) return nullptr;
  if (!setting.error.empty()) return std::unexpected(setting.error);
  return setting.proxy ? &*setting.proxy : nullptr;
}

}  // namespace trenail::wasi::http
