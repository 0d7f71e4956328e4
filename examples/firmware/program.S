@ SPDX-License-Identifier: MIT
@ The packed network, as the file is, in flash. PITH_PROGRAM is its path.
    .syntax unified
    .section .program, "a"
    .balign 16
    .global program_first
    .global program_last
program_first:
    .incbin PITH_PROGRAM
program_last:
    @ kernels may read, never use, what follows the last weight
    .space 64
