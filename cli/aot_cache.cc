// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/aot_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "cli/input.h"
#include "cli/log.h"
#include "cli/quantity.h"
#include "cli/report.h"
#include "libwasm/support/sha256.h"

namespace trenail::cli {
namespace {

constexpr uint64_t kDefaultLimit = uint64_t{1} << 30;
constexpr std::string_view kSuffix = ".so";

std::string Folder() {
  if (const char* folder = std::getenv("TRENAIL_CACHE"); folder != nullptr) return folder;
  if (const char* base = std::getenv("XDG_CACHE_HOME"); base != nullptr && base[0] == '/')
    return std::string(base) + "/trenail";
  if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/')
    return std::string(home) + "/.cache/trenail";
  return "";
}

// Makes the folder and those above it. True if it is there and only its owner, us, writes to it.
bool Prepare(const std::string& folder) {
  for (size_t slash = folder.find('/', 1); slash != std::string::npos;
       slash = folder.find('/', slash + 1))
    mkdir(folder.substr(0, slash).c_str(), 0777);
  mkdir(folder.c_str(), 0700);
  struct stat status;
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string KeyOf(std::span<const uint8_t> wasm, const CompileRequest& request,
                  const std::string& fingerprint) {
  std::string text = wasm::ToHex(wasm::Sha256(wasm)) + "\n" + fingerprint + "\n" + request.target +
                     "\n" + request.cpu + "\n";
  text += std::to_string(request.opt_level);
  for (bool option : {request.check_bounds, request.interruptible, request.fuel, request.debug_info,
                      request.source_lines})
    text += option ? '1' : '0';
#define FEATURE(Name, option, parent) \
  text += request.features.Has(wasm::Feature::k##Name) ? '1' : '0';
#include "libwasm/types/features.def"
#undef FEATURE
  return wasm::ToHex(wasm::Sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

}  // namespace

AotCache AotCache::Open() {
  AotCache cache;
  cache.limit_ = kDefaultLimit;
  if (const char* limit = std::getenv("TRENAIL_CACHE_SIZE"); limit != nullptr) {
    const std::optional<uint64_t> size = ParseSize(limit);
    if (size) {
      cache.limit_ = *size;
    } else {
      PrintWarning(std::string("TRENAIL_CACHE_SIZE is not a size: ") + limit);
    }
  }
  std::string folder = Folder();
  if (folder.empty() || cache.limit_ == 0) return cache;
  if (Prepare(folder)) {
    cache.folder_ = std::move(folder);
  } else {
    PrintWarning("compiled code is not kept: " + folder +
                 " is not a folder that you alone can write to (TRENAIL_CACHE names another)");
  }
  return cache;
}

Result<Artefact> AotCache::Get(std::span<const uint8_t> wasm, const CompileRequest& request) {
  return Get(wasm, request, [&] { return CompileAot(wasm, request); });
}

Result<Artefact> AotCache::Get(std::span<const uint8_t> wasm, const CompileRequest& request,
                               const std::function<Result<Compiled>()>& compile) {
  std::string path;
  if (!folder_.empty()) {
    path = folder_ + "/" + KeyOf(wasm, request, TRY(AotFingerprint())) + std::string(kSuffix);
    if (access(path.c_str(), R_OK) == 0) {
      Result<Artefact> artefact = Artefact::Open(path);
      if (artefact) {
        // The time of the last use, for Evict.
        utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
        return artefact;
      }
      // Damaged: it is made anew.
      Log(LogLevel::kWarning, "compiled code in the cache is refused and made anew: " + path +
                                  ": " + artefact.error().message());
      unlink(path.c_str());
    }
  }
  Log(LogLevel::kInfo,
      "compiling " + std::to_string(wasm.size()) + " bytes, which the cache does not have");
  const Compiled compiled = TRY(compile());
  if (!compiled.warnings.empty()) PrintWarning(compiled.warnings);
  if (!path.empty() && compiled.bytes.size() <= limit_ && WriteFile(path, compiled.bytes, 0600)) {
    Evict();
    if (Result<Artefact> artefact = Artefact::Open(path)) return artefact;
  }
  return Artefact::FromMemory(compiled.bytes);
}

void AotCache::Evict() const {
  struct Entry {
    std::string path;
    uint64_t size;
    timespec used;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  DIR* directory = opendir(folder_.c_str());
  if (directory == nullptr) return;
  while (const dirent* item = readdir(directory)) {
    const std::string_view name = item->d_name;
    std::string path = folder_ + "/" + item->d_name;
    struct stat status;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (name.find(".so.tmp") != std::string_view::npos) {
      // What a process left that was killed while it wrote, an hour ago or more.
      if (status.st_mtime + 3600 < std::time(nullptr)) unlink(path.c_str());
    } else if (name.size() == 64 + kSuffix.size() && name.ends_with(kSuffix)) {
      const auto size = static_cast<uint64_t>(status.st_size);
      total += size;
      entries.push_back({std::move(path), size, status.st_mtim});
    }
  }
  closedir(directory);
  if (total <= limit_) return;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    if (a.used.tv_sec != b.used.tv_sec) return a.used.tv_sec < b.used.tv_sec;
    return a.used.tv_nsec < b.used.tv_nsec;
  });
  // Below the limit by a tenth, so that not every run has to make room.
  for (const Entry& entry : entries) {
    if (total <= limit_ - limit_ / 10) break;
    if (unlink(entry.path.c_str()) == 0) total -= entry.size;
  }
}

}  // namespace trenail::cli
