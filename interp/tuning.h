// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter's knobs, in one place. Lists are macros, as the handlers of their entries and the
// table generator's rules are made from the same list: a name in the table without a handler, or
// the other way round, does not link.

#ifndef TRENAIL_INTERP_TUNING_H_
#define TRENAIL_INTERP_TUNING_H_

#if !defined(TRENAIL_DISPATCH_SPEED) && !defined(TRENAIL_DISPATCH_SMALL) && \
    !defined(TRENAIL_DISPATCH_PORTABLE)
#error "choose a form of dispatch: TRENAIL_DISPATCH_SPEED, _SMALL or _PORTABLE"
#endif

// clang-format off

// Depths of the operand stack cached in registers: 0, 1 and 2 in the speed build, else only 0.
#ifdef TRENAIL_DISPATCH_SPEED
#define INTERP_DEPTHS(X, ...) X(0, __VA_ARGS__) X(1, __VA_ARGS__) X(2, __VA_ARGS__)
#else
#define INTERP_DEPTHS(X, ...) X(0, __VA_ARGS__)
#endif

// Locals whose index is part of the handler (speed build).
#define INTERP_BAKED_LOCALS(X, ...)                                                                \
  X(0, __VA_ARGS__)                                                                                \
  X(1, __VA_ARGS__)                                                                                \
  X(2, __VA_ARGS__)                                                                                \
  X(3, __VA_ARGS__)                                                                                \
  X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__) X(7, __VA_ARGS__) X(8, __VA_ARGS__)        \
      X(9, __VA_ARGS__) X(10, __VA_ARGS__) X(11, __VA_ARGS__) X(12, __VA_ARGS__)                   \
          X(13, __VA_ARGS__) X(14, __VA_ARGS__) X(15, __VA_ARGS__) X(16, __VA_ARGS__)              \
              X(17, __VA_ARGS__) X(18, __VA_ARGS__) X(19, __VA_ARGS__) X(20, __VA_ARGS__)          \
                  X(21, __VA_ARGS__) X(22, __VA_ARGS__) X(23, __VA_ARGS__) X(24, __VA_ARGS__)      \
                      X(25, __VA_ARGS__) X(26, __VA_ARGS__) X(27, __VA_ARGS__) X(28, __VA_ARGS__)  \
                          X(29, __VA_ARGS__) X(30, __VA_ARGS__) X(31, __VA_ARGS__)                 \
                              X(32, __VA_ARGS__) X(33, __VA_ARGS__) X(34, __VA_ARGS__)             \
                                  X(35, __VA_ARGS__) X(36, __VA_ARGS__) X(37, __VA_ARGS__)         \
                                      X(38, __VA_ARGS__) X(39, __VA_ARGS__) X(40, __VA_ARGS__)     \
                                          X(41, __VA_ARGS__) X(42, __VA_ARGS__) X(43, __VA_ARGS__) \
                                              X(44, __VA_ARGS__) X(45, __VA_ARGS__)                \
                                                  X(46, __VA_ARGS__) X(47, __VA_ARGS__)

// The same for i32.const, by its byte: 0..., powers of two and their neighbours, small negatives.
#define INTERP_BAKED_CONSTS(X, ...)                                                               \
  X(0, __VA_ARGS__)                                                                               \
  X(1, __VA_ARGS__)                                                                               \
  X(2, __VA_ARGS__)                                                                               \
  X(3, __VA_ARGS__)                                                                               \
  X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__) X(7, __VA_ARGS__) X(8, __VA_ARGS__)       \
      X(9, __VA_ARGS__) X(10, __VA_ARGS__) X(11, __VA_ARGS__) X(12, __VA_ARGS__)                  \
          X(13, __VA_ARGS__) X(14, __VA_ARGS__) X(15, __VA_ARGS__) X(16, __VA_ARGS__)             \
              X(17, __VA_ARGS__) X(18, __VA_ARGS__) X(19, __VA_ARGS__) X(20, __VA_ARGS__)         \
                  X(24, __VA_ARGS__) X(28, __VA_ARGS__) X(31, __VA_ARGS__) X(32, __VA_ARGS__)     \
                      X(36, __VA_ARGS__) X(40, __VA_ARGS__) X(48, __VA_ARGS__) X(56, __VA_ARGS__) \
                          X(63, __VA_ARGS__) X(64, __VA_ARGS__) X(96, __VA_ARGS__)                \
                              X(112, __VA_ARGS__) X(120, __VA_ARGS__) X(124, __VA_ARGS__)         \
                                  X(125, __VA_ARGS__) X(126, __VA_ARGS__) X(127, __VA_ARGS__)

