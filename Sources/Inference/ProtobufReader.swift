/// Walks the fields of one message in Protocol Buffers' wire format, without knowing its schema.
/// https://protobuf.dev/programming-guides/encoding/
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        /// A text, bytes, a nested message or a packed list: where it lies in the file.
        case bytes(Range<Int>)
        /// Four or eight bytes, which nothing here needs.
        case fixed
    }

    struct Malformed: Error {}

    private let file: [UInt8]
    /// Where the next field, or the end, lies in the file.
    private(set) var position: Int
    private let end: Int

    init(_ file: [UInt8], _ range: Range<Int>) {
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The next field; `nil` at the end of the message.
    mutating func next() throws(Malformed) -> (field: Int, value: Value)? {
        guard position < end else { return nil }
        let key = try varint()
        guard let field = Int(exactly: key >> 3), field > 0 else { throw Malformed() }
        switch key & 7 {
        case 0: return (field, .number(try varint()))
        case 1:
            try skip(8)
            return (field, .fixed)
        case 2:
            guard let length = Int(exactly: try varint()), length <= end - position else { throw Malformed() }
            let range = position..<position + length
            position += length
            return (field, .bytes(range))
        case 5:
            try skip(4)
            return (field, .fixed)
        default: throw Malformed()
        }
    }

    private mutating func skip(_ count: Int) throws(Malformed) {
        guard count <= end - position else { throw Malformed() }
        position += count
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = file[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed()
    }

    /// A field that holds a number of 0 or more.
    static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }

    /// A field that holds bytes.
    static func block(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(content.count) + content
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(value)
        var written: [UInt8] = []
        while rest > 0x7F {
            written.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return written + [UInt8(rest)]
    }
}
