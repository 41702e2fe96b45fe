// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of handlers. That of 0.2 answers from within, by its response-outparam, and blocks; that of
// 0.3 answers by its result, and goes on afterwards. [wasi:http/incoming-handler]
// [wasi:http/handler]

#include "libwasi/http_service.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "libwasi/component/context.h"
#include "libwasi/component/http_reply.h"
#include "libwasi/p2/http.h"
#include "libwasi/p3/http.h"

namespace trenail {
namespace {

using internal::ComponentSignature;
using internal::ComponentTypeOf;
using wasi::http::ErrorCode;

constexpr char kHandler03[] = "wasi:http/handler@0.3.0";
constexpr char kHandler02[] = "wasi:http/incoming-handler@0.2.12";
constexpr char kHandle[] = "handle";

using Answer = std::expected<ComponentOwn<wasi::p3::Response>, ErrorCode>;
using Handle02 = void(ComponentOwn<wasi::p2::IncomingRequest>,
                      ComponentOwn<wasi::p2::ResponseOutparam>);
using Handle03 = Answer(ComponentOwn<wasi::p3::Request>);

Error Cancelled() { return Error(ErrorKind::kInterrupted, "the client has gone away"); }

}  // namespace

struct HttpExchange::State : std::enable_shared_from_this<HttpExchange::State> {
  State(wasi::Context& host, ComponentFunc func, bool version3,
        std::shared_ptr<wasi::HttpReply> answer)
      : context(host), handle(std::move(func)), is_03(version3), reply(std::move(answer)) {}

  wasi::Context& context;
  const ComponentFunc handle;
  const bool is_03;
  const std::shared_ptr<wasi::HttpReply> reply;
  std::optional<ComponentValue> argument;  // the request, until it is handed over
  std::optional<ComponentCallHandle> call;
  ComponentStore* store = nullptr;  // while Run is in it
  bool returned = false;
  bool failed = false;
  bool cancelled = false;

  Result<void> Start();
  // Takes the answer of 0.3, if the call has come to one; asks the call to end, if it should.
  Result<void> Progress();
  bool over() const { return failed || (returned && reply->ended()); }
  void Fail() {
    if (std::exchange(failed, true)) return;
    if (cancelled)
      reply->Cancel();
    else
      reply->Abandon();
  }
  void Cancel() {
    if (std::exchange(cancelled, true)) return;
    reply->Cancel();
    if (store != nullptr && !over()) store->Fail(Cancelled());
  }

