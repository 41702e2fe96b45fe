// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli/environment] [wasi:cli/exit] [wasi:cli/terminal-input] … [wasi:random]

#include "libwasi/component/cli_link.h"

#include <optional>
#include <tuple>
#include <variant>
#include <vector>

namespace trenail::wasi {
namespace {

struct TerminalInput {
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("terminal-input"));
    return type;
  }
};
struct TerminalOutput {
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("terminal-output"));
    return type;
  }
};

// The interface that names the resource's type, and those that give one.
template <typename T>
void LinkTerminal(
    ComponentLinker& linker, const std::string& version, const char* resource,
    std::initializer_list<std::pair<const char*, StandardStream Context::*>> streams) {
  linker.Instance(std::string("wasi:cli/") + resource + version)
      .Resource(resource, T::ComponentType());
  for (const auto& [name, stream] : streams) {
    auto terminal = linker.Instance(std::string("wasi:cli/") + name + version);
    terminal.Resource(resource, T::ComponentType());
    terminal.Func(std::string("get-") + name,
                  TypedHost([stream](Context& context) -> Result<std::optional<ComponentOwn<T>>> {
                    if (!(context.*stream).is_terminal) return std::optional<ComponentOwn<T>>();
                    return std::optional<ComponentOwn<T>>(TRY(context.NewOwn<T>()));
                  }));
  }
}

Result<std::vector<uint8_t>> RandomBytes(Context& context, Random& random, uint64_t length) {
  std::vector<uint8_t> bytes(static_cast<size_t>(length));
  if (!random.Fill(bytes, &context.interrupt))
    return std::unexpected(Error(ErrorKind::kInterrupted, "interrupted"));
  return bytes;
}

Result<uint64_t> RandomNumber(Context& context, Random& random) {
  uint64_t number = 0;
  if (!random.Fill({reinterpret_cast<uint8_t*>(&number), sizeof number}, &context.interrupt))
    return std::unexpected(Error(ErrorKind::kHost, "the host has no random numbers"));
  return number;
}

}  // namespace

void LinkCliOfAllVersions(ComponentLinker& linker, const std::string& version,
                          const char* initial_cwd) {
  auto environment = linker.Instance("wasi:cli/environment" + version);
  environment.Func("get-environment", TypedHost([](Context& context) {
                     std::vector<std::tuple<std::string, std::string>> variables;
                     for (const auto& [name, value] : context.environment.variables())
                       variables.emplace_back(name, value);
                     return variables;
                   }));
  environment.Func("get-arguments",
                   TypedHost([](Context& context) { return context.environment.arguments(); }));
  environment.Func(initial_cwd, TypedHost([] { return std::optional<std::string>(); }));

  auto exit = linker.Instance("wasi:cli/exit" + version);
  exit.Func("exit", TypedHost([](std::expected<void, std::monostate> status) -> Result<void> {
              return std::unexpected(Error::Exit(status ? 0 : 1));
            }));
  exit.Func("exit-with-code", TypedHost([](uint8_t code) -> Result<void> {
              return std::unexpected(Error::Exit(code));
            }));

  LinkTerminal<TerminalInput>(linker, version, "terminal-input",
                              {{"terminal-stdin", &Context::stdin_stream}});
  LinkTerminal<TerminalOutput>(
      linker, version, "terminal-output",
      {{"terminal-stdout", &Context::stdout_stream}, {"terminal-stderr", &Context::stderr_stream}});
}

void LinkRandomOfAllVersions(ComponentLinker& linker, const std::string& version,
                             const char* insecure_seed, RandomLength length) {
  const auto link = [&](const std::string& interface, const std::string& prefix,
                        Random Context::* random) {
    auto instance = linker.Instance("wasi:random/" + interface + version);
    instance.Func("get-" + prefix + "random-bytes",
                  TypedHost([random, length](Context& context,
                                             uint64_t asked) -> Result<std::vector<uint8_t>> {
                    return RandomBytes(context, context.*random, TRY(length(asked)));
                  }));
    instance.Func("get-" + prefix + "random-u64", TypedHost([random](Context& context) {
                    return RandomNumber(context, context.*random);
                  }));
  };
  link("random", "", &Context::random);
  link("insecure", "insecure-", &Context::insecure_random);
  auto seed = linker.Instance("wasi:random/insecure-seed" + version);
  seed.Func(insecure_seed, TypedHost([](Context& context) { return context.InsecureSeed(); }));
}

}  // namespace trenail::wasi
