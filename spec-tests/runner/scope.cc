// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/scope.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace trenail::spec {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  for (const std::string_view part : Split(text, ',')) items.emplace_back(part);
  return items;
}

Error BadRow(size_t line, std::string_view what) {
  return Error(ErrorKind::kHost,
               "scope table, line " + std::to_string(line) + ": " + std::string(what));
}

// "1,5-7" or "*".
bool ParseOrdinals(std::string_view text, FileScope& row) {
  if (text == "*") {
    row.out_of_scope = true;
    return true;
  }
  if (text.empty()) return true;
  for (std::string_view item : Split(text, ',')) {
    while (item.starts_with(' ')) item.remove_prefix(1);
    uint32_t first = 0;
    auto [end, error] = std::from_chars(item.begin(), item.end(), first);
    if (error != std::errc()) return false;
    uint32_t last = first;
    if (end != item.end() && *end == '-') {
      const auto second = std::from_chars(end + 1, item.end(), last);
      if (second.ec != std::errc() || second.ptr != item.end()) return false;
      end = second.ptr;
    }
    if (end != item.end() || first == 0 || last < first || last - first > 100'000) return false;
    for (uint32_t i = first; i <= last; ++i) row.out_ordinals.push_back(i);
  }
  return true;
}

Error UnknownFeature(std::string_view name, bool components) {
  std::string message = "no feature is called \"" + std::string(name) + "\"; there are:";
#define FEATURE(Name, option, parent) \
  if (!std::string_view(option).empty()) message += " " option;
#include "libwasm/types/features.def"
#undef FEATURE
  if (components) {
#define COMPONENT_FEATURE(Name, option, on) message += " " option;
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  }
  return Error(ErrorKind::kHost, std::move(message));
}

}  // namespace

bool FileScope::IsOut(uint32_t ordinal) const {
  return out_of_scope ||
         std::find(out_ordinals.begin(), out_ordinals.end(), ordinal) != out_ordinals.end();
}

FeatureSet FileScope::Apply(FeatureSet features) const {
  for (const std::string& name : off)
    if (const auto feature = wasm::FeatureFromName(name)) features.Disable(*feature);
  for (const std::string& name : on)
    if (const auto feature = wasm::FeatureFromName(name)) features.Enable(*feature);
  return features;
}

component::FeatureSet FileScope::Apply(component::FeatureSet features) const {
  for (const std::string& name : off)
    if (const auto feature = component::FeatureFromName(name)) features.Set(*feature, false);
  for (const std::string& name : on)
    if (const auto feature = component::FeatureFromName(name)) features.Set(*feature, true);
  return features;
}

Result<Scope> Scope::Load(const std::string& path) {
  const std::string text = TRY(ReadFile(path));
  return Parse(text, std::filesystem::path(path).parent_path().string());
}

Result<Scope> Scope::Parse(std::string_view text, std::string folder) {
  Scope scope;
  scope.folder_ =
      std::filesystem::weakly_canonical(folder.empty() ? "." : folder).lexically_normal().string();
  size_t number = 0;
  for (std::string_view line : Split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 || line.empty()) continue;
    const std::vector<std::string_view> cells = Split(line, '\t');
    if (cells.size() < 5) return std::unexpected(BadRow(number, "fewer than five columns"));
    FileScope row;
    row.on = SplitList(cells[1]);
    row.off = SplitList(cells[2]);
    if (cells[3] != "run" && cells[3] != "validate" && !cells[3].empty())
      return std::unexpected(BadRow(number, "unknown mode"));
    row.validate_only = cells[3] == "validate";
    if (!ParseOrdinals(cells[4], row)) return std::unexpected(BadRow(number, "bad ordinals"));
    if (cells.size() > 5) row.why = cells[5];
    row.texts_matter = !cells[0].starts_with("component/");
    row.malformed_is_invalid = cells[0].starts_with("component/wasmtime/") ||
                               cells[0].starts_with("component/wasm-tools/missing-features/");
    row.component_host = cells[0].starts_with("component/wasmtime/");
    scope.rows_.insert_or_assign(std::string(cells[0]), std::move(row));
  }
  return scope;
}

const FileScope* Scope::Find(const std::string& path) const {
  const std::string full = std::filesystem::weakly_canonical(path).string();
  if (!full.starts_with(folder_) || full.size() <= folder_.size() + 1) return nullptr;
  const auto at = rows_.find(std::string_view(full).substr(folder_.size() + 1));
  return at != rows_.end() ? &at->second : nullptr;
}

Result<FeatureSet> ParseFeatures(std::string_view list, FeatureSet features) {
  TRY_VOID(ApplyFeatures(list, &features, nullptr));
  return features;
}

Result<void> ApplyFeatures(std::string_view list, FeatureSet* core,
                           component::FeatureSet* components) {
  for (std::string_view item : Split(list, ',')) {
    if (item.empty()) continue;
    const bool off = item.front() == '-';
    if (off || item.front() == '+') item.remove_prefix(1);
    if (const auto feature = component::FeatureFromName(item); components != nullptr && feature) {
      components->Set(*feature, !off);
      continue;
    }
    const auto feature = wasm::FeatureFromName(item);
    if (!feature) return std::unexpected(UnknownFeature(item, components != nullptr));
    if (off)
      core->Disable(*feature);
    else
      core->Enable(*feature);
  }
  return {};
}

Result<std::string> ReadFile(const std::string& path) {
  const auto fail = [&] {
    return std::unexpected(Error(ErrorKind::kHost, path + ": " + std::strerror(errno)));
  };
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return fail();
  std::string text;
  char buffer[1 << 16];
  size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) text.append(buffer, got);
  if (std::ferror(file.get())) return fail();
  return text;
}

}  // namespace trenail::spec
