// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The connection: bytes to and from nghttp2, and what it calls back.

#include "libwasi/net/http2_session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"

namespace trenail::wasi::http {
namespace {

constexpr int32_t kStreamWindow = 256 * 1024;
// All streams of a connection together hold no more than this unread.
constexpr int32_t kConnectionWindow = 1024 * 1024;
constexpr size_t kMaxOut = 64 * 1024;
// Frames that make work and bring nothing: so many at once, and so many each second.
constexpr double kFrameBurst = 1000;
constexpr double kFramesPerSecond = 50;

}  // namespace

// --- What nghttp2 calls -------------------------------------------------------------------------

struct Http2Session::Callbacks {
  static Http2Session& Of(void* user_data) { return *static_cast<Http2Session*>(user_data); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Http2Session& session = Of(user_data);
    const int32_t id = frame->hd.stream_id;
    Http2StreamPointer stream = session.Find(id);
    if (stream == nullptr && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      stream = session.NewStream(id);
      if (stream != nullptr) session.Register(stream);
    }
    if (stream == nullptr) return 0;
    stream->fields_.clear();
    stream->field_bytes_ = 0;
    if (!stream->got_head_ && session.settings_.header_timeout_ns > 0)
      stream->read_deadline_.Set(session.settings_.header_timeout_ns,
                                 [stream] { stream->Reset(NGHTTP2_CANCEL); });
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* user_data) {
    const Http2StreamPointer stream = Of(user_data).Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    // As SETTINGS_MAX_HEADER_LIST_SIZE counts [RFC 9113, 6.5.2].
    constexpr size_t kOverhead = 32;
    stream->field_bytes_ += name_size + value_size + kOverhead;
    if (stream->field_bytes_ > Of(user_data).settings_.max_header_bytes) {
      stream->too_large_ = true;
      // A field that is in the table already comes as one byte, however long it is: what unpacks to
      // so much is no accident.
      constexpr size_t kMostTimes = 16;
      return stream->field_bytes_ / kMostTimes > Of(user_data).settings_.max_header_bytes
                 ? NGHTTP2_ERR_CALLBACK_FAILURE
                 : 0;
    }
    stream->fields_.emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                                 std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int OnFrame(nghttp2_session* native, const nghttp2_frame* frame, void* user_data) {
    Http2Session& session = Of(user_data);
    const bool end_stream = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const Http2StreamPointer stream = session.Find(frame->hd.stream_id);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        if (stream == nullptr) break;
        OnSection(session, stream, end_stream);
        break;
      case NGHTTP2_DATA:
        if (frame->hd.length == 0 && !end_stream && session.IsFlood())
          return nghttp2_session_terminate_session(native, NGHTTP2_ENHANCE_YOUR_CALM);
        if (stream != nullptr && end_stream) FinishPipe(session, stream, std::nullopt);
        break;
      case NGHTTP2_PING:
      case NGHTTP2_SETTINGS:
      case NGHTTP2_PRIORITY:
      case NGHTTP2_RST_STREAM:
        if (session.IsFlood())
          return nghttp2_session_terminate_session(native, NGHTTP2_ENHANCE_YOUR_CALM);
        break;
      default:
        break;
    }
    return 0;
  }

  // A header section has come to its end.
  static void OnSection(Http2Session& session, const Http2StreamPointer& stream, bool end_stream) {
    if (stream->got_head_) {
      if (!end_stream) return;
      std::optional<FieldList> trailers = WithoutConnectionFields(std::move(stream->fields_));
      if (trailers->empty()) trailers.reset();
      if (stream->too_large_) {
        stream->remote_done_ = true;
        if (stream->pipe_ != nullptr)
          stream->pipe_->Fail(ErrorOf(ErrorKind::kHttpProtocolError, "the trailers are too large"));
        return;
      }
      return FinishPipe(session, stream, std::move(trailers));
    }
    const std::string* status = FindField(stream->fields_, ":status");
    if (status != nullptr && status->starts_with('1') && !end_stream) {
      if (session.IsFlood())
        nghttp2_session_terminate_session(session.native_, NGHTTP2_ENHANCE_YOUR_CALM);
      return;
    }
    stream->read_deadline_.Clear();
    stream->got_head_ = true;
    stream->remote_done_ = end_stream;
    // Content may follow before the head is taken.
    if (!end_stream) stream->OpenPipe();
    // Whoever takes it may do anything; nghttp2 is not to be in the middle of something.
    session.later_.push_back([stream, fields = std::move(stream->fields_), end_stream]() mutable {
      if (!stream->closed_) stream->OnHead(std::move(fields), end_stream);
    });
  }

  static void FinishPipe(Http2Session& session, const Http2StreamPointer& stream,
                         std::optional<FieldList> trailers) {
    stream->remote_done_ = true;
    stream->read_deadline_.Clear();
    session.later_.push_back([stream, trailers = std::move(trailers)]() mutable {
      if (stream->pipe_ != nullptr) stream->pipe_->Finish(std::move(trailers));
    });
  }

