// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives everything to the host and back.

#include <stdlib.h>

#include "roundtrip.h"

// Types without resources are those of the imported interface.
#define ECHO(type, name)                            \
  type roundtrip_exports_shapes_##name(type x) {    \
    const type result = roundtrip_shapes_##name(x); \
    return result;                                  \
  }
// What they own is given back here.
#define ECHO_OWNED(type, name)                           \
  type##_t roundtrip_exports_shapes_##name(type##_t x) { \
    const type##_t result = roundtrip_shapes_##name(x);  \
    type##_free(&x);                                     \
    return result;                                       \
  }

ECHO_OWNED(roundtrip_string, text)
ECHO_OWNED(roundtrip_list_u8, bytes)
ECHO_OWNED(roundtrip_list_f64, numbers)
ECHO_OWNED(roundtrip_list_string, texts)
ECHO_OWNED(roundtrip_list_bool, answers)
ECHO_OWNED(roundtrip_list_shapes_sample, many_samples)
ECHO_OWNED(roundtrip_shapes_shape, one_shape)
ECHO_OWNED(roundtrip_list_shapes_shape, many_shapes)
ECHO(roundtrip_option_option_u32_t, maybe)
ECHO_OWNED(roundtrip_result_shapes_point_string, outcome)
ECHO(roundtrip_shapes_access_t, rights)
ECHO(roundtrip_shapes_color_t, paint)
ECHO_OWNED(roundtrip_tuple3_u8_string_list_shapes_point, mixed)

uint32_t roundtrip_run(roundtrip_list_string_t lines) {
  const uint32_t count = (uint32_t)lines.len;
  for (size_t i = 0; i < lines.len; ++i) roundtrip_log(lines.ptr[i]);
  roundtrip_list_string_free(&lines);
  return count;
}

roundtrip_tuple12_bool_s8_u8_s16_u16_s32_u32_s64_u64_f32_f64_char_t
roundtrip_exports_shapes_scalars(bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f,
                                 uint32_t g, int64_t h, uint64_t i, float j, double k, uint32_t l) {
  return roundtrip_shapes_scalars(a, b, c, d, e, f, g, h, i, j, k, l);
}
roundtrip_result_void_void_t roundtrip_exports_shapes_check(bool fail) {
  return roundtrip_shapes_check(fail);
}
roundtrip_string_t roundtrip_exports_shapes_spread(roundtrip_shapes_sample_t a,
                                                   roundtrip_string_t b,
                                                   roundtrip_list_shapes_point_t c,
                                                   roundtrip_shapes_shape_t d, uint64_t e) {
  const roundtrip_string_t result = roundtrip_shapes_spread(a, b, c, d, e);
  roundtrip_shapes_sample_free(&a);
  roundtrip_string_free(&b);
  roundtrip_list_shapes_point_free(&c);
  roundtrip_shapes_shape_free(&d);
  return result;
}
void roundtrip_exports_shapes_nothing(void) { roundtrip_shapes_nothing(); }

// One of the host's, as one of this guest's.
struct roundtrip_exports_shapes_counter_t {
  roundtrip_shapes_counter_own_t inside;
};
typedef roundtrip_exports_shapes_counter_t Counter;
typedef roundtrip_exports_shapes_counter_own_t Own;

static Own Wrap(roundtrip_shapes_counter_own_t inside) {
  Counter* const counter = malloc(sizeof *counter);
  if (counter == NULL) abort();
  counter->inside = inside;
  return roundtrip_exports_shapes_counter_own(counter);
}
// Ends the wrapper and keeps what is in it.
static roundtrip_shapes_counter_own_t Unwrap(Own own) {
  Counter* const counter = roundtrip_exports_shapes_counter_rep(own);
  const roundtrip_shapes_counter_own_t inside = counter->inside;
  counter->inside.handle = 0;
  roundtrip_exports_shapes_counter_drop(own);
  return inside;
}

void roundtrip_exports_shapes_counter_destroy(Counter* counter) {
  if (counter->inside.handle != 0) roundtrip_shapes_counter_drop(counter->inside);
  free(counter);
}
Own roundtrip_exports_shapes_new_counter(uint32_t start) {
  return Wrap(roundtrip_shapes_new_counter(start));
}
uint32_t roundtrip_exports_shapes_counter_next(Counter* self, uint32_t by) {
  return roundtrip_shapes_counter_next(roundtrip_shapes_counter_borrow(self->inside), by);
}
Own roundtrip_exports_shapes_counter_merge(Own a, Counter* b) {
  return Wrap(
      roundtrip_shapes_counter_merge(Unwrap(a), roundtrip_shapes_counter_borrow(b->inside)));
}
uint32_t roundtrip_exports_shapes_sum(roundtrip_list_borrow_exports_shapes_counter_t counters) {
  roundtrip_list_borrow_shapes_counter_t inside = {malloc(counters.len * sizeof *inside.ptr),
                                                   counters.len};
  for (size_t i = 0; i < counters.len; ++i)
    inside.ptr[i] = roundtrip_shapes_counter_borrow(counters.ptr[i]->inside);
  const uint32_t sum = roundtrip_shapes_sum(inside);
  roundtrip_list_borrow_shapes_counter_free(&inside);
  roundtrip_list_borrow_exports_shapes_counter_free(&counters);
  return sum;
}
roundtrip_exports_shapes_named_counter_t roundtrip_exports_shapes_pass(
    roundtrip_exports_shapes_named_counter_t x) {
  const roundtrip_shapes_named_counter_t passed =
      roundtrip_shapes_pass((roundtrip_shapes_named_counter_t){x.name, Unwrap(x.counter)});
  roundtrip_string_free(&x.name);
  return (roundtrip_exports_shapes_named_counter_t){passed.name, Wrap(passed.counter)};
}
roundtrip_option_own_exports_shapes_counter_t roundtrip_exports_shapes_find(
    roundtrip_string_t name) {
  const roundtrip_option_own_shapes_counter_t found = roundtrip_shapes_find(name);
  roundtrip_string_free(&name);
  roundtrip_option_own_exports_shapes_counter_t result = {.is_some = found.is_some};
  if (found.is_some) result.val = Wrap(found.val);
  return result;
}
