// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of every type through a guest and back, and as text.

#include "libcomponent/c_api/test/component_check.h"

// What goes in comes out of the host, by way of the guest, both ways.
static const char kEcho[] =
    "(component"
    "  (import \"test:host/types\" (instance $types"
    "    (type $color' (enum \"red\" \"green\" \"blue\"))"
    "    (export \"color\" (type $color (eq $color')))"
    "    (type $access' (flags \"read\" \"write\" \"run\"))"
    "    (export \"access\" (type $access (eq $access')))"
    "    (type $shape' (variant (case \"dot\") (case \"circle\" f64) (case \"named\" string)))"
    "    (export \"shape\" (type $shape (eq $shape')))"
    "    (type $all' (record"
    "      (field \"flag\" bool) (field \"a\" s8) (field \"b\" u8) (field \"c\" s16)"
    "      (field \"d\" u16) (field \"e\" s32) (field \"f\" u32) (field \"g\" s64)"
    "      (field \"h\" u64) (field \"i\" f32) (field \"j\" f64) (field \"k\" char)"
    "      (field \"text\" string) (field \"bytes\" (list u8)) (field \"words\" (list string))"
    "      (field \"pair\" (tuple u8 string)) (field \"color\" $color) (field \"access\" $access)"
    "      (field \"shapes\" (list $shape)) (field \"maybe\" (option string))"
    "      (field \"outcome\" (result u32 (error string)))))"
    "    (export \"all\" (type $all (eq $all')))"
    "    (export \"echo\" (func (param \"value\" $all) (result $all)))))" LIBC
    "  (alias export $types \"all\" (type $all))"
    "  (core func $echo (canon lower (func $types \"echo\") (memory $mem)"
    "                     (realloc (core func $realloc))))"
    "  (core module $M"
    "    (import \"\" \"echo\" (func $echo (param i32 i32)))"
    "    (func (export \"echo\") (param i32) (result i32)"
    "      (call $echo (local.get 0) (i32.const 256)) (i32.const 256)))"
    "  (core instance $m (instantiate $M (with \"\" (instance (export \"echo\" (func $echo))))))"
    "  (export $all' \"all\" (type $all))"
    "  (func (export \"echo\") (param \"value\" $all') (result $all')"
    "    (canon lift (core func $m \"echo\") (memory $mem) (realloc (core func $realloc)))))";

static const char kText[] =
    "{flag: true, a: -128, b: 255, c: -32768, d: 65535, e: -2147483648, f: 4294967295, "
    "g: -9223372036854775808, h: 18446744073709551615, i: 1.5, j: -0.25, k: '\xc3\xa9', "
    "text: \"h\xc3\xa9llo\", bytes: [0, 127, 255], words: [\"one\", \"\", \"three\"], "
    "pair: (7, \"seven\"), color: blue, access: {read, run}, "
    "shapes: [dot, circle(2.5), named(\"x\")], maybe: some(\"there\"), outcome: err(\"no\")}";

struct seen {
  wasm_store_t* store;
  int calls;
};

