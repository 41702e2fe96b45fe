;; The side table: one entry per branch, relative to the branch and to the entry.
;; RUN: objdump --side-table -d %
;; RUN: objdump --side-table --function 1 %
(module
  (func $factorial (param $n i64) (result i64)
    local.get $n
    i64.eqz
    if (result i64)
      i64.const 1
    else
      local.get $n
      local.get $n
      i64.const 1
      i64.sub
      call $factorial
      i64.mul
    end)
  (func $switch (param i32) (result i32)
    block $a
      block $b
        block $c
          local.get 0
          br_table $c $b $a
        end
        i32.const 10
        return
      end
      i32.const 20
      return
    end
    i32.const 30)
  (func $loop (param $n i32) (result i32) (local $sum i32)
    loop $again
      local.get $sum
      local.get $n
      i32.add
      local.set $sum
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $sum)
  (func $carry (result i32)
    block $out (result i32)
      i32.const 1
      i32.const 2
      i32.const 3
      br $out
    end)
  (tag $e (param i32))
  (func $caught (result i32)
    block $h (result i32)
      try_table (result i32) (catch $e $h)
        i32.const 5
        throw $e
      end
    end))

;; EXPECTED
;; $ trenail objdump --side-table -d %
;;
;; func[0] $factorial (type 0) (param i64) (result i64):
;;   slots: 1 of parameters, 1 of results, 1 of locals, 3 of operands; side table: 2 entries, 16 bytes for 21
;;  00002e: 00                         | locals
;;  00002f: 20 00                      |   local.get $n
;;  000031: 50                         |   i64.eqz
;;  000032: 04 7e                      |   if (result i64)
;;                                       ; [0] -> 0x000037 [2] keep 0 drop 0
;;  000034: 42 01                      |     i64.const 1
;;  000036: 05                         |   else
;;                                       ; [1] -> 0x000042 [2] keep 0 drop 0
;;  000037: 20 00                      |     local.get $n
;;  000039: 20 00                      |     local.get $n
;;  00003b: 42 01                      |     i64.const 1
;;  00003d: 7d                         |     i64.sub
;;  00003e: 10 00                      |     call $factorial
;;  000040: 7e                         |     i64.mul
;;  000041: 0b                         |   end
;;  000042: 0b                         | end
;;
;; func[1] $switch (type 1) (param i32) (result i32):
;;   slots: 1 of parameters, 1 of results, 1 of locals, 1 of operands; side table: 3 entries, 24 bytes for 26
;;  000044: 00                         | locals
;;  000045: 02 40                      |   block $a
;;  000047: 02 40                      |     block $b
;;  000049: 02 40                      |       block $c
;;  00004b: 20 00                      |         local.get 0
;;  00004d: 0e 02 00 01 02             |         br_table $c $b $a
;;                                       ; [0] -> 0x000053 [3] keep 0 drop 0
;;                                       ; [1] -> 0x000057 [3] keep 0 drop 0
;;                                       ; [2] -> 0x00005b [3] keep 0 drop 0
;;  000052: 0b                         |       end
;;  000053: 41 0a                      |       i32.const 10
;;  000055: 0f                         |       return
;;  000056: 0b                         |     end
;;  000057: 41 14                      |     i32.const 20
;;  000059: 0f                         |     return
;;  00005a: 0b                         |   end
;;  00005b: 41 1e                      |   i32.const 30
;;  00005d: 0b                         | end
;;
;; func[2] $loop (type 1) (param i32) (result i32):
;;   slots: 1 of parameters, 1 of results, 2 of locals, 2 of operands; side table: 1 entries, 8 bytes for 25
;;  00005f: 01 01 7f                   | locals 1: i32
;;  000062: 03 40                      |   loop $again
;;  000064: 20 01                      |     local.get $sum
;;  000066: 20 00                      |     local.get $n
;;  000068: 6a                         |     i32.add
;;  000069: 21 01                      |     local.set $sum
;;  00006b: 20 00                      |     local.get $n
;;  00006d: 41 01                      |     i32.const 1
;;  00006f: 6b                         |     i32.sub
;;  000070: 22 00                      |     local.tee $n
;;  000072: 0d 00                      |     br_if $again
;;                                       ; [0] -> 0x000064 [0] keep 0 drop 0
;;  000074: 0b                         |   end
;;  000075: 20 01                      |   local.get $sum
;;  000077: 0b                         | end
;;
;; func[3] $carry (type 2) (result i32):
;;   slots: 0 of parameters, 1 of results, 0 of locals, 3 of operands; side table: 1 entries, 8 bytes for 13
;;  000079: 00                         | locals
;;  00007a: 02 7f                      |   block $out (result i32)
;;  00007c: 41 01                      |     i32.const 1
;;  00007e: 41 02                      |     i32.const 2
;;  000080: 41 03                      |     i32.const 3
;;  000082: 0c 00                      |     br $out
;;                                       ; [0] -> 0x000085 [1] keep 1 drop 2
;;  000084: 0b                         |   end
;;  000085: 0b                         | end
;;
;; func[4] $caught (type 2) (result i32):
;;   slots: 0 of parameters, 1 of results, 0 of locals, 1 of operands; side table: 0 entries, 0 bytes for 16
;;  000087: 00                         | locals
;;  000088: 02 7f                      |   block $h (result i32)
;;  00008a: 1f 7f 01 00 00 00          |     try_table (result i32) (catch $e $h)
;;  000090: 41 05                      |       i32.const 5
;;  000092: 08 00                      |       throw $e
;;  000094: 0b                         |     end
;;  000095: 0b                         |   end
;;  000096: 0b                         | end
;;   try[0] 0x000090..0x000094
;;     catch tag[0] -> 0x000096 [0] height 0
;; $ trenail objdump --side-table --function 1 %
;;
;; func[1] $switch (type 1) (param i32) (result i32):
;;   slots: 1 of parameters, 1 of results, 1 of locals, 1 of operands; side table: 3 entries, 24 bytes for 26
;;  00004d: 0e 02 00 01 02             |         br_table $c $b $a
;;                                       ; [0] -> 0x000053 [3] keep 0 drop 0
;;                                       ; [1] -> 0x000057 [3] keep 0 drop 0
;;                                       ; [2] -> 0x00005b [3] keep 0 drop 0
