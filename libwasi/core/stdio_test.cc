// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Standard streams on buffers and on borrowed host descriptors.

#include "libwasi/core/stdio.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "libwasi/core/clocks.h"
#include "libwasi/core/test_support.h"

namespace trenail::wasi {
namespace {

struct Pipe {
  Pipe() {
    int fds[2];
    REQUIRE(::pipe(fds) == 0);
    read.Reset(fds[0]);
    write.Reset(fds[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

TEST_CASE("an input buffer is read once, over several vectors") {
  InputBuffer input("hello world");
  char first[5];
  char second[3];
  iovec vectors[] = {{first, sizeof(first)}, {nullptr, 0}, {second, sizeof(second)}};
  CHECK(*input.Read(vectors, nullptr) == 8);
  CHECK(std::string(first, 5) + std::string(second, 3) == "hello wo");
  CHECK(input.poll_source().readable_bytes == 3);
  CHECK(ReadAll(input) == "rld");
  CHECK(ReadAll(input).empty());
  CHECK(ErrorOf(WriteText(input, "x")) == Errno::kBadf);
}

TEST_CASE("an output buffer is bounded") {
  OutputBuffer output(8);
  CHECK(*WriteText(output, "12345") == 5);
  CHECK(*WriteText(output, "6789") == 3);
  CHECK(ErrorOf(WriteText(output, "0")) == Errno::kNospc);
  CHECK(*WriteText(output, "") == 0);
  CHECK(output.content() == "12345678");
  CHECK(ErrorOf(output.Seek(0, Whence::kSet)) == Errno::kSpipe);
}

TEST_CASE("a borrowed descriptor stays open") {
  Pipe pipe;
  {
    BorrowedStream stream(pipe.write.get());
    CHECK(stream.type() == FileType::kFifo);
    CHECK(*WriteText(stream, "text") == 4);
  }
  CHECK(::fcntl(pipe.write.get(), F_GETFD) >= 0);
  BorrowedStream stream(pipe.read.get());
  CHECK(ReadAll(stream) == "text");
}

TEST_CASE("a device that is no terminal does not pass for one") {
  UniqueFd null(::open("/dev/null", O_RDWR));
  BorrowedStream stream(null.get());
  CHECK(stream.type() == FileType::kUnknown);
  CHECK(stream.Stat()->type == FileType::kUnknown);
}

TEST_CASE("non-blocking mode answers instead of waiting") {
  Pipe pipe;
  BorrowedStream stream(pipe.read.get());
  REQUIRE(stream.SetFlags(FdFlags::kNonblock).has_value());
  char byte;
  iovec vector = {&byte, 1};
  CHECK(ErrorOf(stream.Read({&vector, 1}, nullptr)) == Errno::kAgain);
  // The mode is this descriptor's, not that of the open file behind it.
  CHECK((::fcntl(pipe.read.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("an interrupt wakes a blocked read") {
  Pipe pipe;
  BorrowedStream stream(pipe.read.get());
  Interrupt interrupt;
  std::thread waker([&] {
    ::usleep(20'000);
    interrupt.Raise();
  });
  char byte;
  iovec vector = {&byte, 1};
  CHECK(ErrorOf(stream.Read({&vector, 1}, &interrupt)) == Errno::kCanceled);
  waker.join();
  CHECK(ErrorOf(stream.Read({&vector, 1}, &interrupt)) == Errno::kCanceled);
}

TEST_CASE("a deadline ends a blocked read and a blocked write") {
  Pipe pipe;
  BorrowedStream reader(pipe.read.get());
  BorrowedStream writer(pipe.write.get());
  Interrupt interrupt;
  interrupt.SetDeadline(MonotonicAfter(30'000'000));
  char byte;
  iovec vector = {&byte, 1};
  CHECK(ErrorOf(reader.Read({&vector, 1}, &interrupt)) == Errno::kCanceled);
  Interrupt second;
  second.SetDeadline(MonotonicAfter(30'000'000));
  CHECK(ErrorOf(WriteText(writer, std::string(1 << 20, 'x'), &second)) == Errno::kCanceled);
}

TEST_CASE("a pipe whose reader has gone is an error, not a signal") {
  Pipe pipe;
  pipe.read.Reset();
  BorrowedStream stream(pipe.write.get());
  CHECK(ErrorOf(WriteText(stream, "x")) == Errno::kPipe);
}

TEST_CASE("a long write to a pipe is whole") {
  Pipe pipe;
  BorrowedStream writer(pipe.write.get());
  std::string received;
  std::thread reader([&] {
    BorrowedStream stream(pipe.read.get());
    while (received.size() < (1 << 20)) received += ReadAll(stream);
  });
  CHECK(*WriteText(writer, std::string(1 << 20, 'x')) == 1 << 20);
  reader.join();
  CHECK(received == std::string(1 << 20, 'x'));
}

}  // namespace
}  // namespace trenail::wasi
