// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the configuration into descriptors of the core. What is granted is opened here, once; the
// guest can only reach further down.

#include "libwasi/libwasi.h"

#include <string_view>

#include "libwasi/core/clocks.h"
#include "libwasi/core/filesystem.h"
#include "libwasi/core/sockets.h"
#include "libwasi/core/stdio.h"
#include "libwasi/program.h"

namespace trenail {
namespace {

using wasi::Errno;
using wasi::FileType;
using wasi::HeldDescriptor;
namespace right = wasi::right;

std::unexpected<Error> Refused(std::string what, Errno reason) {
  what += ": ";
  what += wasi::ErrnoName(reason);
  return std::unexpected(Error(ErrorKind::kHost, std::move(what)));
}

HeldDescriptor HoldStream(const WasiStream& stream, bool is_input) {
  const std::shared_ptr<wasi::Descriptor>& descriptor = stream.internal();
  wasi::Rights rights = wasi::ApplicableRights(descriptor->type());
  rights &= ~(is_input ? right::kFdWrite | right::kFdAllocate | right::kFdFilestatSetSize
                       : right::kFdRead);
  return {descriptor, rights, 0};
}

}  // namespace

WasiStream::WasiStream() : descriptor_(std::make_shared<wasi::NullStream>()) {}

WasiStream WasiStream::Host(int fd) {
  WasiStream stream;
  stream.descriptor_ = std::make_shared<wasi::BorrowedStream>(fd);
  return stream;
}

WasiStream WasiStream::Text(std::string content) {
  WasiStream stream;
  stream.descriptor_ = std::make_shared<wasi::InputBuffer>(std::move(content));
  return stream;
}

WasiStream WasiStream::Capture(size_t limit) {
  WasiStream stream;
  stream.capture_ = std::make_shared<wasi::OutputBuffer>(limit);
  stream.descriptor_ = stream.capture_;
  return stream;
}

std::string WasiStream::captured() const {
  return capture_ != nullptr ? capture_->content() : std::string();
}

Wasi::Wasi(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Wasi::~Wasi() = default;

Result<std::unique_ptr<Wasi>> Wasi::Create(WasiConfig config) {
  auto program = std::make_unique<Program>(config);
  wasi::p1::Context& context = program->context();
  // First of all, so that they are closed whatever fails below.
  std::vector<std::shared_ptr<wasi::Socket>> sockets;
  for (int fd : config.sockets) {
    sockets.push_back(std::make_shared<wasi::Socket>(wasi::UniqueFd(fd)));
  }
  for (const std::string& argument : config.args) {
    if (auto added = context.environment.AddArgument(argument); !added) {
      return Refused("cannot pass the argument \"" + argument + "\"", added.error());
    }
  }
  for (const auto& [name, value] : config.env) {
    if (auto set = context.environment.SetVariable(name, value); !set) {
      return Refused("cannot set the environment variable \"" + name + "\"", set.error());
    }
  }
  if (config.random_seed.has_value()) context.random.Seed(*config.random_seed);

  wasi::DescriptorTable& descriptors = context.descriptors;
  descriptors.InsertStandard(0, HoldStream(config.stdin_stream, /*is_input=*/true));
  descriptors.InsertStandard(1, HoldStream(config.stdout_stream, /*is_input=*/false));
  descriptors.InsertStandard(2, HoldStream(config.stderr_stream, /*is_input=*/false));
  // Directories come before sockets: C programs look for them from 3 on until a descriptor is none.
  for (const WasiPreopen& preopen : config.preopens) {
    auto directory = wasi::Directory::OpenHost(preopen.host, preopen.read_only);
    if (!directory) {
      return Refused("cannot grant the directory \"" + preopen.host + "\"", directory.error());
    }
    HeldDescriptor held = {std::move(*directory), right::kDirectory, right::kAll};
    if (auto fd = descriptors.InsertPreopen(std::move(held), preopen.guest); !fd) {
      return Refused("cannot grant the directory \"" + preopen.host + "\"", fd.error());
    }
  }
  for (std::shared_ptr<wasi::Socket>& socket : sockets) {
    if (socket->type() == FileType::kUnknown) {
      return Refused("cannot grant a socket", Errno::kNotsock);
    }
    HeldDescriptor held = {std::move(socket), right::kSocket, 0};
    if (auto fd = descriptors.Insert(std::move(held)); !fd) {
      return Refused("cannot grant a socket", fd.error());
    }
  }
  return std::unique_ptr<Wasi>(new Wasi(std::move(program)));
}

Result<void> Wasi::Link(Linker& linker, const Module& module) {
  return program_->Link(linker, module);
}

void Wasi::Interrupt() { program_->Interrupt(); }

void Wasi::SetTimeout(std::chrono::nanoseconds timeout) {
  uint64_t nanoseconds = timeout.count() < 0 ? 0 : static_cast<uint64_t>(timeout.count());
  program_->context().interrupt.SetDeadline(wasi::MonotonicAfter(nanoseconds));
}

Result<void> Wasi::FinishProgram(Result<void> main_result) {
  return program_->Finish(std::move(main_result));
}

}  // namespace trenail
