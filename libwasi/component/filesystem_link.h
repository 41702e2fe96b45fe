// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Defines those functions of wasi:filesystem/types that 0.2 and 0.3 both have, with the types of a
// version V:
//
//   V::Resource        has a FileDescriptor, file, and a ComponentType
//   V::Datetime        a record of seconds and nanoseconds
//   V::DescriptorType, V::ErrorCode, and ToDescriptorType(FileType), ToErrorCode(Errno) for them
//   V::kMutation       see FileDescriptor

#ifndef TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_LINK_H_
#define TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_LINK_H_

#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libwasi/component/filesystem.h"

namespace trenail::wasi {

template <typename V>
struct DescriptorStat {  // [wasi:filesystem/types.descriptor-stat]
  typename V::DescriptorType type;
  uint64_t link_count = 0;
  uint64_t size = 0;
  std::optional<typename V::Datetime> data_access_timestamp;
  std::optional<typename V::Datetime> data_modification_timestamp;
  std::optional<typename V::Datetime> status_change_timestamp;
  static constexpr auto ComponentFields() {
    using S = DescriptorStat;
    return std::tuple(&S::type, &S::link_count, &S::size, &S::data_access_timestamp,
                      &S::data_modification_timestamp, &S::status_change_timestamp);
  }
};

template <typename V>
struct DirectoryEntryRecord {  // [wasi:filesystem/types.directory-entry]
  typename V::DescriptorType type;
  std::string name;
  static constexpr auto ComponentFields() {
    return std::tuple(&DirectoryEntryRecord::type, &DirectoryEntryRecord::name);
  }
};

template <typename V>
class FilesystemFunctions {
 public:
  template <typename T>
  using Reply = std::expected<T, typename V::ErrorCode>;
  using Self = ComponentBorrow<typename V::Resource>;

  template <typename T>
  static Reply<T> ToReply(IoResult<T> result) {
    if (!result) return std::unexpected(V::ToErrorCode(result.error()));
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return *std::move(result);
  }
  // The same of an operation on a path, which the grants may refuse.
  template <typename T>
  static Reply<T> ToReply(Context& context, const Self& at, const char* operation,
                          const std::string& path, IoResult<T> result,
                          const std::optional<SecondPath>& second = std::nullopt) {
    if (!result) TellDenied(context, at->file, operation, path, result.error(), second);
    return ToReply(std::move(result));
  }

  static Result<ComponentOwn<typename V::Resource>> New(Context& context, FileDescriptor file) {
    return context.NewOwn<typename V::Resource>(std::move(file));
  }

  static void LinkTypes(ComponentLinkerInstance& types) {
    types.Resource("descriptor", V::Resource::ComponentType());
    LinkFiles(types);
    LinkPaths(types);
  }

  // [wasi:filesystem/preopens]
  static void LinkPreopens(ComponentLinkerInstance preopens) {
    preopens.Resource("descriptor", V::Resource::ComponentType());
    using Entry = std::tuple<ComponentOwn<typename V::Resource>, std::string>;
    preopens.Func("get-directories", TypedHost([](Context& context) -> Result<std::vector<Entry>> {
                    std::vector<Entry> entries;
                    for (const auto& [directory, name] : context.preopens) {
                      entries.emplace_back(TRY(New(context, FileDescriptor::Preopen(directory))),
                                           name);
                    }
                    return entries;
                  }));
  }

 private:
  using Datetime = typename V::Datetime;
  // [wasi:filesystem/types.new-timestamp]: no-change, now, timestamp
  using NewTimestamp = std::variant<std::monostate, std::monostate, Datetime>;
  using Stat = DescriptorStat<V>;

