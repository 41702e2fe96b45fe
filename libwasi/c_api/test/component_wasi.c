// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Commands of WASI 0.2: what they are granted, what they write, and how they end. Given the
// library that waits, also one that does.

#include <trenail.h>

#include "libcomponent/c_api/test/component_check.h"

#define IMPORTS_STREAMS                                                                            \
  "(import \"wasi:io/error@0.2.0\" (instance $error (export \"error\" (type (sub resource)))))"    \
  "(alias export $error \"error\" (type $error))"                                                  \
  "(import \"wasi:io/streams@0.2.0\" (instance $streams"                                           \
  "  (export \"output-stream\" (type $stream (sub resource)))"                                     \
  "  (alias outer 1 $error (type $error'))"                                                        \
  "  (export \"error\" (type $error'' (eq $error')))"                                              \
  "  (type $failure' (variant (case \"last-operation-failed\" (own $error'')) (case \"closed\")))" \
  "  (export \"stream-error\" (type $failure (eq $failure')))"                                     \
  "  (export \"[method]output-stream.blocking-write-and-flush\""                                   \
  "    (func (param \"self\" (borrow $stream)) (param \"contents\" (list u8))"                     \
  "          (result (result (error $failure)))))))"                                               \
  "(alias export $streams \"output-stream\" (type $stream))"                                       \
  "(import \"wasi:cli/stdout@0.2.0\" (instance $stdout"                                            \
  "  (alias outer 1 $stream (type $stream'))"                                                      \
  "  (export \"output-stream\" (type $stream'' (eq $stream')))"                                    \
  "  (export \"get-stdout\" (func (result (own $stream''))))))"

// Writes its arguments, and succeeds if there are two.
static const char kArguments[] =
    "(component " IMPORTS_STREAMS
    "(import \"wasi:cli/environment@0.2.0\" (instance $environment"
    "  (export \"get-arguments\" (func (result (list string))))))" LIBC
    "(core func $get_stdout (canon lower (func $stdout \"get-stdout\")))"
    "(core func $write (canon lower"
    "  (func $streams \"[method]output-stream.blocking-write-and-flush\") (memory $mem)))"
    "(core func $get_arguments (canon lower (func $environment \"get-arguments\")"
    "  (memory $mem) (realloc (core func $realloc))))"
    "(core func $drop (canon resource.drop $stream))"
    "(core module $M"
    "  (import \"\" \"mem\" (memory 1))"
    "  (import \"\" \"get_stdout\" (func $get_stdout (result i32)))"
    "  (import \"\" \"write\" (func $write (param i32 i32 i32 i32)))"
    "  (import \"\" \"get_arguments\" (func $get_arguments (param i32)))"
    "  (import \"\" \"drop\" (func $drop (param i32)))"
    "  (func (export \"run\") (result i32) (local $out i32) (local $at i32) (local $left i32)"
    "    (local.set $out (call $get_stdout))"
    "    (call $get_arguments (i32.const 16))"
    "    (local.set $at (i32.load (i32.const 16)))"
    "    (local.set $left (i32.load (i32.const 20)))"
    "    (loop $next"
    "      (if (local.get $left) (then"
    "        (call $write (local.get $out) (i32.load (local.get $at))"
    "                     (i32.load offset=4 (local.get $at)) (i32.const 32))"
    "        (local.set $at (i32.add (local.get $at) (i32.const 8)))"
    "        (local.set $left (i32.sub (local.get $left) (i32.const 1)))"
    "        (br $next))))"
    "    (call $drop (local.get $out))"
    "    (i32.ne (i32.load (i32.const 20)) (i32.const 2))))"
    "(core instance $m (instantiate $M (with \"\" (instance"
    "  (export \"mem\" (memory $mem)) (export \"get_stdout\" (func $get_stdout))"
    "  (export \"write\" (func $write)) (export \"get_arguments\" (func $get_arguments))"
    "  (export \"drop\" (func $drop))))))"
    "(func $run (result (result)) (canon lift (core func $m \"run\")))"
    "(instance $exported (export \"run\" (func $run)))"
    "(export \"wasi:cli/run@0.2.3\" (instance $exported)))";

