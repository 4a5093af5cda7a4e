# Where a call's time goes: sums the samples of `perf report -F overhead,dso,symbol` by the phase that a symbol is of.
# First match counts. Names are mangled: S7Ranking7SignalsO… is Ranking.Signals.

BEGIN {
  split("socket: kernel, libuv, EventLoop|frames and decoding|ids to rows, duplicates|factor dots|sparse dots|" \
    "biases and priors|caller's scores, blend|bandit|order and propensities|answer columns|encoding|" \
    "copying and allocation|Swift runtime|the rest", phase, "|")
  rule("\\[k\\]|libuv|vdso|EventLoop|__GI___|__libc_(read|write)|epoll", 1)
  rule("FrameDecoder|RequestDecoder|RequestArena|CallScan|unpack|takeFrames|RunQueue|PendingCall", 2)
  rule("IDTable|CandidatesO|SeenIDs", 3)
  rule("GatherO4dots", 4)
  rule("sparseDots|SignalsO7profile", 5)
  rule("SignalsO7numbers|SignalsO13factorisation", 6)
  rule("SignalsO6caller|BlendV", 7)
  rule("ArmTable|ArmSlots|BanditPolicy", 8)
  rule("TopK|RadixSort|CandidateHeap|RankerO4rank|RankerO7explore|Exploration", 9)
  rule("RankerO6gather", 10)
  rule("libprotobuf-c|ReplyEncoder|ReplyScratch", 11)
  rule("mem(move|cpy|set)|malloc|calloc|realloc|free|alloc", 12)
  rule("libswiftCore|swift_|ld-linux", 13)
}

function rule(pattern, number) {
  patterns[++rules] = pattern
  owner[rules] = number
}

/^ *[0-9.]+%/ {
  found = 14
  for (r = 1; r <= rules; r++)
    if ($0 ~ patterns[r]) {
      found = owner[r]
      break
    }
  share[found] += $1
}

END {
  print "\nshare of the server's time, 16 in flight"
  for (i = 1; i <= 14; i++) printf "%6.1f %%  %s\n", share[i], phase[i]
}
