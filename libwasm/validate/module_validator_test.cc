// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules made by hand, byte by byte, and the real ones of the corpora.

#include "libwasm/validate/module_validator.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <random>
#include <string>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/validate/test_modules_test_util.h"

namespace wasm::validate {
namespace {

std::string Problem(const Bytes& bytes, const FeatureSet& features = {}, unsigned threads = 1) {
  auto module = binary::DecodeModule(bytes, features);
  if (!module.has_value()) return module.error().message();
  TypeStore store;
  auto valid = ValidateModule(*module, store, {.threads = threads});
  return valid.has_value() ? "" : valid.error().message();
}

TEST_CASE("bodies: what is valid and what is not") {
  struct Case {
    const char* what;
    Bytes params, results, code;
    std::string_view text;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"empty", {}, {}, {0x0b}, ""},
           {"constant", {}, {kI32}, {0x41, 5, 0x0b}, ""},
           {"no result",
            {},
            {kI32},
            {0x0b},
            "type mismatch: instruction requires [i32] but stack has []"},
           {"wrong result",
            {},
            {kI32},
            {0x42, 5, 0x0b},
            "type mismatch: instruction requires [i32] but stack has [i64]"},
           {"left over",
            {},
            {},
            {0x41, 5, 0x0b},
            "type mismatch: block requires [] but stack has [i32]"},
           {"both operands named",
            {},
            {},
            {0x41, 0, 0x42, 0, 0x6a, 0x1a, 0x0b},
            "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]"},
           {"operands of the outer block",
            {},
            {},
            {0x41, 0, 0x02, 0x40, 0x1a, 0x0b, 0x1a, 0x0b},
            "type mismatch"},
           {"local", {kI32}, {kI32}, {0x20, 0, 0x0b}, ""},
           {"unknown local", {kI32}, {kI32}, {0x20, 3, 0x0b}, "unknown local 3"},
           {"unknown label", {}, {}, {0x0c, 1, 0x0b}, "unknown label 1"},
           {"unknown global", {}, {}, {0x23, 7, 0x1a, 0x0b}, "unknown global 7"},
           {"unknown memory", {}, {}, {0x41, 0, 0x28, 0x42, 1, 0, 0x1a, 0x0b}, "unknown memory 1"},
           {"unknown function", {}, {}, {0x10, 9, 0x0b}, "unknown function 9"},
           {"alignment",
            {},
            {},
            {0x41, 0, 0x28, 3, 0, 0x1a, 0x0b},
            "alignment must not be larger than natural"},
           {"offset",
            {},
            {},
            {0x41, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a, 0x0b},
            "offset out of range"},
           {"atomic alignment", {}, {}, {0x41, 0, 0xfe, 0x10, 1, 0, 0x1a, 0x0b}, "alignment must"},
           {"polymorphic", {}, {kI32}, {0x00, 0x6a, 0x0b}, ""},
           {"polymorphic but wrong", {}, {kI32}, {0x00, 0x42, 0, 0x6a, 0x0b}, "type mismatch"},
           {"select of references",
            {},
            {},
            {0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a, 0x0b},
            "type mismatch"},
           {"typed select",
            {},
            {},
            {0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, 0x70, 0x1a, 0x0b},
            ""},
           {"select arity", {}, {}, {0x00, 0x1c, 0, 0x1a, 0x0b}, "invalid result arity"},
           {"if without else",
            {},
            {kI32},
            {0x41, 1, 0x04, 0x7f, 0x41, 2, 0x0b, 0x0b},
            "type mismatch"},
           {"br_table arities",
            {},
            {},
            {0x02, 0x7f, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x1a, 0x0b},
            "type mismatch"},
           {"lane", {}, {}, {0x00, 0xfd, 0x1b, 4, 0x1a, 0x0b}, "invalid lane index 4"},
           {"shuffle",
            {},
            {},
            {0x00, 0xfd, 0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0x1a, 0x0b},
            "invalid lane index 32"},
           {"undeclared", {}, {}, {0xd2, 0, 0x1a, 0x0b}, "undeclared function reference 0"},
           {"throw_ref", {}, {}, {0xd0, 0x69, 0x0a, 0x0b}, ""},
           {"rethrow outside", {}, {}, {0x09, 0, 0x0b}, "invalid rethrow label"},
           {"legacy try", {}, {}, {0x06, 0x40, 0x19, 0x09, 0, 0x0b, 0x0b}, ""},
           {"else without if", {}, {}, {0x05, 0x0b}, "END opcode expected"},
           {"malformed comes first", {}, {}, {0x6a, 0xff, 0x0b}, "illegal opcode ff"},
           {"cut off", {}, {}, {0x41}, "unexpected end"},
           {"after the end", {}, {}, {0x0b, 0x0b}, "section size mismatch"},
           {"unknown type", {}, {}, {0x02, 0x09, 0x0b, 0x0b}, "unknown type 9"},
           {"wide arithmetic", {}, {}, {0x42, 0, 0x42, 0, 0xfc, 0x15, 0x1a, 0x1a, 0x0b}, ""},
           {"no table", {}, {}, {0x41, 0, 0x11, 0, 5, 0x0b}, "unknown table 5"},
       }) {
    INFO(c.what);
    const std::string problem = Problem(ModuleOfBody(c.params, c.results, c.code));
    INFO("got: " << problem);
    CHECK(problem.starts_with(c.text));
    CHECK(problem.empty() == c.text.empty());
  }
}

