// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that a bucket can do, the same wherever its keys and values are. The argument says what is
// there: "values" (the default bucket, empty), "denied" (no bucket "orders"), "broken" (a default
// bucket whose server does not answer), "foreign" (a server with a list in "list").

#include "guest.h"
#include "keyvalue.h"

static Handle Open(String name) {
  KvResult result;
  KvOpen(FLAT(name), &result);
  CHECK(!result.is_error);
  return result.handle;
}
static void Set(Handle bucket, String key, String value) {
  KvResult result;
  KvSet(bucket, FLAT(key), FLAT(value), &result);
  CHECK(!result.is_error);
}
static int Has(Handle bucket, String key, String value) {
  KvResult result;
  KvGet(bucket, FLAT(key), &result);
  CHECK(!result.is_error);
  return result.is_some && Equal(result.value, value);
}
static int Exists(Handle bucket, String key) {
  KvResult result;
  KvExists(bucket, FLAT(key), &result);
  CHECK(!result.is_error);
  return result.flag;
}
static void Print2(String a, String b) {
  const Handle err = GetStderr();
  Print(err, a);
  Print(err, b);
  Print(err, STRING("\n"));
}

static void Values(Handle bucket) {
  KvResult result;
  CHECK(!Exists(bucket, STRING("a")));
  KvGet(bucket, FLAT(STRING("a")), &result);
  CHECK(!result.is_error && !result.is_some);
  Set(bucket, STRING("a"), STRING("1\0\r\n\xff"));
  CHECK(Exists(bucket, STRING("a")));
  CHECK(Has(bucket, STRING("a"), STRING("1\0\r\n\xff")));
  Set(bucket, STRING("a"), STRING(""));
  CHECK(Has(bucket, STRING("a"), STRING("")));
  Set(bucket, STRING(""), STRING("of no name"));
  CHECK(Has(bucket, STRING(""), STRING("of no name")));
  KvDelete(bucket, FLAT(STRING("")), &result);
  CHECK(!result.is_error);
  KvDelete(bucket, FLAT(STRING("a")), &result);
  CHECK(!result.is_error);
  KvDelete(bucket, FLAT(STRING("a")), &result);
  CHECK(!result.is_error);
  CHECK(!Exists(bucket, STRING("a")));
}

static void Large(Handle bucket) {
  const size_t size = 10 << 20;
  char* bytes = cabi_realloc(0, 0, 1, size);
  for (size_t i = 0; i < size; ++i) bytes[i] = (char)(i * i >> 8);
  const String value = {bytes, size};
  Set(bucket, STRING("large"), value);
  CHECK(Has(bucket, STRING("large"), value));
  KvResult result;
  KvDelete(bucket, FLAT(STRING("large")), &result);
  CHECK(!result.is_error);
}

static void Numbers(Handle bucket) {
  KvNumber number;
  KvResult result;
  KvIncrement(bucket, FLAT(STRING("n")), 5, &number);
  CHECK(!number.is_error && number.number == 5);
  KvIncrement(bucket, FLAT(STRING("n")), -7, &number);
  CHECK(!number.is_error && number.number == -2);
  CHECK(Has(bucket, STRING("n"), STRING("-2")));
  Set(bucket, STRING("n"), STRING("9223372036854775807"));
  KvIncrement(bucket, FLAT(STRING("n")), 1, &number);
  CHECK(number.is_error && number.error.kind == kOther);
  CHECK(Equal(number.error.text, STRING("the number overflows")));
  Set(bucket, STRING("n"), STRING("none"));
  KvIncrement(bucket, FLAT(STRING("n")), 1, &number);
  CHECK(number.is_error && Equal(number.error.text, STRING("the value is not a number")));
  KvDelete(bucket, FLAT(STRING("n")), &result);

  Kv1Open(FLAT(STRING("default")), &result);
  CHECK(!result.is_error);
  Kv1Increment(result.handle, FLAT(STRING("n")), 1ull << 62, &number);
  CHECK(!number.is_error && number.number == 1ll << 62);
  KvDelete(bucket, FLAT(STRING("n")), &result);
}

static void Swaps(Handle bucket) {
  KvResult result, other;
  KvSwapped swapped;
  KvNewCas(bucket, FLAT(STRING("s")), &result);
  KvNewCas(bucket, FLAT(STRING("s")), &other);
  CHECK(!result.is_error && !other.is_error);
  KvSwap(result.handle, FLAT(STRING("first")), &swapped);
  CHECK(!swapped.is_error);
  // It was not there when the second looked.
  KvSwap(other.handle, FLAT(STRING("second")), &swapped);
  CHECK(swapped.is_error && swapped.why == kCasFailed);
  const Handle next = swapped.cas;
  KvCurrent(next, &result);
  CHECK(!result.is_error && result.is_some && Equal(result.value, STRING("first")));
  CHECK(Has(bucket, STRING("s"), STRING("first")));
  // What has been seen is what is compared.
  Set(bucket, STRING("s"), STRING("third"));
  KvCurrent(next, &result);
  CHECK(Equal(result.value, STRING("first")));
  KvSwap(next, FLAT(STRING("second")), &swapped);
  CHECK(swapped.is_error && swapped.why == kCasFailed);
  KvSwap(swapped.cas, FLAT(STRING("second")), &swapped);
  CHECK(!swapped.is_error);
  CHECK(Has(bucket, STRING("s"), STRING("second")));
  KvNewCas(bucket, FLAT(STRING("s")), &result);
  KvDropCas(result.handle);
  KvDelete(bucket, FLAT(STRING("s")), &result);
}