  static int OnData(nghttp2_session* native, uint8_t, int32_t stream_id, const uint8_t* data,
                    size_t size, void* user_data) {
    Http2Session& session = Of(user_data);
    const Http2StreamPointer stream = session.Find(stream_id);
    if (stream == nullptr || stream->pipe_ == nullptr || stream->pipe_->dropped() ||
        stream->pipe_->ended()) {
      // Its window stays closed; that of the others does not.
      nghttp2_session_consume_connection(native, size);
      return 0;
    }
    std::vector<uint8_t> bytes(data, data + size);
    session.later_.push_back([stream, bytes = std::move(bytes)] {
      stream->read_deadline_.Clear();
      stream->pipe_->Push(bytes);
      stream->WatchReading();
    });
    return 0;
  }

  // A client that makes the server give streams up, by frames that are wrong, makes as much work as
  // one that gives them up.
  static bool IsProvoked(nghttp2_session* native, uint32_t code) {
    return nghttp2_session_check_server_session(native) != 0 && code != NGHTTP2_NO_ERROR &&
           code != NGHTTP2_INTERNAL_ERROR;
  }

  static int OnFrameSent(nghttp2_session* native, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_RST_STREAM && IsProvoked(native, frame->rst_stream.error_code) &&
        Of(user_data).IsFlood())
      return nghttp2_session_terminate_session(native, NGHTTP2_ENHANCE_YOUR_CALM);
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
    const Http2StreamPointer stream = Of(user_data).Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    stream->all_sent_ = true;
    stream->write_deadline_.Clear();
    Of(user_data).later_.push_back([stream] { stream->OnAllSent(); });
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t code, void* user_data) {
    Http2Session& session = Of(user_data);
    const Http2StreamPointer stream = session.Find(stream_id);
    if (stream == nullptr) return 0;
    session.streams_.erase(stream_id);
    ErrorCode error = ErrorOf(code == NGHTTP2_PROTOCOL_ERROR ? ErrorKind::kHttpProtocolError
                                                             : stream->WhenReset());
    session.later_.push_back(
        [stream, error = std::move(error)] { Http2Session::Close(stream, error); });
    return 0;
  }

  static ssize_t ReadBody(nghttp2_session* native, int32_t, uint8_t* into, size_t size,
                          uint32_t* flags, nghttp2_data_source* source, void* user_data) {
    auto& stream = *static_cast<Http2Stream*>(source->ptr);
    if (stream.out_error_) {
      stream.Reset(NGHTTP2_INTERNAL_ERROR);
      return NGHTTP2_ERR_DEFERRED;
    }
    const size_t count = std::min(size, stream.out_.size() - stream.out_taken_);
    std::copy_n(stream.out_.data() + stream.out_taken_, count, into);
    stream.out_taken_ += count;
    const bool drained = stream.out_taken_ == stream.out_.size();
    if (drained) {
      stream.out_.clear();
      stream.out_taken_ = 0;
    }
    stream.WatchWriting(true);
    if (drained && stream.out_end_) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!stream.out_trailers_) return static_cast<ssize_t>(count);
      Http2Fields fields;
      if (fields.AddAll(*stream.out_trailers_) && fields.size() > 0) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(native, stream.id_, fields.data(), fields.size());
      }
      return static_cast<ssize_t>(count);
    }
    if (drained) Of(user_data).to_pull_.push_back(stream.shared_from_this());
    if (count > 0) return static_cast<ssize_t>(count);
    stream.deferred_ = true;
    return NGHTTP2_ERR_DEFERRED;
  }
};

nghttp2_data_provider Http2Session::Content(Http2Stream& stream) {
  nghttp2_data_provider provider = {};
  provider.source.ptr = &stream;
  provider.read_callback = Callbacks::ReadBody;
  return provider;
}

void Http2Session::Close(const Http2StreamPointer& stream, const ErrorCode& error) {
  if (std::exchange(stream->closed_, true)) return;
  stream->read_deadline_.Clear();
  stream->write_deadline_.Clear();
  if (stream->pipe_ != nullptr) stream->pipe_->Fail(error);
  stream->OnClosed(stream->out_error_ ? *stream->out_error_ : error);
  stream->body_ = nullptr;
}

// --- The session --------------------------------------------------------------------------------

Http2Session::Http2Session(AsioEventLoop& loop, WirePointer wire, const Settings& settings)
    : loop_(loop),
      wire_(std::move(wire)),
      settings_(settings),
      write_deadline_(loop.io()),
      frames_left_(kFrameBurst),
      frames_since_(std::chrono::steady_clock::now()) {}

Http2Session::~Http2Session() {
  if (native_ != nullptr) nghttp2_session_del(native_);
}

