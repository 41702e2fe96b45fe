// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/binary/module_decoder.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "libwasm/binary/branch_hints.h"
#include "libwasm/binary/expr_syntax.h"
#include "libwasm/binary/name_section.h"
#include "libwasm/support/leb128.h"

namespace wasm::binary {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes Text(std::string_view text) {
  Bytes out;
  WriteUnsignedLeb(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
  return out;
}
Bytes Section(uint8_t id, const Bytes& contents) {
  Bytes out{id};
  WriteUnsignedLeb(out, contents.size());
  return out + contents;
}
Bytes Custom(std::string_view name, const Bytes& contents) {
  return Section(0, Text(name) + contents);
}
const Bytes kHeader = {0, 'a', 's', 'm', 1, 0, 0, 0};

// "" if the module decodes and its bodies are well-formed.
std::string Problem(const Bytes& bytes, const FeatureSet& features = {}) {
  auto module = DecodeModule(bytes, features);
  if (!module.has_value()) {
    CHECK(module.error().kind() == ErrorKind::kMalformed);
    return module.error().message();
  }
  ErrorSink sink;
  return CheckBodiesSyntax(**module, &sink) ? "" : sink.TakeError().message();
}
FeatureSet Without(Feature feature) {
  FeatureSet features;
  features.Disable(feature);
  return features;
}
bool Begins(const std::string& text, std::string_view prefix) { return text.starts_with(prefix); }

TEST_CASE("headers") {
  CHECK(Problem(kHeader).empty());
  CHECK(Begins(Problem({}), "unexpected end"));
  CHECK(Begins(Problem({0, 'a', 's'}), "unexpected end"));
  CHECK(Begins(Problem({0, 'a', 's', 'm', 1, 0}), "unexpected end"));
  CHECK(Problem({'a', 's', 'm', 0, 1, 0, 0, 0}) == "magic header not detected");
  CHECK(Problem({0, 'a', 's', 'm', 2, 0, 0, 0}) == "unknown binary version");
  CHECK(Problem({0, 'a', 's', 'm', 0x0d, 0, 1, 0}) ==
        "unknown binary version: this is a component, not a core module");
  CHECK(IsComponent(Bytes{0, 'a', 's', 'm', 0x0d, 0, 1, 0}));
  CHECK_FALSE(IsComponent(kHeader));
  CHECK(IsBinary(kHeader));
}

TEST_CASE("every section is read") {
  const Bytes module =
      kHeader + Section(1, {2,    0x60, 1,    0x7f, 1,    0x7f, 0x4e, 2, 0x50,
                            0,    0x5f, 1,    0x78, 1,    0x4f, 1,    1,  //
                            0x5f, 2,    0x78, 1,    0x63, 0x02, 0}) +
      Section(2, Bytes{1} + Text("m") + Text("f") + Bytes{0, 0}) + Section(3, {1, 0}) +
      Section(4, {2, 0x70, 1, 1, 2, 0x40, 0, 0x70, 0x04, 5, 0xd0, 0x70, 0x0b}) +
      Section(5, {2, 0x03, 1, 2, 0x0c, 1, 0}) + Section(13, {1, 0, 0}) +
      Section(6, {1, 0x7f, 1, 0x41, 7, 0x0b}) +
      Section(7, Bytes{2} + Text("a") + Bytes{0, 1} + Text("b") + Bytes{2, 0}) + Section(8, {1}) +
      Section(9, {3, 0, 0x41, 0, 0x0b, 1, 0, 1, 0, 1, 0, 7, 0x70, 1, 0xd0, 0x70, 0x0b}) +
      Section(12, {2}) + Section(10, {1, 4, 0, 0x20, 0, 0x0b}) +
      Section(11, {2, 1, 2, 'h', 'i', 2, 1, 0x42, 0, 0x0b, 0});
  REQUIRE(Problem(module).empty());
  const auto decoded = DecodeModule(module, {});
  const Module& m = **decoded;
  REQUIRE(m.types.size() == 3);
  CHECK(m.rec_groups.size() == 2);
  CHECK(m.rec_groups[1].explicit_group);
  CHECK(m.types[2].is_final);
  CHECK(m.types[2].supertypes == std::vector<uint32_t>{1});
  CHECK(m.types[2].comp.fields[1].type == ValType::Ref(HeapType::Concrete(2), true));
  CHECK(m.num_imported_functions == 1);
  CHECK(m.functions.size() == 2);
  CHECK(m.functions[1].body.size() == 4);
  REQUIRE(m.tables.size() == 2);
  CHECK(m.tables[0].type.limits == Limits{1, 2});
  CHECK(m.tables[1].type.addr_type == AddrType::kI64);
  CHECK(m.tables[1].init.has_value());
  REQUIRE(m.memories.size() == 2);
  CHECK(m.memories[0].type.shared);
  CHECK(m.memories[1].type.addr_type == AddrType::kI64);
  CHECK(m.memories[1].type.page_size_log2 == 0);
  CHECK(m.tags.size() == 1);
  CHECK(m.globals[0].init.range.size() == 3);
  CHECK(m.exports[1].kind == ExternKind::kMemory);
  CHECK(m.start == FuncIdx(1));
  REQUIRE(m.elems.size() == 3);
  CHECK(m.elems[0].mode == SegmentMode::kActive);
  CHECK(m.elems[1].mode == SegmentMode::kPassive);
  CHECK(m.elems[1].type == ValType::Ref(HeapType::kFunc, false));
  CHECK(m.elems[2].mode == SegmentMode::kDeclarative);
  CHECK(m.elems[2].uses_exprs);
  REQUIRE(m.datas.size() == 2);
  CHECK(m.Bytes(m.datas[0].bytes).size() == 2);
  CHECK(m.datas[1].memory == MemIdx(1));

  SECTION("cut short anywhere it is malformed, or a shorter module") {
    for (size_t size = 0; size < module.size(); ++size)
      Problem(Bytes(module.begin(), module.begin() + static_cast<ptrdiff_t>(size)));
  }
  SECTION("changed anywhere it is decoded or refused") {
    std::mt19937 random(1);
    for (size_t at = 0; at < module.size(); ++at)
      for (uint8_t value :
           {0x00, 0x01, 0x40, 0x7f, 0x80, 0xff, static_cast<int>(random() & 0xff)}) {
        Bytes changed = module;
        changed[at] = value;
        Problem(changed);
      }
  }
}

TEST_CASE("malformed modules") {
  struct Case {
    Bytes sections;
    std::string_view text;
  };
  const Bytes type = Section(1, {1, 0x60, 0, 0});
  for (const Case& c : std::initializer_list<Case>{
           {{14, 0}, "malformed section id"},
           {{0x80}, "malformed section id"},
           {{1, 5, 0}, "length out of bounds"},
           {{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, "integer representation too long"},
           {{1, 0x80, 0x80, 0x80, 0x80, 0x10}, "integer too large"},
           {Section(1, {1, 0x60, 0, 0, 0}), "section size mismatch"},
           {Section(1, {1, 0x61}), "malformed definition type"},
           {Section(1, {1, 0x60, 1, 0x01, 0}), "malformed value type"},
           {Section(1, {1, 0x5f, 1, 0x01, 0}), "malformed storage type"},
           {Section(1, {1, 0x5e, 0x7f, 2}), "malformed mutability"},
           {Section(1, {9, 0x60, 0, 0}), "length out of bounds"},
           {type + type, "unexpected content after last section"},
           {Section(3, {0}) + type, "unexpected content after last section"},
           {Section(2, Bytes{1} + Text("\xff") + Text("") + Bytes{0, 0}),
            "malformed UTF-8 encoding"},
           {Section(2, Bytes{1} + Text("") + Text("") + Bytes{5, 0}), "malformed import kind"},
           {Section(4, {1, 0x7f, 0, 0}), "malformed reference type"},
           {Section(4, {1, 0x70, 0x08, 0}), "malformed limits flags"},
           {Section(5, {1, 0x10, 0}), "malformed limits flags"},
           {Section(5, {1, 0x08, 0, 64}), "invalid custom page size"},
           {Section(6, {1, 0x7f, 2, 0x41, 0, 0x0b}), "malformed mutability"},
           {Section(6, {1, 0x7f, 0, 0xff, 0x0b}), "illegal opcode ff"},
           {Section(7, Bytes{1} + Text("") + Bytes{5, 0}), "malformed export kind"},
           {Section(9, {1, 8}), "malformed elements segment kind"},
           {Section(9, {1, 1, 1, 0}), "malformed element kind"},
           {Section(11, {1, 3}), "malformed data segment kind"},
           {Section(13, {1, 1, 0}), "malformed tag attribute"},
           {type + Section(3, {1, 0}), "function and code section have inconsistent lengths"},
           {type + Section(10, {1, 2, 0, 0x0b}),
            "function and code section have inconsistent lengths"},
           {Section(12, {1}), "data count and data section have inconsistent lengths"},
           {type + Section(3, {1, 0}) + Section(10, {1, 3, 0, 0x0b, 0x0b}),
            "section size mismatch"},
           {type + Section(3, {1, 0}) + Section(10, {1, 3, 0, 0x05, 0x0b}), "END opcode expected"},
           {type + Section(3, {1, 0}) + Section(10, {1, 6, 1, 0xe0, 0xd4, 0x03, 0x7f, 0x0b}),
            "too many locals"},
           {type + Section(3, {1, 0}) + Section(10, {1, 5, 0, 0xfc, 9, 0, 0x0b}),
            "data count section required"},
           {Section(0, {}), "unexpected end"},
           {Section(0, {4, 'a'}), "length out of bounds"},
       }) {
    INFO("expecting " << c.text);
    const std::string problem = Problem(kHeader + c.sections);
    INFO("got " << problem);
    CHECK(Begins(problem, c.text));
  }
}

TEST_CASE("features that are off are not in the format") {
  CHECK(Problem(kHeader + Section(5, {1, 4, 0}), Without(Feature::kMemory64)) ==
        "malformed limits flags");
  CHECK(Problem(kHeader + Section(5, {1, 0, 0x80, 0x80, 0x80, 0x80, 0x10}),
                Without(Feature::kMemory64)) == "i32 constant out of range");
  CHECK(Problem(kHeader + Section(5, {1, 3, 0, 1}), Without(Feature::kThreads)) ==
        "malformed limits flags");
  CHECK(Problem(kHeader + Section(5, {1, 8, 0, 0}), Without(Feature::kCustomPageSizes)) ==
        "malformed limits flags");
  CHECK(Problem(kHeader + Section(13, {0}), Without(Feature::kExceptions)) ==
        "malformed section id");
  CHECK(Problem(kHeader + Section(1, {1, 0x5f, 0}), Without(Feature::kGc)) ==
        "malformed definition type");
  CHECK(Problem(kHeader + Section(6, {1, 0x7b, 0, 0xfd, 0x0c, 0, 0, 0, 0, 0, 0,
                                      0, 0,    0, 0,    0,    0, 0, 0, 0, 0, 0x0b}),
                Without(Feature::kSimd)) == "illegal opcode fd 0c");
}

TEST_CASE("names are kept as far as they can be read") {
  const Bytes module = kHeader + Section(1, {1, 0x60, 0, 0}) + Section(3, {2, 0, 0}) +
                       Section(10, {2, 2, 0, 0x0b, 2, 0, 0x0b});
  const Bytes names = Section(0, Text("mod")) +
                      Section(1, Bytes{2, 0} + Text("first") + Bytes{1} + Text("second")) +
                      Section(2, Bytes{1, 1, 1, 0} + Text("x"));
  const auto good = DecodeModule(module + Custom("name", names), {});
  REQUIRE(good.has_value());
  CHECK((*good)->names.module == "mod");
  CHECK((*good)->names.functions.Find(1) == "second");
  CHECK((*good)->names.functions.Find(2).empty());
  CHECK((*good)->names.locals[0].second.Find(0) == "x");
  CHECK(ReadNameSection(**good, (*good)->customs[0]).has_value());
  CHECK((*good)->customs[0].after_section == 10);

  // The second index of the function names does not ascend.
  const auto bad = DecodeModule(
      module + Custom("name", Section(1, Bytes{2, 1} + Text("b") + Bytes{0} + Text("a"))), {});
  REQUIRE(bad.has_value());
  CHECK((*bad)->names.functions.Find(1) == "b");
  const auto strict = ReadNameSection(**bad, (*bad)->customs[0]);
  REQUIRE_FALSE(strict.has_value());
  CHECK(strict.error().message() == "name indices out of order");
}

TEST_CASE("branch hints name branches") {
  // i32.const 0, if, end, end: the if is at offset 3 of the body.
  const Bytes code = Section(1, {1, 0x60, 0, 0}) + Section(3, {1, 0}) +
                     Section(10, {1, 7, 0, 0x41, 0, 0x04, 0x40, 0x0b, 0x0b});
  const auto read = [&](const Bytes& hints) {
    auto module = DecodeModule(kHeader + Custom(kBranchHintSection, hints) + code, {});
    REQUIRE(module.has_value());
    return ReadBranchHints(**module, (*module)->customs[0]);
  };
  const auto good = read({1, 0, 1, 3, 1, 1});
  REQUIRE(good.has_value());
  CHECK((*good)[0].hints[0].offset == 3);
  CHECK((*good)[0].hints[0].likely);
  const auto misplaced = read({1, 0, 1, 1, 1, 0});
  REQUIRE_FALSE(misplaced.has_value());
  CHECK(misplaced.error().kind() == ErrorKind::kInvalid);
  CHECK(misplaced.error().message() == "@metadata.code.branch_hint annotation: invalid target");
  CHECK_FALSE(read({1, 1, 0}).has_value());
  CHECK(read({1, 0, 1, 3, 1, 2}).error().kind() == ErrorKind::kMalformed);
  CHECK(read({1, 0, 9}).error().kind() == ErrorKind::kMalformed);
}

}  // namespace
}  // namespace wasm::binary
