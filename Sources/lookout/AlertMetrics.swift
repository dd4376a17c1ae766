import Alerting
import Center
import Journal

extension AlertService {
    /// What the channels do, for Prometheus.
    func metrics() async -> [MetricFamily] {
        let reports = reports()
        guard !reports.isEmpty else { return [] }
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (ChannelReport) -> Double
        ) -> MetricFamily {
            MetricFamily(
                name, kind, help: help,
                samples: reports.map { MetricFamily.Sample(value($0), labels: [.init("channel", $0.channel)]) })
        }
        let counts = (try? await counts()) ?? []
        let states = counts.filter { $0.state != .delivered }.map {
            MetricFamily.Sample(
                Double($0.count), labels: [.init("channel", $0.channel), .init("state", $0.state.rawValue)])
        }
        return [
            family("lookout_alerts_delivered_total", .counter, "Alerts that receivers took.") { Double($0.delivered) },
            family("lookout_alert_attempts_failed_total", .counter, "Attempts that are made again.") {
                Double($0.failures)
            },
            family("lookout_alerts_given_up_total", .counter, "Alerts that became dead letters.") {
                Double($0.givenUp)
            },
            family("lookout_alert_channel_suspended", .gauge, "1 while a receiver is left alone after failures.") {
                $0.isSuspended ? 1 : 0
            },
            MetricFamily(
                "lookout_alerts_pending", .gauge, help: "Alerts that wait or are dead letters.", samples: states),
            MetricFamily(
                "lookout_alert_latency_seconds", .histogram, help: "From the picture to the receiver's acceptance.",
                samples: reports.flatMap { samples($0.latency, [.init("channel", $0.channel)]) }),
            MetricFamily(
                "lookout_acknowledgement_latency_seconds", .histogram, help: "From the picture to the acknowledgement.",
                samples: samples(acknowledgementLatency, [])),
        ]
    }

    private func samples(_ latency: LatencyHistogram, _ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        let bounds = LatencyHistogram.bounds.map { "\($0)" } + ["+Inf"]
        let counts = latency.cumulative + [latency.count]
        return zip(bounds, counts).map {
            MetricFamily.Sample(Double($1), labels: labels + [.init("le", $0)], suffix: "_bucket")
        } + [
            MetricFamily.Sample(latency.sumSeconds, labels: labels, suffix: "_sum"),
            MetricFamily.Sample(Double(latency.count), labels: labels, suffix: "_count"),
        ]
    }
}