bool Http2Session::Open(bool is_server) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return false;
  if (nghttp2_option_new(&option) != 0) {
    nghttp2_session_callbacks_del(callbacks);
    return false;
  }
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Callbacks::OnFrameSent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnStreamClose);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  constexpr uint64_t kResetBurst = 500, kResetsPerSecond = 30;
  nghttp2_option_set_stream_reset_rate_limit(option, kResetBurst, kResetsPerSecond);
  constexpr size_t kMaxContinuations = 8;
  nghttp2_option_set_max_continuations(option, kMaxContinuations);
  const int made = is_server ? nghttp2_session_server_new2(&native_, callbacks, this, option)
                             : nghttp2_session_client_new2(&native_, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (made != 0) return false;

  std::vector<nghttp2_settings_entry> entries = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(settings_.max_header_bytes)}};
  if (is_server)
    entries.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings_.max_streams});
  else
    entries.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  return nghttp2_submit_settings(native_, NGHTTP2_FLAG_NONE, entries.data(), entries.size()) == 0 &&
         nghttp2_session_set_local_window_size(native_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow) ==
             0;
}

Http2StreamPointer Http2Session::Find(int32_t stream_id) {
  const auto found = streams_.find(stream_id);
  return found == streams_.end() ? nullptr : found->second;
}

bool Http2Session::IsFlood() {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - frames_since_;
  frames_since_ = now;
  frames_left_ = std::min(kFrameBurst, frames_left_ + passed.count() * kFramesPerSecond) - 1;
  return frames_left_ < 0;
}

void Http2Session::Start(std::span<const uint8_t> received) {
  if (!received.empty()) Receive(received);
  Send();
  Read();
}

void Http2Session::Read() {
  if (ended_ || reading_) return;
  reading_ = true;
  wire_->Read(asio::buffer(in_),
              [self = shared_from_this()](const SystemError& error, size_t count) {
                self->reading_ = false;
                if (self->ended_)
                  return error ? self->wire_->Close() : self->wire_->CloseGently(false);
                self->Receive(std::span(self->in_).first(count));
                if (error) return self->End(ToErrorCode(error));
                self->Send();
                self->Read();
              });
}

void Http2Session::Receive(std::span<const uint8_t> bytes) {
  if (ended_ || bytes.empty()) return;
  busy_ = true;
  const ssize_t taken = nghttp2_session_mem_recv(native_, bytes.data(), bytes.size());
  busy_ = false;
  RunLater();
  if (taken < 0)
    End(ErrorOf(ErrorKind::kHttpProtocolError, nghttp2_strerror(static_cast<int>(taken))));
}

void Http2Session::RunLater() {
  while (!later_.empty())
    for (const auto& function : std::exchange(later_, {})) function();
}

void Http2Session::Kick() {
  if (std::exchange(kicked_, true)) return;
  asio::post(loop_.io(), [self = shared_from_this()] {
    self->kicked_ = false;
    self->Send();
  });
}

void Http2Session::Send() {
  if (ended_ || writing_ || busy_) return;
  out_.clear();
  while (out_.size() < kMaxOut) {
    busy_ = true;
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(native_, &data);
    if (size > 0) out_.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
    busy_ = false;
    RunLater();
    const auto to_pull = std::exchange(to_pull_, {});
    for (const Http2StreamPointer& stream : to_pull) stream->Pull();
    if (ended_) return;
    if (size < 0) return End(ErrorOf(ErrorKind::kInternalError));
    if (size == 0 && to_pull.empty()) break;
  }
  OnStep();
  if (ended_) return;
  if (out_.empty()) {
    if (nghttp2_session_want_read(native_) == 0 && nghttp2_session_want_write(native_) == 0)
      End(ErrorOf(ErrorKind::kConnectionTerminated), true);
    return;
  }
  writing_ = true;
  write_deadline_.Set(settings_.body_timeout_ns, [self = shared_from_this()] {
    self->End(ErrorOf(ErrorKind::kConnectionWriteTimeout));
  });
  wire_->Write(asio::buffer(out_),
               [self = shared_from_this(), pending = AsioEventLoop::Pending(loop_)](
                   const SystemError& error, size_t) {
                 self->writing_ = false;
                 self->write_deadline_.Clear();
                 if (error) return self->End(ToErrorCode(error));
                 self->Send();
               });
}

void Http2Session::End(const ErrorCode& error, bool gently) {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();
  write_deadline_.Clear();
  if (gently)
    wire_->CloseGently(reading_);
  else if (error.kind == ErrorKind::kConnectionWriteTimeout)
    wire_->Abort();
  else
    wire_->Close();
  const auto streams = std::exchange(streams_, {});
  const bool lost = error.kind == ErrorKind::kConnectionTerminated;
  for (const auto& [id, stream] : streams)
    Close(stream, lost ? ErrorOf(stream->WhenReset()) : error);
  later_.clear();
  OnEnded(error);
}

// --- Fields -------------------------------------------------------------------------------------

void Http2Fields::Add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

bool Http2Fields::AddAll(const FieldList& fields) {
  for (const auto& [name, value] : fields) {
    if (!IsFieldName(name) || !IsFieldValue(value)) return false;
    Add(ToLower(name), value);
  }
  return true;
}

const nghttp2_nv* Http2Fields::data() {
  native_.clear();
  const auto bytes = [](std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); };
  for (auto& [name, value] : fields_)
    native_.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  return native_.data();
}

}  // namespace trenail::wasi::http
