import Domain
import Foundation
import Logging
import Media
import SiteConfiguration

/// The thread that owns a camera's main stream where the detectors look at a smaller one: it fills the ring of packets
/// that clips are made from, decodes nothing, begins again when the connection is lost, and tells the camera's health while
/// there is nothing to make clips from. Both streams are on the host's timeline.
final class EvidenceReader: Sendable {
    /// A connection that brings no keyframe for so long gives no clips.
    private static let longestWithoutKeyframe = Duration.seconds(10)

    private let settings: CameraSettings
    private let clips: CameraClips
    private let health: CameraHealth
    private let clock: any HostClock
    private let logger: Logger
    private let stopFlag = StopFlag()
    private let nap: Nap
    private let ended: AsyncStream<Void>
    private let ends: AsyncStream<Void>.Continuation

    init(settings: CameraSettings, clips: CameraClips, health: CameraHealth, clock: any HostClock, logger: Logger) {
        self.settings = settings
        self.clips = clips
        self.health = health
        self.clock = clock
        self.logger = logger
        nap = Nap(clock: clock)
        (ended, ends) = AsyncStream.makeStream()
    }

    func start() {
        let thread = Thread { [self] in
            keepReading()
            ends.finish()
        }
        thread.name = "main-\(settings.id)"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Returns once the thread has ended.
    func stop() async {
        stopFlag.raise()
        nap.end()
        for await _ in ended {}
    }

    private func keepReading() {
        var backoff = Backoff(name: settings.id.rawValue + "-main")
        var lastProblem = ""
        while !stopFlag.isRaised {
            let opened = clock.monotonic()
            do throws(MediaError) {
                try readOneConnection()
                health.evidenceIsLost(because: CameraFault.streamEnded.title(in: .en) + ".")
            } catch {
                guard error.code != .stopped else { return }
                health.evidenceIsLost(because: error.description)
                if error.problem != lastProblem {
                    logger.warning("camera '\(settings.id)': clips lack its main stream. \(error)")
                }
                lastProblem = error.problem
            }
            if clock.monotonic() - opened > .seconds(30) {
                backoff.reset()
                lastProblem = ""
            }
            nap.sleep(backoff.delay())
        }
    }

    private func readOneConnection() throws(MediaError) {
        var options = settings.streamOptions
        options.keepsSound = settings.audio
        var demuxer = try Demuxer(opening: settings.source, options: options, stop: stopFlag, clock: clock)
        let info = demuxer.info
        warnOfSound(info, of: settings, logger)
        let opened = clock.monotonic()
        let stream = PacketRing.Stream(
            parameters: info.parameters, timeOffset: info.isLive ? .zero : clock.wall() - MediaTime.zero,
            sound: info.sound)
        var awaitsKeyframe = true
        while let packet = try demuxer.read() {
            if !info.isLive, !packet.isSound {
                nap.sleep(opened + (packet.captureTime.time - MediaTime.zero) - clock.monotonic())
            }
            clips.keep(packet, of: stream)
            guard awaitsKeyframe, !packet.isSound else { continue }
            if packet.isKeyframe {
                awaitsKeyframe = false
                health.evidenceIsBack()
            } else if clock.monotonic() - opened > Self.longestWithoutKeyframe {
                health.evidenceIsLost(because: CameraFault.noWholePicture.title(in: .en) + ".")
            }
        }
    }
}
