// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers, rights and preopens.

#include "libwasi/core/descriptor_table.h"

#include <catch2/catch_test_macros.hpp>

#include "libwasi/core/stdio.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

HeldDescriptor Null(Rights base = right::kStream, Rights inheriting = 0) {
  return {std::make_shared<NullStream>(), base, inheriting};
}

TEST_CASE("the lowest free number from 3 on is given") {
  DescriptorTable table;
  CHECK(*table.Insert(Null()) == 3);
  CHECK(*table.Insert(Null()) == 4);
  CHECK(*table.Insert(Null()) == 5);
  REQUIRE(table.Close(4).has_value());
  REQUIRE(table.Close(3).has_value());
  CHECK(*table.Insert(Null()) == 3);
  CHECK(*table.Insert(Null()) == 4);
  CHECK(*table.Insert(Null()) == 6);
  CHECK(ErrorOf(table.Get(0)) == Errno::kBadf);
  table.InsertStandard(0, Null());
  CHECK(table.Get(0).has_value());
}

TEST_CASE("the number of descriptors is bounded") {
  DescriptorTable table;
  for (Fd fd = 3; fd < DescriptorTable::kMaxDescriptors; ++fd) {
    if (!table.Insert(Null()).has_value()) FAIL("no number " << fd);
  }
  CHECK(ErrorOf(table.Insert(Null())) == Errno::kMfile);
  REQUIRE(table.Close(1000).has_value());
  CHECK(*table.Insert(Null()) == 1000);
}

TEST_CASE("closed and unknown numbers are bad") {
  DescriptorTable table;
  Fd fd = *table.Insert(Null());
  REQUIRE(table.Close(fd).has_value());
  CHECK(ErrorOf(table.Close(fd)) == Errno::kBadf);
  CHECK(ErrorOf(table.Get(fd)) == Errno::kBadf);
  CHECK(ErrorOf(table.Get(0xffffffff)) == Errno::kBadf);
  CHECK(ErrorOf(table.SetRights(fd, 0, 0)) == Errno::kBadf);
}

TEST_CASE("rights are required and can only be given up") {
  DescriptorTable table;
  Fd fd = *table.Insert(Null(right::kFdRead | right::kFdWrite, right::kFdSeek));
  CHECK(table.Get(fd, right::kFdRead | right::kFdWrite).has_value());
  CHECK(ErrorOf(table.Get(fd, right::kFdSeek)) == Errno::kNotcapable);
  CHECK(ErrorOf(table.SetRights(fd, right::kFdRead | right::kFdSeek, 0)) == Errno::kNotcapable);
  CHECK(ErrorOf(table.SetRights(fd, right::kFdRead, right::kFdSeek | right::kFdTell)) ==
        Errno::kNotcapable);
  REQUIRE(table.SetRights(fd, right::kFdRead, 0).has_value());
  CHECK(ErrorOf(table.Get(fd, right::kFdWrite)) == Errno::kNotcapable);
  CHECK(ErrorOf(table.SetRights(fd, right::kFdWrite, 0)) == Errno::kNotcapable);
}

TEST_CASE("renumbering moves a descriptor over an open one") {
  DescriptorTable table;
  Fd preopen = *table.InsertPreopen(Null(right::kFdRead), "/data");
  Fd other = *table.Insert(Null(right::kFdWrite));
  CHECK(*table.PreopenName(preopen) == "/data");
  CHECK(ErrorOf(table.PreopenName(other)) == Errno::kBadf);
  CHECK(ErrorOf(table.Renumber(other, 77)) == Errno::kBadf);
  CHECK(ErrorOf(table.Renumber(77, other)) == Errno::kBadf);
  REQUIRE(table.Renumber(other, other).has_value());
  REQUIRE(table.Renumber(other, preopen).has_value());
  CHECK(table.Get(preopen, right::kFdWrite).has_value());
  CHECK(ErrorOf(table.Get(other)) == Errno::kBadf);
  // The name went with the descriptor it belonged to.
  CHECK(ErrorOf(table.PreopenName(preopen)) == Errno::kBadf);
  CHECK(*table.Insert(Null()) == other);
}

TEST_CASE("a descriptor outlives its number while somebody uses it") {
  DescriptorTable table;
  auto buffer = std::make_shared<OutputBuffer>();
  Fd fd = *table.Insert({buffer, right::kFdWrite, 0});
  IoResult<HeldDescriptor> held = table.Get(fd);
  REQUIRE(table.Close(fd).has_value());
  CHECK(*WriteText(*held->descriptor, "late") == 4);
  CHECK(buffer->content() == "late");
}

}  // namespace
}  // namespace trenail::wasi
