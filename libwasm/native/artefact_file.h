// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files of compiled code: checked, then mapped. A file that does not fit this version, this
// processor, or is not as it was written, is refused with a sentence before any of its code is
// mapped as code. The checks keep accidents out, not attackers: an artefact is native code and as
// trusted as a program.

#ifndef TRENAIL_LIBWASM_NATIVE_ARTEFACT_FILE_H_
#define TRENAIL_LIBWASM_NATIVE_ARTEFACT_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "libwasm/native/abi.h"
#include "libwasm/support/error.h"

namespace wasm::native {

// An artefact in memory, from a file or linked into the program. Unmapped with the last reference.
class ArtefactFile {
 public:
  // Errors: kHost for a file that cannot be read, kUnlinkable for an artefact that does not fit,
  // kMalformed for one that is damaged or none at all.
  static Result<std::shared_ptr<const ArtefactFile>> Open(const std::string& path);
  static Result<std::shared_ptr<const ArtefactFile>> FromMemory(std::span<const uint8_t> bytes);
  // The header of a module that is part of this program; `header` lives forever.
  static Result<std::shared_ptr<const ArtefactFile>> Linked(const ArtefactHeader* header);

  static Result<std::shared_ptr<const ArtefactFile>> Linked(const ComponentRecord* record);
  // Another module of an artefact of a component, whose file stays mapped with it.
  static Result<std::shared_ptr<const ArtefactFile>> Part(std::shared_ptr<const ArtefactFile> whole,
                                                          uint32_t index);

  ~ArtefactFile();
  ArtefactFile(const ArtefactFile&) = delete;
  ArtefactFile& operator=(const ArtefactFile&) = delete;

  const ArtefactHeader& header() const { return *header_; }
  // The module without the bodies of its compiled functions.
  std::span<const uint8_t> wasm() const;
  // Null if the artefact is that of a module.
  const ComponentRecord* component() const { return component_; }

 private:
  explicit ArtefactFile(const ArtefactHeader* header) : header_(header) {}

  const ArtefactHeader* header_;
  const ComponentRecord* component_ = nullptr;
  std::shared_ptr<const ArtefactFile> whole_;  // of a part
  void* library_ = nullptr;                    // of dlopen
  int fd_ = -1;                                // kept open where it names the library
};

// What a relative offset in a header or record refers to.
template <typename T>
const T* At(const int32_t& offset) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(&offset) + offset);
}

// Writes the checksum into the header of the ELF file `bytes`. Errors: kMalformed without a header.
Result<void> SetArtefactChecksum(std::span<uint8_t> bytes);

// All checks of the file `bytes` but that of this machine's architecture and processor.
Result<ArtefactHeader> CheckArtefact(std::span<const uint8_t> bytes);

// Whether this processor has the comma-separated `features`. Errors: kUnlinkable.
Result<void> CheckProcessor(std::string_view features);

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_ARTEFACT_FILE_H_
