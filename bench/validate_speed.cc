// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How fast modules are decoded and validated on one thread, without the start of a process, and how
// much room the side tables take. One line per module, separated by tabs:
//   file, bytes, bytes of bodies, functions, ns per byte of bodies, bytes of side tables
// Times are of the processor, so that what else the machine does is not in them.
// Side tables are the entries, the handlers' ranges and clauses, and the offsets of wide locals;
// the fixed part of a CodeInfo is not counted: it is there for functions without a branch as well.

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "interp/interp.h"
#include "libwasm/libwasm.h"
#include "libwasm/module/validated_module.h"

namespace {

double ThreadNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

std::vector<uint8_t> ReadFile(const char* path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return bytes;
  uint8_t buffer[1 << 16];
  while (size_t n = std::fread(buffer, 1, sizeof(buffer), file)) {
    bytes.insert(bytes.end(), buffer, buffer + n);
  }
  std::fclose(file);
  return bytes;
}

uint64_t SideTableBytes(const wasm::CodeInfo& code) {
  return code.side_table.size() * sizeof(code.side_table[0]) +
         code.try_ranges.size() * sizeof(code.try_ranges[0]) +
         code.catch_clauses.size() * sizeof(code.catch_clauses[0]) +
         code.local_offsets.size() * sizeof(code.local_offsets[0]);
}

bool Measure(const char* path, int rounds) {
  std::vector<uint8_t> bytes = ReadFile(path);
  double best = std::numeric_limits<double>::max();
  uint64_t body_bytes = 0, side_table_bytes = 0;
  size_t functions = 0;
  for (int round = 0; round < rounds; ++round) {
    // A new engine each time: canonical types must not be found from the round before.
    trenail::Engine engine(trenail::MakeInterpreter());
    double begin = ThreadNanoseconds();
    auto module = trenail::Module::Parse(engine, bytes);
    best = std::min(best, ThreadNanoseconds() - begin);
    if (!module) {
      std::fprintf(stderr, "%s: %s\n", path, std::string(module.error().message()).c_str());
      return false;
    }
    if (round != 0) continue;
    const wasm::ValidatedModule& validated = *module->internal();
    const wasm::Module& decoded = validated.module();
    for (uint32_t i = decoded.num_imported_functions; i < decoded.functions.size(); ++i) {
      const wasm::CodeInfo* code = validated.code(wasm::FuncIdx(i));
      body_bytes += static_cast<uint64_t>(code->code_end - code->code);
      side_table_bytes += SideTableBytes(*code);
      ++functions;
    }
  }
  std::printf("%s\t%zu\t%llu\t%zu\t%.3f\t%llu\n", path, bytes.size(),
              static_cast<unsigned long long>(body_bytes), functions,
              best / static_cast<double>(std::max<uint64_t>(body_bytes, 1)),
              static_cast<unsigned long long>(side_table_bytes));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: validate_speed ROUNDS MODULE…\n");
    return 2;
  }
  bool all = true;
  for (int i = 2; i < argc; ++i) all &= Measure(argv[i], std::max(1, std::atoi(argv[1])));
  return all ? 0 : 1;
}
