public import Domain

/// A camera's smaller stream: where it may be, and whether the detectors could work on it.
public enum SubStream {
    /// Addresses under which cameras of the usual makers offer their smaller stream, guessed from that of the main one;
    /// empty where the address looks like none of them.
    public static func candidates(for main: SourceAddress) -> [SourceAddress] {
        let full = main.revealed
        // The path only: a password may hold anything.
        guard let authority = full.firstRange(of: "://")?.upperBound,
            let slash = full[(full[authority...].lastIndex(of: "@") ?? authority)...].firstIndex(of: "/")
        else { return [] }
        let (head, path) = (full[..<slash], String(full[slash...]))
        return pairs.compactMap { pair in
            guard let place = path.firstRange(of: pair.main) else { return nil }
            var other = path
            other.replaceSubrange(place, with: pair.sub)
            return SourceAddress(head + other)
        }
    }

    private static let pairs: [(main: String, sub: String)] = [
        ("/Streaming/Channels/101", "/Streaming/Channels/102"), ("subtype=0", "subtype=1"), ("/main", "/sub"),
        ("_main", "_sub"), ("/stream1", "/stream2"), ("/profile1", "/profile2"), ("/ch0_0.h264", "/ch0_1.h264"),
    ]

    /// Why detection should not run on `sub` in place of `main`; `nil` where it would do.
    ///
    /// - Parameters:
    ///   - rows: that the detectors work at.
    ///   - framesPerSecond: that the detectors look at.
    public static func objection(
        to sub: ProbeReport, inPlaceOf main: ProbeReport, rows: Int, framesPerSecond: Double
    ) -> String? {
        guard sub.isHealthy else { return sub.sentence }
        let (small, large) = (sub.figures, main.figures)
        if small.height < min(rows, large.height) * 2 / 3 {
            return "it has \(small.height) rows and the detectors work at \(rows)"
        }
        if let rate = small.framesPerSecond, rate < min(framesPerSecond, large.framesPerSecond ?? rate) * 0.6 {
            return "it sends \(ProbeReport.text(rate)) pictures a second and the detectors look at "
                + ProbeReport.text(framesPerSecond)
        }
        let shapes = (
            Double(small.width) / Double(max(1, small.height)), Double(large.width) / Double(max(1, large.height))
        )
        if main.isHealthy, abs(shapes.0 - shapes.1) > 0.03 * shapes.1 {
            return "its pictures have another shape (\(small.width)x\(small.height)), so zones would not fit"
        }
        return nil
    }
}
