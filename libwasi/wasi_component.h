// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The public interface of WASI for components: 0.2 (any 0.2.x) and 0.3 side by side.
//
//   trenail::ComponentLinker linker(engine);
//   trenail::WasiComponent::Link(linker, component);      // once, for any number of stores
//   trenail::ComponentStore store(engine);
//   auto wasi = trenail::WasiComponent::Create(std::move(config));
//   (*wasi)->Attach(store);
//   auto instance = linker.Instantiate(store, component);
//   auto outcome = (*wasi)->Finish(…);
//
// Everything is linked; what the configuration and the grants do not name is denied when it is
// called.

#ifndef TRENAIL_LIBWASI_WASI_COMPONENT_H_
#define TRENAIL_LIBWASI_WASI_COMPONENT_H_

#include <memory>
#include <utility>

#include "libcomponent/libcomponent.h"
#include "libwasi/component/grants.h"
#include "libwasi/libwasi.h"
#include "libwasi/net_source.h"

namespace trenail::wasi {
class Context;
}  // namespace trenail::wasi

namespace [[gnu::visibility("default")]] trenail {

// What one component, in one store, is granted. Threads: as the store; Interrupt from any.
class WasiComponent {
 public:
  // `net` gives the event loop once something waits and must outlive it. Errors: kHost, naming what
  // cannot be granted.
  static Result<std::unique_ptr<WasiComponent>> Create(WasiConfig config, wasi::Grants grants,
                                                       wasi::NetSource& net);
  // The same with a loop of its own, from libtrenail-net.so.
  static Result<std::unique_ptr<WasiComponent>> Create(WasiConfig config, wasi::Grants grants = {});
  // The store has to be destroyed first.
  ~WasiComponent();

  // Defines the packages of WASI that `component` imports from, in all versions.
  static void Link(ComponentLinker& linker, const Component& component);
  // Makes it the store's. The store waits by running the loop, unless the embedder sets another
  // idle function afterwards.
  void Attach(ComponentStore& store);

  // Ends calls that wait, now or later, with kInterrupted. Thread-safe.
  void Interrupt();

  // Waits until everything written has been passed on, and turns the result of the component's
  // run function into that of the program: exit(ok) is success.
  Result<void> Finish(Result<void> result);

  // What host functions of WASI find by the store's host data; HttpHandler::NewExchange takes it.
  wasi::Context& context() { return *context_; }

 private:
  explicit WasiComponent(std::unique_ptr<wasi::Context> context);
  std::unique_ptr<wasi::NetSource> net_;  // null: the embedder's
  std::unique_ptr<wasi::Context> context_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_WASI_COMPONENT_H_
