// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading the files a verb is given, and telling from their first bytes what they are. A file is
// read whole, never mapped: code that was validated must not change under the interpreter.

#ifndef TRENAIL_CLI_INPUT_H_
#define TRENAIL_CLI_INPUT_H_

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"

namespace trenail::cli {

enum class FileKind {
  kEmpty,
  kModule,     // a core module, binary
  kComponent,  // a component, binary
  kImage,      // a compiled artefact (ELF)
  kText,       // looks like WAT or WAST
  kUnknown,
};

// The contents of a file. Memory is not touched before it is read into, and large files get large
// pages: for a program that looks at its input once, page faults are a good part of its time.
class FileBytes {
 public:
  FileBytes() = default;
  FileBytes(std::span<const uint8_t> bytes);  // NOLINT: implicit on purpose; copies
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  const uint8_t* begin() const { return data(); }
  const uint8_t* end() const { return data() + size_; }

  // For whoever reads: room for `capacity` bytes, of which the present ones are kept.
  void Reserve(size_t capacity);
  size_t capacity() const { return capacity_; }
  uint8_t* free_room() { return data_.get() + size_; }
  void Append(size_t count) { size_ += count; }

 private:
  struct Free {
    void operator()(uint8_t* data) const { std::free(data); }
  };
  std::unique_ptr<uint8_t[], Free> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// "-" is standard input. Errors are of kind kHost and end with the operating system's reason.
wasm::Result<FileBytes> ReadFile(const std::string& path);

// At one stroke: whatever happens meanwhile, the file is as before or complete. "-" is standard
// output. `mode` as of open().
wasm::Result<void> WriteFile(const std::string& path, std::span<const uint8_t> bytes,
                             unsigned mode = 0666);

FileKind Detect(std::span<const uint8_t> bytes);
// Whether the file begins as kImage does; it is not read on.
bool IsArtefact(const std::string& path);

inline std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_INPUT_H_
