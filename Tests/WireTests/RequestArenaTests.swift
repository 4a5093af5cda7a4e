import ServerSupport
import CProtobufC
import Testing

@testable import Wire

@Suite("The arena")
struct RequestArenaTests {
  @Test("allocations are aligned, disjoint and end at the cap")
  func allocationsAreDisjoint() {
    var dice = Dice(3)
    for capacity in [1, 15, 16, 17, 1_000, 65_536] {
      let arena = RequestArena(capacity: capacity)
      var end: UInt = 0
      var total = 0
      while !arena.isExhausted {
        let size = Int.random(in: 0..<200, using: &dice)
        guard let start = arena.allocate(byteCount: UInt(size)) else { break }
        let address = UInt(bitPattern: start)
        #expect(address % 16 == 0 && address >= end)
        end = address + UInt(size)
        total += size
        start.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
      }
      #expect(arena.isExhausted && arena.bytesInUse <= capacity && total <= capacity)
      arena.reset()
      #expect(!arena.isExhausted && arena.bytesInUse == 0)
      #expect(arena.allocate(byteCount: UInt(capacity)) != nil && arena.allocate(byteCount: 1) == nil)
    }
  }

  @Test("no size overflows", arguments: [Int.max, .max - 15, .max / 8 + 1, 1 << 62, -1, .min])
  func sizesDoNotOverflow(size: Int) {
    let arena = RequestArena(capacity: 4_096)
    #expect(arena.allocate(UInt64.self, count: size) == nil && arena.isExhausted)
    arena.reset()
    let allocator = arena.allocator.pointee
    #expect(allocator.alloc(allocator.allocator_data, size) == nil && arena.isExhausted)
    arena.reset()
    #expect(allocator.alloc(allocator.allocator_data, 8) != nil && !arena.isExhausted)
  }

  @Test("freeing gives nothing back before the reset")
  func freeingIsANoOp() {
    let arena = RequestArena(capacity: 4_096)
    let allocator = arena.allocator.pointee
    for round in 1...8 {
      let memory = allocator.alloc(allocator.allocator_data, 100)
      allocator.free(allocator.allocator_data, memory)
      #expect(arena.bytesInUse == round * 112)
    }
  }
}
