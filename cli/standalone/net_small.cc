// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What waits in a program without HTTP: on a loop that needs no library.

#include "cli/end_signals.h"
#include "cli/standalone/component.h"
#include "libwasi/core/poll_event_loop.h"

namespace trenail::cli {
namespace {

class SmallNet final : public wasi::NetSource {
 public:
  Result<wasi::EventLoop*> Loop() override {
    if (loop_ == nullptr) {
      loop_ = std::make_unique<wasi::PollEventLoop>();
      EndSignals::SomethingWaits();
    }
    return loop_.get();
  }
  Result<wasi::http::Transport*> Transport() override {
    return std::unexpected(Error(ErrorKind::kHost, "this program was made without HTTP"));
  }
  wasi::EventLoop* LoopIfMade() override { return loop_.get(); }

 private:
  std::unique_ptr<wasi::EventLoop> loop_;
};

}  // namespace

wasi::NetSource& ProgramNet() {
  static SmallNet& net = *new SmallNet;
  return net;
}

}  // namespace trenail::cli