enum { kMany = 1100 };  // more than a page
static char names[kMany][5];
static String keys[kMany];
static KvPair pairs[kMany];
static char seen[kMany];

static void See(const String* listed, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    size_t number = 0;
    CHECK(listed[i].size == 5 && listed[i].data[0] == 'k');
    for (int digit = 1; digit < 5; ++digit) number = number * 10 + listed[i].data[digit] - '0';
    CHECK(number < kMany);
    seen[number] = 1;
  }
}
static void CheckAllSeen(void) {
  for (size_t i = 0; i < kMany; ++i) {
    CHECK(seen[i]);
    seen[i] = 0;
  }
}

static void Batches(Handle bucket) {
  for (size_t i = 0; i < kMany; ++i) {
    char* name = names[i];
    name[0] = 'k';
    size_t rest = i;
    for (int digit = 4; digit > 0; --digit, rest /= 10) name[digit] = (char)('0' + rest % 10);
    keys[i] = (String){name, 5};
    pairs[i] = (KvPair){keys[i], {name + 1, 4}};
  }
  KvResult result;
  KvEntries entries;
  KvSetMany(bucket, pairs, kMany, &result);
  CHECK(!result.is_error);
  KvSetMany(bucket, pairs, 0, &result);
  CHECK(!result.is_error);

  KvKeys page;
  page.has_cursor = 0;
  page.cursor = STRING("");
  int pages = 0;
  do {
    KvListKeys(bucket, page.has_cursor, FLAT(page.cursor), &page);
    CHECK(!page.is_error);
    See(page.keys, page.count);
    ++pages;
  } while (page.has_cursor);
  CheckAllSeen();
  CHECK(pages > 1);
  KvKeys1 page1;
  page1.has_cursor = 0;
  page1.cursor = 0;
  Kv1Open(FLAT(STRING("")), &result);
  do {
    Kv1ListKeys(result.handle, page1.has_cursor, page1.cursor, &page1);
    CHECK(!page1.is_error);
    See(page1.keys, page1.count);
  } while (page1.has_cursor);
  CheckAllSeen();

  KvDelete(bucket, FLAT(keys[7]), &result);
  KvGetMany(bucket, keys, kMany, &entries);
  CHECK(!entries.is_error && entries.count == kMany);
  for (size_t i = 0; i < kMany; ++i) {
    CHECK(entries.entries[i].is_some == (i != 7));
    if (i == 7) continue;
    CHECK(Equal(entries.entries[i].key, keys[i]));
    CHECK(Equal(entries.entries[i].value, pairs[i].value));
  }
  KvGetMany(bucket, keys, 0, &entries);
  CHECK(!entries.is_error && entries.count == 0);
  KvDeleteMany(bucket, keys, kMany, &result);
  CHECK(!result.is_error);
  KvDeleteMany(bucket, keys, 0, &result);
  CHECK(!result.is_error);
  KvListKeys(bucket, 0, 0, 0, &page);
  CHECK(!page.is_error && page.count == 0);
}

// An answer is bounded, however often it asks for the same.
static void TooMuch(Handle bucket) {
  const size_t size = 1 << 20;
  Set(bucket, STRING("m"), (String){cabi_realloc(0, 0, 1, size), size});
  for (size_t i = 0; i < 100; ++i) keys[i] = STRING("m");
  KvEntries entries;
  KvGetMany(bucket, keys, 100, &entries);
  CHECK(entries.is_error && entries.error.kind == kOther);
  CHECK(Equal(entries.error.text, STRING("more than 64 MiB of values at once")));
  KvResult result;
  KvDelete(bucket, FLAT(STRING("m")), &result);
}

RUN {
  struct Strings arguments;
  GetArguments(&arguments);
  CHECK(arguments.size == 2);
  const String what = arguments.items[1];
  KvResult result;
  if (Equal(what, STRING("denied"))) {
    KvOpen(FLAT(STRING("orders")), &result);
    CHECK(result.is_error && result.error.kind == kAccessDenied);
  } else if (Equal(what, STRING("broken"))) {
    const Handle bucket = Open(STRING(""));
    for (int i = 0; i < 2; ++i) {
      KvGet(bucket, FLAT(STRING("a")), &result);
      CHECK(result.is_error && result.error.kind == kOther);
      Print2(STRING("get: "), result.error.text);
    }
  } else if (Equal(what, STRING("foreign"))) {
    const Handle bucket = Open(STRING("default"));
    KvGet(bucket, FLAT(STRING("list")), &result);
    CHECK(result.is_error && result.error.kind == kOther);
    Print2(STRING("get: "), result.error.text);
    KvKeys page;
    KvListKeys(bucket, 1, FLAT(STRING("x")), &page);
    CHECK(page.is_error && page.error.kind == kOther);
    // A name that is no text is left out.
    KvListKeys(bucket, 0, 0, 0, &page);
    CHECK(!page.is_error && page.count == 1 && Equal(page.keys[0], STRING("list")));
  } else {
    const Handle bucket = Open(STRING(""));
    Values(bucket);
    Large(bucket);
    Numbers(bucket);
    Swaps(bucket);
    Batches(bucket);
    TooMuch(bucket);
    Set(bucket, STRING("last"), STRING("kept"));
    KvDrop(bucket);
  }
  return 0;
}
