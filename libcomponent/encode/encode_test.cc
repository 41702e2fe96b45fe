// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/encode.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/adapter.h"
#include "libcomponent/encode/builtin_names.h"
#include "libcomponent/encode/producers.h"
#include "libcomponent/encode/signature.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/parse_module.h"

namespace component::encode {
namespace {

using Bytes = std::vector<uint8_t>;

const trenail::Engine& TheEngine() {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  return engine;
}

wit::ResolvedPackage Resolved(std::string_view text) {
  auto package = wit::ResolveText("test.wit", std::string(text));
  INFO((package ? "" : package.error().Format()));
  REQUIRE(package);
  return *std::move(package);
}

// A module with worlds in it, each a package of its own that has one.
Bytes Module(std::string_view wat, const std::vector<std::string_view>& worlds) {
  auto bytes = wasm::text::ParseWat(wat);
  REQUIRE(bytes);
  for (const std::string_view world : worlds) {
    const auto package = Resolved(world);
    bytes = wit::EmbedWorld(*bytes, package.resolve, package.resolve[package.root].worlds.at(0),
                            wit::StringEncoding::kUtf8);
    REQUIRE(bytes);
  }
  return *std::move(bytes);
}

struct Adapter {
  std::string name;
  Bytes bytes;
};

wasm::Result<std::shared_ptr<const Component>> Make(const Bytes& module,
                                                    const std::vector<Adapter>& adapters = {}) {
  std::vector<ModuleSource> sources;
  for (const Adapter& adapter : adapters) sources.push_back({adapter.name, adapter.bytes});
  return NewComponent(TheEngine(), {"test", module}, sources);
}

std::string WorldOf(const wasm::Result<std::shared_ptr<const Component>>& made) {
  INFO((made ? "" : made.error().message()));
  REQUIRE(made);
  const auto component = trenail::Component::Parse(TheEngine(), binary::EncodeComponent(**made));
  REQUIRE(component);
  const auto package = wit::Decode(*component->internal());
  REQUIRE(package);
  return wit::PrintPackage(package->resolve, package->root);
}

std::string ErrorOf(const wasm::Result<std::shared_ptr<const Component>>& made) {
  return made ? "none" : made.error().message();
}

TEST_CASE("core types and options of functions follow the canonical ABI") {
  const auto package = Resolved(R"(package a:b;
interface i {
  record pair { first: u32, second: f64 }
  variant many { a(u64), b(f32), c(string) }
  small: func(x: pair) -> u8;
  lists: func(x: list<u8>) -> string;
  wide: func(x: tuple<pair, pair, pair, pair, pair, pair, pair, pair, u8>);
  five: func(a: u32, b: u32, c: u32, d: u32, e: u32) -> u32;
  joined: func(x: many);
  piped: async func(x: stream<future<u8>>) -> future;
})");
  const wit::Resolve& resolve = package.resolve;
  const auto find = [&](std::string_view name) -> const wit::Function& {
    return *std::ranges::find(resolve.interfaces[0].functions, name, &wit::Function::name);
  };
  const auto type = [&](std::string_view name, Abi abi) {
    return Print(CoreTypeOf(resolve, find(name), abi));
  };
  CHECK(type("small", Abi::kImport) == "(func (param i32 f64) (result i32))");
  CHECK(type("lists", Abi::kImport) == "(func (param i32 i32 i32))");
  CHECK(type("lists", Abi::kExport) == "(func (param i32 i32) (result i32))");
  CHECK(type("wide", Abi::kImport) == "(func (param i32))");
  CHECK(type("five", Abi::kImportAsync) == "(func (param i32 i32) (result i32))");
  CHECK(type("five", Abi::kExportAsync) == "(func (param i32 i32 i32 i32 i32) (result i32))");
  CHECK(type("joined", Abi::kImport) == "(func (param i32 i64 i32))");
  CHECK(Print(CoreTypeOfTaskReturn(resolve, find("lists"))) == "(func (param i32 i32))");
  CHECK(StreamsAndFutures(resolve, find("piped")).size() == 3);

  CHECK_FALSE(NeedsOf(resolve, find("small"), Abi::kImport).memory);
  const Needs lowered = NeedsOf(resolve, find("lists"), Abi::kImport);
  CHECK((lowered.memory && lowered.realloc && lowered.encoding && !lowered.is_async));
  const Needs wide = NeedsOf(resolve, find("wide"), Abi::kImport);
  CHECK((wide.memory && !wide.realloc));
  CHECK(NeedsOf(resolve, find("wide"), Abi::kExport).realloc);
  const Needs returned = NeedsOfTaskReturn(resolve, find("lists"));
  CHECK((returned.memory && returned.encoding && !returned.realloc && !returned.is_async));
}

TEST_CASE("core types of deep and wide types are found quickly") {
  std::string text = "package a:b;\ninterface i {\n  variant v0 { a(u8) }\n";
  for (int i = 1; i < 60; ++i) {
    const std::string last = "v" + std::to_string(i - 1);
    text += "  variant v" + std::to_string(i) + " { a(" + last + "), b(" + last + "), c(stream<" +
            last + ">), d(tuple<" + last + ", " + last + ">) }\n";
  }
  const auto package = Resolved(text + "  f: func(x: v59);\n}");
  const wit::Function& function = package.resolve.interfaces[0].functions[0];
  CHECK(Print(CoreTypeOf(package.resolve, function, Abi::kImport)) == "(func (param i32))");
  CHECK(StreamsAndFutures(package.resolve, function).size() == 1000);
}

TEST_CASE("names of built-ins") {
  const auto canon = [](std::string_view name) {
    const auto parsed = ParseBuiltin(name);
    return parsed ? std::optional(parsed->canon) : std::nullopt;
  };
  CHECK(canon("[waitable-set-new]") == CanonKind::kWaitableSetNew);
  CHECK(ParseBuiltin("[cancellable][thread-yield]")->cancellable);
  CHECK(ParseBuiltin("[async-lower][subtask-cancel]")->is_async);
  CHECK(ParseBuiltin("[context-get-1]")->slot == 1);
  CHECK(Print(ParseBuiltin("[context-set-i64-0]")->type) == "(func (param i64))");
  CHECK(ParseBuiltin("[error-context-new-utf16]")->encoding == wit::StringEncoding::kUtf16);
  for (const char* name :
       {"waitable-set-new", "[waitable-set-new", "[cancellable][waitable-set-new]",
        "[async-lower][thread-yield]", "[context-get-]", "[context-get-1x]",
        "[context-get-99999999999]", "[error-context-new-utf7]", "[stream-new-0]f", ""})
    CHECK_FALSE(canon(name));
  const auto copy = ParseCopyBuiltin("[async-lower][stream-read-12][method]a.b");
  REQUIRE(copy);
  CHECK((copy->builtin.canon == CanonKind::kStreamRead && copy->builtin.is_async));
  CHECK((copy->which == "12" && copy->function == "[method]a.b" && !copy->is_future));
  CHECK(ParseCopyBuiltin("[future-new-unit]")->is_future);
  CHECK_FALSE(ParseCopyBuiltin("[async-lower][future-new-0]f"));
  CHECK_FALSE(ParseCopyBuiltin("[future-0"));
}

constexpr std::string_view kOld = R"(package t:main;
world w { import a:b/i@1.0.1; import f: func() -> u32; export g: func(); }
package a:b@1.0.1 { interface i { record r { x: u32 }
  one: func() -> r; } })";
constexpr std::string_view kNew = R"(package t:other;
world w { import a:b/i@1.2.0; import f: func() -> u32; export h: func(); }
package a:b@1.2.0 { interface i { record r { x: u32 }
  one: func() -> r; two: func(x: r); } })";

