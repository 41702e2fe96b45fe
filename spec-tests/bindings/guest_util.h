// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component of a file in a store of its own, compiled where the test is one of compiled code.

#ifndef TRENAIL_SPEC_TESTS_BINDINGS_GUEST_UTIL_H_
#define TRENAIL_SPEC_TESTS_BINDINGS_GUEST_UTIL_H_

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#ifdef TRENAIL_TEST_COMPILED
#include "cli/aot_component.h"
#include "libwasm/native/signals.h"
#endif

namespace trenail::spec {

struct Guest {
  explicit Guest(const char* path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    auto parsed = Component::Parse(engine, bytes);
    INFO(path << ": " << (parsed ? "" : parsed.error().message()));
    REQUIRE(parsed);
    component.emplace(*std::move(parsed));
#ifdef TRENAIL_TEST_COMPILED
    const auto compiled = cli::CompileAotComponent(*component, bytes, {});
    if (!compiled) FAIL(compiled.error().message());
    REQUIRE(component->Attach(Artefact::FromMemory(compiled->bytes).value()).has_value());
    wasm::native::InstallSignalHandlers();  // Catch has its own for each test case
#endif
  }

  Engine engine{MakeInterpreter()};
  ComponentStore store{engine};
  std::optional<Component> component;
};

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_BINDINGS_GUEST_UTIL_H_
