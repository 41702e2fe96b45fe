// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/objdump.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libcomponent/binary/binary_test_util.h"
#include "libcomponent/binary/component_decoder.h"

namespace component::binary::test {
namespace {

std::string Dump(const Bytes& bytes, const ObjdumpOptions& options) {
  const auto component = DecodeComponent(bytes);
  REQUIRE(component.has_value());
  return Objdump(**component, bytes, options);
}

TEST_CASE("sections, nested and empty ones too") {
  const Bytes bytes = kComponent + Section(8, {0}) + Section(4, kComponent + Section(1, kModule)) +
                      Section(0, Text("x") + Bytes{1});
  CHECK(Dump(bytes, {}) ==
        "Sections (offsets of the contents):\n"
        "  canon         0x0000000a..0x0000000b         1 byte, count 0\n"
        "  component     0x0000000d..0x0000001f        18 bytes\n"
        "    core module   0x00000017..0x0000001f         8 bytes\n"
        "  custom        0x00000021..0x00000024         3 bytes\n");
}

TEST_CASE("definitions with offsets, indices and names") {
  const Bytes bytes =
      kComponent +
      Section(7, Bytes{2, 0x42, 2, 0x01, 0x73, 0x04, 0x00} + Text("t") + Bytes{0x03, 0x00, 0x00} +
                     Bytes{0x40, 1} + Text("p") + Bytes{0x00, 0x00, 0x79}) +
      Section(10, Bytes{1, 0x00} + Text("f") + Bytes{0x01, 1}) + Section(8, {1, 1, 0, 0, 1, 3, 2}) +
      Section(0, Text("component-name") + Section(1, Bytes{0x01, 1, 0} + Text("imported")));
  CHECK(Dump(bytes, {.headers = false, .details = true}) ==
        "Definitions:\n"
        "    0x0000000b type[0] instance, 2 declarators\n"
        "      0x0000000d type[0] string\n"
        "      0x0000000f type[1] export \"t\" (type eq type[0])\n"
        "    0x00000016 type[1] (func (param \"p\" type[0]) (result u32))\n"
        "    0x00000020 func[0] $imported import \"f\" (func type[1])\n"
        "    0x00000028 core func[0] canon lower func[0] memory core memory[2]\n"
        "    0x00000030 custom \"component-name\", 14 bytes\n");
}

TEST_CASE("every definition has a line") {
  const Bytes bytes = Everything();
  const std::string dump = Dump(bytes, {.headers = false, .details = true});
  for (const char* line :
       {"core type[2..4) (rec open sub of type[1] (array (field v128)) (func))",
        "import \"m\" \"memory\" memory i64 1..2 shared pages of 2^0", "(result (error s64))",
        "(list u8 128)", "canon thread.spawn-indirect core type[2] core table[3]",
        "canon task.return (result string)",
        "value[0..2) start func[3] value[0] value[1], 2 results",
        "import \"i\" (implements \"a:b/c\") (versionsuffix \".2\") (external-id \"id\")",
        "(resource (rep i64) (dtor core func[5]))",
        "core module[1] alias outer 1 core module[2]"}) {
    INFO(line);
    CHECK(dump.find(line) != std::string::npos);
  }
}

}  // namespace
}  // namespace component::binary::test
