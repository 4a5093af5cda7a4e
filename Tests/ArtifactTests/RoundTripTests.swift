import Foundation
import Kernels
import Testing

@testable import Artifact

@Suite("Writing and reading a model file")
struct RoundTripTests {
  @Test("what is read is what was written: tensors, order, metadata, version")
  func roundTrip() throws {
    let written = Fixture.smallSet()
    try Fixture.withFolder { folder in
      let path = "\(folder)/model.safetensors"
      try written.write(to: path)
      let read = try TensorSet.read(path: path)
      #expect(read.names == written.names)
      #expect(read.metadata == written.metadata)
      #expect(read.version == written.version)
      for name in written.names {
        let (a, b) = (try #require(written.tensor(name)), try #require(read.tensor(name)))
        #expect(a.type == b.type && a.shape == b.shape && a.bytes.elementsEqual(b.bytes))
        #expect(UInt(bitPattern: b.bytes.baseAddress) % 64 == 0)
      }
      withExtendedLifetime(read) {}
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }
  }

  @Test("typed columns, strings and sparse rows come back with their values")
  func columns() throws {
    try Fixture.withFolder { folder in
      let read = try Fixture.read(Fixture.bytes(of: Fixture.smallSet()), in: folder).get()
      #expect(Array(try read.column("bytes", of: UInt8.self, shape: [3])) == [1, 2, 3])
      #expect(Array(try read.column("floats", of: Float.self, shape: [nil, 3])) == [0.5, -1, 2, .infinity, 1e-20, 3])
      #expect(Array(try read.column("signed", of: Int64.self, shape: [1, 2])) == [.min, .max])
      #expect(Array(try read.column("doubles", of: Double.self, shape: [])) == [.pi])
      #expect(try read.column("nothing", of: Double.self, shape: [0, 4]).isEmpty)
      let names = try read.strings("names", count: 3)
      #expect(names.count == 3 && names.string(0) == "swift" && names[1].isEmpty && Array(names[2]) == [0xFF, 0])
      let rows = try read.sparseRows("rows", rows: 3, columns: 5)
      #expect((0..<3).map { rows.entries(ofRow: $0) } == [0..<1, 1..<1, 1..<3])
      #expect(Array(rows.terms) == [1, 0, 4] && Array(rows.weights) == [0.5, 0.75, 0.25])
      // The columns are views: the set must outlive them.
      withExtendedLifetime(read) {}
    }
  }

  @Test("the layout is that of safetensors: length, JSON, data without gaps, everything aligned")
  func layout() throws {
    let set = Fixture.smallSet()
    let bytes = try Fixture.bytes(of: set)
    let headerBytes = Int(bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    let dataStart = 8 + headerBytes
    #expect(dataStart % 64 == 0)
    // Foundation's JSON parser stands for all other readers of the format.
    let object = try JSONSerialization.jsonObject(with: Data(bytes[8..<dataStart]))
    var header = try #require(object as? [String: [String: Any]])
    var metadata = try #require(header.removeValue(forKey: "__metadata__") as? [String: String])
    #expect(metadata.removeValue(forKey: "data_xxh3") == set.version)
    #expect(metadata == set.metadata)
    #expect(header.count == set.names.count)
    var end = 0
    for name in set.names {
      let entry = try #require(header[name])
      let tensor = try #require(set.tensor(name))
      let offsets = try #require(entry["data_offsets"] as? [Int])
      #expect(offsets[0] == end && offsets[0] % tensor.type.byteCount == 0)
      #expect(entry["dtype"] as? String == tensor.type.rawValue && entry["shape"] as? [Int] == tensor.shape)
      #expect(bytes[(dataStart + offsets[0])..<(dataStart + offsets[1])].elementsEqual(tensor.bytes))
      end = offsets[1]
    }
    #expect(dataStart + end == bytes.count)
  }

  @Test("the same set gives the same bytes, whatever the order in which metadata was set")
  func deterministic() throws {
    let expected = try Fixture.bytes(of: Fixture.smallSet())
    let other = Fixture.smallSet()
    let metadata = other.metadata
    other.metadata = [:]
    for key in metadata.keys.sorted().reversed() { other.metadata[key] = metadata[key] }
    #expect(try Fixture.bytes(of: other) == expected)
  }

  @Test("the version changes with any value, name or metadata, and the file's own checksum cannot be set")
  func version() throws {
    func version(_ change: (TensorSet) -> Void) -> String {
      let set = Fixture.smallSet()
      change(set)
      return set.version
    }
    let versions = [
      version { _ in }, version { $0.metadata["note"] = "other" }, version { $0.add("more", shape: [0], [UInt8]()) },
      version { $0.add("most", shape: [0], [UInt8]()) }, version { $0.add("more", shape: [1], [UInt8(0)]) },
    ]
    #expect(Set(versions).count == versions.count)
    #expect(versions.allSatisfy { $0.utf8.count == 16 })
    #expect(version { $0.metadata["data_xxh3"] = "0123456789abcdef" } == versions[0])
  }

  @Test("metadata survives with any Unicode, quotes and control characters", arguments: 0..<30)
  func metadataStrings(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let set = TensorSet()
    let controls = (0..<40).map { Unicode.Scalar(UInt8($0)) }
    let alphabet = controls + Array("\\/\"{}[]:,é😀\u{2028}\u{7F}\u{FFFD}".unicodeScalars)
    for _ in 0..<8 {
      var text = String.UnicodeScalarView()
      for _ in 0..<generator.below(12) { text.append(alphabet[generator.below(alphabet.count)]) }
      set.metadata["key" + String(text)] = String(text)
    }
    try Fixture.withFolder { folder in
      let read = try Fixture.read(Fixture.bytes(of: set), in: folder).get()
      #expect(read.metadata == set.metadata)
    }
  }

  @Test("a tensor of several megabytes filled in place comes back whole")
  func large() throws {
    let count = 3_000_001
    let set = TensorSet()
    set.add("tail", shape: [5], [UInt8](0..<5))
    set.add("large", shape: [count], of: UInt32.self) { elements in
      for index in 0..<count { elements[index] = UInt32(index) &* 2_654_435_761 }
    }
    try Fixture.withFolder { folder in
      let path = "\(folder)/large.safetensors"
      try set.write(to: path)
      let read = try TensorSet.read(path: path)
      let large = try read.column("large", of: UInt32.self, shape: [nil])
      let isWhole = withExtendedLifetime(read) {
        large.count == count && large.indices.allSatisfy { large[$0] == UInt32($0) &* 2_654_435_761 }
      }
      #expect(isWhole)
      #expect(Array(try read.column("tail", of: UInt8.self, shape: [5])) == [0, 1, 2, 3, 4])
    }
  }
}
