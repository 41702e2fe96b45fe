// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI for components, and running a command.

#include <algorithm>
#include <string_view>

#include "libcomponent/c_api/handles.h"
#include "libwasi/c_api/config.h"
#include "libwasi/net_source.h"
#include "libwasi/wasi_component.h"

namespace trenail::c_api {
namespace {

// What the store keeps.
struct Host {
  explicit Host(std::string net_library) : net({.path = std::move(net_library), .made = {}}) {}
  wasi::NetLibrary net;  // which outlives the other
  std::unique_ptr<WasiComponent> guest;
};

template <typename Pattern>
Result<void> AddPattern(std::vector<Pattern>& patterns, const std::string& text) {
  auto pattern = Pattern::Parse(text);
  if (!pattern) {
    return std::unexpected(
        Error(ErrorKind::kHost, "\"" + text + "\" names no set of addresses or hosts"));
  }
  patterns.push_back(*std::move(pattern));
  return {};
}

Result<wasi::Grants> ToGrants(const trenail_wasi_config_t& config) {
  wasi::Grants grants;
  for (const auto& [grant, text] : config.grants) {
    switch (grant) {
      case TRENAIL_WASI_TCP:
        TRY_VOID(AddPattern(grants.tcp, text));
        break;
      case TRENAIL_WASI_UDP:
        TRY_VOID(AddPattern(grants.udp, text));
        break;
      case TRENAIL_WASI_DNS:
        TRY_VOID(AddPattern(grants.dns, text));
        break;
      case TRENAIL_WASI_HTTP:
        TRY_VOID(AddPattern(grants.http, text));
        break;
    }
  }
  for (const auto& [name, redis] : config.buckets) {
    std::erase_if(grants.key_values, [&](const auto& grant) { return grant.bucket == name; });
    grants.key_values.push_back({.bucket = name, .redis = redis, .memory = nullptr});
  }
  grants.config = config.config_values;
  if (config.denied != nullptr) {
    grants.on_denied = [denied = config.denied, env = config.denied_env](const std::string& text) {
      denied(env.get(), text.c_str());
    };
  }
  return grants;
}

Result<std::shared_ptr<Host>> NewHost(trenail_wasi_config_t& config, ComponentStore& store) {
  auto host = std::make_shared<Host>(config.net_library);
  wasi::Grants grants = TRY(ToGrants(config));
  host->guest = TRY(WasiComponent::Create(std::move(config.config), std::move(grants), host->net));
  host->guest->Attach(store);
  return host;
}

// The newest wasi:cli/run, as components may export several; empty: there is none.
std::string_view FindRun(const Component& component) {
  constexpr std::string_view kRun = "wasi:cli/run";
  std::string_view newest;
  for (const component::NamedExtern& item : component.exports()) {
    const std::string_view name = item.name.name;
    if (item.type.sort == component::Sort::kInstance && name.substr(0, name.find('@')) == kRun)
      newest = std::max(newest, name);
  }
  return newest;
}

Result<void> Run(const ComponentLinker& linker, ComponentStore& store, const Component& component) {
  const std::string_view interface = FindRun(component);
  if (interface.empty())
    return std::unexpected(Error(ErrorKind::kHost, "the component exports no wasi:cli/run"));
  const ComponentInstance instance = TRY(linker.Instantiate(store, component));
  const auto run = instance.GetFunc({interface, "run"});
  if (!run)
    return std::unexpected(Error(ErrorKind::kHost, "the component's wasi:cli/run has no run"));
  const ComponentValue result = TRY(run->Call({}));
  // [wasi:cli/run]: err says no more than that it did not succeed.
  if (result.kind() == ComponentValue::Kind::kVariant && result.case_index() != 0)
    return std::unexpected(Error::Exit(1));
  return {};
}

}  // namespace
}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Component;
using trenail::Result;

struct trenail_component_wasi_t {
  StoreRef store;
  std::shared_ptr<Host> host;
  Captures captures;
};

trenail_error_t* trenail_component_wasi_new(trenail_wasi_config_t* config, wasm_store_t* store,
                                            trenail_component_wasi_t** out) {
  *out = nullptr;
  const std::unique_ptr<trenail_wasi_config_t> owned(config);
  if (trenail_error_t* const error = CheckStore(store)) return error;
  const Captures captures(owned->config);
  return Deliver(NewHost(*owned, *store->owner->component_store()),
                 [&](const std::shared_ptr<Host>& host) {
                   store->kept.push_back(host);
                   *out = new trenail_component_wasi_t{StoreRef(store), host, captures};
                 });
}
void trenail_component_wasi_delete(trenail_component_wasi_t* wasi) { delete wasi; }

void trenail_component_wasi_link(trenail_component_linker_t* linker,
                                 const trenail_component_t* component) {
  trenail::WasiComponent::Link(linker->linker, component->component);
}
trenail_error_t* trenail_component_wasi_finish(trenail_component_wasi_t* wasi,
                                               trenail_error_t* error) {
  Result<void> result;
  if (error != nullptr) result = std::unexpected(TakeError(error));
  return ToError(wasi->host->guest->Finish(std::move(result)));
}
trenail_error_t* trenail_component_wasi_run(trenail_component_wasi_t* wasi,
                                            const trenail_component_linker_t* linker,
                                            const trenail_component_t* component) {
  if (component->component.engine().impl() != wasi->store->store.engine().impl())
    return NewHostError("the component is one of another engine");
  // Host functions may delete every handle.
  const StoreRef hold = wasi->store;
  const std::shared_ptr<Host> host = wasi->host;
  const trenail::ComponentLinker definitions = linker->linker;
  const Component command = component->component;
  return ToError(host->guest->Finish(Run(definitions, *hold->owner->component_store(), command)));
}

void trenail_component_wasi_captured(const trenail_component_wasi_t* wasi,
                                     trenail_wasi_stream_t stream, wasm_byte_vec_t* out) {
  wasi->captures.Give(stream, out);
}
void trenail_component_wasi_interrupt(trenail_component_wasi_t* wasi) {
  wasi->host->guest->Interrupt();
}