// Pairs with one handler (speed build). The first instruction has no immediate, so the second byte
// of the dispatch key is the second instruction.
//
// First of a pair with a local, a constant, an end or a call as the second.
#define INTERP_ALU(X, ...)                                                                     \
  X(I32Add, __VA_ARGS__)                                                                       \
  X(I32Sub, __VA_ARGS__)                                                                       \
  X(I32Mul, __VA_ARGS__)                                                                       \
  X(I32And, __VA_ARGS__)                                                                       \
  X(I32Or, __VA_ARGS__) X(I32Xor, __VA_ARGS__) X(I32Shl, __VA_ARGS__) X(I32ShrS, __VA_ARGS__)  \
      X(I32ShrU, __VA_ARGS__) X(I32Rotl, __VA_ARGS__) X(I64Add, __VA_ARGS__)                   \
          X(I64Sub, __VA_ARGS__) X(I64Mul, __VA_ARGS__) X(I64And, __VA_ARGS__)                 \
              X(I64Or, __VA_ARGS__) X(I64Xor, __VA_ARGS__) X(I64Shl, __VA_ARGS__)              \
                  X(I64ShrU, __VA_ARGS__) X(I64Rotl, __VA_ARGS__) X(F32Add, __VA_ARGS__)       \
                      X(F32Sub, __VA_ARGS__) X(F32Mul, __VA_ARGS__) X(F64Add, __VA_ARGS__)     \
                          X(F64Sub, __VA_ARGS__) X(F64Mul, __VA_ARGS__) X(F64Div, __VA_ARGS__) \
                              X(I32WrapI64, __VA_ARGS__) X(I64ExtendI32U, __VA_ARGS__)         \
                                  X(I64ExtendI32S, __VA_ARGS__) X(F64ConvertI32S, __VA_ARGS__) \
                                      X(I32Extend8S, __VA_ARGS__) X(I32Extend16S, __VA_ARGS__)

// Addresses: what comes before a load.
#define INTERP_ADDRESS_ALU(X, ...) \
  X(I32Add, __VA_ARGS__) X(I32And, __VA_ARGS__) X(I32Sub, __VA_ARGS__)
#define INTERP_HOT_LOADS(X, ...)                                       \
  X(I32Load, uint32_t, __VA_ARGS__)                                    \
  X(I64Load, uint64_t, __VA_ARGS__)                                    \
  X(F32Load, uint32_t, __VA_ARGS__)                                    \
  X(F64Load, uint64_t, __VA_ARGS__)                                    \
  X(I32Load8U, uint8_t, __VA_ARGS__) X(I32Load8S, int8_t, __VA_ARGS__) \
      X(I32Load16U, uint16_t, __VA_ARGS__) X(I32Load16S, int16_t, __VA_ARGS__)

// Two operators in a row.
#define INTERP_ALU32_FIRST(X, ...)                                                            \
  X(I32Add, __VA_ARGS__)                                                                      \
  X(I32Sub, __VA_ARGS__)                                                                      \
  X(I32Mul, __VA_ARGS__)                                                                      \
  X(I32And, __VA_ARGS__)                                                                      \
  X(I32Or, __VA_ARGS__) X(I32Xor, __VA_ARGS__) X(I32Shl, __VA_ARGS__) X(I32ShrU, __VA_ARGS__) \
      X(I32ShrS, __VA_ARGS__)
#define INTERP_ALU32_SECOND(X, ...)                                                           \
  X(I32Add, __VA_ARGS__)                                                                      \
  X(I32Sub, __VA_ARGS__)                                                                      \
  X(I32Mul, __VA_ARGS__)                                                                      \
  X(I32And, __VA_ARGS__)                                                                      \
  X(I32Or, __VA_ARGS__) X(I32Xor, __VA_ARGS__) X(I32Shl, __VA_ARGS__) X(I32ShrU, __VA_ARGS__) \
      X(I32ShrS, __VA_ARGS__) X(I32Rotl, __VA_ARGS__)
