// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small modules put together from bytes, for the tests of this folder.

#ifndef TRENAIL_LIBWASM_VALIDATE_TEST_MODULES_TEST_UTIL_H_
#define TRENAIL_LIBWASM_VALIDATE_TEST_MODULES_TEST_UTIL_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "libwasm/support/leb128.h"

namespace wasm::validate {

using Bytes = std::vector<uint8_t>;

inline constexpr uint8_t kI32 = 0x7f;
inline const Bytes kHeader = {0, 'a', 's', 'm', 1, 0, 0, 0};

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Bytes Sized(const Bytes& contents) {
  Bytes out;
  WriteUnsignedLeb(out, contents.size());
  return out + contents;
}
inline Bytes Text(std::string_view text) { return Sized(Bytes(text.begin(), text.end())); }
inline Bytes Section(uint8_t id, const Bytes& contents) { return Bytes{id} + Sized(contents); }

// Type 0 is that of the only function, 1 is (param i32) (result i32), 2 is (func). There are a
// funcref table, a memory, a tag of type (param i32) and a tag without parameters.
inline Bytes ModuleOfBody(const Bytes& params, const Bytes& results, const Bytes& code,
                          const Bytes& locals = {0}) {
  return kHeader +
         Section(1, Bytes{4, 0x60} + Sized(params) + Sized(results) +
                        Bytes{0x60, 1, kI32, 1, kI32, 0x60, 0, 0, 0x60, 1, kI32, 0}) +
         Section(3, {1, 0}) + Section(4, {1, 0x70, 0, 1}) + Section(5, {1, 0, 1}) +
         Section(13, {2, 0, 3, 0, 2}) + Section(10, Bytes{1} + Sized(locals + code));
}

// Something of everything: blocks, branches, handlers, vectors, references, objects.
inline Bytes BusyModule() {
  const Bytes code = {
      0x02, 0x40,                                            // block
      0x41, 0,    0x0e, 1,    0,    1,                       //   br_table 0 1
      0x0b,                                                  // end
      0x03, 0x01,                                            // loop (param i32) (result i32)
      0x41, 1,    0x0d, 0,                                   //   br_if 0
      0x0b,                                                  //
      0x04, 0x7f, 0x41, 3,    0x05, 0x41, 4,    0x0b, 0x1a,  // if (result i32) else end drop
      0x02, 0x7f,                                            // block (result i32)
      0x1f, 0x40, 2,    0,    0,    0,    2,    1,  //   try_table (catch 0 0) (catch_all 1)
      0x41, 7,    0x08, 0,                          //     throw 0
      0x0b, 0x41, 0,                                //
      0x0b, 0x1a,                                   //
      0x06, 0x40,                                   // try
      0x07, 0,    0x1a,                             // catch 0
      0x19, 0x09, 0,                                // catch_all rethrow 0
      0x0b,                                         //
      0xfd, 0x0c, 0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0,    0,  // v128.const
      0xfd, 0x0c, 0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0,    0,                             //
      0x41, 0,    0x1b, 0x1a,                                            // select drop
      0x41, 0,    0x28, 2,    0,    0x1a,                                // i32.load
      0x02, 0x63, 0x6b,                                                  // block (result structref)
      0x41, 5,    0xfb, 0,    4,    0xfb, 0x18, 1,    0,    0x6e, 0x6b,  // struct.new br_on_cast
      0x1a, 0xd0, 0x6b, 0x0b, 0x1a,                                      //
      0xd2, 0,    0x1a, 0x1a,                                            // ref.func 0 drop drop
      0x0b};
  return kHeader + Section(1, {5, 0x60, 1,    kI32, 0,    0x60, 1,    kI32, 1,    kI32, 0x60,
                               0, 0,    0x60, 1,    kI32, 0,    0x5f, 1,    kI32, 1}) +
         Section(3, {1, 0}) + Section(4, {1, 0x70, 0, 1}) + Section(5, {1, 0, 1}) +
         Section(13, {2, 0, 3, 0, 2}) + Section(7, Bytes{1} + Text("f") + Bytes{0, 0}) +
         Section(10, Bytes{1} + Sized(Bytes{0, 0x20, 0, 0x20, 0} + code));
}

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_TEST_MODULES_TEST_UTIL_H_