TEST_CASE("locals without default value must be set first") {
  // (param (ref func)) (local (ref func))
  const auto problem = [](const Bytes& code) {
    Bytes body = Bytes{1, 1, 0x64, 0x70} + code;
    Bytes sized;
    WriteUnsignedLeb(sized, body.size());
    return Problem(kHeader + Section(1, {1, 0x60, 1, 0x64, 0x70, 0}) + Section(3, {1, 0}) +
                   Section(10, Bytes{1} + sized + body));
  };
  CHECK(problem({0x20, 1, 0x1a, 0x0b}) == "uninitialized local 1");
  CHECK(problem({0x20, 0, 0x21, 1, 0x20, 1, 0x1a, 0x0b}).empty());
  // A block forgets at its end what was set in it.
  CHECK(problem({0x02, 0x40, 0x20, 0, 0x21, 1, 0x0b, 0x20, 1, 0x1a, 0x0b}) ==
        "uninitialized local 1");
  CHECK(problem({0x41, 0, 0x04, 0x40, 0x20, 0, 0x21, 1, 0x05, 0x20, 1, 0x1a, 0x0b, 0x0b}) ==
        "uninitialized local 1");
}

TEST_CASE("everything outside of bodies") {
  struct Case {
    Bytes sections;
    std::string_view text;
  };
  const Bytes type = Section(1, {1, 0x60, 0, 0});
  const Bytes open = {0x50, 0, 0x5f, 1, 0x7f, 0};  // (sub (struct (field i32)))
  for (const Case& c : std::initializer_list<Case>{
           {Section(1, {1, 0x60, 1, 0x64, 5, 0}), "unknown type 5"},
           {Section(1, Bytes{2} + open + Bytes{0x50, 1, 0, 0x5f, 1, 0x7f, 0}), ""},
           {Section(1, Bytes{2} + open + Bytes{0x50, 1, 0, 0x5f, 1, 0x7e, 0}),
            "sub type 1 does not match super type 0"},
           {Section(1, Bytes{2} + open + Bytes{0x50, 1, 1, 0x5f, 0}), "unknown type 1"},
           {Section(1, {2, 0x60, 0, 0, 0x50, 1, 0, 0x60, 0, 0}), "sub type"},  // final
           {Section(4, {1, 0x70, 1, 2, 1}), "size minimum must not be greater than maximum"},
           {Section(4, {1, 0x64, 0x70, 0, 0}), "type mismatch"},
           {Section(5, {1, 0, 0x81, 0x80, 0x04}), "memory size must be at most 65536 pages (4GiB)"},
           {Section(5, {1, 2, 1}), "shared memory must have maximum"},
           {Section(5, {1, 8, 0, 1}), "invalid custom page size"},
           {Section(6, {1, 0x7f, 0, 0x42, 0, 0x0b}), "type mismatch"},
           {Section(6, {1, 0x7f, 0, 0x41, 0, 0x45, 0x0b}), "constant expression required"},
           {Section(6, {1, 0x7f, 0, 0x23, 0, 0x0b}), "unknown global 0"},
           {Section(6, {2, 0x7f, 1, 0x41, 0, 0x0b, 0x7f, 0, 0x23, 0, 0x0b}),
            "constant expression required"},
           {Section(6, {2, 0x7f, 0, 0x41, 0, 0x0b, 0x7f, 0, 0x23, 0, 0x41, 1, 0x6a, 0x0b}), ""},
           {Section(7, Bytes{1} + Text("a") + Bytes{0, 0}), "unknown function 0"},
           {Section(5, {1, 0, 0}) +
                Section(7, Bytes{2} + Text("a") + Bytes{2, 0} + Text("a") + Bytes{2, 0}),
            "duplicate export name"},
           {Section(8, {0}), "unknown function 0"},
           {Section(1, {1, 0x60, 1, 0x7f, 0}) + Section(3, {1, 0}) + Section(8, {0}) +
                Section(10, {1, 2, 0, 0x0b}),
            "start function"},
           {Section(1, {1, 0x60, 0, 1, 0x7f}) + Section(13, {1, 0, 0}),
            "non-empty tag result type"},
           {Section(11, {1, 0, 0x41, 0, 0x0b, 0}), "unknown memory 0"},
           {Section(9, {1, 0, 0x41, 0, 0x0b, 0}), "unknown table 0"},
       }) {
    INFO("expecting '" << c.text << "'");
    const std::string problem = Problem(kHeader + c.sections);
    INFO("got: " << problem);
    CHECK(problem.starts_with(c.text));
    CHECK(problem.empty() == c.text.empty());
  }
}

