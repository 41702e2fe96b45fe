// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that says in one line what a line of the log means. Whoever parses it is plugged in.

#include "guest.h"

__attribute__((import_module("cyber:system/log-parser"), import_name("parse"))) void parse(
    const char* data, size_t size, ParseResult* result);

static String Decimal(uint64_t number) {
  char* digits = Allocate(1, 20);
  size_t at = 20;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  return (String){digits + at, 20 - at};
}

EXPORT("summary")
String* summary(const char* data, size_t size) {
  ParseResult result;
  parse(data, size, &result);
  String* out = Allocate(_Alignof(String), sizeof(String));
  if (result.is_error) {
    *out = Join((String[]){STRING("ignored: "), result.error, {NULL, 0}});
  } else {
    *out = Join((String[]){result.ok.severity,
                           STRING(": "),
                           result.ok.message,
                           STRING(" ("),
                           Decimal(result.ok.timestamp),
                           STRING(")"),
                           {NULL, 0}});
  }
  return out;
}

EXPORT("cabi_post_summary")
void post_summary(String* result) {
  (void)result;
  FreeAll();
}
