// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WIT to components and back, and the comparison of worlds.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/validate/component_validator.h"
#include "libcomponent/wit/compare.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/package_docs.h"
#include "libcomponent/wit/printer.h"

namespace component::wit {
namespace {

const trenail::Engine& TheEngine() {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  return engine;
}

ResolvedPackage Text(std::string text) {
  auto package = ResolveText("test.wit", std::move(text));
  if (!package) FAIL(package.error().Format());
  return *std::move(package);
}

std::shared_ptr<const ValidatedComponent> Valid(std::shared_ptr<const Component> component) {
  auto valid = Validate(TheEngine(), std::move(component));
  if (!valid) FAIL(valid.error().message());
  return *std::move(valid);
}

// Through bytes, as a file holds it.
ResolvedPackage ThroughBytes(const Component& component) {
  auto decoded = binary::DecodeComponent(binary::EncodeComponent(component));
  REQUIRE(decoded.has_value());
  auto package = Decode(*Valid(*decoded));
  if (!package) FAIL(package.error().message());
  return *std::move(package);
}

wasm::Result<ResolvedPackage> DecodeWat(std::string_view wat) {
  auto parsed = text::ParseComponentText(wat);
  REQUIRE(parsed.has_value());
  return Decode(*Valid(parsed->component));
}

constexpr std::string_view kPackage = R"(package a:b@1.2.3;

/// Where things lie.
@since(version = 1.0.0)
interface store {
  type key = u64;

  type id = key;

  /// A place.
  resource place {
    constructor(k: key);
    open: static func() -> result<place, string>;
    /// Reads "it".
    get: func() -> option<list<id>>;
  }

  record pair {
    /// left
    l: key,
    r: tuple<key, borrow<place>>,
  }

  take: async func(p: pair, s: stream<u8>);
}

interface user {
  use store.{place, id as name};

  f: func(p: place) -> name;
}

world w {
  import store;
  use store.{key};
  import run: func(k: key);

  export inner: interface {
    use store.{place};

    g: func(p: borrow<place>);
  }
}
)";

TEST_CASE("A package survives its binary form", "[wit]") {
  const ResolvedPackage package = Text(std::string(kPackage));
  const ResolvedPackage decoded = ThroughBytes(EncodePackage(package.resolve, package.root));
  const std::string printed = PrintPackage(package.resolve, package.root);
  CHECK(PrintPackage(decoded.resolve, decoded.root) == printed);
  CHECK(printed.contains("@since(version = 1.0.0)"));
  CHECK(printed.contains("/// Reads \"it\"."));
}

TEST_CASE("The world of a module stands alone", "[wit]") {
  const ResolvedPackage package = Text(std::string(kPackage));
  const WorldId world = package.resolve[package.root].worlds[0];
  const ResolvedPackage decoded =
      ThroughBytes(EncodeModuleWorld(package.resolve, world, StringEncoding::kUtf16));
  const auto& worlds = decoded.resolve[decoded.root].worlds;
  REQUIRE(worlds.size() == 1);
  CHECK(decoded.resolve.NameOf(worlds[0]) == "a:b/w@1.2.3");
  CHECK(DifferenceOfWorlds(package.resolve, world, decoded.resolve, worlds[0]) == std::nullopt);
}

TEST_CASE("A world is embedded in a module", "[wit]") {
  const ResolvedPackage package = Text(std::string(kPackage));
  const WorldId world = package.resolve[package.root].worlds[0];
  const std::vector<uint8_t> module = {0, 'a', 's', 'm', 1, 0, 0, 0};
  const auto embedded = EmbedWorld(module, package.resolve, world, StringEncoding::kUtf8);
  REQUIRE(embedded.has_value());
  const auto parsed = trenail::Module::Parse(TheEngine(), *embedded);
  REQUIRE(parsed.has_value());
  // The section is the last thing in the module: id, size, name, and the package.
  constexpr std::string_view kName = "component-type";
  const std::string text(embedded->begin(), embedded->end());
  const size_t name = text.find(kName);
  REQUIRE(name != std::string::npos);
  const std::span content = std::span(*embedded).subspan(name + kName.size());
  const auto decoded = binary::DecodeComponent(content);
  REQUIRE(decoded.has_value());
  CHECK(IsPackage(*Valid(*decoded)));
  // Components and texts are no modules.
  const std::vector<uint8_t> component = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  CHECK_FALSE(EmbedWorld(component, package.resolve, world, StringEncoding::kUtf8).has_value());
  CHECK_FALSE(EmbedWorld({}, package.resolve, world, StringEncoding::kUtf8).has_value());
}

TEST_CASE("Which of two names a resource is used by survives instantiation", "[wit]") {
  const auto decoded = DecodeWat(R"((component
    (type $r (resource (rep i32)))
    (component $shim (import "t" (type $t (sub resource))) (export "r" (type $t)))
    (instance $a (instantiate $shim (with "t" (type $r))))
    (export $x "a:b/x" (instance $a))
    (alias export $x "r" (type $xr))
    (instance $b (instantiate $shim (with "t" (type $xr))))
    (export $y "a:b/y" (instance $b))
    (alias export $y "r" (type $yr))
    (instance $c (instantiate $shim (with "t" (type $yr))))
    (export "z" (instance $c))))");
  REQUIRE(decoded.has_value());
  CHECK(PrintPackage(decoded->resolve, decoded->root) == R"(package root:component;

world root {
  export a:b/x;
  export a:b/y;
  export z: interface {
    use a:b/y.{r};
  }
}
)");
}

