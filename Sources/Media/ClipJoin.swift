internal import CFFmpeg
public import Domain

/// Makes one MP4 file of a time of a recording that lies in several files, without encoding anything anew.
///
/// Reads and writes files, so it belongs on a thread of its own.
public enum ClipJoin {
    /// One file of the recording, as `ClipFile.finish` makes it.
    public struct Part: Sendable {
        public var path: String
        /// Capture time of its first picture.
        public var start: MediaTime

        public init(path: String, start: MediaTime) {
            self.path = path
            self.start = start
        }
    }

    /// What the made file holds.
    public struct Outcome: Sendable, Equatable {
        /// Capture time of its first picture: that of the keyframe at or before the moment that was asked for.
        public var start: MediaTime
        /// Capture time of its last picture.
        public var end: MediaTime
        public var facts: ClipFile.Facts
    }

    /// Files that are apart by more than this do not become one: nobody should take a gap for a scene that stands still.
    public static let longestGap = Duration.seconds(5)
    /// Pictures that are sent after the last one and shown before it.
    private static let reordering = Duration.milliseconds(500)

    /// Copies the packets from the last keyframe at or before `since` on until `until`, or until the recording has a gap,
    /// changes its coding, or cannot be read any further.
    ///
    /// - Parameters:
    ///   - parts: rising by start.
    ///   - target: of a file that is made or replaced; none is left behind where it throws.
    ///   - stop: ends the work.
    /// - Throws: `unreadable` where there is no whole picture in that time, `storage`, `stopped`.
    public static func make(
        of parts: [Part], from since: MediaTime, until: MediaTime, to target: String, stop: StopFlag
    ) throws(MediaError) -> Outcome {
        try make(of: parts, from: since, until: until, to: target, in: LocalDisk(), stop: stop)
    }

    static func make(
        of parts: [Part], from since: MediaTime, until: MediaTime, to target: String, in storage: any ClipStorage,
        stop: StopFlag
    ) throws(MediaError) -> Outcome {
        do throws(MediaError) {
            var joint = Joint(target: target, storage: storage, since: since, until: until)
            for part in parts {
                if stop.isRaised { throw stopped(target) }
                guard try joint.append(part) else { break }
            }
            return try joint.finish()
        } catch {
            storage.remove(target)
            throw error
        }
    }

    private static func stopped(_ target: String) -> MediaError {
        MediaError(
            code: .stopped, problem: "'\(target)': stopped while it was put together", remedy: "Ask for it again")
    }

    /// The file that is being made.
    private struct Joint: ~Copyable {
        private let target: String
        private let storage: any ClipStorage
        private let since: MediaTime
        private let until: MediaTime
        private var muxer: ClipMuxer?
        private var coding: [UInt8] = []
        private var facts: ClipFile.Facts?
        private var start = MediaTime.zero
        private var end = MediaTime.zero
        /// Ticks by which everything is shown later than it was taken, so that decoding begins at 0.
        private var delay: Int64 = 0
        private var lastDecoding: Int64 = -1
        private var pictures = 0
        private var sampleRate: Int32 = 1
        private var soundTiming = SoundTiming(sampleRate: 1)

        init(target: String, storage: any ClipStorage, since: MediaTime, until: MediaTime) {
            self.target = target
            self.storage = storage
            self.since = since
            self.until = until
        }

