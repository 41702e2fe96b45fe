// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses a line by a component, through what `trenail bind log-parser.wit --world parser --host`
// wrote: host COMPONENT LINE

#include <parser.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "interp/interp.h"

namespace {

int Fail(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};

  trenail::Engine engine(trenail::MakeInterpreter());
  auto component = trenail::Component::Parse(engine, bytes);
  if (!component) return Fail(component.error().message());
  trenail::ComponentStore store(engine);
  auto parser = cyber::system::parser::Parser::Instantiate(store, *component);
  if (!parser) return Fail(parser.error().message());

  auto entry = parser->log_parser().Parse(argv[2]);
  if (!entry) return Fail(entry.error().message());  // a trap
  if (!*entry) return Fail(entry->error());          // what the parser says
  const auto& [timestamp, severity, message] = **entry;
  std::printf("%" PRIu64 " %s: %s\n", timestamp, severity.c_str(), message.c_str());
}
