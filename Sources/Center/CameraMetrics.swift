import Domain

/// Each camera's counters as Prometheus metrics, labelled by camera.
enum CameraMetrics {
    static func families(of cameras: [CameraStatus]) -> [MetricFamily] {
        let states = cameras.flatMap { status in
            CameraStatus.State.allCases.map { state in
                MetricFamily.Sample(
                    state == status.state ? 1 : 0,
                    labels: [.init("camera", status.camera.rawValue), .init("state", state.rawValue)])
            }
        }
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (CameraStatus) -> Double
        ) -> MetricFamily {
            MetricFamily(
                name, kind, help: help,
                samples: cameras.map { .init(value($0), labels: [.init("camera", $0.camera.rawValue)]) })
        }
        /// Only of the cameras where it could be measured.
        func measured(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (StreamCounters) -> Double?
        ) -> MetricFamily {
            MetricFamily(
                name, kind, help: help,
                samples: cameras.compactMap { status in
                    value(status.counters).map { .init($0, labels: [.init("camera", status.camera.rawValue)]) }
                })
        }
        return [
            MetricFamily(
                "lookout_camera_state", .gauge, help: "1 for the state the camera is in, 0 for the others.",
                samples: states),
            MetricFamily(
                "lookout_camera_fault", .gauge,
                help: "1 for what is wrong with a camera, named as in the API; absent while nothing is.",
                samples: cameras.compactMap { status in
                    status.fault.map {
                        .init(1, labels: [.init("camera", status.camera.rawValue), .init("fault", $0.rawValue)])
                    }
                }),
            family("lookout_camera_state_since_timestamp_seconds", .gauge, "When the camera came into its state.") {
                $0.since.seconds
            },
            family("lookout_camera_status_timestamp_seconds", .gauge, "When the camera's status was taken.") {
                $0.updated.seconds
            },
            family("lookout_packets_received_total", .counter, "Packets received from the camera.") {
                Double($0.counters.packets)
            },
            family("lookout_received_bytes_total", .counter, "Bytes of packets received from the camera.") {
                Double($0.counters.bytes)
            },
            family("lookout_frames_decoded_total", .counter, "Pictures decoded.") {
                Double($0.counters.framesDecoded)
            },
            family("lookout_frames_analysed_total", .counter, "Pictures that the detectors saw.") {
                Double($0.counters.framesAnalysed)
            },
            family("lookout_packets_shed_total", .counter, "Packets thrown away before decoding, under overload.") {
                Double($0.counters.packetsShed)
            },
            family(
                "lookout_packets_passed_over_total", .counter,
                "Packets not decoded because nothing was due to look at their pictures, which no other one refers to."
            ) { Double($0.counters.packetsPassedOver) },
            family(
                "lookout_frames_left_out_total", .counter,
                "Pictures that the detectors would have looked at, had the machine kept up."
            ) { Double($0.counters.framesLeftOut ?? 0) },
            family(
                "lookout_packets_before_keyframe_total", .counter,
                "Packets that came before their connection's first keyframe, so that nothing could be made of them."
            ) { Double($0.counters.packetsBeforeKeyframe ?? 0) },
            family("lookout_decode_errors_total", .counter, "Packets refused by the decoder, and broken pictures.") {
                Double($0.counters.decodeErrors)
            },
            family("lookout_reconnects_total", .counter, "Times that the stream was opened again.") {
                Double($0.counters.reconnects)
            },
            family("lookout_camera_frames_per_second", .gauge, "Pictures a second over the last ten seconds or so.") {
                $0.counters.framesPerSecond
            },
            family("lookout_camera_bytes_per_second", .gauge, "Bytes a second over the last ten seconds or so.") {
                $0.counters.bitsPerSecond / 8
            },
            measured(
                "lookout_rtp_packets_lost_total", .counter,
                "RTP packets lost on the way; absent where nobody counts them."
            ) { $0.packetsLost.map(Double.init) },
            measured(
                "lookout_camera_keyframe_interval_seconds", .gauge, "Time between keyframes, the mean of late."
            ) { $0.keyframeIntervalSeconds },
            measured(
                "lookout_camera_jitter_seconds", .gauge, "Smoothed variation of the packets' delay (RFC 3550)."
            ) { $0.jitterSeconds },
            measured(
                "lookout_camera_latency_seconds", .gauge, "From capture to the end of analysis, the mean of late."
            ) { $0.latencySeconds },
            measured(
                "lookout_camera_clock_offset_seconds", .gauge,
                "The camera's clock minus the host's; absent where the camera does not tell its clock."
            ) { $0.clockOffsetSeconds },
        ]
    }
}
