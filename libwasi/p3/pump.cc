// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One state per pump, kept by whatever it waits for: the other end of the stream, or the loop.

#include "libwasi/p3/pump.h"

#include <utility>
#include <vector>

namespace trenail::wasi::p3 {
namespace {

constexpr size_t kPiece = 64 * 1024;

// To those who write, that the other side has closed is an error too.
std::shared_ptr<IoError> WhyNotWritten(const StreamEnd& end) {
  return end.error != nullptr ? end.error : StreamEnd::Failed(Errno::kPipe).error;
}

std::shared_ptr<IoError> NoMemory() { return StreamEnd::Failed(Errno::kNomem).error; }

class ToGuest : public std::enable_shared_from_this<ToGuest> {
 public:
  ToGuest(Context& context, std::shared_ptr<InputStream> from, ComponentStreamWriter writer,
          PumpDone done)
      : context_(context),
        buffer_(context.budget()),
        from_(std::move(from)),
        writer_(std::move(writer)),
        done_(std::move(done)) {}

  void Start() {
    // The reader may go while the host is waited for, with nothing on offer.
    writer_->OnDrop([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->context_.CancelWait(self->wait_);
      self->End(nullptr);
    });
    Ask();
  }

 private:
  // Nothing is read from the host before the guest asks for something: an offer of no bytes tells.
  void Ask() { Offer({}); }
  void Offer(std::vector<uint8_t> bytes) {
    pending_ = std::move(bytes);
    auto offered = writer_->WriteBytes(
        pending_,
        [self = shared_from_this()](uint64_t taken, bool open) { self->OnTaken(taken, open); });
    if (!offered) End(nullptr);
  }
  void OnTaken(uint64_t taken, bool open) {
    if (!open) return End(nullptr);
    if (pending_.empty()) return Read();
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(taken));
    if (!pending_.empty()) return Offer(std::move(pending_));
    Ask();
  }
  void Read() {
    if (!buffer_.Resize(kPiece)) return End(NoMemory());
    const auto waits = context_.WhenReady(from_, [self = shared_from_this()] {
      StreamResult<std::vector<uint8_t>> bytes = self->from_->Read(kPiece);
      if (!bytes) return self->End(bytes.error().error);
      if (bytes->empty()) return self->Read();
      self->Offer(*std::move(bytes));
    });
    if (!waits) return End(std::make_shared<IoError>(IoError{.text = waits.error().message()}));
    if (*waits != 0) wait_ = *waits;
  }
  void End(std::shared_ptr<IoError> error) {
    writer_.reset();
    buffer_.Resize(0);
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(error));
  }

  Context& context_;
  // Of the buffer, from the first piece on: a guest can begin as many pumps as it likes.
  Charge buffer_;
  const std::shared_ptr<InputStream> from_;
  std::optional<ComponentStreamWriter> writer_;
  std::vector<uint8_t> pending_;
  uint64_t wait_ = 0;  // the last one; over, for the most part
  PumpDone done_;
};

class FromGuest : public std::enable_shared_from_this<FromGuest> {
 public:
  FromGuest(Context& context, std::shared_ptr<OutputStream> to, ComponentStreamReader reader,
            PumpDone done)
      : context_(context),
        buffer_(context.budget()),
        to_(std::move(to)),
        reader_(std::move(reader)),
        done_(std::move(done)) {}

  void Read() {
    if (!buffer_.Resize(kPiece)) return End(NoMemory());
    auto asked = reader_->ReadBytes(
        kPiece, [self = shared_from_this()](std::vector<uint8_t> bytes, bool open) {
          self->pending_ = std::move(bytes);
          self->written_ = 0;
          self->open_ = open;
          self->Write();
        });
    if (!asked) End(std::make_shared<IoError>(IoError{.text = asked.error().message()}));
  }

 private:
  void Write() {
    while (written_ < pending_.size()) {
      const StreamResult<size_t> room = to_->CheckWrite();
      if (!room) return End(WhyNotWritten(room.error()));
      if (*room == 0) return Wait([self = shared_from_this()] { self->Write(); });
      const auto piece = std::span(pending_).subspan(written_);
      const size_t size = std::min(piece.size(), *room);
      if (StreamResult<void> result = to_->Write(piece.first(size)); !result)
        return End(WhyNotWritten(result.error()));
      written_ += size;
    }
    if (open_) return Read();
    Flush();
  }
  void Flush() {
    if (StreamResult<void> begun = to_->Flush(); !begun) return End(WhyNotWritten(begun.error()));
    if (!to_->flushed()) return Wait([self = shared_from_this()] { self->Flush(); });
    const StreamResult<size_t> state = to_->CheckWrite();
    End(state ? nullptr : WhyNotWritten(state.error()));
  }
  void Wait(std::function<void()> then) {
    const auto waits = context_.WhenReady(to_, std::move(then));
    if (!waits) End(std::make_shared<IoError>(IoError{.text = waits.error().message()}));
  }
  void End(std::shared_ptr<IoError> error) {
    reader_.reset();
    buffer_.Resize(0);
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(error));
  }

  Context& context_;
  // Of the buffer, from the first piece on: a guest can begin as many pumps as it likes.
  Charge buffer_;
  const std::shared_ptr<OutputStream> to_;
  std::optional<ComponentStreamReader> reader_;
  std::vector<uint8_t> pending_;
  size_t written_ = 0;
  bool open_ = true;
  PumpDone done_;
};

}  // namespace

ComponentValue PumpToGuest(Context& context, std::shared_ptr<InputStream> from, PumpDone done) {
  auto [value, writer] = ComponentStreamWriter::New();
  std::make_shared<ToGuest>(context, std::move(from), std::move(writer), std::move(done))->Start();
  return value;
}

Result<void> PumpFromGuest(Context& context, const ComponentValue& stream,
                           std::shared_ptr<OutputStream> to, PumpDone done) {
  std::make_shared<FromGuest>(context, std::move(to), TRY(ComponentStreamReader::Take(stream)),
                              std::move(done))
      ->Read();
  return {};
}

}  // namespace trenail::wasi::p3
