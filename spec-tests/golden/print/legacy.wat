;; Exceptions as old C++ binaries have them.
;; RUN: print %
;; RUN: objdump --side-table -d %
(module
  (tag $e (param i32))
  (func $f (param i32) (result i32)
    try $outer (result i32)
      try $inner (result i32)
        local.get 0
        throw $e
      delegate 0
    catch $e
      i32.const 1
      i32.add
    catch_all
      rethrow 0
    end))

;; EXPECTED
;; $ trenail print %
;; (module
;;   (type (;0;) (func (param i32)))
;;   (type (;1;) (func (param i32) (result i32)))
;;   (tag $e (;0;) (type 0) (param i32))
;;   (func $f (;0;) (type 1) (param i32) (result i32)
;;     try $outer (result i32)
;;       try $inner (result i32)
;;         local.get 0
;;         throw $e
;;       delegate 0
;;     catch $e
;;       i32.const 1
;;       i32.add
;;     catch_all
;;       rethrow $outer
;;     end
;;   )
;; )
;; $ trenail objdump --side-table -d %
;;
;; func[0] $f (type 1) (param i32) (result i32):
;;   slots: 1 of parameters, 1 of results, 1 of locals, 3 of operands; side table: 4 entries, 32 bytes for 21
;;  000021: 00                         | locals
;;  000022: 06 7f                      |   try $outer (result i32)
;;  000024: 06 7f                      |     try $inner (result i32)
;;  000026: 20 00                      |       local.get 0
;;  000028: 08 00                      |       throw $e
;;  00002a: 18 00                      |     delegate 0
;;  00002c: 07 00                      |   catch $e
;;                                       ; [0] -> 0x000035 [4] keep 1 drop 0
;;  00002e: 41 01                      |     i32.const 1
;;  000030: 6a                         |     i32.add
;;  000031: 19                         |   catch_all
;;                                       ; [1] -> 0x000035 [4] keep 1 drop 1
;;  000032: 09 00                      |     rethrow $outer
;;                                       ; [2] slot 0
;;  000034: 0b                         |   end
;;                                       ; [3] -> 0x000035 [4] keep 1 drop 1
;;  000035: 0b                         | end
;;   try[0] 0x000026..0x00002a
;;     delegate to try[1]
;;   try[1] 0x000024..0x00002c
;;     catch (legacy) tag[0] -> 0x00002e [1] height 0
;;     catch_all (legacy) -> 0x000032 [2] height 0