static trenail_error_t* echo(void* env, wasm_store_t* store, const trenail_value_t* const args[],
                             size_t count, trenail_value_t** result) {
  struct seen* const seen = env;
  CHECK(store == seen->store && count == 1);
  ++seen->calls;
  const trenail_value_t* const all = args[0];
  CHECK(trenail_value_kind(all) == TRENAIL_VALUE_RECORD && trenail_value_size(all) == 21);
  CHECK(trenail_value_bool(trenail_value_item(all, 0)));
  CHECK(trenail_value_signed(trenail_value_item(all, 1)) == -128);
  CHECK(trenail_value_unsigned(trenail_value_item(all, 2)) == 255);
  CHECK(trenail_value_signed(trenail_value_item(all, 3)) == INT16_MIN);
  CHECK(trenail_value_unsigned(trenail_value_item(all, 4)) == UINT16_MAX);
  CHECK(trenail_value_signed(trenail_value_item(all, 5)) == INT32_MIN);
  CHECK(trenail_value_unsigned(trenail_value_item(all, 6)) == UINT32_MAX);
  CHECK(trenail_value_signed(trenail_value_item(all, 7)) == INT64_MIN);
  CHECK(trenail_value_unsigned(trenail_value_item(all, 8)) == UINT64_MAX);
  CHECK(trenail_value_f32(trenail_value_item(all, 9)) == 1.5f);
  CHECK(trenail_value_f64(trenail_value_item(all, 10)) == -0.25);
  CHECK(trenail_value_char(trenail_value_item(all, 11)) == 0xe9);
  CHECK(is_string(trenail_value_item(all, 12), "h\xc3\xa9llo"));
  uint8_t bytes[4] = {0, 0, 0, 9};
  CHECK(trenail_value_bytes(trenail_value_item(all, 13), bytes, 4) == 3);
  CHECK(bytes[1] == 127 && bytes[2] == 255 && bytes[3] == 9);
  const trenail_value_t* const words = trenail_value_item(all, 14);
  CHECK(trenail_value_kind(words) == TRENAIL_VALUE_LIST && trenail_value_size(words) == 3);
  CHECK(is_string(trenail_value_item(words, 2), "three"));
  const trenail_value_t* const pair = trenail_value_item(all, 15);
  CHECK(trenail_value_unsigned(trenail_value_item(pair, 0)) == 7);
  CHECK(trenail_value_case(trenail_value_item(all, 16)) == 2);
  CHECK(trenail_value_payload(trenail_value_item(all, 16)) == NULL);
  CHECK(trenail_value_flags(trenail_value_item(all, 17)) == 5);
  const trenail_value_t* const shapes = trenail_value_item(all, 18);
  CHECK(trenail_value_case(trenail_value_item(shapes, 1)) == 1);
  CHECK(trenail_value_f64(trenail_value_payload(trenail_value_item(shapes, 1))) == 2.5);
  CHECK(is_string(trenail_value_payload(trenail_value_item(all, 19)), "there"));
  CHECK(trenail_value_case(trenail_value_item(all, 20)) == 1);
  CHECK(is_string(trenail_value_payload(trenail_value_item(all, 20)), "no"));
  // What is asked as something else than it is.
  CHECK(trenail_value_unsigned(trenail_value_item(all, 1)) == 0);
  CHECK(trenail_value_string(all, NULL) == NULL && trenail_value_payload(all) == NULL);
  *result = trenail_value_copy(all);
  return NULL;
}

// The same as kText, by hand.
static trenail_value_t* build(void) {
  trenail_value_t* const words[] = {string_of("one"), string_of(""), string_of("three")};
  trenail_value_t* const pair[] = {trenail_value_new_u8(7), string_of("seven")};
  trenail_value_t* const shapes[] = {
      trenail_value_new_variant(0, NULL),
      trenail_value_new_variant(1, trenail_value_new_f64(2.5)),
  };
  trenail_value_t* const shape_list = trenail_value_new_list(shapes, 2);
  CHECK(trenail_value_push(shape_list, trenail_value_new_variant(2, string_of("x"))));
  trenail_value_t* const fields[] = {
      trenail_value_new_bool(true),
      trenail_value_new_s8(-128),
      trenail_value_new_u8(255),
      trenail_value_new_s16(INT16_MIN),
      trenail_value_new_u16(UINT16_MAX),
      trenail_value_new_s32(INT32_MIN),
      trenail_value_new_u32(UINT32_MAX),
      trenail_value_new_s64(INT64_MIN),
      trenail_value_new_u64(UINT64_MAX),
      trenail_value_new_f32(1.5f),
      trenail_value_new_f64(-0.25),
      trenail_value_new_char(0xe9),
      string_of("h\xc3\xa9llo"),
      trenail_value_new_bytes("\0\177\377", 3),
      trenail_value_new_list(words, 3),
      trenail_value_new_record(pair, 2),
      trenail_value_new_variant(2, NULL),
      trenail_value_new_flags(5),
      shape_list,
      trenail_value_new_option(string_of("there")),
      trenail_value_new_result(false, string_of("no")),
  };
  return trenail_value_new_record(fields, 21);
}

static void reflect(const trenail_component_t* component) {
  CHECK(trenail_component_num_imports(component) == 1);
  const trenail_item_t* const types = trenail_component_import(component, 0);
  CHECK(strcmp(trenail_item_name(types), "test:host/types") == 0);
  CHECK(trenail_item_kind(types) == TRENAIL_ITEM_INSTANCE);
  CHECK(trenail_item_num_exports(types) == 5);
  CHECK(trenail_item_functype(types) == NULL && trenail_item_valtype(types) == NULL);
  const trenail_item_t* const color = trenail_item_export(types, 0);
  CHECK(trenail_item_kind(color) == TRENAIL_ITEM_TYPE && trenail_item_num_exports(color) == 0);
  const trenail_valtype_t* const enumeration = trenail_item_valtype(color);
  CHECK(trenail_valtype_kind(enumeration) == TRENAIL_TYPE_ENUM);
  CHECK(trenail_valtype_num_fields(enumeration) == 3);
  CHECK(strcmp(trenail_valtype_field_name(enumeration, 1), "green") == 0);
  CHECK(trenail_valtype_field(enumeration, 1) == NULL);
  const trenail_item_t* const func = trenail_item_export(types, 4);
  CHECK(trenail_item_kind(func) == TRENAIL_ITEM_FUNC);
  const trenail_functype_t* const type = trenail_item_functype(func);
  CHECK(!trenail_functype_is_async(type) && trenail_functype_num_params(type) == 1);
  CHECK(strcmp(trenail_functype_param_name(type, 0), "value") == 0);
  const trenail_valtype_t* const all = trenail_functype_result(type);
  CHECK(trenail_valtype_kind(all) == TRENAIL_TYPE_RECORD);
  CHECK(trenail_valtype_kind(trenail_valtype_field(all, 13)) == TRENAIL_TYPE_LIST);
  CHECK(trenail_valtype_kind(trenail_valtype_element(trenail_valtype_field(all, 13))) ==
        TRENAIL_TYPE_U8);
}