TEST_CASE("worlds of one module are put together, and compatible versions are one") {
  const auto made = Make(Module(R"((module
    (import "a:b/i@1.0.1" "one" (func (result i32)))
    (import "a:b/i@1.2.0" "two" (func (param i32)))
    (import "a:b/i@1.2.0" "one" (func (result i32)))
    (func (export "g")) (func (export "h"))))",
                                {kOld, kNew}));
  // What is not called is not imported.
  CHECK(WorldOf(made) == R"(package root:component;

world root {
  import a:b/i@1.2.0;

  export g: func();
  export h: func();
}
)");
}

TEST_CASE("worlds that contradict each other are refused") {
  const auto other = [](std::string_view from, std::string_view to) {
    std::string text(kNew);
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const auto merge = [&](const std::string& text) {
    return ErrorOf(Make(Module("(module)", {kOld, text})));
  };
  CHECK(merge(other("x: u32 }", "x: u64 }")).find("the type `r` is two things") !=
        std::string::npos);
  CHECK(merge(other("one: func() -> r", "one: func()"))
            .find("`one` of `a:b/i@1.2.0` has two types") != std::string::npos);
  CHECK(merge(other("import f: func() -> u32;", "import f: interface { }"))
            .find("`f` is two things") != std::string::npos);
  const auto twice = Make(Module("(module (func (export \"g\")))", {kOld}),
                          {{"a", Module("(module (func (export \"g\")))",
                                        {"package t:x; world w { export g: func(); }"})}});
  CHECK(ErrorOf(twice).find("`g` is exported by the adapter `a` and by another module") !=
        std::string::npos);
}

TEST_CASE("imports of one name become several") {
  const auto made = Make(Module(R"((module
    (import "$root" "f" (func (result i32)))
    (import "$root" "f" (func (result i32)))
    (func (export "g"))))",
                                {kOld}));
  CHECK(WorldOf(made).find("import f: func() -> u32;") != std::string::npos);
}

