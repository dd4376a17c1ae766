/// Parameter sets of H.264 or H.265 that stand between start codes (Annex B of either), each once and in a fixed order:
/// they are compared by what they say, not by how often and in which order a camera sends them.
struct ParameterSets: Equatable, Sendable {
    private enum Codec {
        case h264, hevc

        /// What the first byte of a unit says (ITU-T H.264, 7.3.1; H.265, 7.3.1.2).
        func type(_ header: UInt8) -> UInt8 { self == .h264 ? header & 31 : header >> 1 & 63 }

        func isPicture(_ type: UInt8) -> Bool { self == .h264 ? (1...5).contains(type) : type < 32 }

        /// Sequence and picture; H.265 has one of the video besides.
        var types: ClosedRange<UInt8> { self == .h264 ? 7...8 : 32...34 }
    }

    private let codec: Codec
    private let units: [[UInt8]]

    /// - Parameters:
    ///   - bytes: units with start codes; what is no parameter set is passed over.
    ///   - name: FFmpeg's short name.
    /// - Returns: `nil` for another codec, or where there is none.
    init?(_ bytes: [UInt8], codec name: String) {
        guard name == "h264" || name == "hevc" else { return nil }
        let codec = name == "h264" ? Codec.h264 : .hevc
        var found: [[UInt8]] = []
        Self.forEachUnit(in: bytes.span) { unit in
            if codec.types.contains(codec.type(bytes[unit.lowerBound])) { found.append(Array(bytes[unit])) }
            return true
        }
        guard !found.isEmpty else { return nil }
        self.codec = codec
        units = Set(found).sorted { one, other in
            let (first, second) = (codec.type(one[0]), codec.type(other[0]))
            return first == second ? one.lexicographicallyPrecedes(other) : first < second
        }
    }

    /// With start codes.
    var bytes: [UInt8] { units.flatMap { Self.startCode + $0 } }

    /// Whether nothing but these is needed to decode.
    var isComplete: Bool { Set(units.map { codec.type($0[0]) }) == Set(codec.types) }

    /// Whether `others` say nothing that is not said here.
    func cover(_ others: ParameterSets) -> Bool { others.units.allSatisfy(units.contains) }

    /// What is left of a packet without those of these sets that it repeats before its picture.
    ///
    /// - Returns: `nil` where it repeats none.
    func removed(from packet: borrowing Packet) -> [UInt8]? {
        packet.withBytes { bytes in
            var kept: [UInt8] = []
            var isRemoved = false
            Self.forEachUnit(in: bytes) { unit in
                // Only what stands before the picture is looked at; its own bytes are copied as they are.
                let isPicture = codec.isPicture(codec.type(bytes[unit.lowerBound]))
                guard !isPicture || isRemoved else { return false }
                let content = Self.array(bytes, isPicture ? unit.lowerBound..<bytes.count : unit)
                if !isPicture, units.contains(content) { isRemoved = true } else { kept += Self.startCode + content }
                return !isPicture
            }
            return isRemoved && !kept.isEmpty ? kept : nil
        }
    }

    private static let startCode: [UInt8] = [0, 0, 0, 1]

    private static func array(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(bytes[index]) }
        return copy
    }

    /// - Parameter body: is given each unit without its start code and the zeros behind it; `false` ends the walk.
    private static func forEachUnit(in bytes: Span<UInt8>, _ body: (Range<Int>) -> Bool) {
        var begun: Int?
        var i = 0
        func end(at limit: Int) -> Bool {
            guard let first = begun else { return true }
            var last = limit
            while last > first, bytes[last - 1] == 0 { last -= 1 }
            return last == first || body(first..<last)
        }
        while i + 2 < bytes.count {
            if bytes[i + 2] > 1 {
                i += 3
            } else if bytes[i] == 0, bytes[i + 1] == 0, bytes[i + 2] == 1 {
                guard end(at: i) else { return }
                i += 3
                begun = i
            } else {
                i += 1
            }
        }
        _ = end(at: bytes.count)
    }
}
