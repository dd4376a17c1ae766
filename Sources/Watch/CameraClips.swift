import Domain
import Media
import SiteConfiguration

/// What one camera gives for clips and recordings: its ring of packets, and word of its incidents.
final class CameraClips: Sendable {
    /// From when an incident is told to have begun until it is told: queue and detector, and what is asked besides.
    private static func telling(_ settings: CameraSettings) -> Duration {
        let isQuick = settings.detect.allSatisfy { $0 == .motion } && settings.classify == nil && !settings.tamper
        return isQuick ? .seconds(5) : .seconds(10)
    }

    let ring: PacketRing
    private let options: ClipOptions
    private let recorder: ClipRecorder
    private let segments: SegmentRecorder?
    private let clock: any HostClock

    /// - Parameter segments: records the camera all the time where it is to be.
    /// - Returns: `nil` where the camera's incidents get no clips and it is not recorded.
    init?(
        for settings: CameraSettings, recorder: ClipRecorder, segments: SegmentRecorder? = nil, clock: any HostClock
    ) {
        guard settings.clips.isEnabled || settings.recording.isEnabled else { return nil }
        options = settings.clips
        self.recorder = recorder
        self.segments = settings.recording.isEnabled ? segments : nil
        self.clock = clock
        let longestRule = settings.rules.map(\.minimumSeconds).max() ?? 0
        ring = PacketRing(
            limits: PacketRing.Limits(
                duration: .seconds(options.preRollSeconds + min(longestRule, 60)) + Self.telling(settings),
                longestDuration: .seconds(options.preRollSeconds + 120),
                bytes: Int(options.memoryMegabytes * 1_000_000)))
        self.segments?.record(settings.id, ring: ring, seconds: settings.recording.segmentSeconds)
    }

    /// On the camera's reader thread, before anything is shed.
    func keep(_ packet: borrowing Packet, of stream: PacketRing.Stream) {
        guard let copy = packet.share() else { return }
        ring.append(copy, of: stream, arrival: clock.monotonic())
    }

    func follow(_ revisions: [IncidentRevision]) {
        guard options.isEnabled else { return }
        for revision in revisions { recorder.follow(revision.incident, ring: ring, options: options) }
    }

    /// No packet will come any more: what is recorded is completed.
    func end() { segments?.end(ring) }
}
