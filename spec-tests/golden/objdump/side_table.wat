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
