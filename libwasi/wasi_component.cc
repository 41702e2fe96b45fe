// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the configuration into the context of a component, and defines the interfaces.

#include "libwasi/wasi_component.h"

#include <utility>

#include "libwasi/component/context.h"
#include "libwasi/p2/config.h"
#include "libwasi/p2/http.h"
#include "libwasi/p2/io.h"
#include "libwasi/p2/sockets.h"
#include "libwasi/p3/cli.h"
#include "libwasi/p3/http.h"
#include "libwasi/p3/sockets.h"
#include "libwasi/packages.h"

namespace trenail {
namespace {

using wasi::Context;

std::unexpected<Error> Refused(std::string what, wasi::Errno reason) {
  what += ": ";
  what += wasi::ErrnoName(reason);
  return std::unexpected(Error(ErrorKind::kHost, std::move(what)));
}

wasi::StandardStream ToStandardStream(const WasiStream& stream) {
  const auto& descriptor = stream.internal();
  return {.descriptor = descriptor,
          .is_terminal = descriptor->type() == wasi::FileType::kCharacterDevice};
}

}  // namespace

WasiComponent::WasiComponent(std::unique_ptr<Context> context) : context_(std::move(context)) {}
WasiComponent::~WasiComponent() = default;

Result<std::unique_ptr<WasiComponent>> WasiComponent::Create(WasiConfig config, wasi::Grants grants,
                                                             wasi::NetSource& net) {
  auto context = std::make_unique<Context>(net, std::move(grants));
  for (const std::string& argument : config.args) {
    if (auto added = context->environment.AddArgument(argument); !added)
      return Refused("cannot pass the argument \"" + argument + "\"", added.error());
  }
  for (const auto& [name, value] : config.env) {
    if (auto set = context->environment.SetVariable(name, value); !set)
      return Refused("cannot set the environment variable \"" + name + "\"", set.error());
  }
  if (config.random_seed) {
    context->random.Seed(*config.random_seed);
    context->insecure_random.Seed(*config.random_seed);
  }
  context->stdin_stream = ToStandardStream(config.stdin_stream);
  context->stdout_stream = ToStandardStream(config.stdout_stream);
  context->stderr_stream = ToStandardStream(config.stderr_stream);
  for (const WasiPreopen& preopen : config.preopens) {
    auto directory = wasi::Directory::OpenHost(preopen.host, preopen.read_only);
    if (!directory)
      return Refused("cannot grant the directory \"" + preopen.host + "\"", directory.error());
    context->preopens.emplace_back(std::move(*directory), preopen.guest);
  }
  return std::unique_ptr<WasiComponent>(new WasiComponent(std::move(context)));
}

void WasiComponent::Link(ComponentLinker& linker, const Component& component) {
#define WASI_PACKAGE(names, version, function) \
  if (wasi::IsImported(component, names, version)) wasi::p##version::function(linker);
#include "libwasi/packages.def"
#undef WASI_PACKAGE
}

void WasiComponent::Attach(ComponentStore& store) {
  store.SetHostData(context_.get());
  store.SetIdle([context = context_.get()]() -> Result<bool> {
    if (context->interrupt.IsDue())
      return std::unexpected(Error(ErrorKind::kInterrupted, "interrupted"));
    wasi::EventLoop* const loop = context->LoopIfMade();
    if (loop == nullptr) return false;
    const wasi::IoResult<bool> happened = loop->RunOnce(&context->interrupt);
    if (!happened) return std::unexpected(Error(ErrorKind::kInterrupted, "interrupted"));
    return *happened;
  });
}

void WasiComponent::Interrupt() { context_->interrupt.Raise(); }

Result<void> WasiComponent::Finish(Result<void> result) {
  Result<void> drained = context_->Drain();
  if (result && !drained) return drained;
  if (!result && result.error().kind() == ErrorKind::kExit && result.error().exit_code() == 0)
    return {};
  return result;
}

}  // namespace trenail
