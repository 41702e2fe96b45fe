// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams and futures, in both directions.

#include <pipes_world.h>

namespace trenail_tests::bindings::pipes_world::pipes {

void Shift(trenail::Completion<trenail::StreamReader<uint8_t>> done,
           trenail::StreamReader<uint8_t> input) {
  auto [reader, writer] = trenail::NewStream<uint8_t>();
  done.Return(reader);
  for (;;) {
    std::vector<uint8_t> bytes = input.Read(1024);
    if (bytes.empty()) return;
    for (uint8_t& byte : bytes) ++byte;
    if (!writer.Write(bytes)) return;
  }
}

void Total(trenail::Completion<uint64_t> done, trenail::StreamReader<uint32_t> input) {
  uint64_t total = 0;
  for (;;) {
    const std::vector<uint32_t> numbers = input.Read(100);
    if (numbers.empty()) break;
    for (const uint32_t number : numbers) total += number;
  }
  done.Return(total);
}

void Items(trenail::Completion<trenail::StreamReader<Item>> done, uint32_t count) {
  auto [reader, writer] = trenail::NewStream<Item>();
  done.Return(reader);
  std::vector<Item> items;
  for (uint32_t i = 0; i < count; ++i)
    items.push_back({.id = i, .name = "item " + std::to_string(i)});
  writer.Write(items);
}

void Later(trenail::Completion<trenail::FutureReader<std::string>> done, std::string line) {
  auto [reader, writer] = trenail::NewFuture<std::string>();
  done.Return(reader);
  writer.Write(line + ", later");
}

void Fetch(trenail::Completion<std::expected<std::string, std::string>> done, std::string url) {
  auto fetched = source::Fetch(url);
  if (fetched) *fetched += " for the guest";
  done.Return(fetched);
}

void Read(trenail::Completion<std::optional<uint32_t>> done,
          trenail::FutureReader<uint32_t> value) {
  done.Return(value.Read());
}

}  // namespace trenail_tests::bindings::pipes_world::pipes
