// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resources of wasi:io, which every other interface of WASI 0.2 hands out, and helpers for its
// functions. [wasi:io@0.2.12]

#ifndef TRENAIL_LIBWASI_P2_IO_H_
#define TRENAIL_LIBWASI_P2_IO_H_

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "libwasi/component/context.h"
#include "libwasi/core/byte_stream.h"

namespace trenail::wasi::p2 {

// [wasi:io/error.error]
struct ErrorResource {
  std::shared_ptr<IoError> error;
  static const ComponentResource& ComponentType();
};

// [wasi:io/poll.pollable]
struct Pollable {
  std::shared_ptr<Waitable> waitable;
  static const ComponentResource& ComponentType();
};

// [wasi:io/streams.input-stream]
struct InputStreamResource {
  std::shared_ptr<InputStream> stream;
  std::shared_ptr<void> parent = nullptr;  // kept as long as this is
  static const ComponentResource& ComponentType();
};

// [wasi:io/streams.output-stream]
struct OutputStreamResource {
  std::shared_ptr<OutputStream> stream;
  std::shared_ptr<void> parent = nullptr;
  static const ComponentResource& ComponentType();
};

// [wasi:io/streams.stream-error]: last-operation-failed, closed
using StreamError = std::variant<ComponentOwn<ErrorResource>, std::monostate>;
template <typename T>
using StreamReturn = std::expected<T, StreamError>;

Result<StreamError> ToStreamError(Context& context, const StreamEnd& end);

// A pollable for something that can be waited for.
Result<ComponentOwn<Pollable>> Subscribe(Context& context, std::shared_ptr<Waitable> waitable);

// Defines wasi:io, and the rest of WASI 0.2 likewise: names with the newest version that we know.
void LinkIo(ComponentLinker& linker);
void LinkClocks(ComponentLinker& linker);
void LinkRandom(ComponentLinker& linker);
void LinkCli(ComponentLinker& linker);
void LinkFilesystem(ComponentLinker& linker);

inline constexpr char kVersion[] = "@0.2.12";

}  // namespace trenail::wasi::p2

#endif  // TRENAIL_LIBWASI_P2_IO_H_