TEST_CASE("a module or its world may be anything") {
  const Bytes module = Module("(module (func (export \"g\")))", {kOld});
  for (size_t size = 0; size < module.size(); ++size) {
    const Bytes part(module.begin(), module.begin() + static_cast<ptrdiff_t>(size));
    CHECK(ErrorOf(Make(part)).find("internal error") == std::string::npos);
  }
  for (size_t i = 8; i < module.size(); ++i) {
    Bytes changed = module;
    changed[i] ^= 0x21;
    CHECK(ErrorOf(Make(changed)).find("internal error") == std::string::npos);
  }
}

TEST_CASE("producers are kept and added to") {
  Producers producers;
  producers.Add("language", "C", "11");
  producers.Add("processed-by", "a", "1");
  producers.Add("processed-by", "a", "2");
  Producers more;
  more.Add("processed-by", "b", "3");
  producers.Read(more.Write());
  Producers same;
  same.Read(producers.Write());
  CHECK(same.Write() == producers.Write());
  CHECK(producers.Write() == [] {
    Producers other;
    other.Add("language", "C", "11");
    other.Add("processed-by", "a", "2");
    other.Add("processed-by", "b", "3");
    return other.Write();
  }());
  const Bytes written = producers.Write();
  Producers part;
  part.Read(std::span(written).first(written.size() - 1));
  CHECK(part.Write().size() < written.size());
  // Large counts without contents.
  Producers none;
  none.Read(std::vector<uint8_t>{0xff, 0xff, 0xff, 0xff, 0x0f});
  CHECK(none.empty());
}

