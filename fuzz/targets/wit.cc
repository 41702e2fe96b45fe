// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WIT texts are resolved or refused with a place, and what resolves prints and parses back to the
// same. The bytes are a text, and also choices from which one is made that often resolves.

#include <array>
#include <span>
#include <string>

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"

namespace {

namespace wit = component::wit;
using trenail::fuzz::Entropy;

void RoundTrip(std::string text) {
  for (const bool all_features : {false, true}) {
    wit::ResolveOptions options;
    options.all_features = all_features;
    const auto package = wit::ResolveText("fuzz.wit", text, options);
    if (!package) {
      FUZZ_CHECK(package.error().position.line > 0);
      FUZZ_CHECK(!package.error().Format().empty());
      continue;
    }
    const std::string printed = wit::PrintAll(package->resolve, package->root);
    const auto again = wit::ResolveText("printed.wit", printed, options);
    FUZZ_CHECK(again.has_value());
    FUZZ_CHECK(wit::Equal(package->resolve, again->resolve));
    FUZZ_CHECK(wit::PrintAll(again->resolve, again->root) == printed);
  }
}

// Few names, so that they often mean something, or clash.
class Generator {
 public:
  explicit Generator(Entropy& entropy) : entropy_(entropy) {}

  std::string File() {
    std::string out = "package a:b@1.0.0;\n";
    for (uint32_t n = 1 + entropy_.Below(6); n > 0; --n) out += Item();
    if (entropy_.Below(3) == 0) out += "package c:d { " + Item() + Item() + "}\n";
    return out;
  }

 private:
  std::string Name() { return "n" + std::to_string(entropy_.Below(4)); }
  std::string New(char kind) { return kind + std::to_string(fresh_++ % 6); }
  std::string Path() {
    return (entropy_.Below(8) == 0 ? "c:d/" : "") + std::string("i") +
           std::to_string(entropy_.Below(6));
  }
  std::string Gate() {
    constexpr std::array kGates = {"@since(version = 1.0.0) ", "@unstable(feature = x) ",
                                   "@unstable(feature = x) @deprecated(version = 1.0.0) ",
                                   "/// docs\n", "@external-id(\"\\u{2603}\") "};
    const uint32_t choice = entropy_.Below(20);
    return choice < kGates.size() ? kGates[choice] : "";
  }

  std::string Type(int depth = 0) {
    constexpr std::array kPlain = {"u8", "string", "error-context", "f64"};
    const uint32_t choice = entropy_.Below(depth > 4 ? 6 : 16);
    if (choice < kPlain.size()) return kPlain[choice];
    const auto inner = [&] { return Type(depth + 1); };
    switch (choice) {
      case 6:
        return "list<" + inner() + ">";
      case 7:
        return "list<" + inner() + ", 3>";
      case 8:
        return "option<" + inner() + ">";
      case 9:
        return "result<" + inner() + ", " + inner() + ">";
      case 10:
        return "result<_, " + inner() + ">";
      case 11:
        return "tuple<" + inner() + ", " + inner() + ">";
      case 12:
        return "future<" + inner() + ">";
      case 13:
        return "stream";
      case 14:
        return "map<u8, " + inner() + ">";
      case 15:
        return (entropy_.Below(2) == 0 ? "borrow<" : "own<") + Name() + ">";
      default:
        return Name();
    }
  }

  std::string FuncType() {
    std::string out = entropy_.Below(6) == 0 ? "async func(" : "func(";
    for (uint32_t n = entropy_.Below(3); n > 0; --n) out += New('p') + ": " + Type() + ", ";
    return out + (entropy_.Below(2) == 0 ? ")" : ") -> " + Type());
  }

  std::string TypeItem() {
    switch (entropy_.Below(6)) {
      case 0:
        return "record " + Name() + " { a: " + Type() + ", b: " + Type() + " }\n";
      case 1:
        return "variant " + Name() + " { a(" + Type() + "), b }\n";
      case 2:
        return "enum " + Name() + " { a, b }\n";
      case 3:
        return "resource " + Name() + ";\n";
      case 4:
        return "resource " + Name() + " { constructor(); " + Gate() + "m: " + FuncType() +
               "; s: static " + FuncType() + "; }\n";
      default:
        return "type " + Name() + " = " + Type() + ";\n";
    }
  }

  std::string InterfaceItems() {
    std::string out;
    for (uint32_t n = entropy_.Below(5); n > 0; --n) {
      out += Gate();
      switch (entropy_.Below(4)) {
        case 0:
          out += "use " + Path() + ".{" + Name() + (entropy_.Below(2) == 0 ? " as " + Name() : "") +
                 "};\n";
          break;
        case 1:
          out += New('f') + ": " + FuncType() + ";\n";
          break;
        default:
          out += TypeItem();
      }
    }
    return out;
  }

  std::string Item() {
    if (entropy_.Below(3) != 0)
      return Gate() + "interface " + New('i') + " { " + InterfaceItems() + "}\n";
    std::string out = Gate() + "world " + New('w') + " {\n";
    for (uint32_t n = entropy_.Below(6); n > 0; --n) {
      out += Gate();
      const std::string side = entropy_.Below(2) == 0 ? "import " : "export ";
      switch (entropy_.Below(8)) {
        case 0:
          out += "include w" + std::to_string(entropy_.Below(6)) +
                 (entropy_.Below(2) == 0 ? ";\n" : " with { " + Name() + " as x" + Name() + " }\n");
          break;
        case 1:
          out += "use " + Path() + ".{" + Name() + "};\n";
          break;
        case 2:
          out += TypeItem();
          break;
        case 3:
          out += side + New('e') + ": interface { " + InterfaceItems() + "}\n";
          break;
        case 4:
          out += side + New('e') + ": " + FuncType() + ";\n";
          break;
        case 5:
          out += side + New('e') + ": " + Path() + ";\n";
          break;
        default:
          out += side + Path() + ";\n";
      }
    }
    return out + "}\n";
  }

  Entropy& entropy_;
  uint32_t fresh_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RoundTrip(std::string(reinterpret_cast<const char*>(data), size));
  Entropy entropy(std::span(data, size));
  RoundTrip(Generator(entropy).File());
  return 0;
}
