// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The content of messages between guests, and between a guest and the wire. Each state is kept by
// what it waits for: an end of a stream or of a future, whose other end a guest has, or the loop.
// When the guest's store goes, they are told, and what is incomplete then becomes so on the wire.

#include "libwasi/p3/http.h"
#include "libwasi/p3/pump.h"

namespace trenail::wasi::p3 {
namespace {

using http::ErrorCode;
using trenail::internal::ComponentTypeOf;

// How much of what a guest has not read is thrown away for its trailers.
constexpr uint64_t kMaxDrained = uint64_t{1} << 20;

ErrorCode Internal(std::string text) {
  return {.kind = http::ErrorKind::kInternalError, .text = std::move(text)};
}

// The list in the trailers that a guest gave; nothing if there are none.
std::expected<std::optional<http::FieldList>, ErrorCode> ToList(const Trailers& trailers) {
  if (!trailers) return std::unexpected(trailers.error());
  if (!*trailers) return std::nullopt;
  if ((*trailers)->object == nullptr) return std::unexpected(Internal("fields of another host"));
  return (*trailers)->object->fields->list();
}

// Reads a future once; calls `done` with nothing if its writer goes without a value.
class FutureRead {
 public:
  using Done = std::function<void(std::optional<ComponentValue>)>;

  static Result<void> Begin(const ComponentValue& future, Done done) {
    auto self =
        std::make_shared<FutureRead>(TRY(ComponentFutureReader::Take(future)), std::move(done));
    // The reader keeps the callback, which keeps this.
    auto begun =
        self->reader_.Read([self](ComponentValue value) { self->Finish(std::move(value)); });
    return begun;
  }
  FutureRead(ComponentFutureReader reader, Done done)
      : reader_(std::move(reader)), done_(std::move(done)) {}
  ~FutureRead() { Finish(std::nullopt); }

 private:
  void Finish(std::optional<ComponentValue> value) {
    if (const Done done = std::exchange(done_, nullptr)) done(std::move(value));
  }

  ComponentFutureReader reader_;
  Done done_;
};

// From a guest's stream and trailers to the wire.
class ContentPump : public std::enable_shared_from_this<ContentPump> {
 public:
  ContentPump(std::shared_ptr<http::OutgoingBody> to, ComponentFuture<Trailers> trailers)
      : to_(std::move(to)), trailers_(std::move(trailers)) {}
  ~ContentPump() { to_->Abandon(); }

  Result<void> Begin(Context& context, const std::optional<ComponentStream<uint8_t>>& contents) {
    if (!contents) return ReadTrailers();
    return PumpFromGuest(context, contents->value, to_,
                         [self = shared_from_this()](const std::shared_ptr<IoError>& error) {
                           // An error is the body's own, and it knows.
                           if (error != nullptr || !self->ReadTrailers()) self->to_->Abandon();
                         });
  }

 private:
  Result<void> ReadTrailers() {
    return FutureRead::Begin(
        trailers_.value, [self = shared_from_this()](std::optional<ComponentValue> value) {
          if (!value) return self->to_->Abandon();
          auto list = ToList(ComponentTypeOf<Trailers>::From(*std::move(value)));
          if (!list) return self->to_->Fail(list.error());
          // If it is too short, the wire is told.
          (void)self->to_->Finish(*std::move(list));
        });
  }

  const std::shared_ptr<http::OutgoingBody> to_;
  const ComponentFuture<Trailers> trailers_;
};

Result<Trailers> ToTrailers(Context& context,
                            std::expected<std::optional<http::FieldList>, ErrorCode> list) {
  if (!list) return GuestError{std::move(list.error())};
  if (!*list) return Trailers();
  auto fields = http::Fields::FromWire(context.budget(), **std::move(list));
  if (!fields)
    return GuestError{ErrorCode{.kind = http::ErrorKind::kHttpResponseTrailerSectionSize}};
  return Trailers(TRY(context.NewOwn<HttpFields>(*std::move(fields))));
}

// A future of the trailers of what has come from the wire, resolved once.
class TrailersFuture {
 public:
  TrailersFuture(Context& context, ComponentFutureWriter writer)
      : context_(context), writer_(std::move(writer)) {}

  void Resolve(std::expected<std::optional<http::FieldList>, ErrorCode> list) {
    Result<Trailers> trailers = ToTrailers(context_, std::move(list));
    if (!trailers) trailers = Trailers(std::unexpected(Internal(trailers.error().message())));
    // Its reader may have gone.
    (void)writer_.Write(ComponentTypeOf<Trailers>::To(*std::move(trailers)));
  }

