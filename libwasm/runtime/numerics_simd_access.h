// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions that move lanes: splat, extract and replace, shuffle and swizzle, and the
// vector loads and stores [exec-vload-pack] [exec-vload-splat] [exec-vload-zero] [exec-vload_lane],
// given the bits that memory holds. Memory itself is the engine's.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_ACCESS_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_ACCESS_H_

#include <array>
#include <bit>
#include <cstdint>

#include "libwasm/runtime/numerics_lanes.h"
#include "libwasm/types/v128.h"

namespace wasm::num {

// [exec-vsplat] The lanes of the packed types take the low bits.
constexpr V128 I8x16Splat(uint32_t value) {
  return lanes::Splat<uint8_t>(static_cast<uint8_t>(value));
}
constexpr V128 I16x8Splat(uint32_t value) {
  return lanes::Splat<uint16_t>(static_cast<uint16_t>(value));
}
constexpr V128 I32x4Splat(uint32_t value) { return lanes::Splat<uint32_t>(value); }
constexpr V128 I64x2Splat(uint64_t value) { return lanes::Splat<uint64_t>(value); }
constexpr V128 F32x4Splat(float value) { return lanes::Splat<float>(value); }
constexpr V128 F64x2Splat(double value) { return lanes::Splat<double>(value); }

// [exec-vextract_lane]
constexpr uint32_t I8x16ExtractLaneS(V128 a, uint8_t lane) {
  return static_cast<uint32_t>(lanes::Extract<int8_t>(a, lane));
}
constexpr uint32_t I8x16ExtractLaneU(V128 a, uint8_t lane) {
  return lanes::Extract<uint8_t>(a, lane);
}
constexpr uint32_t I16x8ExtractLaneS(V128 a, uint8_t lane) {
  return static_cast<uint32_t>(lanes::Extract<int16_t>(a, lane));
}
constexpr uint32_t I16x8ExtractLaneU(V128 a, uint8_t lane) {
  return lanes::Extract<uint16_t>(a, lane);
}
constexpr uint32_t I32x4ExtractLane(V128 a, uint8_t lane) {
  return lanes::Extract<uint32_t>(a, lane);
}
constexpr uint64_t I64x2ExtractLane(V128 a, uint8_t lane) {
  return lanes::Extract<uint64_t>(a, lane);
}
constexpr float F32x4ExtractLane(V128 a, uint8_t lane) { return lanes::Extract<float>(a, lane); }
constexpr double F64x2ExtractLane(V128 a, uint8_t lane) { return lanes::Extract<double>(a, lane); }

// [exec-vreplace_lane]
constexpr V128 I8x16ReplaceLane(V128 a, uint8_t lane, uint32_t value) {
  return lanes::Replace<uint8_t>(a, lane, static_cast<uint8_t>(value));
}
constexpr V128 I16x8ReplaceLane(V128 a, uint8_t lane, uint32_t value) {
  return lanes::Replace<uint16_t>(a, lane, static_cast<uint16_t>(value));
}
constexpr V128 I32x4ReplaceLane(V128 a, uint8_t lane, uint32_t value) {
  return lanes::Replace<uint32_t>(a, lane, value);
}
constexpr V128 I64x2ReplaceLane(V128 a, uint8_t lane, uint64_t value) {
  return lanes::Replace<uint64_t>(a, lane, value);
}
constexpr V128 F32x4ReplaceLane(V128 a, uint8_t lane, float value) {
  return lanes::Replace<float>(a, lane, value);
}
constexpr V128 F64x2ReplaceLane(V128 a, uint8_t lane, double value) {
  return lanes::Replace<double>(a, lane, value);
}

// [op-ivswizzle] An index out of range selects 0. FAST: clamped at once, such indices find that
// zero in the table, and each lane is one load.
constexpr V128 I8x16Swizzle(V128 a, V128 indices) {
  const std::array<V128, 2> table{a, V128{}};
  const auto bytes = std::bit_cast<std::array<uint8_t, 32>>(table);
  V128 result = lanes::Min<uint8_t>(indices, lanes::Splat<uint8_t>(16));
  for (uint8_t& lane : result.bytes) lane = bytes[lane];
  return result;
}

// [op-ivshuffle] Validation keeps the indices below 32.
constexpr V128 I8x16Shuffle(V128 a, V128 b, const std::array<uint8_t, 16>& lanes) {
  const std::array<V128, 2> both{a, b};
  V128 result;
  for (size_t i = 0; i < 16; ++i) {
    result.bytes[i] = both[(lanes[i] >> 4) & 1].bytes[lanes[i] & 15];
  }
  return result;
}

// [exec-vload-pack] The memory's eight bytes as lanes, each extended to double width.
constexpr V128 V128Load8x8S(uint64_t raw) {
  return lanes::ExtendLow<int16_t, int8_t>(lanes::Splat(raw));
}
constexpr V128 V128Load8x8U(uint64_t raw) {
  return lanes::ExtendLow<uint16_t, uint8_t>(lanes::Splat(raw));
}
constexpr V128 V128Load16x4S(uint64_t raw) {
  return lanes::ExtendLow<int32_t, int16_t>(lanes::Splat(raw));
}
constexpr V128 V128Load16x4U(uint64_t raw) {
  return lanes::ExtendLow<uint32_t, uint16_t>(lanes::Splat(raw));
}
constexpr V128 V128Load32x2S(uint64_t raw) {
  return lanes::ExtendLow<int64_t, int32_t>(lanes::Splat(raw));
}
constexpr V128 V128Load32x2U(uint64_t raw) {
  return lanes::ExtendLow<uint64_t, uint32_t>(lanes::Splat(raw));
}

// [exec-vload-splat] [exec-vload-zero]
constexpr V128 V128Load8Splat(uint8_t raw) { return lanes::Splat(raw); }
constexpr V128 V128Load16Splat(uint16_t raw) { return lanes::Splat(raw); }
constexpr V128 V128Load32Splat(uint32_t raw) { return lanes::Splat(raw); }
constexpr V128 V128Load64Splat(uint64_t raw) { return lanes::Splat(raw); }
constexpr V128 V128Load32Zero(uint32_t raw) { return lanes::Replace(V128{}, 0, raw); }
constexpr V128 V128Load64Zero(uint64_t raw) { return lanes::Replace(V128{}, 0, raw); }

// [exec-vload_lane] [exec-vstore_lane]
constexpr V128 V128Load8Lane(V128 a, uint8_t lane, uint8_t raw) {
  return lanes::Replace(a, lane, raw);
}
constexpr V128 V128Load16Lane(V128 a, uint8_t lane, uint16_t raw) {
  return lanes::Replace(a, lane, raw);
}
constexpr V128 V128Load32Lane(V128 a, uint8_t lane, uint32_t raw) {
  return lanes::Replace(a, lane, raw);
}
constexpr V128 V128Load64Lane(V128 a, uint8_t lane, uint64_t raw) {
  return lanes::Replace(a, lane, raw);
}
constexpr uint8_t V128Store8Lane(V128 a, uint8_t lane) { return lanes::Extract<uint8_t>(a, lane); }
constexpr uint16_t V128Store16Lane(V128 a, uint8_t lane) {
  return lanes::Extract<uint16_t>(a, lane);
}
constexpr uint32_t V128Store32Lane(V128 a, uint8_t lane) {
  return lanes::Extract<uint32_t>(a, lane);
}
constexpr uint64_t V128Store64Lane(V128 a, uint8_t lane) {
  return lanes::Extract<uint64_t>(a, lane);
}
}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_SIMD_ACCESS_H_
