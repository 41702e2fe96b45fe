// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes, growth and sharing of memories [exec-memory.grow] [alloc-mem].

#include "libwasm/runtime/memory.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

namespace wasm::runtime {
namespace {

std::unique_ptr<MemoryInst> Make(const MemType& type, const StoreLimits& limits = {}) {
  return MemoryInst::New(type, limits).value();
}

TEST_CASE("a memory grows in pages up to its maximum and keeps its bytes") {
  auto memory = Make({.limits = {1, 4}});
  CHECK(memory->pages() == 1);
  CHECK(memory->bytes() == 65536);
  memory->base[0] = 7;
  memory->base[65535] = 9;
  CHECK(memory->Grow(0) == 1);
  CHECK(memory->Grow(2) == 1);
  CHECK(memory->pages() == 3);
  CHECK(memory->base[0] == 7);
  CHECK(memory->base[65535] == 9);
  CHECK(std::all_of(memory->base + 65536, memory->base + 3 * 65536,
                    [](uint8_t byte) { return byte == 0; }));
  CHECK(memory->Grow(2) == MemoryInst::kGrowFailed);
  CHECK(memory->Grow(~uint64_t{0}) == MemoryInst::kGrowFailed);
  CHECK(memory->Grow(1) == 3);
  CHECK(memory->type().limits.min == 4);
}

TEST_CASE("growing page by page moves the bytes and loses none") {
  auto memory = Make({.limits = {0, {}}});
  CHECK(memory->base != nullptr);
  for (uint64_t page = 0; page < 300; ++page) {
    REQUIRE(memory->Grow(1) == page);
    memory->base[page * 65536] = static_cast<uint8_t>(page);
    memory->base[page * 65536 + 65535] = static_cast<uint8_t>(page + 1);
  }
  for (uint64_t page = 0; page < 300; ++page) {
    REQUIRE(memory->base[page * 65536] == static_cast<uint8_t>(page));
    REQUIRE(memory->base[page * 65536 + 65535] == static_cast<uint8_t>(page + 1));
  }
}

TEST_CASE("pages may be single bytes") {
  auto memory = Make({.limits = {3, {}}, .page_size_log2 = 0});
  CHECK(memory->bytes() == 3);
  CHECK(memory->Grow(5000) == 3);
  CHECK(memory->bytes() == 5003);
  CHECK(memory->base[5002] == 0);
  // memory.size has to be able to say the size.
  CHECK(memory->Grow(0xffffffff) == MemoryInst::kGrowFailed);
}

TEST_CASE("a 32-bit memory ends at 65536 pages") {
  auto memory = Make({.limits = {0, {}}});
  CHECK(memory->Grow(65537) == MemoryInst::kGrowFailed);
}

TEST_CASE("what cannot be had is refused with a clear error") {
  const auto addressed =
      MemoryInst::New({.addr_type = AddrType::kI64, .limits = {uint64_t{1} << 48, {}}}, {});
  REQUIRE(!addressed.has_value());
  CHECK(addressed.error().kind() == ErrorKind::kExhausted);
  CHECK(addressed.error().message().starts_with("out of memory"));
  auto memory = Make({.addr_type = AddrType::kI64, .limits = {0, {}}});
  CHECK(memory->Grow(uint64_t{1} << 47) == MemoryInst::kGrowFailed);
  CHECK(memory->pages() == 0);
}

TEST_CASE("the store's limit bounds minimum and growth") {
  const StoreLimits limits{.max_memory_bytes = 3 * 65536 + 100};
  const auto refused = MemoryInst::New({.limits = {4, {}}}, limits);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().message().starts_with("memory limit exceeded"));
  auto memory = Make({.limits = {1, {}}}, limits);
  CHECK(memory->Grow(3) == MemoryInst::kGrowFailed);
  CHECK(memory->Grow(2) == 1);
}

TEST_CASE("with a reservation the bytes stay in place") {
  auto memory = Make({.limits = {1, {}}}, {.memory_reservation = 64 * 65536});
  const uint8_t* base = memory->base;
  CHECK(memory->Grow(62) == 1);
  CHECK(memory->base == base);
  memory->base[63 * 65536 - 1] = 1;
  CHECK(memory->Grow(100) == MemoryInst::kGrowFailed);
  CHECK(memory->base == base);
}

TEST_CASE("all handles on a shared memory see it grow; it never moves") {
  auto memory = Make({.limits = {1, 100}, .shared = true});
  auto other = MemoryInst::Share(*memory, {});
  const uint8_t* base = memory->base;
  CHECK(other->base == base);
  CHECK(memory->Grow(10) == 1);
  CHECK(other->pages() == 11);
  CHECK(other->Grow(89) == 11);
  CHECK(memory->bytes() == 100 * 65536);
  CHECK(memory->base == base);
  memory->base[100 * 65536 - 1] = 5;
  memory.reset();
  CHECK(other->base[100 * 65536 - 1] == 5);
  CHECK(other->Grow(1) == MemoryInst::kGrowFailed);
}

TEST_CASE("threads may grow a shared memory at once") {
  auto memory = Make({.limits = {0, 64}, .shared = true});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto handle = MemoryInst::Share(*memory, {});
      for (int j = 0; j < 16; ++j) {
        const uint64_t page = handle->Grow(1);
        if (page != MemoryInst::kGrowFailed) handle->base[page * 65536] = 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(memory->pages() == 64);
  for (int page = 0; page < 64; ++page) CHECK(memory->base[page * 65536] == 1);
}

}  // namespace
}  // namespace wasm::runtime
