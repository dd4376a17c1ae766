/// Whether a camera is recorded all the time, and how long that is kept.
public struct RecordingOptions: Sendable, Equatable {
    public var isEnabled: Bool
    /// Segments begin with the first keyframe after so long.
    public var segmentSeconds: Double
    /// After how many days a segment is removed.
    public var keepDays: Int
    /// Above which size of this camera's segments the oldest are removed before their time.
    public var maximumGigabytes: Double

    init(_ section: SectionSettings) {
        isEnabled = section[RecordingKeys.enabled]
        segmentSeconds = section[RecordingKeys.segmentSeconds]
        keepDays = section[RecordingKeys.keepDays]
        maximumGigabytes = section[RecordingKeys.maximumGigabytes]
    }

    /// What counts for recordings of a camera that the configuration no longer names.
    public static let usual = RecordingOptions(.empty(at: .start))
}

/// The keys of a camera's `recording`.
enum RecordingKeys {
    static let enabled = DefaultedKey(
        "enabled", .boolean, default: false, example: "true",
        "Whether the camera is recorded all the time, not only around incidents.")
    static let segmentSeconds = DefaultedKey<Double>(
        "segmentSeconds", .number(5...600), default: 60, example: "120",
        "A recording is cut into files of about this length, each of which begins with a keyframe.")
    static let keepDays = DefaultedKey(
        "keepDays", .integer(1...3_650), default: 7, example: "14", "Recordings older than this are removed.")
    static let maximumGigabytes = DefaultedKey<Double>(
        "maximumGigabytes", .number(0.1...1_000_000), default: 100, example: "20",
        "Above this size of the camera's recordings the oldest are removed early (10^9 bytes each).")

    static let section = Section(
        name: "recording",
        summary: "Continuous recording: the camera's own stream, stored as it came, without encoding it anew.",
        keys: [enabled.erased, segmentSeconds.erased, keepDays.erased, maximumGigabytes.erased])
}

extension CameraKeys {
    static let recording = Key<SectionSettings>.optional(
        "recording", .section(RecordingKeys.section), example: "{enabled: true}",
        "Whether it is recorded all the time.")
}