TEST_CASE("features that are off") {
  FeatureSet mvp;
  for (Feature feature : {Feature::kReferenceTypes, Feature::kMultiMemory, Feature::kExtendedConst})
    mvp.Disable(feature);
  CHECK(Problem(kHeader + Section(4, {2, 0x70, 0, 0, 0x70, 0, 0}), mvp) == "multiple tables");
  CHECK(Problem(kHeader + Section(5, {2, 0, 0, 0, 0}), mvp) == "multiple memories");
  CHECK(Problem(ModuleOfBody({}, {}, {0xd0, 0x70, 0x1a, 0x0b}), mvp) == "illegal opcode d0");
  CHECK(Problem(kHeader + Section(6, {1, 0x7f, 0, 0x41, 0, 0x41, 1, 0x6a, 0x0b}), mvp)
            .starts_with("constant expression required"));
}

TEST_CASE("errors say where") {
  const Bytes names = Text("name") + Section(1, Bytes{1, 0} + Text("broken"));
  auto module =
      binary::DecodeModule(ModuleOfBody({}, {}, {0x01, 0x1a, 0x0b}) + Section(0, names), {});
  TypeStore store;
  auto valid = ValidateModule(*module, store);
  REQUIRE_FALSE(valid.has_value());
  CHECK(valid.error().kind() == ErrorKind::kInvalid);
  CHECK(valid.error().function_name() == "broken");
  CHECK(valid.error().function_index() == 0u);
  CHECK((*module)->bytes.data()[*valid.error().offset()] == 0x1a);
}