  static IoResult<TimeChange> ToTimeChange(const NewTimestamp& change) {
    if (change.index() == 0) return TimeChange{.kind = TimeChange::kKeep};
    if (change.index() == 1) return TimeChange{.kind = TimeChange::kNow};
    const Datetime& time = std::get<2>(change);
    if (time.nanoseconds >= 1'000'000'000) return std::unexpected(Errno::kInval);
    if (!std::in_range<int64_t>(time.seconds)) return std::unexpected(Errno::kOverflow);
    return TimeChange{.kind = TimeChange::kSet,
                      .time = {static_cast<int64_t>(time.seconds), time.nanoseconds}};
  }
  // `set` with both times, if they are some.
  template <typename Set>
  static IoStatus SetTimes(const NewTimestamp& access, const NewTimestamp& modification, Set set) {
    const IoResult<TimeChange> first = ToTimeChange(access);
    if (!first) return std::unexpected(first.error());
    const IoResult<TimeChange> second = ToTimeChange(modification);
    if (!second) return std::unexpected(second.error());
    return set(*first, *second);
  }

  static std::optional<Datetime> ToDatetime(Timestamp time) {
    using Seconds = decltype(Datetime::seconds);
    // What cannot be said is as near as it can be.
    if (!std::in_range<Seconds>(time.seconds)) return Datetime{};
    return Datetime{static_cast<Seconds>(time.seconds), time.nanoseconds};
  }
  static Stat ToStat(const FileStat& stat) {
    return {V::ToDescriptorType(stat.type),
            stat.link_count,
            stat.size,
            ToDatetime(stat.access_time),
            ToDatetime(stat.modification_time),
            ToDatetime(stat.change_time)};
  }

  static void LinkFiles(ComponentLinkerInstance& types) {
    types.Func("[method]descriptor.advise",
               TypedHost([](Self self, uint64_t offset, uint64_t length, Advice advice) {
                 return ToReply(self->file.Advise(offset, length, advice));
               }));
    types.Func("[method]descriptor.sync-data",
               TypedHost([](Self self) { return ToReply(self->file.Sync(/*data_only=*/true)); }));
    types.Func("[method]descriptor.sync",
               TypedHost([](Self self) { return ToReply(self->file.Sync(/*data_only=*/false)); }));
    types.Func("[method]descriptor.get-flags",
               TypedHost([](Self self) -> Reply<DescriptorFlags> { return self->file.flags(); }));
    types.Func("[method]descriptor.get-type",
               TypedHost([](Self self) -> Reply<typename V::DescriptorType> {
                 return V::ToDescriptorType(self->file.type());
               }));
    types.Func("[method]descriptor.set-size", TypedHost([](Self self, uint64_t size) {
                 return ToReply(self->file.SetSize(size));
               }));
    types.Func(
        "[method]descriptor.set-times",
        TypedHost([](Self self, NewTimestamp access, NewTimestamp modification) {
          return ToReply(SetTimes(access, modification, [&](TimeChange first, TimeChange second) {
            return self->file.SetTimes(first, second);
          }));
        }));
    types.Func("[method]descriptor.stat",
               TypedHost([](Self self) { return ToReply(Transform(self->file.Stat(), ToStat)); }));
    types.Func("[method]descriptor.is-same-object", TypedHost([](Self self, Self other) {
                 return self->file.IsSameObject(other->file);
               }));
    types.Func("[method]descriptor.metadata-hash",
               TypedHost([](Self self) { return ToReply(self->file.HashMetadata()); }));
  }

  static void LinkPaths(ComponentLinkerInstance& types) {
    types.Func("[method]descriptor.create-directory-at",
               TypedHost([](Context& context, Self self, std::string path) {
                 return ToReply(context, self, "create-directory", path,
                                self->file.CreateDirectoryAt(path));
               }));
    types.Func("[method]descriptor.stat-at",
               TypedHost([](Context& context, Self self, PathFlags flags, std::string path) {
                 return ToReply(context, self, "stat", path,
                                Transform(self->file.StatAt(flags, path), ToStat));
               }));
    types.Func("[method]descriptor.set-times-at",
               TypedHost([](Context& context, Self self, PathFlags flags, std::string path,
                            NewTimestamp access, NewTimestamp modification) {
                 return ToReply(
                     context, self, "set-times", path,
                     SetTimes(access, modification, [&](TimeChange first, TimeChange second) {
                       return self->file.SetTimesAt(flags, path, first, second);
                     }));
               }));
    types.Func("[method]descriptor.link-at",
               TypedHost([](Context& context, Self self, PathFlags flags, std::string path, Self to,
                            std::string new_path) {
                 return ToReply(context, self, "link", path,
                                self->file.LinkAt(flags, path, to->file, new_path),
                                SecondPath{to->file, new_path});
               }));
    types.Func(
        "[method]descriptor.open-at",
        TypedHost([](Context& context, Self self, PathFlags path_flags, std::string path,
                     OpenFlags open,
                     DescriptorFlags flags) -> Result<Reply<ComponentOwn<typename V::Resource>>> {
          using Opened = Reply<ComponentOwn<typename V::Resource>>;
          auto file = ToReply(context, self, "open", path,
                              self->file.OpenAt(path_flags, path, open, flags, V::kMutation));
          if (!file) return Opened(std::unexpected(std::move(file.error())));
          return Opened(TRY(New(context, *std::move(file))));
        }));
    types.Func("[method]descriptor.readlink-at",
               TypedHost([](Context& context, Self self, std::string path) {
                 return ToReply(context, self, "readlink", path, self->file.ReadLinkAt(path));
               }));
    types.Func("[method]descriptor.remove-directory-at",
               TypedHost([](Context& context, Self self, std::string path) {
                 return ToReply(context, self, "remove-directory", path,
                                self->file.RemoveDirectoryAt(path));
               }));
    types.Func(
        "[method]descriptor.rename-at",
        TypedHost([](Context& context, Self self, std::string path, Self to, std::string new_path) {
          return ToReply(context, self, "rename", path,
                         self->file.RenameAt(path, to->file, new_path),
                         SecondPath{to->file, new_path});
        }));
    types.Func("[method]descriptor.symlink-at",
               TypedHost([](Context& context, Self self, std::string target, std::string path) {
                 IoStatus done = self->file.SymlinkAt(target, path);
                 // A target that is not allowed anywhere is no matter of grants.
                 if (target.starts_with('/')) return ToReply(std::move(done));
                 return ToReply(context, self, "symlink", path, std::move(done));
               }));
    types.Func("[method]descriptor.unlink-file-at",
               TypedHost([](Context& context, Self self, std::string path) {
                 return ToReply(context, self, "unlink-file", path, self->file.UnlinkFileAt(path));
               }));
    types.Func("[method]descriptor.metadata-hash-at",
               TypedHost([](Context& context, Self self, PathFlags flags, std::string path) {
                 return ToReply(context, self, "metadata-hash", path,
                                self->file.HashMetadataAt(flags, path));
               }));
  }
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_FILESYSTEM_LINK_H_