#define INTERP_ALU64_FIRST(X, ...) \
  X(I64Add, __VA_ARGS__)           \
  X(I64And, __VA_ARGS__)           \
  X(I64Xor, __VA_ARGS__)           \
  X(I64Or, __VA_ARGS__)            \
  X(I64Shl, __VA_ARGS__) X(I64ShrU, __VA_ARGS__) X(I64Mul, __VA_ARGS__) X(I64Rotl, __VA_ARGS__)
#define INTERP_ALU64_SECOND(X, ...) \
  X(I64Add, __VA_ARGS__)            \
  X(I64And, __VA_ARGS__)            \
  X(I64Xor, __VA_ARGS__)            \
  X(I64Or, __VA_ARGS__)             \
  X(I64Shl, __VA_ARGS__) X(I64ShrU, __VA_ARGS__) X(I64Mul, __VA_ARGS__) X(I64Rotl, __VA_ARGS__)
#define INTERP_ALUF_FIRST(X, ...) \
  X(F64Add, __VA_ARGS__) X(F64Sub, __VA_ARGS__) X(F64Mul, __VA_ARGS__) X(F64Div, __VA_ARGS__)
#define INTERP_ALUF_SECOND(X, ...) \
  X(F64Add, __VA_ARGS__) X(F64Sub, __VA_ARGS__) X(F64Mul, __VA_ARGS__) X(F64Div, __VA_ARGS__)
#define INTERP_ALUG_FIRST(X, ...) \
  X(F32Add, __VA_ARGS__) X(F32Sub, __VA_ARGS__) X(F32Mul, __VA_ARGS__)
#define INTERP_ALUG_SECOND(X, ...) \
  X(F32Add, __VA_ARGS__) X(F32Sub, __VA_ARGS__) X(F32Mul, __VA_ARGS__)

// Conditions: what comes before br_if, if and select. Also before i32.eqz.
#define INTERP_CONDITIONS(X, ...)                                                                 \
  X(I32Eqz, __VA_ARGS__)                                                                          \
  X(I32Eq, __VA_ARGS__)                                                                           \
  X(I32Ne, __VA_ARGS__)                                                                           \
  X(I32LtS, __VA_ARGS__)                                                                          \
  X(I32LtU, __VA_ARGS__) X(I32GtS, __VA_ARGS__) X(I32GtU, __VA_ARGS__) X(I32LeS, __VA_ARGS__)     \
      X(I32LeU, __VA_ARGS__) X(I32GeS, __VA_ARGS__) X(I32GeU, __VA_ARGS__) X(I64Eqz, __VA_ARGS__) \
          X(I64Eq, __VA_ARGS__) X(I64Ne, __VA_ARGS__) X(I64LtS, __VA_ARGS__)                      \
              X(I64LtU, __VA_ARGS__) X(I64GtS, __VA_ARGS__) X(I64GtU, __VA_ARGS__)                \
                  X(I64LeS, __VA_ARGS__) X(I64LeU, __VA_ARGS__) X(I64GeS, __VA_ARGS__)            \
                      X(I64GeU, __VA_ARGS__) X(F64Eq, __VA_ARGS__) X(F64Ne, __VA_ARGS__)          \
                          X(F64Lt, __VA_ARGS__) X(F64Gt, __VA_ARGS__) X(F64Le, __VA_ARGS__)       \
                              X(F64Ge, __VA_ARGS__) X(F32Lt, __VA_ARGS__) X(F32Gt, __VA_ARGS__)   \
                                  X(F32Le, __VA_ARGS__) X(F32Ge, __VA_ARGS__)                     \
                                      X(I32And, __VA_ARGS__)

// Which instructions beside NUMERIC, LOAD and STORE rows have handlers at every depth; the others
// spill the cached values first and run at depth 0.
#define INTERP_DEPTH_OPS(X)                                                                   \
  X(Nop)                                                                                      \
  X(Block)                                                                                    \
  X(Loop)                                                                                     \
  X(If)                                                                                       \
  X(Else) X(End) X(Br) X(BrIf) X(BrTable) X(Return) X(Call) X(CallIndirect) X(Drop) X(Select) \
      X(LocalGet) X(LocalSet) X(LocalTee) X(GlobalGet) X(GlobalSet) X(I32Const) X(I64Const)   \
          X(F32Const) X(F64Const) X(MemorySize) X(RefIsNull)

// clang-format on

#endif  // TRENAIL_INTERP_TUNING_H_
