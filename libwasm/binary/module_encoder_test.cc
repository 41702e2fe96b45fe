// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Encoding what was decoded gives the same bytes, where those were written with the shortest
// integers; stripping removes custom sections and nothing else.

#include "libwasm/binary/module_encoder.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>

#include "libwasm/binary/module_decoder.h"

namespace wasm::binary {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes MakeModule(std::initializer_list<Bytes> sections) {
  Bytes module = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
  for (const Bytes& section : sections) {
    module.push_back(section[0]);
    module.push_back(static_cast<uint8_t>(section.size() - 1));
    module.insert(module.end(), section.begin() + 1, section.end());
  }
  return module;
}

void CheckSame(const Bytes& bytes) {
  const auto module = DecodeModule(bytes, {});
  if (!module) FAIL(module.error().message());
  CHECK(EncodeModule(**module) == bytes);
}

const Bytes kCustomA = {0, 1, 'a', 0x01, 0x02};
const Bytes kCustomB = {0, 1, 'b'};
const Bytes kNames = {0, 4, 'n', 'a', 'm', 'e', 0x00, 0x02, 0x01, 'm'};
const Bytes kTypes = {1, 1, 0x60, 0, 0};  // (type (func))
const Bytes kFunctions = {3, 1, 0};       // (func (type 0))
const Bytes kCode = {10, 1, 2, 0, 0x0b};  // no locals, end

TEST_CASE("the empty module stays empty") { CheckSame(MakeModule({})); }

TEST_CASE("every form of type is written back") {
  CheckSame(MakeModule({{1,    5,                                   //
                         0x60, 2,    0x7f, 0x63, 0x00, 1,    0x7b,  // func
                         0x5f, 2,    0x78, 0,    0x64, 0x6e, 1,     // struct
                         0x5e, 0x70, 1,                             // array
                         0x50, 0,    0x5f, 0,                       // sub, open
                         0x4e, 2,                                   // rec
                         0x4f, 1,    3,    0x5f, 1,    0x63, 5,    0, 0x5e, 0x77, 1}}));
}

TEST_CASE("every form of import and limits is written back") {
  CheckSame(MakeModule({kTypes, {2, 8,                              //
                                 1, 'm', 1, 'f', 0, 0,              // func
                                 1, 'm', 1, 't', 1, 0x70, 1, 1, 2,  // table 1 2 funcref
                                 1, 'm', 1, 'u', 1, 0x6f, 4, 1,     // table i64 1 externref
                                 1, 'm', 1, 'a', 2, 3,    1, 2,     // memory 1 2 shared
                                 1, 'm', 1, 'b', 2, 4,    1,        // memory i64 1
                                 1, 'm', 1, 'c', 2, 8,    1, 0,     // memory 1 (pagesize 1)
                                 1, 'm', 1, 'g', 3, 0x7e, 1,        // global mut i64
                                 1, 'm', 1, 'e', 4, 0,    0}}));    // tag
}

TEST_CASE("sections keep the order of the format and customs their places") {
  CheckSame(MakeModule({kCustomA,
                        kTypes,
                        kCustomB,
                        kCustomA,
                        kFunctions,
                        {13, 1, 0, 0},
                        kCustomB,
                        {6, 1, 0x7f, 0, 0x41, 0, 0x0b},  // global
                        {7, 1, 1, 'f', 0, 0},            // export
                        {8, 0},                          // start
                        kCode,
                        kNames}));
}

TEST_CASE("an empty section that was there is written, since customs name their neighbours") {
  CheckSame(MakeModule({kTypes, {4, 0}, kCustomA, {7, 0}}));
}

TEST_CASE("every form of element segment is written back") {
  CheckSame(MakeModule({kTypes,
                        kFunctions,
                        {4, 2, 0x70, 0, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b},
                        {9, 8,                                               //
                         0, 0x41, 0,    0x0b, 1,    0,                       //
                         1, 0,    1,    0,                                   //
                         2, 1,    0x41, 0,    0x0b, 0,    1, 0,              //
                         3, 0,    1,    0,                                   //
                         4, 0x41, 0,    0x0b, 1,    0xd2, 0, 0x0b,           //
                         5, 0x70, 1,    0xd0, 0x70, 0x0b,                    //
                         6, 1,    0x41, 0,    0x0b, 0x70, 1, 0xd2, 0, 0x0b,  //
                         7, 0x70, 0},
                        kCode}));
}

TEST_CASE("every form of data segment is written back, and the data count") {
  CheckSame(MakeModule({{5, 2, 0, 1, 0, 1},
                        {12, 3},
                        {11, 3,                          //
                         0, 0x41, 0, 0x0b, 2, 'h', 'i',  //
                         1, 1, '!',                      //
                         2, 1, 0x41, 0, 0x0b, 0}}));
}

TEST_CASE("integers that were written too long are written short") {
  Bytes bytes = MakeModule({kTypes});
  bytes[9] = 0x85;  // the section's size, on two bytes
  bytes.insert(bytes.begin() + 10, 0x00);
  bytes[9] = 0x84;
  const auto module = DecodeModule(bytes, {});
  REQUIRE(module);
  CHECK(EncodeModule(**module) == MakeModule({kTypes}));
}

TEST_CASE("strip removes custom sections and nothing else") {
  const Bytes bytes = MakeModule({kCustomA, kTypes, kCustomB, kFunctions, kCode, kNames});
  const auto module = DecodeModule(bytes, {});
  REQUIRE(module);
  CHECK(StripModule(**module, {}) == MakeModule({kTypes, kFunctions, kCode}));
  CHECK(StripModule(**module, {.keep_names = true, .only = {}}) ==
        MakeModule({kTypes, kFunctions, kCode, kNames}));
  CHECK(StripModule(**module, {.only = {"a", "zzz"}}) ==
        MakeModule({kTypes, kCustomB, kFunctions, kCode, kNames}));
}

}  // namespace
}  // namespace wasm::binary
