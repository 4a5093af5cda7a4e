import Artifact
import Kernels
import Testing

@testable import Training

/// Reads `bytes` as a file with the columns `id` and `score` (required) and `note` (optional).
private func read(
  bytes: [UInt8], skipsBadRows: Bool = false
) throws -> (rows: [String], report: FileReport) {
  let folder = try TemporaryFolder()
  try folder.write("made.csv", bytes: bytes)
  let columns: [CSVColumn] = [.required("id"), .required("score"), .optional("note")]
  let file = CSVFile(
    folder: folder.path, name: "made.csv", columns: columns, isRequired: true, skipsBadRows: skipsBadRows)
  var rows: [String] = []
  let report = try file.forEachRow(fingerprint: Fingerprint(), progress: SilentProgress()) {
    (row) throws(TrainingError) in
    let id = String(decoding: try row.key(0), as: UTF8.self)
    let score = try row.number(1)
    let note = try row.text(2).map { String(decoding: $0, as: UTF8.self) }
    rows.append("\(row.line)|\(id)|\(score)|\(note ?? "-")")
  }
  return (rows, report)
}

private func read(_ text: String, skipsBadRows: Bool = false) throws -> (rows: [String], report: FileReport) {
  try read(bytes: Array(text.utf8), skipsBadRows: skipsBadRows)
}

private func refusal(_ bytes: [UInt8]) -> String {
  do {
    let rows = try read(bytes: bytes).rows
    return "accepted: \(rows)"
  } catch {
    return "\(error)"
  }
}

@Suite("CSV files")
struct CSVFileTests {
  @Test("columns are found by name in any order, and unknown ones are ignored")
  func columnsInAnyOrder() throws {
    let rows = try read("mood,note,score,id\nglad,hello,0.5,a\n,,-2e1,7\n").rows
    #expect(rows == ["2|a|0.5|hello", "3|7|-20.0|"])
  }

  @Test("a byte order mark, CRLF, blank lines and a missing last line end are fine")
  func tolerated() throws {
    let rows = try read("\u{FEFF}id,score\r\na,1\r\n\r\n\n  \nb,2\r\nc,3").rows
    #expect(rows == ["2|a|1.0|-", "6|b|2.0|-", "7|c|3.0|-"])
  }

  @Test("quoted fields keep commas, doubled quotes and line breaks, and lines are counted through them")
  func quotedFields() throws {
    let rows = try read("id,score,note\n\"a,b\",1,\"one\ntwo\r\nthree\"\n\"c\"\"d\",2,\"\"\ne,x,\n", skipsBadRows: true)
    #expect(rows.rows == ["2|a,b|1.0|one\ntwo\r\nthree", "5|c\"d|2.0|"])
    #expect(rows.report.firstFaults == ["made.csv:6: score: not a finite number: \"x\""])
  }

  static let faults: [(name: String, text: String, message: String)] = [
    ("empty file", "", "made.csv: the file is empty; a header line was expected"),
    ("blank file", "\n\r\n", "made.csv: the file is empty; a header line was expected"),
    (
      "missing column", "id,mood\na,1\n",
      "made.csv:1: required column \"score\" is missing; the header has: id, mood"
    ),
    ("duplicate column", "id,score,id\na,1,b\n", "made.csv:1: column \"id\" appears twice in the header"),
    ("too few fields", "id,score,note\na,1,x\nb,2\n", "made.csv:3: 2 fields where the header has 3"),
    ("one field", "id,score\na,1\nb\n", "made.csv:3: 1 field where the header has 2"),
    ("too many fields", "id,score\na,1,2\n", "made.csv:2: 3 fields where the header has 2"),
    ("bad number", "id,score\n\na,1\nb,1.5x\n", "made.csv:4: score: not a finite number: \"1.5x\""),
    ("not a number", "id,score\na,nan\n", "made.csv:2: score: not a finite number: \"nan\""),
    ("infinite", "id,score\na,-inf\n", "made.csv:2: score: not a finite number: \"-inf\""),
    ("overflowing", "id,score\na,1e999\n", "made.csv:2: score: not a finite number: \"1e999\""),
    ("huge", "id,score\na,2e15\n", "made.csv:2: score: beyond ±1e15: \"2e15\""),
    ("hexadecimal", "id,score\na,0x10\n", "made.csv:2: score: not a finite number: \"0x10\""),
    ("no number", "id,score\na,\n", "made.csv:2: score: the number is missing"),
    ("empty id", "id,score\n,1\n", "made.csv:2: id: the id is empty"),
    (
      "unterminated quote", "id,score,note\na,1,x\nb,2,\"never\nclosed\nc,3,y\n",
      "made.csv:3: the quote opened in this row is never closed"
    ),
    (
      "text after a quote", "id,score,note\na,1,\"x\"y\n",
      "made.csv:2: a quote inside an unquoted field, or text after a closing quote"
    ),
    (
      "quote in a field", "id,score,note\na,1,5\" tall\n",
      "made.csv:2: a quote inside an unquoted field, or text after a closing quote"
    ),
    ("control character", "id,score\na,\u{1}\t1\n", "made.csv:2: score: not a finite number: \"\\x01\\x091\""),
  ]

  @Test("a malformed file is refused with file, line, column, reason and value", arguments: faults)
  func refused(fault: (name: String, text: String, message: String)) {
    #expect(refusal(Array(fault.text.utf8)) == fault.message, "\(fault.name)")
  }