 private:
  Context& context_;
  ComponentFutureWriter writer_;
};

Result<Consumed> ConsumeIncoming(Context& context, std::shared_ptr<http::IncomingBody> incoming,
                                 const ComponentFuture<Transmitted>& result) {
  auto [value, writer] = ComponentFutureWriter::New();
  const auto future = std::make_shared<TrailersFuture>(context, std::move(writer));
  // What the guest says of its handling: that the rest is not wanted, if it is an error.
  TRY_VOID(FutureRead::Begin(
      result.value, [weak = std::weak_ptr(incoming)](std::optional<ComponentValue> said) {
        const auto body = weak.lock();
        if (!said || body == nullptr) return;
        const auto transmitted = ComponentTypeOf<Transmitted>::From(*std::move(said));
        if (!transmitted) body->Abort(transmitted.error());
      }));
  ComponentValue stream = PumpToGuest(context, incoming, [&context, incoming, future](const auto&) {
    if (incoming->at_end()) return future->Resolve(incoming->TakeTrailers());
    // The guest has dropped its end.
    const auto drained = std::make_shared<http::Drained>(incoming, kMaxDrained);
    const auto waits = context.WhenReady(
        drained, [incoming, future] { future->Resolve(incoming->TakeTrailers()); });
    if (!waits) future->Resolve(std::unexpected(Internal(waits.error().message())));
  });
  return Consumed({std::move(stream)}, {std::move(value)});
}

// What a guest has made, and gets back or gives to another one.
Result<Consumed> ConsumeGuests(Content& content, const ComponentFuture<Transmitted>& result) {
  TRY_VOID(FutureRead::Begin(result.value, [transmission = std::move(content.transmission)](
                                               std::optional<ComponentValue> said) {
    if (!said) return;
    const auto transmitted = ComponentTypeOf<Transmitted>::From(*std::move(said));
    transmission->Resolve(transmitted ? std::nullopt : std::optional(transmitted.error()));
  }));
  // One in between, as a component must not read a future that it writes itself.
  auto [value, writer] = ComponentFutureWriter::New();
  const auto shared = std::make_shared<ComponentFutureWriter>(std::move(writer));
  const ComponentFuture<Trailers> trailers = *std::exchange(content.trailers, std::nullopt);
  TRY_VOID(FutureRead::Begin(trailers.value, [shared](std::optional<ComponentValue> given) {
    const Trailers none = std::unexpected(Internal("the trailers were never given"));
    (void)shared->Write(given ? *std::move(given) : ComponentTypeOf<Trailers>::To(none));
  }));
  if (content.contents)
    return Consumed(*std::exchange(content.contents, std::nullopt), {std::move(value)});
  // Without contents: an end of a stream whose other end is gone.
  auto [stream, dropped] = ComponentStreamWriter::New();
  return Consumed({std::move(stream)}, {std::move(value)});
}

}  // namespace

std::pair<ComponentFuture<Transmitted>, std::shared_ptr<TransmissionResult>>
TransmissionResult::New() {
  auto [value, writer] = ComponentFutureWriter::New();
  return {{std::move(value)}, std::make_shared<TransmissionResult>(std::move(writer))};
}

TransmissionResult::~TransmissionResult() { Resolve(Internal("the message was not sent")); }

void TransmissionResult::Resolve(const std::optional<ErrorCode>& error) {
  if (!writer_) return;
  ComponentFutureWriter writer = *std::exchange(writer_, std::nullopt);
  Transmitted transmitted;
  if (error) transmitted = std::unexpected(*error);
  (void)writer.Write(ComponentTypeOf<Transmitted>::To(std::move(transmitted)));
}

Content::~Content() {
  if (contents) (void)ComponentStreamReader::Take(contents->value);
  if (trailers) (void)ComponentFutureReader::Take(trailers->value);
}

Result<Consumed> ConsumeBody(Context& context, Content& content,
                             const ComponentFuture<Transmitted>& result) {
  if (content.incoming != nullptr)
    return ConsumeIncoming(context, std::exchange(content.incoming, nullptr), result);
  return ConsumeGuests(content, result);
}

Result<std::expected<WireContent, ErrorCode>> ToWire(Context& context, Content& content,
                                                     const http::Fields& headers,
                                                     http::Direction direction, bool may_omit) {
  if (content.incoming != nullptr)
    return WireContent{.body = std::exchange(content.incoming, nullptr)->Release()};
  const auto length = http::ContentLength(headers);
  if (!length) return GuestError{length.error()};
  const std::optional<ComponentStream<uint8_t>> contents =
      std::exchange(content.contents, std::nullopt);
  if (!contents && length->value_or(0) != 0 && !may_omit) {
    return GuestError{ErrorCode{.kind = direction == http::Direction::kRequest
                                            ? http::ErrorKind::kHttpRequestBodySize
                                            : http::ErrorKind::kHttpResponseBodySize,
                                .number = 0}};
  }
  const auto outgoing = std::make_shared<http::OutgoingBody>(context.budget(), direction,
                                                             contents ? *length : std::nullopt);
  TRY_VOID(std::make_shared<ContentPump>(outgoing, *std::exchange(content.trailers, std::nullopt))
               ->Begin(context, contents));
  if (!contents && outgoing->failure()) return GuestError{*outgoing->failure()};
  // No content and, as is known by now, no trailers: no body.
  if (!contents && outgoing->finished() && !outgoing->has_trailers()) return WireContent();
  return WireContent{.body = outgoing->Take(), .outgoing = outgoing};
}

}  // namespace trenail::wasi::p3
