/// Tells from a packet's first bytes whether other pictures refer to it.
///
/// H.264: `nal_ref_idc` of the first slice is 0 (ITU-T H.264, 7.4.1). H.265: the first slice is of a sub-layer
/// non-reference type and belongs to the highest temporal layer of the stream (ITU-T H.265, 7.4.2.2). Other codecs:
/// unknown here, so that their packets count as referred to.
struct ReferenceScanner: Sendable {
    enum Codec: Sendable {
        case h264, hevc, other
    }

    private let codec: Codec
    /// Bytes of a unit's length field, 0 where units are separated by start codes (Annex B).
    private let lengthBytes: Int
    /// H.265: the highest temporal layer, where the headers have said so.
    private var highestLayer: Int?

    /// - Parameter extradata: avcC, hvcC or parameter sets with start codes; may be empty.
    init(codec: Codec, extradata: [UInt8]) {
        self.codec = codec
        let isRecord = extradata.first == 1
        switch codec {
        case .h264: lengthBytes = isRecord && extradata.count > 4 ? Int(extradata[4] & 3) + 1 : 0
        case .hevc:
            lengthBytes = isRecord && extradata.count > 21 ? Int(extradata[21] & 3) + 1 : 0
            if lengthBytes > 0 {
                let layers = Int(extradata[21] >> 3 & 7)
                if layers > 0 { highestLayer = layers - 1 }
            } else {
                scanHeaders(extradata.span)
            }
        case .other: lengthBytes = 0
        }
    }

    /// Whether nothing refers to the picture in `bytes`.
    mutating func isDisposable(_ bytes: Span<UInt8>) -> Bool {
        guard codec != .other else { return false }
        var position = 0
        while let unit = nextUnit(bytes, &position) {
            let header = bytes[unit]
            if codec == .h264 {
                if (1...5).contains(header & 31) { return header >> 5 & 3 == 0 }
            } else if unit + 1 < bytes.count {
                let type = header >> 1 & 63
                if type < 32 {
                    let layer = Int(bytes[unit + 1] & 7) - 1
                    return type < 15 && type % 2 == 0 && layer == highestLayer
                }
                noteVideoParameterSet(bytes, at: unit, type: type)
            }
        }
        return false
    }

    private mutating func scanHeaders(_ bytes: Span<UInt8>) {
        var position = 0
        while let unit = nextUnit(bytes, &position) {
            noteVideoParameterSet(bytes, at: unit, type: bytes[unit] >> 1 & 63)
        }
    }

    /// `vps_max_sub_layers_minus1` stands in bits 12 to 14 after the two bytes of the unit's header.
    private mutating func noteVideoParameterSet(_ bytes: Span<UInt8>, at unit: Int, type: UInt8) {
        if type == 32, unit + 3 < bytes.count { highestLayer = Int(bytes[unit + 3] >> 1 & 7) }
    }

    /// The index of the next unit's first byte at or after `position`, which moves on; `nil` at the end.
    private func nextUnit(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
        if lengthBytes > 0 {
            guard position + lengthBytes < bytes.count else { return nil }
            var length = 0
            for i in 0..<lengthBytes { length = length << 8 | Int(bytes[position + i]) }
            let unit = position + lengthBytes
            guard length > 0, length <= bytes.count - unit else { return nil }
            position = unit + length
            return unit
        }
        var i = position
        while i + 3 < bytes.count {
            if bytes[i + 2] > 1 {
                i += 3
            } else if bytes[i] == 0, bytes[i + 1] == 0, bytes[i + 2] == 1 {
                position = i + 3
                return i + 3
            } else {
                i += 1
            }
        }
        return nil
    }
}