 private:
  bool asked_to_end_ = false;
};

Result<void> HttpExchange::State::Start() {
  std::vector<ComponentValue> args;
  args.push_back(*std::exchange(argument, std::nullopt));
  if (!is_03) {
    args.push_back(ComponentTypeOf<ComponentOwn<wasi::p2::ResponseOutparam>>::To(
        TRY(context.NewOwn<wasi::p2::ResponseOutparam>(reply))));
  }
  call = TRY(handle.Start(args));
  return Progress();
}

Result<void> HttpExchange::State::Progress() {
  if (returned || failed || !call) return {};
  if (!call->done()) {
    if (cancelled && !std::exchange(asked_to_end_, true)) return call->Cancel();
    return {};
  }
  returned = true;
  if (!is_03) {
    // [wasi:http/incoming-handler.handle] "must write a response … before returning"; and nobody
    // goes on writing its body.
    reply->Abandon();
    return {};
  }
  const std::optional<ComponentValue> result = call->result();
  if (!result) {
    reply->Abandon();
    return {};
  }
  Answer answer = ComponentTypeOf<Answer>::From(*result);
  if (answer && answer->object == nullptr)
    return std::unexpected(Error(ErrorKind::kHost, "the response is of another host"));
  return wasi::p3::Respond(context, *reply, std::move(answer));
}

HttpExchange::~HttpExchange() {
  if (state_ == nullptr) return;
  state_->store = nullptr;
  if (!state_->over()) state_->Fail();
}

Result<void> HttpExchange::Start() {
  auto started = state_->Start();
  if (!started) state_->Fail();
  return started;
}

Result<void> HttpExchange::Run(ComponentStore& store) {
  const std::shared_ptr<State> state = state_;
  state->store = &store;
  state->reply->OnEnd([weak = std::weak_ptr(state)] {
    const auto ended = weak.lock();
    if (ended != nullptr && ended->store != nullptr) ended->store->Wake();
  });
  Result<void> result = state->cancelled ? std::unexpected(Cancelled()) : state->Start();
  std::optional<Error> failure;
  if (result) {
    result = store.RunUntil([&] {
      auto progress = state->Progress();
      if (!progress) failure = std::move(progress.error());
      return failure || state->over();
    });
  }
  if (result && failure) result = std::unexpected(*std::move(failure));
  // What the guest does after that, as long as it need not wait.
  while (result) {
    Result<bool> ticked = store.Tick();
    if (!ticked)
      result = std::unexpected(std::move(ticked.error()));
    else if (!*ticked)
      break;
  }
  state->store = nullptr;
  if (!result) state->Fail();
  return result;
}

void HttpExchange::Fail(const Error&) { state_->Fail(); }
bool HttpExchange::over() const {
  if (!state_->Progress()) state_->Fail();
  return state_->over();
}
void HttpExchange::Cancel() { state_->Cancel(); }
std::optional<uint16_t> HttpExchange::status() const { return state_->reply->status(); }

namespace {

// Whether a name is that of an interface in a version that is compatible.
bool IsInterface(std::string_view name, std::string_view interface) {
  return name.starts_with(interface) &&
         (name.size() == interface.size() || name[interface.size()] == '.');
}

}  // namespace

namespace {

bool Exports(const Component& component, std::string_view interface) {
  return std::ranges::any_of(component.exports(), [&](const component::NamedExtern& exported) {
    return IsInterface(exported.name.name, interface);
  });
}

}  // namespace

bool HttpHandler::IsExportedBy(const Component& component) {
  return MayBeReused(component) || Exports(component, "wasi:http/incoming-handler@0.2");
}

bool HttpHandler::MayBeReused(const Component& component) {
  return Exports(component, "wasi:http/handler@0.3");
}

Result<HttpHandler> HttpHandler::Find(const ComponentInstance& instance) {
  const auto of_another_type = [](const char* name) {
    return std::unexpected(Error(ErrorKind::kUnlinkable, std::string("the function handle of ") +
                                                             name + " is of another type"));
  };
  if (const auto handle = instance.GetFunc({kHandler03, kHandle})) {
    if (handle->type() == nullptr || !ComponentSignature<Handle03>::Fits(*handle->type()))
      return of_another_type(kHandler03);
    return HttpHandler(Version::k03, *handle);
  }
  if (const auto handle = instance.GetFunc({kHandler02, kHandle})) {
    if (handle->type() == nullptr || !ComponentSignature<Handle02>::Fits(*handle->type()))
      return of_another_type(kHandler02);
    return HttpHandler(Version::k02, *handle);
  }
  return std::unexpected(Error(ErrorKind::kUnlinkable,
                               "the component exports no handler of HTTP requests: neither "
                               "wasi:http/handler@0.3 nor wasi:http/incoming-handler@0.2"));
}

Result<HttpExchange> HttpHandler::NewExchange(
    wasi::Context& context, wasi::http::Request request,
    std::shared_ptr<wasi::http::Responder> responder) const {
  const auto reply = std::make_shared<wasi::HttpReply>(responder, request.method == "HEAD");
  const auto state =
      std::make_shared<HttpExchange::State>(context, handle_, version_ == Version::k03, reply);
  responder->OnGone([weak = std::weak_ptr(state)] {
    if (const auto gone = weak.lock()) gone->Cancel();
  });
  if (version_ == Version::k03) {
    state->argument = ComponentTypeOf<ComponentOwn<wasi::p3::Request>>::To(
        {TRY(wasi::p3::NewRequest(context, std::move(request)))});
  } else {
    state->argument = ComponentTypeOf<ComponentOwn<wasi::p2::IncomingRequest>>::To(
        {TRY(wasi::p2::NewIncomingRequest(context, std::move(request)))});
  }
  return HttpExchange(state);
}

}  // namespace trenail
