// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:filesystem@0.3.0]
//
// Files of the host do not make wait, so what is asynchronous by its type is done at once; contents
// and listings go through streams.

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libwasi/component/filesystem_link.h"
#include "libwasi/p3/cli.h"
#include "libwasi/p3/open_variant.h"
#include "libwasi/p3/pump.h"

namespace trenail::wasi::p3 {
namespace {

// Of a directory, offered to the guest at once.
constexpr size_t kEntriesAtOnce = 64;

struct DescriptorResource {  // [wasi:filesystem/types.descriptor]
  FileDescriptor file;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("descriptor"));
    return type;
  }
};

struct Instant {  // [wasi:clocks/system-clock.instant]
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&Instant::seconds, &Instant::nanoseconds);
  }
};

struct Version {
  using Resource = DescriptorResource;
  using Datetime = Instant;
  using DescriptorType = OpenVariant<7>;                 // [wasi:filesystem/types.descriptor-type]
  using ErrorCode = OpenVariant<kFilesystemErrors - 1>;  // [wasi:filesystem/types.error-code]
  static constexpr auto kMutation = FileDescriptor::Mutation::kAsAsked;

  static ErrorCode ToErrorCode(Errno error) {
    const std::optional<uint32_t> found = FilesystemErrorCase(error);
    if (!found || *found == kWouldBlock) return {.other = std::string(ErrnoName(error))};
    return {.case_index = *found - (*found > kWouldBlock ? 1 : 0)};
  }
  static DescriptorType ToDescriptorType(FileType type) {
    switch (type) {
      case FileType::kBlockDevice:
        return {.case_index = 0};
      case FileType::kCharacterDevice:
        return {.case_index = 1};
      case FileType::kDirectory:
        return {.case_index = 2};
      case FileType::kFifo:
        return {.case_index = 3};
      case FileType::kSymbolicLink:
        return {.case_index = 4};
      case FileType::kRegularFile:
        return {.case_index = 5};
      case FileType::kSocketDatagram:
      case FileType::kSocketStream:
        return {.case_index = 6};
      case FileType::kUnknown:
        return {};
    }
    return {};
  }
};
using Functions = FilesystemFunctions<Version>;
using Self = Functions::Self;
using Outcome = Functions::Reply<void>;
using Entry = DirectoryEntryRecord<Version>;

std::pair<ComponentFuture<Outcome>, PumpDone> FilesystemOutcome() {
  return OutcomeFuture<Outcome>(
      [](const IoError& error) { return Version::ToErrorCode(error.code); });
}

// The names of a directory into a stream for the guest, as fast as it takes them.
class Lister : public std::enable_shared_from_this<Lister> {
 public:
  Lister(std::unique_ptr<NameListing> names, ComponentStreamWriter writer, PumpDone done)
      : names_(std::move(names)), writer_(std::move(writer)), done_(std::move(done)) {}

  void Offer() {
    while (pending_.size() < kEntriesAtOnce && !error_) {
      IoResult<std::optional<DirectoryEntry>> entry = names_->Next();
      if (!entry)
        error_ = entry.error();
      else if (!*entry)
        break;
      else
        pending_.push_back(trenail::internal::ComponentTypeOf<Entry>::To(
            {Version::ToDescriptorType((*entry)->type), std::move((*entry)->name)}));
    }
    if (pending_.empty()) return End();
    auto offered = writer_->Write(pending_, [self = shared_from_this()](uint64_t taken, bool open) {
      self->pending_.erase(self->pending_.begin(),
                           self->pending_.begin() + static_cast<ptrdiff_t>(taken));
      if (!open) return self->End();
      self->Offer();
    });
    if (!offered) End();
  }

 private:
  void End() {
    writer_.reset();
    if (const auto done = std::exchange(done_, nullptr))
      done(error_ ? StreamEnd::Failed(*error_).error : nullptr);
  }

  const std::unique_ptr<NameListing> names_;
  std::optional<ComponentStreamWriter> writer_;
  std::vector<ComponentValue> pending_;
  std::optional<Errno> error_;
  PumpDone done_;
};

Result<ComponentFuture<Outcome>> Write(Context& context, const Self& self,
                                       const ComponentStream<uint8_t>& data,
                                       std::optional<uint64_t> offset) {
  auto [future, done] = FilesystemOutcome();
  auto stream = self->file.WriteStream(offset, context.loop_source());
  if (stream) {
    TRY_VOID(PumpFromGuest(context, data.value, *std::move(stream), std::move(done)));
  } else {
    // Taken, and dropped.
    TRY_VOID(ComponentStreamReader::Take(data.value));
    done(StreamEnd::Failed(stream.error()).error);
  }
  return std::move(future);
}

void LinkContents(ComponentLinkerInstance& types) {
  types.Func("[method]descriptor.read-via-stream",
             TypedHost([](Context& context, Self self, uint64_t offset) {
               auto [future, done] = FilesystemOutcome();
               auto from = self->file.ReadStream(offset);
               ComponentValue stream;
               if (from) {
                 stream = PumpToGuest(context, *std::move(from), std::move(done));
               } else {
                 stream = ComponentStreamWriter::New().first;
                 done(StreamEnd::Failed(from.error()).error);
               }
               return std::tuple(ComponentStream<uint8_t>{std::move(stream)}, std::move(future));
             }));
  types.Func("[method]descriptor.write-via-stream",
             TypedHost([](Context& context, Self self, ComponentStream<uint8_t> data,
                          uint64_t offset) { return Write(context, self, data, offset); }));
  types.Func("[method]descriptor.append-via-stream",
             TypedHost([](Context& context, Self self, ComponentStream<uint8_t> data) {
               return Write(context, self, data, std::nullopt);
             }));
  types.Func(
      "[method]descriptor.read-directory", TypedHost([](Context& context, Self self) {
        auto [future, done] = FilesystemOutcome();
        auto names = self->file.List(context);
        auto [stream, writer] = ComponentStreamWriter::New();
        if (names)
          std::make_shared<Lister>(*std::move(names), std::move(writer), std::move(done))->Offer();
        else
          done(StreamEnd::Failed(names.error()).error);
        return std::tuple(ComponentStream<Entry>{std::move(stream)}, std::move(future));
      }));
}

}  // namespace

void LinkFilesystem(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:filesystem/types") + kVersion);
  Functions::LinkTypes(types);
  LinkContents(types);
  Functions::LinkPreopens(linker.Instance(std::string("wasi:filesystem/preopens") + kVersion));
}

}  // namespace trenail::wasi::p3
