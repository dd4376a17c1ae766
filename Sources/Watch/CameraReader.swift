import Domain
import Foundation
import Logging
import Media
import SiteConfiguration

/// The thread that owns one camera's connection: opens it, reads packets into the session's queue, and begins again
/// with growing patience when it is lost. All of FFmpeg's blocking calls for the camera happen here.
final class CameraReader: Sendable {
    /// A connection that held for less does not make up for the failures before it.
    private static let soundConnection = Duration.seconds(10)

    private let settings: CameraSettings
    private let line: SessionLine
    private let strand: Strand
    private let meter: StreamMeter
    private let health: CameraHealth
    private let clips: CameraClips?
    private let clock: any HostClock
    private let logger: Logger
    private let stopFlag = StopFlag()
    private let nap: Nap

    init(
        settings: CameraSettings, line: SessionLine, strand: Strand, meter: StreamMeter, health: CameraHealth,
        clips: CameraClips?, clock: any HostClock, logger: Logger
    ) {
        self.settings = settings
        self.line = line
        self.strand = strand
        self.meter = meter
        self.health = health
        self.clips = clips
        self.clock = clock
        self.logger = logger
        nap = Nap(clock: clock)
    }

    /// - Parameter ended: called on the reader's thread as its last act.
    func start(ended: @escaping @Sendable () -> Void) {
        let thread = Thread { [self] in
            keepReading()
            ended()
        }
        thread.name = "read-\(settings.id)"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Ends the thread soon: FFmpeg's blocking calls see the flag.
    func stop() {
        stopFlag.raise()
        nap.end()
    }

    private func keepReading() {
        var backoff = Backoff(name: settings.id.rawValue)
        // A camera that says no may only be starting; later it is asked seldom, until somebody has mended its password.
        var refusedBackoff = Backoff(first: .seconds(2), cap: .seconds(60), name: settings.id.rawValue)
        var isFirst = true
        while !stopFlag.isRaised {
            if !isFirst {
                meter.update { $0.reconnects += 1 }
                // Lets the strand close what has been open without a picture for too long.
                strand.schedule()
            }
            isFirst = false
            var delay = Duration.zero
            do {
                try readOneConnection { lasted in
                    guard lasted > Self.soundConnection else { return }
                    backoff.reset()
                    refusedBackoff.reset()
                }
                delay = backoff.delay()
                health.became(.blind, because: .streamEnded)
            } catch {
                guard error.code != .stopped else { break }
                delay = error.isTransient ? backoff.delay() : refusedBackoff.delay()
                report(error, retryIn: delay)
            }
            nap.sleep(delay)
        }
    }

    /// Returns at the end of a file; a live stream always ends by an error.
    /// - Parameter ended: is told how long the connection held, once it was open at all.
    private func readOneConnection(ended: (Duration) -> Void) throws(MediaError) {
        var options = settings.streamOptions
        options.keepsSound = settings.audio && clips != nil
        var demuxer = try Demuxer(
            opening: settings.detectSource ?? settings.source, options: options, stop: stopFlag, clock: clock)
        let info = demuxer.info
        warnOfSound(info, of: settings, logger)
        meter.connected()
        let opened = clock.monotonic()
        let session = StreamSession(
            info: info, queue: PacketQueue(), timeOffset: info.isLive ? .zero : clock.wall() - MediaTime.zero)
        let kept = PacketRing.Stream(
            parameters: info.parameters, timeOffset: session.timeOffset, sound: info.sound)
        let skipped = line.append(session)
        if skipped > 0 { meter.update { $0.packetsShed += Int64(skipped) } }
        var countedShed = 0
        var keyframeWait = KeyframeWait()
        defer {
            session.lose()
            session.queue.close()
            strand.schedule()
            ended(clock.monotonic() - opened)
        }
        while let packet = try demuxer.read() {
            if packet.isSound {
                clips?.keep(packet, of: kept)
                continue
            }
            meter.add(packet, lost: demuxer.lostPacketCount)
            if !info.isLive { waitUntilDue(packet.captureTime.time, since: opened) }
            clips?.keep(packet, of: kept)
            if session.queue.push(packet, at: clock.monotonic()) { strand.schedule() }
            // Counted when it happens: the strand may be long in coming.
            let shed = session.queue.shed.total
            if shed != countedShed { meter.update { $0.packetsShed += Int64(shed - countedShed) } }
            countedShed = shed
            let step = keyframeWait.look(dropped: session.queue.shed.beforeFirstKeyframe, at: clock.monotonic())
            if step.dropped > 0 {
                meter.update { $0.packetsBeforeKeyframe = ($0.packetsBeforeKeyframe ?? 0) + Int64(step.dropped) }
            }
            // The strand sees none of these packets, so it cannot tell.
            if step.isTooLong { health.became(.blind, because: .noWholePicture) }
        }
    }

    /// A file plays at its own speed, as a camera would.
    private func waitUntilDue(_ time: MediaTime, since opened: Duration) {
        let due = opened + (time - MediaTime.zero)
        let wait = due - clock.monotonic()
        if wait > .zero { nap.sleep(wait) }
    }

    private func report(_ error: MediaError, retryIn delay: Duration) {
        let state: CameraStatus.State = error.isTransient ? .blind : .refused
        if health.snapshot().cause != error.description {
            logger.warning("camera '\(settings.id)': \(error) Next try in \(Int(delay.inSeconds.rounded(.up))) s.")
        }
        health.became(state, because: error.cameraFault, error.description)
    }
}

/// Says once a connection that a camera's sound is not kept although it was asked for.
func warnOfSound(_ info: StreamInfo, of settings: CameraSettings, _ logger: Logger) {
    guard let codec = info.unsupportedSound else { return }
    logger.warning(
        "camera '\(settings.id)': its sound (\(codec)) is not kept. Set the camera's sound to AAC or G.711, or audio to false."
    )
}