// Waits for so many nanoseconds.
#define WAITS(nanoseconds)                                                                       \
  "(component"                                                                                   \
  "  (import \"wasi:io/poll@0.2.0\" (instance $poll"                                             \
  "    (export \"pollable\" (type $pollable (sub resource)))"                                    \
  "    (export \"[method]pollable.block\" (func (param \"self\" (borrow $pollable))))))"         \
  "  (alias export $poll \"pollable\" (type $pollable))"                                         \
  "  (import \"wasi:clocks/monotonic-clock@0.2.0\" (instance $clock"                             \
  "    (alias outer 1 $pollable (type $pollable'))"                                              \
  "    (export \"pollable\" (type $pollable'' (eq $pollable')))"                                 \
  "    (export \"subscribe-duration\" (func (param \"when\" u64) (result (own $pollable''))))))" \
  "  (core func $subscribe (canon lower (func $clock \"subscribe-duration\")))"                  \
  "  (core func $block (canon lower (func $poll \"[method]pollable.block\")))"                   \
  "  (core func $drop (canon resource.drop $pollable))"                                          \
  "  (core module $M"                                                                            \
  "    (import \"\" \"subscribe\" (func $subscribe (param i64) (result i32)))"                   \
  "    (import \"\" \"block\" (func $block (param i32)))"                                        \
  "    (import \"\" \"drop\" (func $drop (param i32)))"                                          \
  "    (func (export \"run\") (result i32) (local $p i32)"                                       \
  "      (local.set $p (call $subscribe (i64.const " nanoseconds                                 \
  ")))"                                                                                          \
  "      (call $block (local.get $p))"                                                           \
  "      (call $drop (local.get $p))"                                                            \
  "      (i32.const 0)))"                                                                        \
  "  (core instance $m (instantiate $M (with \"\" (instance"                                     \
  "    (export \"subscribe\" (func $subscribe)) (export \"block\" (func $block))"                \
  "    (export \"drop\" (func $drop))))))"                                                       \
  "  (func $run (result (result)) (canon lift (core func $m \"run\")))"                          \
  "  (instance $exported (export \"run\" (func $run)))"                                          \
  "  (export \"wasi:cli/run@0.2.0\" (instance $exported)))"

// Succeeds if it is given the bucket "orders".
static const char kBucket[] =
    "(component"
    "  (import \"wasi:keyvalue/store@0.2.0-draft\" (instance $store"
    "    (export \"bucket\" (type $bucket (sub resource)))"
    "    (type $error' (variant (case \"no-such-store\") (case \"access-denied\")"
    "      (case \"other\" string)))"
    "    (export \"error\" (type $error (eq $error')))"
    "    (export \"open\" (func (param \"identifier\" string)"
    "      (result (result (own $bucket) (error $error)))))))" LIBC
    "  (core func $open (canon lower (func $store \"open\") (memory $mem)"
    "    (realloc (core func $realloc))))"
    "  (core module $M"
    "    (import \"\" \"mem\" (memory 1))"
    "    (import \"\" \"open\" (func $open (param i32 i32 i32)))"
    "    (data (i32.const 64) \"orders\")"
    "    (func (export \"run\") (result i32)"
    "      (call $open (i32.const 64) (i32.const 6) (i32.const 16))"
    "      (i32.load8_u (i32.const 16))))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"mem\" (memory $mem)) (export \"open\" (func $open))))))"
    "  (func $run (result (result)) (canon lift (core func $m \"run\")))"
    "  (instance $exported (export \"run\" (func $run)))"
    "  (export \"wasi:cli/run@0.2.0\" (instance $exported)))";

struct denials {
  int told;
  int finalized;
};
static void denied(void* env, const char* sentence) {
  ++((struct denials*)env)->told;
  CHECK(strstr(sentence, "orders") != NULL);
}
static void finalize_denials(void* env) { ++((struct denials*)env)->finalized; }

struct outcome {
  trenail_error_t* error;
  wasm_byte_vec_t output;
};

// Takes the config over.
static struct outcome run(wasm_engine_t* engine, const char* text, trenail_wasi_config_t* config) {
  struct outcome outcome;
  trenail_component_t* const component = component_of(engine, text, NULL);
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  trenail_component_wasi_link(linker, component);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  trenail_wasi_config_capture(config, TRENAIL_WASI_STDOUT, 1000);
  trenail_component_wasi_t* wasi = NULL;
  CHECK_OK(trenail_component_wasi_new(config, store, &wasi));
  outcome.error = trenail_component_wasi_run(wasi, linker, component);
  trenail_component_wasi_captured(wasi, TRENAIL_WASI_STDOUT, &outcome.output);
  // In the least convenient order.
  wasm_store_delete(store);
  trenail_component_delete(component);
  trenail_component_linker_delete(linker);
  trenail_component_wasi_delete(wasi);
  return outcome;
}