TEST_CASE("what would make a component invalid is said of the module") {
  constexpr std::string_view kWorld =
      "package a:b; world w { import f: func(x: string); export g: async func(); }";
  const auto error = [&](std::string_view fields) {
    return ErrorOf(Make(Module("(module " + std::string(fields) + ")", {kWorld})));
  };
  const std::string import = R"((import "$root" "f" (func (param i32 i32))) )";
  const std::string g = R"((func (export "g")))";
  CHECK(error(import + g + R"((memory (export "memory") i64 1))") ==
        "the module has a memory of 64-bit addresses, and functions for the other kind");
  CHECK(error(import + g + R"((memory (export "memory") 1 1 shared))") ==
        "the module has a shared memory");
  CHECK(error(R"((import "$root" "[context-get-2]" (func (result i32))))" + g) ==
        "the module imports `$root.[context-get-2]`, but the context of a thread has two slots");
  CHECK(error(R"((import "$root" "[async-lower]f" (func (param i32 i32) (result i32))))" + g) ==
        "the module imports `$root.[async-lower]f`, but `f` is not `async` in the world");
  CHECK(error(R"((func (export "[async-lift]g") (result i32) (i32.const 0)))") ==
        "the module exports `[async-lift]g` but no callback `[callback][async-lift]g`");
  CHECK(error(R"((func (export "[async-lift-stackful]g")) (func (export "cabi_post_g")))") ==
        "the module exports `cabi_post_g`, but what is `async` has no post-return");
  CHECK(error(R"((import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))
                 (table (export "__indirect_function_table") 1 externref))" +
              g)
            .ends_with("exports no table `__indirect_function_table`"));
  // A callback that nothing needs is none.
  CHECK(error(g + R"((func (export "[callback][async-lift]g") (param i32 i32 i32) (result i32)
                       (i32.const 0)))") == "none");
}

wasm::Result<Bytes> Trim(std::string_view wat, const std::set<std::string>& exports,
                         const std::string& realloc = "") {
  const auto bytes = wasm::text::ParseWat(wat);
  REQUIRE(bytes);
  const auto module = wasm::binary::DecodeModule(*bytes, {});
  REQUIRE(module);
  auto trimmed = TrimAdapter(**module, exports, realloc);
  if (trimmed) {
    const auto valid = trenail::Module::Validate(TheEngine(), *trimmed);
    INFO((valid ? "" : valid.error().message()));
    REQUIRE(valid);
  }
  return trimmed;
}

TEST_CASE("an adapter keeps what its exports need") {
  constexpr std::string_view kAdapter = R"((module
    (import "x" "a" (func $a)) (import "x" "b" (func $b)) (import "env" "memory" (memory 0))
    (global $unused (mut i32) (i32.const 1)) (global $used (mut i64) (i64.const 7))
    (func $dead call $a)
    (func $helper (result i64) global.get $used i64.const 1 i64.add global.set $used global.get $used)
    (func (export "f") (result i64) call $b call $helper)
    (func (export "g") call $dead (drop (i32.load (i32.const 0))))))";
  const auto trimmed = Trim(kAdapter, {"f"});
  REQUIRE(trimmed);
  const auto module = wasm::binary::DecodeModule(*trimmed, {});
  REQUIRE(module);
  const wasm::Module& m = **module;
  REQUIRE(m.imports.size() == 1);
  CHECK(m.imports[0].name == "b");
  CHECK((m.functions.size() == 3 && m.globals.size() == 1 && m.exports.size() == 1));
  CHECK(m.names.functions.Find(1) == "helper");
  CHECK(m.names.globals.Find(0) == "used");

  CHECK(Trim(kAdapter, {"none"}).error().message() == "the adapter has no export `none`");
  const auto refused = [](std::string_view fields) {
    return Trim("(module " + std::string(fields) + ")", {"f"}).error().message();
  };
  CHECK(refused("(memory 1) (func (export \"f\") (drop (memory.size)))") ==
        "an adapter imports its memory, which is that of the main module");
  CHECK(refused("(table 1 funcref) (func (export \"f\") (drop (table.size 0)))") ==
        "an adapter cannot use tables");
  CHECK(refused("(memory 1) (data (i32.const 0) \"x\") (func (export \"f\"))") ==
        "an adapter cannot have data or element segments");
  CHECK(refused("(func (export \"f\")) (start 0)") == "an adapter cannot have a start function");
}

}  // namespace
}  // namespace component::encode
