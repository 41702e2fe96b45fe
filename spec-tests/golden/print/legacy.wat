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
