// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components put together byte by byte, for the tests of this folder.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_BINARY_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_BINARY_BINARY_TEST_UTIL_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "libwasm/support/leb128.h"

namespace component::binary::test {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Bytes Text(std::string_view text) {
  Bytes out;
  wasm::WriteUnsignedLeb(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
  return out;
}
inline Bytes Section(uint8_t id, const Bytes& contents) {
  Bytes out{id};
  wasm::WriteUnsignedLeb(out, contents.size());
  return out + contents;
}
inline const Bytes kComponent = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
inline const Bytes kModule = {0, 'a', 's', 'm', 1, 0, 0, 0};

// Every kind of section, every form of type and of name, all canonical definitions. Not valid.
inline Bytes Everything() {
  const Bytes core_types =
      Bytes{4} + Bytes{0x60, 1, 0x7f, 1, 0x63, 0x00} + Bytes{0x00, 0x50, 0, 0x5f, 1, 0x78, 1} +
      Bytes{0x4e, 2, 0x50, 1, 1, 0x5e, 0x7b, 0, 0x60, 0, 0} +
      (Bytes{0x50, 9} + Bytes{0x01, 0x50, 0, 0x60, 0, 0} + Bytes{0x01, 0x50, 0} +
       (Bytes{0x00} + Text("m") + Text("f") + Bytes{0, 0}) +
       (Bytes{0x00} + Text("m") + Text("t") + Bytes{1, 0x70, 1, 1, 2}) +
       (Bytes{0x00} + Text("m") + Text("memory") + Bytes{2, 0x0f, 1, 2, 0}) +
       (Bytes{0x03} + Text("g") + Bytes{3, 0x7e, 1}) + (Bytes{0x03} + Text("e") + Bytes{4, 0, 0}) +
       Bytes{0x02, 0x10, 0x01, 1, 0} + Bytes{0x01, 0x4e, 1, 0x50, 0, 0x5f, 0});
  const Bytes declarators = (Bytes{0x00, 0x60, 0, 0}) + Bytes{0x01, 0x73} +
                            Bytes{0x02, 0x03, 0x02, 1, 0} +
                            (Bytes{0x04, 0x00} + Text("t") + Bytes{0x03, 0x01}) +
                            (Bytes{0x04, 0x00} + Text("m") + Bytes{0x00, 0x11, 0});
  const Bytes types =
      Bytes{28} + Bytes{0x7f, 0x64} +
      (Bytes{0x72, 2} + Text("a") + Bytes{0x7d} + Text("b") + Bytes{0xff, 0x00}) +
      (Bytes{0x71, 2} + Text("x") + Bytes{1, 0x73, 0} + Text("y") + Bytes{0, 0}) +
      Bytes{0x70, 0x74} + Bytes{0x67, 0x7d, 0x80, 0x01} + Bytes{0x6f, 2, 0x7c, 0x01} +
      (Bytes{0x6e, 1} + Text("f")) + (Bytes{0x6d, 2} + Text("e1") + Text("e2")) +
      Bytes{0x6b, 0x7a} + Bytes{0x6a, 0, 0} + Bytes{0x6a, 1, 0x77, 0} + Bytes{0x6a, 0, 1, 0x78} +
      Bytes{0x69, 3} + Bytes{0x68, 4} + Bytes{0x66, 1, 0x7d} + Bytes{0x66, 0} +
      Bytes{0x65, 1, 0x73} + Bytes{0x65, 0} + Bytes{0x63, 0x73, 0x79} +
      (Bytes{0x40, 1} + Text("p") + Bytes{0x79, 0x00, 0x73}) + Bytes{0x40, 0, 0x01, 0x00} +
      Bytes{0x43, 0, 0x01, 0x00} +
      (Bytes{0x41, 6} + declarators + Bytes{0x03, 0x00} + Text("i") + Bytes{0x05, 1}) +
      (Bytes{0x42, 5} + declarators) + Bytes{0x42, 0} + Bytes{0x3f, 0x7f, 0} +
      Bytes{0x3f, 0x7e, 1, 5};
  const Bytes canons =
      Bytes{49} + Bytes{0x00, 0, 1, 3, 0x00, 0x03, 2, 0x04, 3, 7} +
      Bytes{0x01, 0, 2, 4, 0x01, 0x05, 1, 0x06, 0x07, 9} + Bytes{0x01, 0, 2, 1, 0x02} +
      Bytes{0x02, 1, 0x03, 2, 0x04, 3, 0x05, 0x06, 1} + Bytes{0x09, 0x00, 0x73, 0} +
      Bytes{0x09, 0x01, 0x00, 1, 0x00} + Bytes{0x0a, 0x7f, 0, 0x0b, 0x7e, 1} +
      Bytes{0x0c, 1, 0x0d, 0x0e, 4} + Bytes{0x0f, 5, 1, 0x06, 0x10, 5, 0} +
      Bytes{0x11, 5, 1, 0x12, 5, 0, 0x13, 5, 0x14, 5} + Bytes{0x15, 6, 0x16, 6, 0, 0x17, 6, 0} +
      Bytes{0x18, 6, 0, 0x19, 6, 1, 0x1a, 6, 0x1b, 6} + Bytes{0x1c, 0, 0x1d, 1, 0x03, 0, 0x1e} +
      Bytes{0x1f, 0x20, 1, 3, 0x21, 0, 4, 0x22, 0x23} + Bytes{0x24, 0x25, 0x26, 0x27, 1, 2} +
      Bytes{0x28, 0x29, 0, 0x2a, 1, 0x2b, 0, 0x2c, 0, 0x2d, 1} +
      Bytes{0x40, 1, 2, 0x41, 0, 2, 3, 0x42, 1};
  const Bytes imports =
      Bytes{8} + (Bytes{0x00} + Text("m") + Bytes{0x00, 0x11, 1}) +
      (Bytes{0x01} + Text("f") + Bytes{0x01, 2}) + (Bytes{0x00} + Text("v") + Bytes{0x02, 0, 3}) +
      (Bytes{0x00} + Text("w") + Bytes{0x02, 1, 0x73}) +
      (Bytes{0x00} + Text("t") + Bytes{0x03, 0, 4}) + (Bytes{0x00} + Text("r") + Bytes{0x03, 1}) +
      (Bytes{0x00} + Text("c") + Bytes{0x04, 5}) +
      (Bytes{0x02} + Text("i") + Bytes{3, 0x00} + Text("a:b/c") + Bytes{0x01} + Text(".2") +
       Bytes{0x02} + Text("id") + Bytes{0x05, 6});
  const Bytes names = Text("component-name") + Section(0, Text("all")) +
                      Section(1, Bytes{0x00, 0x11, 1, 0} + Text("module")) +
                      Section(1, Bytes{0x03, 2, 0} + Text("t0") + Bytes{2} + Text("t2"));
  return kComponent + Section(1, kModule) +
         Section(2,
                 Bytes{2} + (Bytes{0x00, 0, 1} + Text("a") + Bytes{0x12, 3}) +
                     (Bytes{0x01, 2} + Text("e") + Bytes{0x04, 1} + Text("i") + Bytes{0x12, 2})) +
         Section(3, core_types) +
         Section(4, kComponent + Section(1, kModule + Section(0, Text("")))) +
         Section(5, Bytes{2} + (Bytes{0x00, 0, 1} + Text("a") + Bytes{0x02, 3}) +
                        (Bytes{0x01, 1, 0x00} + Text("e") + Bytes{0x00, 0x11, 0})) +
         Section(6, Bytes{3} + (Bytes{0x01, 0x00, 1} + Text("f")) +
                        (Bytes{0x00, 0x02, 0x01, 1} + Text("mem")) +
                        Bytes{0x00, 0x11, 0x02, 1, 2}) +
         Section(7, types) + Section(8, canons) + Section(9, {3, 2, 0, 1, 2}) +
         Section(10, imports) +
         Section(11, Bytes{2} + (Bytes{0x00} + Text("x") + Bytes{0x01, 3, 0}) +
                         (Bytes{0x00} + Text("y") + Bytes{0x05, 0, 1, 0x05, 2})) +
         Section(12, Bytes{1, 0x73, 3, 2, 'h', 'i'}) + Section(0, Text("custom") + Bytes{1, 2}) +
         Section(0, names);
}

}  // namespace component::binary::test

#endif  // TRENAIL_LIBCOMPONENT_BINARY_BINARY_TEST_UTIL_H_