// Functions of numbers alone.
#define ECHO_OF(type, core)                                          \
  "(func (export \"" type "\") (param \"v\" " type ") (result " type \
  ") (canon lift (core func $m \"" core "\")))"
static const char kNumbers[] =
    "(component"
    "  (core module $M"
    "    (func (export \"i32\") (param i32) (result i32) (local.get 0))"
    "    (func (export \"i64\") (param i64) (result i64) (local.get 0))"
    "    (func (export \"f32\") (param f32) (result f32) (local.get 0))"
    "    (func (export \"f64\") (param f64) (result f64) (local.get 0))"
    "    (func (export \"narrow\") (param i64 f32 i32) (result i32) (i32.wrap_i64 (local.get 0)))"
    "    (func (export \"divide\") (param i32) (drop (i32.div_u (i32.const 1) (local.get 0)))))"
    "  (core instance $m (instantiate $M))" ECHO_OF("bool", "i32") ECHO_OF("s8", "i32")
        ECHO_OF("u8", "i32") ECHO_OF("s16", "i32") ECHO_OF("u16", "i32") ECHO_OF("s32", "i32")
            ECHO_OF("u32", "i32") ECHO_OF("s64", "i64") ECHO_OF("u64", "i64")
                ECHO_OF("f32", "f32") ECHO_OF("f64", "f64")
    "  (func (export \"narrow\") (param \"a\" u64) (param \"b\" f32) (param \"c\" s16) (result s8)"
    "    (canon lift (core func $m \"narrow\")))"
    "  (func (export \"divide\") (param \"by\" u32) (canon lift (core func $m \"divide\"))))";

// Deletes the value.
static void check_echo(const trenail_component_instance_t* instance, const char* type,
                       trenail_value_t* value) {
  trenail_component_func_t* const func = component_func(instance, NULL, type);
  trenail_value_t* result = NULL;
  const trenail_value_t* const args[] = {value};
  CHECK_OK(trenail_component_func_call(func, args, 1, &result));
  CHECK(trenail_value_equal(value, result));
  CHECK_OK(trenail_component_func_call(func, args, 1, NULL));
  trenail_value_delete(result);
  trenail_value_delete(value);
  // One of another kind is refused.
  trenail_value_t* other[] = {string_of("1")};
  result = other[0];
  check_error(call_named(instance, type, 1, other, &result), TRENAIL_ERROR_HOST, "argument \"v\"");
  CHECK(result == NULL);
  trenail_component_func_delete(func);
}

