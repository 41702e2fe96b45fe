// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entering and leaving compiled code on AArch64 (enter.h). The frame is described for unwinders and
// debuggers by x29, so leaving only has to find the stack pointer.

        .text
        .globl  TrenailEnterNative
        .hidden TrenailEnterNative
        .type   TrenailEnterNative, %function
        .p2align 4
TrenailEnterNative:                     // x0 record, x1 thunk, x2 code, x3 context, x4 slots
        .cfi_startproc
        hint    #34                     // bti c
        stp     x29, x30, [sp, #-160]!
        .cfi_def_cfa_offset 160
        .cfi_offset x29, -160
        .cfi_offset x30, -152
        mov     x29, sp
        .cfi_def_cfa x29, 160
        stp     x19, x20, [sp, #16]
        .cfi_offset x19, -144
        .cfi_offset x20, -136
        stp     x21, x22, [sp, #32]
        .cfi_offset x21, -128
        .cfi_offset x22, -120
        stp     x23, x24, [sp, #48]
        .cfi_offset x23, -112
        .cfi_offset x24, -104
        stp     x25, x26, [sp, #64]
        .cfi_offset x25, -96
        .cfi_offset x26, -88
        stp     x27, x28, [sp, #80]
        .cfi_offset x27, -80
        .cfi_offset x28, -72
        stp     d8, d9, [sp, #96]
        .cfi_offset b8, -64
        .cfi_offset b9, -56
        stp     d10, d11, [sp, #112]
        .cfi_offset b10, -48
        .cfi_offset b11, -40
        stp     d12, d13, [sp, #128]
        .cfi_offset b12, -32
        .cfi_offset b13, -24
        stp     d14, d15, [sp, #144]
        .cfi_offset b14, -16
        .cfi_offset b15, -8
        mov     x9, sp
        str     x9, [x0]
        mov     x9, x1
        mov     x0, x2
        mov     x1, x3
        mov     x2, x4
        blr     x9
.Lleave:
        ldp     d14, d15, [sp, #144]
        ldp     d12, d13, [sp, #128]
        ldp     d10, d11, [sp, #112]
        ldp     d8, d9, [sp, #96]
        ldp     x27, x28, [sp, #80]
        ldp     x25, x26, [sp, #64]
        ldp     x23, x24, [sp, #48]
        ldp     x21, x22, [sp, #32]
        ldp     x19, x20, [sp, #16]
        ldp     x29, x30, [sp], #160
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        .cfi_restore x19
        .cfi_restore x20
        .cfi_restore x21
        .cfi_restore x22
        .cfi_restore x23
        .cfi_restore x24
        .cfi_restore x25
        .cfi_restore x26
        .cfi_restore x27
        .cfi_restore x28
        .cfi_restore b8
        .cfi_restore b9
        .cfi_restore b10
        .cfi_restore b11
        .cfi_restore b12
        .cfi_restore b13
        .cfi_restore b14
        .cfi_restore b15
        ret
        .cfi_endproc
        .size   TrenailEnterNative, . - TrenailEnterNative

        .globl  TrenailLeaveNative
        .hidden TrenailLeaveNative
        .type   TrenailLeaveNative, %function
        .p2align 4
TrenailLeaveNative:                     // x0 record, w1 value
        .cfi_startproc
        .cfi_undefined x30
        hint    #34                     // bti c
        ldr     x9, [x0]
        mov     sp, x9
        mov     x29, x9
        mov     w0, w1
        b       .Lleave
        .cfi_endproc
        .size   TrenailLeaveNative, . - TrenailLeaveNative

        .section .note.GNU-stack, "", %progbits
