import Testing

@testable import Media

@Suite struct ReferenceScannerTests {
    private func scan(_ scanner: inout ReferenceScanner, _ bytes: [UInt8]) -> Bool { scanner.isDisposable(bytes.span) }

    @Test func h264WithStartCodes() {
        var scanner = ReferenceScanner(codec: .h264, extradata: [])
        #expect(scan(&scanner, [0, 0, 0, 1, 0x01, 0x9A, 0, 0]))
        #expect(!scan(&scanner, [0, 0, 0, 1, 0x41, 0x9A, 0, 0]))
        // Access unit delimiter and SEI before the slice.
        #expect(scan(&scanner, [0, 0, 0, 1, 0x09, 0xF0, 0, 0, 1, 0x06, 5, 1, 0, 0, 1, 0x01, 0x9A]))
        #expect(!scan(&scanner, [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 0x88, 0x80]))
    }

    @Test func h264WithLengths() {
        var scanner = ReferenceScanner(codec: .h264, extradata: [1, 100, 0, 31, 0xFF, 0xE1])
        #expect(scan(&scanner, [0, 0, 0, 2, 0x09, 0xF0, 0, 0, 0, 3, 0x01, 0x9A, 0]))
        #expect(!scan(&scanner, [0, 0, 0, 3, 0x61, 0x9A, 0]))
    }

    @Test func hevcOnlyInTheHighestLayer() {
        var scanner = ReferenceScanner(codec: .hevc, extradata: [])
        let slice: [UInt8] = [0, 0, 1, 0x00, 0x01, 0xAF]
        #expect(!scan(&scanner, slice), "the number of layers is not known yet")
        // A video parameter set that announces one layer, then one that announces two.
        #expect(!scan(&scanner, [0, 0, 1, 0x40, 0x01, 0x0C, 0x01, 0xFF, 0, 0, 1, 0x26, 0x01, 0xAF]))
        #expect(scan(&scanner, slice))
        #expect(!scan(&scanner, [0, 0, 1, 0x02, 0x01, 0xAF]))
        #expect(!scan(&scanner, [0, 0, 1, 0x40, 0x01, 0x0C, 0x03, 0xFF, 0, 0, 1, 0x26, 0x01, 0xAF]))
        #expect(!scan(&scanner, slice))
        #expect(scan(&scanner, [0, 0, 1, 0x00, 0x02, 0xAF]))
    }

    @Test func anyBytesAreSurvived() {
        var state: UInt64 = 3
        for codec in [ReferenceScanner.Codec.h264, .hevc, .other] {
            for record in [[], [1], [UInt8](repeating: 1, count: 30), [UInt8](repeating: 255, count: 30)] as [[UInt8]] {
                var scanner = ReferenceScanner(codec: codec, extradata: record)
                for length in 0..<400 {
                    let bytes = (0..<length % 40).map { _ -> UInt8 in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        let byte = UInt8(truncatingIfNeeded: state >> 56)
                        return byte < 128 ? byte & 1 : byte
                    }
                    _ = scan(&scanner, bytes)
                }
            }
        }
    }
}