        /// - Returns: whether the next part may follow.
        mutating func append(_ part: Part) throws(MediaError) -> Bool {
            let hasBegun = pictures > 0
            // An overlap comes from a clock that was set: what follows is not what came next.
            if hasBegun, part.start - end > longestGap || part.start < end { return false }
            guard part.start <= until, let reader = try? ClipReader(path: part.path, in: storage) else {
                return !hasBegun
            }
            if hasBegun, reader.coding != coding { return false }
            var skipped = hasBegun ? 0 : try picturesBefore(since, in: part)
            var origin: Int64?
            var originSeconds = 0.0
            while let packet = try reader.read() {
                if packet.isSound {
                    // It follows the picture that it is heard with.
                    if pictures > 0 { try writeSound(packet, at: part.start, originSeconds) }
                    continue
                }
                let stamps = unsafe (shown: packet.raw.pointee.pts, decoded: packet.raw.pointee.dts)
                if origin == nil { originSeconds = Double(stamps.shown) / 90_000 }
                origin = origin ?? stamps.shown
                guard skipped == 0 else {
                    skipped -= 1
                    continue
                }
                let time = part.start + .microseconds((stamps.shown - (origin ?? 0)) * 100 / 9)
                if time > until + reordering, pictures > 0 { return false }
                // What is shown before the first keyframe refers to what is left out.
                if pictures > 0, time < start { continue }
                if pictures == 0 { try begin(reader, at: time, delay: stamps.shown - stamps.decoded) }
                try write(packet, at: time, ahead: stamps.shown - stamps.decoded)
            }
            return true
        }

        private mutating func begin(
            _ reader: borrowing ClipReader, at time: MediaTime, delay ticks: Int64
        ) throws(MediaError) {
            muxer = unsafe try ClipMuxer(
                path: target, movflags: "faststart", log: reader.log, sound: reader.sound, in: storage
            ) { described in
                unsafe avcodec_parameters_copy(described, reader.parameters)
            }
            sampleRate = reader.sampleRate
            soundTiming = SoundTiming(sampleRate: sampleRate)
            coding = reader.coding
            facts = reader.facts
            start = time
            end = time
            delay = max(0, ticks)
        }

        /// - Parameter ahead: by how many ticks the packet is decoded before it is shown.
        private mutating func write(
            _ packet: borrowing Packet, at time: MediaTime, ahead: Int64
        ) throws(MediaError) {
            let shown = ((time - start).inMicroseconds * 9 + 50) / 100 + delay
            let decoding = max(lastDecoding + 1, shown - ahead)
            unsafe try muxer?.write(packet.raw, presentation: max(shown, decoding), decoding: decoding)
            lastDecoding = decoding
            end = max(end, time)
            pictures += 1
        }

        /// - Parameters:
        ///   - begun: capture time of the file's first picture.
        ///   - origin: when that picture is shown in the file, in seconds.
        private mutating func writeSound(
            _ packet: borrowing Packet, at begun: MediaTime, _ origin: Double
        ) throws(MediaError) {
            let (place, samples) = unsafe (packet.raw.pointee.pts, packet.raw.pointee.duration)
            let seconds = Double(place) / Double(sampleRate) - origin
            // As the pictures, which begin so much later.
            let at = (begun - start).inSeconds + seconds + Double(delay) / 90_000
            guard at >= 0, let wanted = soundTiming.place(at: at, samples: samples) else { return }
            unsafe try muxer?.writeSound(packet.raw, at: wanted, samples: samples)
        }

        /// How many pictures stand before the last keyframe that is shown at or before `moment`.
        private func picturesBefore(_ moment: MediaTime, in part: Part) throws(MediaError) -> Int {
            guard moment > part.start, let reader = try? ClipReader(path: part.path, in: storage) else { return 0 }
            var origin: Int64?
            var (count, found) = (0, 0)
            while let packet = try reader.read() {
                if packet.isSound { continue }
                let shown = unsafe packet.raw.pointee.pts
                origin = origin ?? shown
                let time = part.start + .microseconds((shown - (origin ?? 0)) * 100 / 9)
                if packet.isKeyframe {
                    guard time <= moment else { break }
                    found = count
                }
                count += 1
            }
            return found
        }

        mutating func finish() throws(MediaError) -> Outcome {
            guard pictures > 0, var facts else {
                throw MediaError(
                    code: .unreadable, problem: "the recording holds no whole picture of that time",
                    remedy: "Look at the list of recordings for what there is")
            }
            try muxer?.finish()
            facts.pictures = pictures
            facts.duration = end - start
            return Outcome(start: start, end: end, facts: facts)
        }
    }
}
