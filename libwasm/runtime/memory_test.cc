// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes, growth and sharing of memories [exec-memory.grow] [alloc-mem].

#include "libwasm/runtime/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "libwasm/runtime/memory_image.h"

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

bool AllZero(const MemoryInst& memory, uint64_t begin, uint64_t end) {
  return std::all_of(memory.base + begin, memory.base + end,
                     [](uint8_t byte) { return byte == 0; });
}

TEST_CASE("a memory that is reset holds nothing of what was written") {
  for (const bool guarded : {false, true}) {
    for (const MemType& type : {MemType{.limits = {3, 600}}, MemType{.limits = {0, 600}},
                                MemType{.addr_type = AddrType::kI64, .limits = {2, {}}},
                                MemType{.limits = {5000, {}}, .page_size_log2 = 0}}) {
      auto memory = MemoryInst::NewReusable(type, {}, guarded, nullptr).value();
      const uint64_t size = memory->bytes();
      for (const uint64_t growth : {uint64_t{0}, uint64_t{7}, uint64_t{40}}) {
        REQUIRE(memory->Grow(growth) != MemoryInst::kGrowFailed);
        std::fill_n(memory->base, memory->bytes(), uint8_t{0xff});
        // It may refuse, but for memories that never had to move.
        const bool reset = memory->Reset();
        if (guarded && memory->guarded()) CHECK(reset);
        if (!reset) memory = MemoryInst::NewReusable(type, {}, guarded, nullptr).value();
        REQUIRE(memory->bytes() == size);
        CHECK(AllZero(*memory, 0, size));
        // Not even where it grows to.
        REQUIRE(memory->Grow(growth) != MemoryInst::kGrowFailed);
        CHECK(AllZero(*memory, 0, memory->bytes()));
        if (!memory->Reset()) memory = MemoryInst::NewReusable(type, {}, guarded, nullptr).value();
      }
    }
  }
}

TEST_CASE("a memory begins with its image, each time") {
  const std::vector<uint8_t> first(9000, 1), second(3, 2);
  // Later segments over earlier ones.
  const auto image = MemoryImage::Make(
      std::vector<MemoryImage::Segment>{{10'000, first}, {70'000, second}, {10'001, second}});
#ifdef TRENAIL_NO_VM
  CHECK(image == nullptr);
#else
  REQUIRE(image != nullptr);
  CHECK(image->begin() <= 10'000);
  const auto check = [&](const MemoryInst& memory) {
    CHECK(AllZero(memory, 0, 10'000));
    CHECK(memory.base[10'000] == 1);
    CHECK(std::equal(second.begin(), second.end(), memory.base + 10'001));
    CHECK(std::equal(first.begin() + 4, first.end(), memory.base + 10'004));
    CHECK(AllZero(memory, 19'000, 70'000));
    CHECK(std::equal(second.begin(), second.end(), memory.base + 70'000));
    CHECK(AllZero(memory, 70'003, 2 * 65536));
  };
  for (const bool guarded : {false, true}) {
    const MemType type{.limits = {2, 1000}};
    auto one = MemoryInst::NewReusable(type, {}, guarded, image.get()).value();
    auto other = MemoryInst::NewReusable(type, {}, guarded, image.get()).value();
    REQUIRE(one->has_image());
    check(*one);
    std::fill_n(one->base, one->bytes(), uint8_t{0xff});
    check(*other);
    REQUIRE(one->Reset());
    check(*one);
    // So far that it has to move, if it can.
    REQUIRE(one->Grow(500) == 2);
    check(*one);
    std::fill_n(one->base, one->bytes(), uint8_t{0xff});
    if (one->Reset()) check(*one);
    REQUIRE(other->DropImage());
    CHECK(AllZero(*other, 0, other->bytes()));
  }
#endif
}

TEST_CASE("bytes that nobody wrote make no image") {
  CHECK(MemoryImage::Make({}) == nullptr);
  CHECK(MemoryImage::Make(std::vector<MemoryImage::Segment>{{65536, {}}}) == nullptr);
}

#ifndef TRENAIL_NO_VM
TEST_CASE("images leave files to others") {
  const std::vector<uint8_t> bytes(3, 1);
  const std::vector<MemoryImage::Segment> segments = {{8, bytes}};
  rlimit before;
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 5;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  const bool made = MemoryImage::Make(segments) != nullptr;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(!made);
  CHECK(MemoryImage::Make(segments) != nullptr);
}
#endif

TEST_CASE("a shared memory is never handed on") {
  CHECK(!Make({.limits = {1, 2}, .shared = true})->Reset());
}

}  // namespace
}  // namespace wasm::runtime
