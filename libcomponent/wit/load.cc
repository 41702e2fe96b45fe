// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where packages lie in the file system [wit:filesystem-structure].

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "libcomponent/wit/resolver.h"

namespace component::wit {
namespace {

namespace fs = std::filesystem;

std::unexpected<Diagnostic> Unreadable(const std::string& path, std::string message) {
  return std::unexpected(
      Diagnostic{.kind = wasm::ErrorKind::kHost, .file = path, .message = std::move(message)});
}

// As what is wrong with a package's binary form, or the text of that.
Diagnostic InBinary(std::string path, const wasm::Error& error) {
  if (const auto place = error.position())
    path += ":" + std::to_string(place->line) + ":" + std::to_string(place->column);
  Diagnostic out{.kind = error.kind(), .file = std::move(path), .message = error.message()};
  if (const auto offset = error.offset()) {
    char hex[20];
    std::snprintf(hex, sizeof(hex), "%llx", static_cast<unsigned long long>(*offset));
    out.message += std::string(" (at byte 0x") + hex + ")";
  }
  return out;
}

Parsed<SourceText> ReadFile(const fs::path& path) {
  SourceText out{.name = path.string(), .text = {}};
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return Unreadable(out.name, "cannot be opened");
  char buffer[16384];
  while (const size_t count = std::fread(buffer, 1, sizeof(buffer), file.get())) {
    out.text.append(buffer, count);
    if (out.text.size() > Sources::kMaxFileBytes)
      return Unreadable(out.name, "the file is too large");
  }
  if (std::ferror(file.get())) return Unreadable(out.name, "cannot be read");
  return out;
}

Parsed<std::vector<fs::path>> List(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error))
    out.push_back(entry->path());
  if (error) return Unreadable(folder.string(), "the folder cannot be read");
  std::sort(out.begin(), out.end());
  return out;
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// The *.wit files of a folder.
Parsed<PackageSources> ReadFolder(const fs::path& folder) {
  PackageSources out{.name = folder.string(), .files = {}};
  for (const fs::path& path : TRY(List(folder)))
    if (path.extension() == ".wit" && !IsFolder(path)) out.files.push_back(TRY(ReadFile(path)));
  return out;
}

// A file or a folder of a `deps` folder, or a root.
Parsed<PackageSources> ReadPackage(const fs::path& path) {
  if (IsFolder(path)) return ReadFolder(path);
  PackageSources out{.name = path.string(), .files = {}};
  out.files.push_back(TRY(ReadFile(path)));
  return out;
}

}  // namespace

Parsed<std::vector<PackageSources>> ReadPackages(const std::vector<std::string>& paths,
                                                 const PackageReader& read_binary) {
  std::vector<PackageSources> out;
  for (const std::string& root : paths) {
    const fs::path deps = fs::path(root) / "deps";
    if (IsFolder(root) && IsFolder(deps)) {
      for (const fs::path& path : TRY(List(deps))) {
        const bool binary = path.extension() == ".wasm" || path.extension() == ".wat";
        if (!IsFolder(path) && path.extension() != ".wit" && !(binary && read_binary)) continue;
        PackageSources package = TRY(ReadPackage(path));
        if (binary && !IsFolder(path)) {
          auto text = read_binary(package.files[0].text);
          if (!text) return std::unexpected(InBinary(path.string(), text.error()));
          package.files[0].text = *std::move(text);
        }
        if (!package.files.empty()) out.push_back(std::move(package));
      }
    }
    PackageSources package = TRY(ReadPackage(root));
    if (package.files.empty()) return Unreadable(root, "there are no WIT files in this folder");
    out.push_back(std::move(package));
  }
  return out;
}

Parsed<ResolvedPackage> ParseAndResolve(const std::vector<std::string>& paths,
                                        const ResolveOptions& options) {
  return ResolvePackages(TRY(ReadPackages(paths, options.read_binary)), options);
}

Parsed<ResolvedPackage> ResolveText(std::string name, std::string text,
                                    const ResolveOptions& options) {
  std::vector<PackageSources> packages(1);
  packages[0].name = name;
  packages[0].files.push_back({std::move(name), std::move(text)});
  return ResolvePackages(std::move(packages), options);
}

}  // namespace component::wit
