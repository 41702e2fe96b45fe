// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event loop and HTTP, from libtrenail-net.so, loaded once something needs them.

#ifndef TRENAIL_CLI_NET_LIBRARY_H_
#define TRENAIL_CLI_NET_LIBRARY_H_

#include <memory>

#include "libwasi/component/context.h"

namespace trenail::cli {

// One loop, made on first use.
class NetLibrary final : public wasi::NetSource {
 public:
  Result<wasi::EventLoop*> Loop() override;
  Result<wasi::http::Transport*> Transport() override;
  wasi::EventLoop* LoopIfMade() override { return loop_.get(); }

 private:
  std::unique_ptr<wasi::EventLoop> loop_;
  std::unique_ptr<wasi::http::Transport> transport_;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_NET_LIBRARY_H_
