// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Preview 1. The store keeps the program as long as instances may call it; the handle keeps the
// store, and not the other way round. Threads of a guest that nobody has finished end before the
// store does, which they would interrupt.

#include <algorithm>
#include <chrono>

#include "libwasi/c_api/config.h"
#include "libwasi/libwasi.h"
#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/linker.h"

struct trenail_wasi_t {
  trenail::c_api::StoreRef store;
  std::shared_ptr<trenail::Wasi> wasi;
  trenail::c_api::Captures captures;
};

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Error;
using trenail::ErrorKind;
using trenail::Result;

trenail_error_t* trenail_wasi_new(trenail_wasi_config_t* config, wasm_store_t* store,
                                  trenail_wasi_t** out) {
  *out = nullptr;
  const std::unique_ptr<trenail_wasi_config_t> owned(config);
  const Captures captures(owned->config);
  return Deliver(trenail::Wasi::Create(std::move(owned->config)),
                 [&](std::unique_ptr<trenail::Wasi> wasi) {
                   const std::shared_ptr<trenail::Wasi> shared = std::move(wasi);
                   store->kept.push_back(shared);
                   store->endings.emplace_back(
                       [guest = shared.get()] { (void)guest->Finish(Result<void>()); });
                   *out = new trenail_wasi_t{StoreRef(store), shared, captures};
                 });
}
void trenail_wasi_delete(trenail_wasi_t* wasi) { delete wasi; }

trenail_error_t* trenail_wasi_link(trenail_wasi_t* wasi, trenail_linker_t* linker,
                                   const wasm_module_t* module) {
  if (linker->store.get() != wasi->store.get())
    return NewHostError("the linker is of another store");
  auto linked = wasi->wasi->Link(linker->linker, ModuleOf(module));
  return linked ? nullptr : NewError(std::move(linked.error()));
}
trenail_error_t* trenail_wasi_finish(trenail_wasi_t* wasi, wasm_trap_t* trap) {
  Result<void> result;
  if (trap != nullptr) result = std::unexpected(TakeTrap(wasi->store.get(), trap));
  auto finished = wasi->wasi->Finish(std::move(result));
  return finished ? nullptr : NewError(std::move(finished.error()));
}
trenail_error_t* trenail_wasi_run(trenail_wasi_t* wasi, const wasm_module_t* module) {
  trenail::Store& store = wasi->store->store;
  if (ModuleOf(module).engine().impl() != store.engine().impl())
    return NewHostError("the module is one of another engine");
  const auto run = [&]() -> Result<void> {
    trenail::Linker linker(store);
    TRY_VOID(wasi->wasi->Link(linker, ModuleOf(module)));
    const trenail::Instance instance = TRY(linker.Instantiate(ModuleOf(module)));
    const auto start = instance.GetFunc("_start");
    if (!start) return std::unexpected(Error(ErrorKind::kHost, "the module exports no _start"));
    TRY(start->Call({}));
    return {};
  };
  auto finished = wasi->wasi->Finish(run());
  return finished ? nullptr : NewError(std::move(finished.error()));
}

void trenail_wasi_captured(const trenail_wasi_t* wasi, trenail_wasi_stream_t stream,
                           wasm_byte_vec_t* out) {
  wasi->captures.Give(stream, out);
}
void trenail_wasi_interrupt(trenail_wasi_t* wasi) { wasi->wasi->Interrupt(); }
void trenail_wasi_set_timeout(trenail_wasi_t* wasi, uint64_t nanoseconds) {
  constexpr auto kLongest = static_cast<uint64_t>(std::chrono::nanoseconds::max().count());
  wasi->wasi->SetTimeout(
      std::chrono::nanoseconds(static_cast<int64_t>(std::min(nanoseconds, kLongest))));
}
