// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Headers and trailers as guests see and change them. [wasi:http/types.fields]
//
// In order, with all fields of a name in the casing that it had first. What they take is bounded,
// and charged to the guest: each field counts its name, its value and 32 bytes [RFC 9113: 6.5.2].

#ifndef TRENAIL_LIBWASI_HTTP_FIELDS_H_
#define TRENAIL_LIBWASI_HTTP_FIELDS_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasi/core/budget.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

enum class FieldsError : uint8_t { kInvalidSyntax, kForbidden, kImmutable, kSizeExceeded };
template <typename T>
using FieldsResult = std::expected<T, FieldsError>;

class Fields {
 public:
  static constexpr uint64_t kMaxSize = 256 * 1024;
  static constexpr uint64_t kFieldOverhead = 32;

  explicit Fields(std::shared_ptr<Budget> budget) : charge_(std::move(budget)) {}

  // From a guest: every rule holds.
  static FieldsResult<std::shared_ptr<Fields>> FromGuest(std::shared_ptr<Budget> budget,
                                                         FieldList list);
  // From the wire, which has held them to its own rules; what is the connection's is left out.
  // Immutable. Errors: kSizeExceeded.
  static FieldsResult<std::shared_ptr<Fields>> FromWire(std::shared_ptr<Budget> budget,
                                                        FieldList list);
  // A mutable copy.
  FieldsResult<std::shared_ptr<Fields>> Clone() const;
  void Freeze() { frozen_ = true; }
  bool frozen() const { return frozen_; }

  std::vector<std::string> Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  FieldsResult<void> Set(const std::string& name, std::vector<std::string> values);
  FieldsResult<void> Append(const std::string& name, std::string value);
  // What there was.
  FieldsResult<std::vector<std::string>> Delete(std::string_view name);
  const FieldList& list() const { return list_; }

 private:
  FieldsResult<void> CheckChange(std::string_view name, bool sets) const;
  FieldsResult<void> Charge(uint64_t more);
  uint64_t SizeOfNamed(std::string_view name) const;

  FieldList list_;
  bool frozen_ = false;
  wasi::Charge charge_;
};

// What Content-Length says; nothing if there is none. An error if it is not a number, or two.
std::expected<std::optional<uint64_t>, ErrorCode> ContentLength(const Fields& fields);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_FIELDS_H_
