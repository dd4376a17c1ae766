import Domain
import Media
import SiteConfiguration

/// What one camera gives for clips: its ring of packets, and word of its incidents.
final class CameraClips: Sendable {
    /// From when an incident is told to have begun until it is told: queue, detector, classifier.
    private static let telling = Duration.seconds(10)

    let ring: PacketRing
    private let options: ClipOptions
    private let recorder: ClipRecorder
    private let clock: any HostClock

    /// - Returns: `nil` where the camera's incidents get no clips.
    init?(for settings: CameraSettings, recorder: ClipRecorder, clock: any HostClock) {
        guard settings.clips.isEnabled else { return nil }
        options = settings.clips
        self.recorder = recorder
        self.clock = clock
        let longestRule = settings.rules.map(\.minimumSeconds).max() ?? 0
        ring = PacketRing(
            limits: PacketRing.Limits(
                duration: .seconds(options.preRollSeconds + min(longestRule, 60)) + Self.telling,
                longestDuration: .seconds(options.preRollSeconds + 120),
                bytes: Int(options.memoryMegabytes * 1_000_000)))
    }

    /// On the camera's reader thread, before anything is shed.
    func keep(_ packet: borrowing Packet, of stream: PacketRing.Stream) {
        guard let copy = packet.share() else { return }
        ring.append(copy, of: stream, arrival: clock.monotonic())
    }

    func follow(_ revisions: [IncidentRevision]) {
        for revision in revisions { recorder.follow(revision.incident, ring: ring, options: options) }
    }
}