static void numbers(wasm_engine_t* engine) {
  trenail_component_t* const component = component_of(engine, kNumbers, NULL);
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  trenail_component_instance_t* instance = NULL;
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  trenail_component_linker_delete(linker);
  trenail_component_delete(component);
  wasm_store_delete(store);
  check_echo(instance, "bool", trenail_value_new_bool(true));
  check_echo(instance, "bool", trenail_value_new_bool(false));
  check_echo(instance, "s8", trenail_value_new_s8(INT8_MIN));
  check_echo(instance, "u8", trenail_value_new_u8(UINT8_MAX));
  check_echo(instance, "s16", trenail_value_new_s16(INT16_MIN));
  check_echo(instance, "u16", trenail_value_new_u16(UINT16_MAX));
  check_echo(instance, "s32", trenail_value_new_s32(INT32_MIN));
  check_echo(instance, "u32", trenail_value_new_u32(UINT32_MAX));
  check_echo(instance, "s64", trenail_value_new_s64(INT64_MIN));
  check_echo(instance, "u64", trenail_value_new_u64(UINT64_MAX));
  check_echo(instance, "f32", trenail_value_new_f32(-1.5f));
  check_echo(instance, "f64", trenail_value_new_f64(1e300));

  // What the core function returns is cut down to the type.
  trenail_value_t* args[] = {trenail_value_new_u64(0x1234567890), trenail_value_new_f32(1),
                             trenail_value_new_s16(-1)};
  trenail_value_t* result = NULL;
  CHECK_OK(call_named(instance, "narrow", 3, args, &result));
  CHECK(trenail_value_kind(result) == TRENAIL_VALUE_S8 && trenail_value_signed(result) == -112);
  trenail_value_delete(result);
  trenail_value_t* few[] = {trenail_value_new_u64(1)};
  check_error(call_named(instance, "narrow", 1, few, &result), TRENAIL_ERROR_HOST,
              "the function takes 3 arguments, not 1");

  // After a trap nothing of the instance can be called.
  trenail_value_t* by[] = {trenail_value_new_u32(1)};
  result = by[0];
  CHECK_OK(call_named(instance, "divide", 1, by, &result));
  CHECK(result == NULL);
  by[0] = trenail_value_new_u32(0);
  check_error(call_named(instance, "divide", 1, by, &result), TRENAIL_ERROR_TRAP,
              "integer divide by zero");
  by[0] = trenail_value_new_u32(1);
  check_error(call_named(instance, "divide", 1, by, NULL), TRENAIL_ERROR_TRAP, "cannot enter");
  trenail_component_instance_delete(instance);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  trenail_component_t* const component = component_of(engine, kEcho, NULL);
  reflect(component);
  struct seen seen = {trenail_component_store_new(engine, NULL), 0};
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  trenail_component_linker_func(linker, "test:host/types", "echo", echo, &seen, NULL);
  trenail_component_instance_t* instance = NULL;
  CHECK_OK(trenail_component_instantiate(linker, seen.store, component, &instance));

  trenail_component_func_t* const func = component_func(instance, NULL, "echo");
  const trenail_valtype_t* const type =
      trenail_functype_param(trenail_component_func_type(func), 0);
  trenail_value_t* const built = build();
  trenail_value_t* parsed = NULL;
  CHECK_OK(trenail_value_parse(kText, strlen(kText), type, &parsed));
  CHECK(trenail_value_equal(built, parsed));
  const trenail_value_t* args[1] = {built};
  trenail_value_t* result = NULL;
  CHECK_OK(trenail_component_func_call(func, args, 1, &result));
  CHECK(seen.calls == 1 && trenail_value_equal(result, parsed));
  CHECK_OK(trenail_component_func_call(func, args, 1, NULL));
  CHECK(seen.calls == 2);
  wasm_name_t text;
  CHECK_OK(trenail_value_print(result, type, &text));
  CHECK(text.size == strlen(kText) && memcmp(text.data, kText, text.size) == 0);
  wasm_name_delete(&text);

  // What does not fit.
  trenail_value_t* const number = trenail_value_new_u32(1);
  check_error(trenail_value_print(number, type, &text), TRENAIL_ERROR_HOST, "");
  CHECK(text.data == NULL);
  args[0] = number;
  trenail_value_t* none = number;
  check_error(trenail_component_func_call(func, args, 1, &none), TRENAIL_ERROR_HOST, "");
  CHECK(none == NULL);
  check_error(trenail_component_func_call(func, args, 0, NULL), TRENAIL_ERROR_HOST,
              "the function takes 1 arguments, not 0");
  // That has harmed nobody.
  args[0] = built;
  CHECK_OK(trenail_component_func_call(func, args, 1, NULL));
  CHECK(seen.calls == 3);
  trenail_error_t* const error = trenail_value_parse("{flag: maybe}", 13, type, &none);
  uint32_t line = 0, column = 0;
  CHECK(trenail_error_position(error, &line, &column) && line == 1 && column == 8);
  trenail_error_delete(error);
  CHECK(!trenail_value_push(number, trenail_value_new_u8(1)));
  CHECK(trenail_value_new_char(0xd800) == NULL && trenail_value_new_char(0x110000) == NULL);
  CHECK(trenail_value_new_string("\xff", 1) == NULL);
  trenail_value_t* const unit = trenail_value_new_unit();
  CHECK(trenail_value_kind(unit) == TRENAIL_VALUE_UNIT && !trenail_value_equal(unit, number));
  trenail_value_delete(unit);

  trenail_value_delete(number);
  trenail_value_delete(built);
  trenail_value_delete(parsed);
  trenail_value_delete(result);
  trenail_component_func_delete(func);
  trenail_component_instance_delete(instance);
  trenail_component_linker_delete(linker);
  trenail_component_delete(component);
  wasm_store_delete(seen.store);
  numbers(engine);
  wasm_engine_delete(engine);
  return 0;
}