  @Test("invalid UTF-8 is refused in a column that is read, and shown as bytes")
  func invalidUTF8() {
    #expect(
      refusal(Array("id,score,note\na,1,".utf8) + [0x63, 0xFF, 0x64, 0x0A])
        == "made.csv:2: note: not valid UTF-8: \"c\\xFFd\"")
    #expect(refusal(Array("id,score\n".utf8) + [0xC3, 0x2C, 0x31]) == "made.csv:2: id: not valid UTF-8: \"\\xC3\"")
    let unread = Array("id,score,mood\na,1,".utf8) + [0xFF, 0x0A]
    #expect(refusal(unread) == "accepted: [\"2|a|1.0|-\"]")
  }

  @Test("a missing file and a folder in its place are refused by path")
  func missingFile() throws {
    let folder = try TemporaryFolder()
    func attempt(_ name: String) -> String {
      let file = CSVFile(folder: folder.path, name: name, columns: [], isRequired: true, skipsBadRows: false)
      do {
        _ = try file.forEachRow(fingerprint: Fingerprint(), progress: SilentProgress()) { _ in }
        return "accepted"
      } catch {
        return error.description
      }
    }
    #expect(attempt("none.csv") == "\(folder.path)/none.csv: no such file")
    #expect(attempt(".") == "\(folder.path)/.: Is a directory")
  }

  @Test("skipping counts each kind of bad row and takes in every good one")
  func skipping() throws {
    let text = """
      id,score,note
      a,1,x
      b,bad,x
      c,1
      d,2,"x"y
      e,3,z
      f,4,5" tall
      ,5,x
      g,6,x
      h,7,"open
      i,8,x
      """
    let (rows, report) = try read(text, skipsBadRows: true)
    #expect(rows == ["2|a|1.0|x", "6|e|3.0|z", "9|g|6.0|x"])
    #expect(report.rowsRead == 3)
    #expect(report.rowsSkipped == 6)
    #expect(
      report.firstFaults == [
        "made.csv:3: score: not a finite number: \"bad\"", "made.csv:4: 2 fields where the header has 3",
        "made.csv:5: a quote inside an unquoted field, or text after a closing quote",
        "made.csv:7: a quote inside an unquoted field, or text after a closing quote",
        "made.csv:8: id: the id is empty",
      ])
  }

  @Test("a row that never ends is given up at a bounded length, and skipping goes on after that line")
  func boundedRow() throws {
    let long = String(repeating: "x", count: 3 << 20)
    let text = "id,score,note\na,1,\"\(long)\nb,2,y\nc,3,z\n"
    #expect(
      refusal(Array(text.utf8)) == "made.csv:2: the row takes more than 1048576 bytes; is a quote left open?")
    #expect(try read(text, skipsBadRows: true).rows == ["3|b|2.0|y", "4|c|3.0|z"])
  }

  @Test("a row of nothing but empty fields is given up too")
  func boundedFields() throws {
    let text = "id,score,note\na,1," + String(repeating: ",", count: 3 << 20) + "\nb,2,y\n"
    #expect(
      refusal(Array(text.utf8)) == "made.csv:2: the row takes more than 1048576 bytes; is a quote left open?")
    #expect(try read(text, skipsBadRows: true).rows == ["3|b|2.0|y"])
  }

  @Test("rows come out the same wherever the chunks of a long file are cut")
  func longFile() throws {
    var generator = SeededGenerator(seed: 11)
    var text = "id,score,note\r\n"
    var expected: [String] = []
    var line = 2
    for row in 0..<30_000 {
      let breaks = generator.below(3)
      let note = String(repeating: "é,\"\"\n", count: breaks) + String(repeating: "w", count: generator.below(40))
      text += "k\(row),\(row),\"\(note)\"" + (generator.below(2) == 0 ? "\n" : "\r\n")
      expected.append("\(line)|k\(row)|\(Double(row))|\(note.replacing("\"\"", with: "\""))")
      line += 1 + breaks
    }
    #expect(text.utf8.count > 3 * CSVFile.chunkBytes)
    let (rows, report) = try read(text)
    #expect(rows == expected)
    #expect(report.bytes == text.utf8.count)
  }

  @Test("times are Unix seconds or ISO 8601 in UTC")
  func times() {
    func seconds(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes(NumberText.unixSeconds) }
    #expect(seconds("1460749497") == 1_460_749_497)
    #expect(seconds("1460749497.9") == 1_460_749_497)
    #expect(seconds("2016-04-15T19:44:57Z") == 1_460_749_497)
    #expect(seconds("2016-04-15 19:44:57") == 1_460_749_497)
    #expect(seconds("1970-01-01T00:00:00Z") == 0)
    #expect(seconds("2000-02-29T00:00:00Z") == 951_782_400)
    #expect(seconds("1969-12-31T23:59:59Z") == -1)
    for text in ["2015-02-29T00:00:00Z", "2016-13-01T00:00:00Z", "2016-04-15T24:00:00Z", "yesterday", "1e300", ""] {
      #expect(seconds(text) == nil, "\(text)")
    }
  }

  @Test("decimals read as Swift reads them")
  func decimals() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let whole = String(generator.next() >> UInt64(generator.below(64)))
      let text = generator.below(3) == 0 ? whole : whole + "." + String(generator.next() >> UInt64(generator.below(64)))
      #expect(Array(text.utf8).withUnsafeBytes(NumberText.double) == Double(text), "\(text)")
    }
  }
}
