// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Configuration: "a" is "1" and was "0" before, "b" is empty, and there is nothing else.
// [wasi:config]

#include "guest.h"

#define CONFIG(name) \
  __attribute__((import_module("wasi:config/store@0.2.0-draft"), import_name(name)))

typedef struct {
  uint8_t is_error;
  union {
    struct {
      uint8_t is_some;
      String value;
    };
    struct {
      uint8_t kind;
      String text;
    };
  };
} ValueResult;
typedef struct {
  uint8_t is_error;
  union {
    struct Pairs pairs;
    struct {
      uint8_t kind;
      String text;
    };
  };
} PairsResult;
CONFIG("get") void Get(const char* key, size_t size, ValueResult* result);
CONFIG("get-all") void GetAll(PairsResult* result);

RUN {
  ValueResult value;
  Get(FLAT(STRING("a")), &value);
  CHECK(!value.is_error && value.is_some && Equal(value.value, STRING("1")));
  Get(FLAT(STRING("b")), &value);
  CHECK(!value.is_error && value.is_some && value.value.size == 0);
  Get(FLAT(STRING("c")), &value);
  CHECK(!value.is_error && !value.is_some);
  PairsResult all;
  GetAll(&all);
  CHECK(!all.is_error && all.pairs.size == 2);
  for (int i = 0; i < 2; ++i) {
    const int is_a = Equal(all.pairs.items[i].name, STRING("a"));
    CHECK(is_a || Equal(all.pairs.items[i].name, STRING("b")));
    CHECK(Equal(all.pairs.items[i].value, is_a ? STRING("1") : STRING("")));
  }
  return 0;
}