TEST_CASE("What WIT has no words for is refused", "[wit]") {
  const auto refused = [](std::string_view wat, std::string_view message) {
    const auto decoded = DecodeWat(wat);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().message() == message);
  };
  refused(R"((component (import "c" (component))))",
          "`c` is neither an instance nor a type nor a function");
  refused(R"((component (type u32) (export "t" (type 0))))", "worlds cannot export the type `t`");
}

TEST_CASE("Documentation that is no JSON is refused", "[wit]") {
  ResolvedPackage package = Text(std::string(kPackage));
  for (const std::string_view text :
       {"", "{}", "\2{}", "\1{", "\1{\"docs\":\"\\ud800\"}", "\1{\"docs\":\"\\x\"}", "\1{} x"}) {
    CAPTURE(text);
    CHECK_FALSE(ApplyPackageDocs(text, &package.resolve, package.root).has_value());
  }
  CHECK_FALSE(ApplyPackageDocs("\1" + std::string(100000, '['), &package.resolve, package.root)
                  .has_value());
  REQUIRE(ApplyPackageDocs("\1{\"docs\":\"\\ud83d\\ude00\\n\",\"x\":[1,{}]}", &package.resolve,
                           package.root)
              .has_value());
  CHECK(package.resolve[package.root].docs == "\xf0\x9f\x98\x80\n");
}

TEST_CASE("The first difference of two worlds", "[wit]") {
  const auto world = [](std::string_view items) {
    return Text(
        "package a:b; interface i { record r { x: u8 } f: func(p: r) -> u32; g: func(); } " +
        std::string("world w { ") + std::string(items) + " }");
  };
  const auto difference = [&](std::string_view a, std::string_view b) {
    const ResolvedPackage x = world(a), y = world(b);
    return DifferenceOfWorlds(x.resolve, WorldId(0), y.resolve, WorldId(0)).value_or("none");
  };
  CHECK(difference("import i;", "import i;") == "none");
  CHECK(difference("import i;", "") == "import `a:b/i` is there in the first world only");
  CHECK(difference("", "export i;") == "export `a:b/i` is there in the second world only");
  CHECK(difference("import f: func(a: u8);", "import f: func(a: list<u8>);") ==
        "import `f`: parameter `a`: it is `u8`, not `list<u8>`");
  CHECK(difference("export f: func(a: u8);", "export f: func(b: u8);") ==
        "export `f`: parameter 1 is named `a`, not `b`");
  CHECK(difference("export f: func();", "export f: async func();") ==
        "export `f`: it is synchronous, not async");
}

TEST_CASE("A component fits a world", "[wit]") {
  const auto mismatch = [](std::string_view component, std::string_view target) {
    const ResolvedPackage x = Text(std::string(component)), y = Text(std::string(target));
    return MismatchWithWorld(x.resolve, WorldId(0), y.resolve, WorldId(0)).value_or("none");
  };
  constexpr std::string_view kOld =
      "package a:b@1.0.0; interface i { f: func(); } world w { import i; export i; }";
  constexpr std::string_view kNew =
      "package a:b@1.1.0; interface i { f: func(); g: func(); } world w { import i; export i; }";
  CHECK(mismatch(kOld, kOld) == "none");
  CHECK(mismatch(kNew, kOld) == "import `a:b/i@1.1.0`: function `g` is missing");
  CHECK(mismatch(kOld, kNew) == "export `a:b/i@1.1.0`: function `g` is missing");
  CHECK(mismatch("package a:b; world w {}", kOld) ==
        "export `a:b/i@1.0.0` is missing in the component");
  CHECK(mismatch("package a:b; world w { import f: func(); }", "package a:b; world w {}") ==
        "import `f` is not one of the world");
}

}  // namespace
}  // namespace component::wit
