public import Domain
public import Geolocation
public import Media
public import PixelKernels
public import SiteConfiguration

/// Runs a recorded clip through exactly the detectors and rules of a live camera, as fast as it can be decoded.
///
/// One thread, capture times only: the same clip and settings give the same report.
public struct ClipAnalysis: ~Copyable {
    /// How far it is.
    public struct Progress: Sendable {
        public var frames: Int
        /// Of the clip's own time.
        public var seconds: Double
        /// `nil` where the file does not tell.
        public var totalSeconds: Double?
    }

    public struct Report: Sendable {
        /// As they stood at the end, by start; times count from the first picture.
        public var incidents: [Incident] = []
        public var frames = 0
        /// From the first picture to the end of the last one.
        public var seconds = 0.0
        /// Packets that the decoder refused, and pictures that it marked as broken.
        public var decodeErrors = 0
        /// Pictures that the detectors looked at, at their own rate.
        public var framesAnalysed = 0
        /// Size of the last picture.
        public var width = 0
        public var height = 0
    }

    /// A decoded picture and how its motion mask lies on it.
    public struct MaskPlace: Sendable {
        /// Of the picture, from 1.
        public var number: Int
        /// From the first picture.
        public var seconds: Double
        public var width: Int
        public var height: Int
        /// Source pixels per mask pixel, in either direction.
        public var factor: Int
        /// Whether the mask is this picture's; else it is that of the picture analysed before.
        public var isAnalysed: Bool
    }

    /// Called with each decoded picture's latest motion mask: 0 or 255, at the detector's working size.
    public typealias MaskSink = (_ mask: borrowing PlaneView, _ place: MaskPlace) -> Void

    private let settings: CameraSettings
    private var pipeline: CameraPipeline
    private var outlook: DecodeOutlook
    private var report = Report()
    private var incidents: [IncidentID: Incident] = [:]
    private var firstTime: MediaTime?
    /// Of the latest picture and of the one before it, decoded or not.
    private var lastTime = MediaTime.zero
    private var timeBefore = MediaTime.zero

    /// - Parameters:
    ///   - ground: what lines of sight meet, where the camera's pose is known; `nil`: a level at the site's height.
    ///   - objects: what tells moving objects apart, asked at once and waited for; `nil`: nothing does.
    public init(
        settings: CameraSettings, site: SiteSettings, ground: Ground? = nil, objects: consuming ObjectModel? = nil
    ) {
        var settings = settings
        // A clip does not tell its hour: a rule for the night must be tried on it all the same.
        for index in settings.rules.indices { settings.rules[index].schedule = .always }
        self.settings = settings
        outlook = DecodeOutlook(settings.decode)
        let verifier = ObjectVerifier(for: settings, asking: objects)
        pipeline = CameraPipeline(for: settings, of: site, on: ground).verifying(verifier)
    }

    /// - Parameters:
    ///   - file: a file of any container and codec that FFmpeg knows, or a folder of numbered stills.
    ///   - masks: sees the motion mask of each picture; `nil` costs nothing.
    ///   - progress: called after each packet.
    /// - Throws: `MediaError` where the file cannot be opened or holds no picture that can be decoded.
    public consuming func run(
        file: SourceAddress, stop: StopFlag, clock: any HostClock, masks: MaskSink? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws(MediaError) -> Report {
        var demuxer = try Demuxer(opening: file, options: settings.streamOptions, stop: stop, clock: clock)
        let info = demuxer.info
        var decoder = try Decoder(info.parameters, options: settings.streamOptions)
        // A mask is made of every picture, unless only some are to be decoded.
        let isEachSeen = masks != nil && settings.decode == .all
        while let packet = try demuxer.read() {
            if !isEachSeen, !isNeeded(packet) {
                // Passed over.
            } else if !isEachSeen, outlook.isOneByOne {
                decoder.decodeAlone(packet) { frame in see(frame, masks) }
            } else {
                decoder.decode(packet) { frame in see(frame, masks) }
            }
            progress(
                Progress(
                    frames: report.frames, seconds: (lastTime - (firstTime ?? lastTime)).inSeconds,
                    totalSeconds: info.durationSeconds))
        }
        decoder.flush { frame in see(frame, masks) }
        report.decodeErrors = decoder.counters.errors + decoder.counters.corruptFrames + demuxer.unreadableCount
        guard report.frames > 0 else {
            throw MediaError(
                code: .noVideo, problem: "\(file): no picture could be decoded (\(report.decodeErrors) errors)",
                remedy: "Check that the file plays elsewhere and is whole")
        }
        finish()
        return report
    }

    /// Whether the packet is worth decoding; counts its picture where not.
    private mutating func isNeeded(_ packet: borrowing Packet) -> Bool {
        guard let firstTime else { return true }
        let time = MediaTime.zero + (packet.captureTime.time - firstTime)
        if outlook.admits(packet, at: time, for: pipeline.schedules) { return true }
        count(pictureAt: time)
        return false
    }

    private mutating func count(pictureAt time: MediaTime) {
        report.frames += 1
        if time > lastTime {
            (timeBefore, lastTime) = (lastTime, time)
        } else {
            timeBefore = max(timeBefore, time < lastTime ? time : timeBefore)
        }
    }

    private mutating func see(_ frame: borrowing VideoFrame, _ masks: MaskSink?) {
        let first = firstTime ?? frame.captureTime.time
        firstTime = first
        let time = MediaTime.zero + (frame.captureTime.time - first)
        count(pictureAt: time)
        outlook.leaves(time)
        report.width = frame.width
        report.height = frame.height
        let isAnalysed = !frame.isCorrupt && pipeline.isDue(at: time)
        if isAnalysed {
            report.framesAnalysed += 1
            let step = frame.withPicture { picture in
                pipeline.analyse(picture, at: CaptureTime(time: time, uncertainty: .zero))
            }
            keep(step.revisions)
        }
        if let masks {
            let place = MaskPlace(
                number: report.frames, seconds: time.seconds, width: frame.width, height: frame.height,
                factor: pipeline.maskFactor, isAnalysed: isAnalysed)
            pipeline.withMask { mask in masks(mask, place) }
        }
    }

    private mutating func keep(_ revisions: [IncidentRevision]) {
        for revision in revisions { incidents[revision.incident.id] = revision.incident }
    }

    private mutating func finish() {
        keep(pipeline.close(at: lastTime, interrupted: false))
        report.seconds = (lastTime + (lastTime - timeBefore)).seconds
        report.incidents = incidents.values.sorted {
            ($0.start, $0.kind.rawValue, $0.id) < ($1.start, $1.kind.rawValue, $1.id)
        }
    }
}
