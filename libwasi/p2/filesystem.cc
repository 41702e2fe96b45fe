// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:filesystem@0.2.12]
//
// The guests' libraries of this version never ask for mutate-directory, and hosts have always let
// them change what is below a directory that they opened to be read, so it is inherited here.

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libwasi/component/filesystem_link.h"
#include "libwasi/p2/io.h"

namespace trenail::wasi::p2 {
namespace {

struct DescriptorResource {  // [wasi:filesystem/types.descriptor]
  FileDescriptor file;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("descriptor"));
    return type;
  }
};

struct ListingResource {  // [wasi:filesystem/types.directory-entry-stream]
  std::unique_ptr<NameListing> names;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("directory-entry-stream"));
    return type;
  }
};

struct Datetime {  // [wasi:clocks/wall-clock.datetime]
  uint64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&Datetime::seconds, &Datetime::nanoseconds);
  }
};

enum class DescriptorType : uint8_t {  // [wasi:filesystem/types.descriptor-type]
  kUnknown,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kFifo,
  kSymbolicLink,
  kRegularFile,
  kSocket,
};
constexpr uint32_t ComponentCases(DescriptorType) { return 8; }

enum class ErrorCode : uint8_t { kIo = 13 };  // [wasi:filesystem/types.error-code]
constexpr uint32_t ComponentCases(ErrorCode) { return kFilesystemErrors; }

struct Version {
  using Resource = DescriptorResource;
  using Datetime = p2::Datetime;
  using DescriptorType = p2::DescriptorType;
  using ErrorCode = p2::ErrorCode;
  static constexpr auto kMutation = FileDescriptor::Mutation::kInherited;

  static ErrorCode ToErrorCode(Errno error) {
    const std::optional<uint32_t> found = FilesystemErrorCase(error);
    return found ? static_cast<ErrorCode>(*found) : ErrorCode::kIo;
  }
  static DescriptorType ToDescriptorType(FileType type) {
    switch (type) {
      case FileType::kUnknown:
        return DescriptorType::kUnknown;
      case FileType::kBlockDevice:
        return DescriptorType::kBlockDevice;
      case FileType::kCharacterDevice:
        return DescriptorType::kCharacterDevice;
      case FileType::kDirectory:
        return DescriptorType::kDirectory;
      case FileType::kRegularFile:
        return DescriptorType::kRegularFile;
      case FileType::kSocketDatagram:
      case FileType::kSocketStream:
        return DescriptorType::kSocket;
      case FileType::kSymbolicLink:
        return DescriptorType::kSymbolicLink;
      case FileType::kFifo:
        return DescriptorType::kFifo;
    }
    return DescriptorType::kUnknown;
  }
};
using Functions = FilesystemFunctions<Version>;
template <typename T>
using Reply = Functions::Reply<T>;
using Self = Functions::Self;
using Entry = DirectoryEntryRecord<Version>;

using StreamReply = Reply<ComponentOwn<OutputStreamResource>>;

Result<StreamReply> WriteStream(Context& context, const Self& self,
                                std::optional<uint64_t> offset) {
  auto stream = Functions::ToReply(self->file.WriteStream(offset, context.loop_source()));
  if (!stream) return StreamReply(std::unexpected(stream.error()));
  return StreamReply(TRY(context.NewOwn<OutputStreamResource>(*std::move(stream))));
}

void LinkContents(ComponentLinkerInstance& types) {
  types.Func("[method]descriptor.read-via-stream",
             TypedHost([](Context& context, Self self,
                          uint64_t offset) -> Result<Reply<ComponentOwn<InputStreamResource>>> {
               using Stream = Reply<ComponentOwn<InputStreamResource>>;
               auto stream = Functions::ToReply(self->file.ReadStream(offset));
               if (!stream) return Stream(std::unexpected(stream.error()));
               return Stream(TRY(context.NewOwn<InputStreamResource>(*std::move(stream))));
             }));
  types.Func("[method]descriptor.write-via-stream",
             TypedHost([](Context& context, Self self, uint64_t offset) {
               return WriteStream(context, self, offset);
             }));
  types.Func("[method]descriptor.append-via-stream", TypedHost([](Context& context, Self self) {
               return WriteStream(context, self, std::nullopt);
             }));
  types.Func("[method]descriptor.read", TypedHost([](Self self, uint64_t length, uint64_t offset) {
               return Functions::ToReply(
                   Transform(self->file.Read(length, offset), [](FileDescriptor::ReadResult read) {
                     return std::tuple(std::move(read.bytes), read.at_end);
                   }));
             }));
  types.Func("[method]descriptor.write",
             TypedHost([](Self self, std::vector<uint8_t> bytes, uint64_t offset) {
               return Functions::ToReply(self->file.Write(std::move(bytes), offset));
             }));
}

void LinkListing(ComponentLinkerInstance& types) {
  types.Resource("directory-entry-stream", ListingResource::ComponentType());
  types.Func(
      "[method]descriptor.read-directory",
      TypedHost([](Context& context, Self self) -> Result<Reply<ComponentOwn<ListingResource>>> {
        using Listing = Reply<ComponentOwn<ListingResource>>;
        auto names = Functions::ToReply(self->file.List(context));
        if (!names) return Listing(std::unexpected(names.error()));
        return Listing(TRY(context.NewOwn<ListingResource>(*std::move(names))));
      }));
  types.Func("[method]directory-entry-stream.read-directory-entry",
             TypedHost([](ComponentBorrow<ListingResource> self) {
               return Functions::ToReply(
                   Transform(self->names->Next(), [](std::optional<DirectoryEntry> entry) {
                     return entry.transform([](const DirectoryEntry& found) {
                       return Entry{Version::ToDescriptorType(found.type), found.name};
                     });
                   }));
             }));
}

}  // namespace

void LinkFilesystem(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:filesystem/types") + kVersion);
  types.Resource("error", ErrorResource::ComponentType());
  types.Resource("input-stream", InputStreamResource::ComponentType());
  types.Resource("output-stream", OutputStreamResource::ComponentType());
  Functions::LinkTypes(types);
  LinkContents(types);
  LinkListing(types);
  types.Func("filesystem-error-code",
             TypedHost([](ComponentBorrow<ErrorResource> self) -> std::optional<ErrorCode> {
               // What carries more is an error of something else.
               if (self->error->detail != nullptr) return std::nullopt;
               return FilesystemErrorCase(self->error->code).transform([](uint32_t found) {
                 return static_cast<ErrorCode>(found);
               });
             }));
  Functions::LinkPreopens(linker.Instance(std::string("wasi:filesystem/preopens") + kVersion));
}

}  // namespace trenail::wasi::p2