// Many functions, some of them wrong, each so many bytes longer.
Bytes ManyFunctions(uint32_t count, std::initializer_list<uint32_t> wrong, size_t nops = 0) {
  Bytes functions, code;
  WriteUnsignedLeb(functions, count);
  WriteUnsignedLeb(code, count);
  for (uint32_t i = 0; i < count; ++i) {
    functions.push_back(0);
    const bool bad = std::find(wrong.begin(), wrong.end(), i) != wrong.end();
    Bytes body = bad ? Bytes{0, 0x1a} : Bytes{0, 0x41, 0, 0x1a};
    body.insert(body.end(), nops, 0x01);
    body.push_back(0x0b);
    const Bytes sized = Sized(body);
    code.insert(code.end(), sized.begin(), sized.end());
  }
  return kHeader + Section(1, {1, 0x60, 0, 0}) + Section(3, functions) + Section(10, code);
}

TEST_CASE("threads find the same first error") {
  // Enough code for four threads.
  CHECK(Problem(ManyFunctions(1000, {}, 600), {}, 4).empty());
  const Bytes wrong = ManyFunctions(1000, {997, 500, 501, 123}, 600);
  for (int round = 0; round < 20; ++round) {
    auto module = binary::DecodeModule(wrong, {});
    REQUIRE(module.has_value());
    TypeStore store;
    auto valid = ValidateModule(*module, store, {.threads = 4});
    REQUIRE_FALSE(valid.has_value());
    CHECK(valid.error().function_index() == 123u);
  }
}

TEST_CASE("lazy bodies are validated on demand") {
  auto module = binary::DecodeModule(ManyFunctions(3, {1}), {});
  TypeStore store;
  auto valid = ValidateModule(*module, store, {.lazy_bodies = true});
  REQUIRE(valid.has_value());
  const ValidatedModule& vm = **valid;
  CHECK(vm.code(FuncIdx(0)) == nullptr);
  auto first = vm.body_validator->ValidateBody(vm, FuncIdx(0));
  REQUIRE(first.has_value());
  CHECK(vm.code(FuncIdx(0)) == *first);
  CHECK(*vm.body_validator->ValidateBody(vm, FuncIdx(0)) == *first);
  CHECK_FALSE(vm.body_validator->ValidateBody(vm, FuncIdx(1)).has_value());
  CHECK_FALSE(ValidateFunction(vm, FuncIdx(1)).has_value());
}

TEST_CASE("code that is not kept is judged alike") {
  for (const Bytes& bytes : {ManyFunctions(3, {}), ManyFunctions(3, {1}), BusyModule()}) {
    auto module = binary::DecodeModule(bytes, {}, {.borrow = true, .names = false});
    REQUIRE(module.has_value());
    CHECK((*module)->bytes.data() == bytes.data());
    TypeStore store;
    auto valid = ValidateModule(*module, store, {.discard_code = true});
    const std::string problem = Problem(bytes);
    REQUIRE(valid.has_value() == problem.empty());
    if (!valid) {
      CHECK(valid.error().message() == problem);
      continue;
    }
    CHECK((*valid)->code(FuncIdx(0)) == nullptr);
    CHECK((*valid)->body_validator->ValidateBody(**valid, FuncIdx(0)).has_value());
  }
}

