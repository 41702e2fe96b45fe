// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What waits in a program with HTTP, whose loop is the one that HTTP stands on.

#include "cli/end_signals.h"
#include "cli/standalone/component.h"
#include "libwasi/net/net.h"

namespace trenail::cli {
namespace {

class FullNet final : public wasi::NetSource {
 public:
  Result<wasi::EventLoop*> Loop() override {
    if (loop_ == nullptr) {
      auto loop = wasi::LinkedNet().make_event_loop();
      if (!loop) return std::unexpected(Error(ErrorKind::kHost, std::move(loop.error())));
      loop_ = *std::move(loop);
      EndSignals::SomethingWaits();
    }
    return loop_.get();
  }
  Result<wasi::http::Transport*> Transport() override {
    if (transport_ == nullptr) transport_ = wasi::LinkedNet().make_transport(*TRY(Loop()), {});
    return transport_.get();
  }
  wasi::EventLoop* LoopIfMade() override { return loop_.get(); }

 private:
  std::unique_ptr<wasi::EventLoop> loop_;
  std::unique_ptr<wasi::http::Transport> transport_;
};

}  // namespace

wasi::NetSource& ProgramNet() {
  static FullNet& net = *new FullNet;
  return net;
}

}  // namespace trenail::cli
