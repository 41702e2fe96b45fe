// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a fuzz target without libFuzzer: a fixed seed, random inputs, random modules, and mutations
// of the seed files, so that every build can fuzz for a few seconds and always does the same.
//
//   smoke [--runs N] [--seed N] [FILE|DIR ...]
//
// On a failure the input is left in `PROGRAM.crash` beside the program.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"

namespace {

using Bytes = std::vector<uint8_t>;
constexpr size_t kMaxSeedBytes = 64 << 10;

void ReadSeeds(const std::filesystem::path& path, std::vector<Bytes>& seeds) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
  } else {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto extension = file.extension();
    if (extension != ".wasm" && extension != ".wat" && extension != ".wast" &&
        extension != ".wit" && extension != ".wac")
      continue;
    if (std::filesystem::file_size(file) > kMaxSeedBytes) continue;
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
}

Bytes Mutate(Bytes bytes, trenail::fuzz::Entropy& entropy) {
  for (uint32_t n = 1 + entropy.Below(4); n > 0 && !bytes.empty(); --n) {
    const size_t at = entropy.Below(static_cast<uint32_t>(bytes.size()));
    switch (entropy.Below(5)) {
      case 0:
        bytes[at] = static_cast<uint8_t>(entropy.Next());
        break;
      case 1:
        bytes[at] ^= static_cast<uint8_t>(1u << entropy.Below(8));
        break;
      case 2:
        bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(at),
                     static_cast<uint8_t>(entropy.Next()));
        break;
      case 3:
        bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(at));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string crash_file = std::string(argv[0]) + ".crash";
  uint64_t runs = 1000, seed = 1;
  std::vector<Bytes> seeds;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--runs" && i + 1 < argc)
      runs = std::stoull(argv[++i]);
    else if (arg == "--seed" && i + 1 < argc)
      seed = std::stoull(argv[++i]);
    else
      ReadSeeds(arg, seeds);
  }
  trenail::fuzz::Entropy entropy(seed);
  for (uint64_t run = 0; run < runs; ++run) {
    Bytes input;
    switch (seeds.empty() ? entropy.Below(3) : entropy.Below(6)) {
      case 0:
        for (uint32_t n = entropy.Below(200); n > 0; --n)
          input.push_back(static_cast<uint8_t>(entropy.Next()));
        break;
      case 1:
        input = trenail::fuzz::GenerateModule(entropy);
        break;
      case 2:
        input = Mutate(trenail::fuzz::GenerateModule(entropy), entropy);
        break;
      default:
        input = Mutate(seeds[entropy.Below(static_cast<uint32_t>(seeds.size()))], entropy);
        break;
    }
    // Left behind only if the target does not return.
    std::ofstream(crash_file, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size()));
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::filesystem::remove(crash_file);
  std::printf("%llu runs, %zu seed files\n", static_cast<unsigned long long>(runs), seeds.size());
  return 0;
}
