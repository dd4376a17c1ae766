import Center
import Watch

extension SiteRecordings {
    /// What became of the continuous recordings since the start.
    var metrics: [MetricFamily] {
        let counts = counts
        return [
            MetricFamily(
                "lookout_recording_segments_total", .counter,
                help: "Segments of continuous recordings: stored; recovered after a crash or a full disk; failed.",
                samples: [
                    .init(Double(counts.stored), labels: [.init("outcome", "stored")]),
                    .init(Double(counts.recovered), labels: [.init("outcome", "recovered")]),
                    .init(Double(counts.failed), labels: [.init("outcome", "failed")]),
                ]),
            MetricFamily(
                "lookout_recording_segments_waiting", .gauge,
                help: "Segments that could not be stored so far and are tried again.",
                samples: [.init(Double(counts.waiting))]),
            MetricFamily(
                "lookout_recording_bytes_total", .counter, help: "Bytes of the segments that were stored.",
                samples: [.init(Double(counts.bytes))]),
            MetricFamily(
                "lookout_recording_packets_lost_total", .counter,
                help: "Packets that recordings lack because the disk did not keep up.",
                samples: [.init(Double(counts.packetsLost))]),
        ]
    }
}