TEST_CASE("no instruction reaches beyond its body, whatever follows there") {
  // What would complete the instruction is in the next body or behind the code.
  const Bytes next = Sized(Bytes{0, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x0b});
  const Bytes behind = Section(0, Text("padding") + Bytes(64, 0x0b));
  for (const Bytes& cut : std::vector<Bytes>{{0x41},
                                             {0x41, 0x80},
                                             {0x44, 0, 0},
                                             {0x43},
                                             {0x20},
                                             {0x02},
                                             {0x04},
                                             {0x41, 0, 0x0d},
                                             {0x0c},
                                             {0x10},
                                             {0x41, 0, 0x28},
                                             {0x41, 0, 0x28, 2},
                                             {0x23}}) {
    const Bytes module = kHeader + Section(1, {1, 0x60, 0, 0}) + Section(3, {2, 0, 0}) +
                         Section(5, {1, 0, 1}) +
                         Section(10, Bytes{2} + Sized(Bytes{1, 1, kI32} + cut) + next) + behind;
    CHECK(Problem(module) != "");
    // The wide rows, behind a vector.
    const Bytes wide =
        kHeader + Section(1, {1, 0x60, 0, 0}) + Section(3, {2, 0, 0}) + Section(5, {1, 0, 1}) +
        Section(10, Bytes{2} + Sized(Bytes{1, 1, 0x7b, 0x20, 0, 0xfd, 0x0c}) + next) + behind;
    CHECK(Problem(wide) != "");
  }
}

TEST_CASE("resources that a body asks for are bounded") {
  const auto body = [](const Bytes& bytes) {
    Bytes sized;
    WriteUnsignedLeb(sized, bytes.size());
    return kHeader + Section(1, {1, 0x60, 0, 0}) + Section(3, {1, 0}) +
           Section(10, Bytes{1} + sized + bytes);
  };
  // 4 GiB of locals, in one run and in many.
  CHECK(Problem(body({1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b})) == "too many locals");
  CHECK(Problem(body({1, 0xd0, 0x86, 0x03, 0x7f, 0x0b})).empty());  // 50,000
  CHECK(Problem(body({1, 0xd1, 0x86, 0x03, 0x7f, 0x0b})) == "too many locals");

  // A call of two bytes that leaves a thousand operands, many times.
  Bytes type = {2, 0x60, 0, 0, 0x60, 0, 0xe8, 0x07};
  type.insert(type.end(), 1000, kI32);
  Bytes code = {0};
  for (int i = 0; i < 1100; ++i) code.insert(code.end(), {0x10, 0});
  code.push_back(0x0b);
  Bytes sized;
  WriteUnsignedLeb(sized, code.size());
  CHECK(Problem(kHeader + Section(1, type) +
                Section(2, Bytes{1} + Text("") + Text("") + Bytes{0, 1}) + Section(3, {1, 0}) +
                Section(10, Bytes{1} + sized + code))
            .starts_with("too many operands"));

  // Half a million nested blocks.
  Bytes deep = {0};
  for (int i = 0; i < 500'000; ++i) deep.insert(deep.end(), {0x02, 0x40});
  deep.insert(deep.end(), 500'001, 0x0b);
  CHECK(Problem(body(deep)).empty());
}

TEST_CASE("damaged modules are refused or valid, never worse") {
  std::mt19937 random(7);
  const Bytes behind = Section(0, Text("padding") + Bytes(64, 0));
  for (const Bytes& module : {BusyModule(), BusyModule() + behind, ModuleOfBody({}, {}, {0x0b})}) {
    REQUIRE(Problem(module).empty());
    for (size_t size = 0; size < module.size(); ++size)
      Problem(Bytes(module.begin(), module.begin() + static_cast<ptrdiff_t>(size)));
    for (int round = 0; round < 20'000; ++round) {
      Bytes changed = module;
      for (uint32_t n = random() % 3 + 1; n > 0; --n)
        changed[8 + random() % (changed.size() - 8)] = static_cast<uint8_t>(random());
      Problem(changed);
    }
  }
}

TEST_CASE("every module of the corpora is valid") {
  const char* corpora = std::getenv("TRENAIL_CORPORA");
  if (corpora == nullptr) {
    WARN("TRENAIL_CORPORA is not set: skipped");
    return;
  }
  size_t checked = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(corpora) / "modules")) {
    if (entry.path().extension() != ".wasm") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (binary::IsComponent(bytes)) continue;
    INFO(entry.path());
    CHECK(Problem(bytes, {}, 2) == "");
    ++checked;
  }
  CHECK(checked > 50);
}

}  // namespace
}  // namespace wasm::validate
