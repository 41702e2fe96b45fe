// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasi/serve/event_service.h"

#include <utility>

namespace trenail {
namespace {

std::unexpected<Error> NoExport() {
  return std::unexpected(Error(ErrorKind::kUnlinkable, "the instance has no such export"));
}

class CallWork final : public SessionHost::Work {
 public:
  CallWork(EventService::FindFunc find, std::vector<ComponentValue> args,
           EventService::OnEnd on_end)
      : find_(std::move(find)), args_(std::move(args)), on_end_(std::move(on_end)) {}

  Result<void> Run(WasiComponent& wasi, ComponentStore&,
                   const ComponentInstance& instance) override {
    const std::optional<ComponentFunc> func = find_(instance);
    if (!func) return NoExport();
    Result<ComponentValue> result = func->Call(args_);
    if (result) {
      result_ = *std::move(result);
      return wasi.Finish({});
    }
    return wasi.Finish(std::unexpected(std::move(result.error())));
  }
  void OnEnd(const SessionReport& report) override { on_end_(report, result_); }

 private:
  const EventService::FindFunc find_;
  const std::vector<ComponentValue> args_;
  const EventService::OnEnd on_end_;
  ComponentValue result_;
};

}  // namespace

Result<void> EventService::Try(const FindFunc& find) {
  return host_.Try([&find](const ComponentInstance& instance) -> Result<void> {
    if (!find(instance)) return NoExport();
    return {};
  });
}

bool EventService::Call(const FindFunc& find, std::vector<ComponentValue> args, OnEnd on_end) {
  std::unique_ptr<SessionHost::Work> work =
      std::make_unique<CallWork>(find, std::move(args), std::move(on_end));
  return host_.Start(work);
}

}  // namespace trenail