int main(int argc, char** argv) {
  wasm_engine_t* const engine = wasm_engine_new();
  trenail_wasi_config_t* config = trenail_wasi_config_new();
  trenail_wasi_config_add_arg(config, "one, ");
  trenail_wasi_config_add_arg(config, "two");
  struct outcome outcome = run(engine, kArguments, config);
  CHECK_OK(outcome.error);
  CHECK(outcome.output.size == 8 && memcmp(outcome.output.data, "one, two", 8) == 0);
  wasm_byte_vec_delete(&outcome.output);

  config = trenail_wasi_config_new();
  trenail_wasi_config_add_arg(config, "alone");
  outcome = run(engine, kArguments, config);
  CHECK(trenail_error_exit_code(outcome.error) == 1);
  check_error(outcome.error, TRENAIL_ERROR_EXIT, "");
  CHECK(outcome.output.size == 5);
  wasm_byte_vec_delete(&outcome.output);

  // What is denied is told.
  struct denials denials = {0, 0};
  config = trenail_wasi_config_new();
  trenail_wasi_config_add_bucket(config, "invoices", NULL);
  trenail_wasi_config_on_denied(config, denied, &denials, finalize_denials);
  outcome = run(engine, kBucket, config);
  CHECK(trenail_error_exit_code(outcome.error) == 1);
  trenail_error_delete(outcome.error);
  CHECK(denials.told == 1 && denials.finalized == 1);
  wasm_byte_vec_delete(&outcome.output);
  config = trenail_wasi_config_new();
  trenail_wasi_config_on_denied(config, denied, &denials, finalize_denials);
  trenail_wasi_config_delete(config);
  CHECK(denials.finalized == 2);
  config = trenail_wasi_config_new();
  trenail_wasi_config_add_bucket(config, "orders", NULL);
  trenail_wasi_config_on_denied(config, denied, &denials, NULL);
  outcome = run(engine, kBucket, config);
  CHECK_OK(outcome.error);
  CHECK(denials.told == 1 && denials.finalized == 2);
  wasm_byte_vec_delete(&outcome.output);

  // Waiting needs a library.
  config = trenail_wasi_config_new();
  trenail_wasi_config_set_net_library(config, "/there/is no such/library.so");
  outcome = run(engine, WAITS("3600000000000"), config);
  check_error(outcome.error, TRENAIL_ERROR_HOST, "/there/is no such/library.so");
  wasm_byte_vec_delete(&outcome.output);
  if (argc > 1) {
    config = trenail_wasi_config_new();
    trenail_wasi_config_set_net_library(config, argv[1]);
    outcome = run(engine, WAITS("1000000"), config);
    CHECK_OK(outcome.error);
    wasm_byte_vec_delete(&outcome.output);
  }

  // What is wrong before anything runs.
  trenail_component_wasi_t* wasi = NULL;
  wasm_store_t* const plain = wasm_store_new(engine);
  check_error(trenail_component_wasi_new(trenail_wasi_config_new(), plain, &wasi),
              TRENAIL_ERROR_HOST, "not one for components");
  wasm_store_delete(plain);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  config = trenail_wasi_config_new();
  trenail_wasi_config_grant(config, TRENAIL_WASI_TCP, "127.0.0.1:80");
  trenail_wasi_config_grant(config, TRENAIL_WASI_HTTP, "*.example.org");
  trenail_wasi_config_grant(config, TRENAIL_WASI_UDP, "no address");
  check_error(trenail_component_wasi_new(config, store, &wasi), TRENAIL_ERROR_HOST, "no address");
  CHECK(wasi == NULL);
  config = trenail_wasi_config_new();
  trenail_wasi_config_add_config(config, "key", "value");
  CHECK_OK(trenail_component_wasi_new(config, store, &wasi));
  trenail_component_t* const empty = component_of(engine, "(component)", NULL);
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  check_error(trenail_component_wasi_run(wasi, linker, empty), TRENAIL_ERROR_HOST, "wasi:cli/run");
  CHECK_OK(trenail_component_wasi_finish(wasi, trenail_error_new_exit(0)));
  check_error(trenail_component_wasi_finish(wasi, trenail_error_new_exit(4)), TRENAIL_ERROR_EXIT,
              "");
  trenail_component_wasi_interrupt(wasi);
  trenail_component_linker_delete(linker);
  trenail_component_delete(empty);
  trenail_component_wasi_delete(wasi);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
