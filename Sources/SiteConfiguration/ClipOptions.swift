/// How the clips of a camera's incidents are made.
public struct ClipOptions: Sendable, Equatable {
    public var isEnabled: Bool
    /// What a clip holds of the time before the incident, at least.
    public var preRollSeconds: Double
    /// What it holds of the time after it was last seen.
    public var postRollSeconds: Double
    /// A longer clip is cut into parts.
    public var partSeconds: Double
    /// All parts of one incident together.
    public var maximumSeconds: Double
    /// What the pictures before an incident may take of the memory.
    public var memoryMegabytes: Double

    init(_ section: SectionSettings) {
        isEnabled = section[ClipKeys.enabled]
        preRollSeconds = section[ClipKeys.preRollSeconds]
        postRollSeconds = section[ClipKeys.postRollSeconds]
        partSeconds = section[ClipKeys.partSeconds]
        maximumSeconds = section[ClipKeys.maximumSeconds]
        memoryMegabytes = section[ClipKeys.memoryMegabytes]
    }
}

/// The keys of a camera's `clips`.
enum ClipKeys {
    static let enabled = DefaultedKey(
        "enabled", .boolean, default: true, example: "false", "Whether incidents get clips at all.")
    static let preRollSeconds = DefaultedKey<Double>(
        "preRollSeconds", .number(0...60), default: 5, example: "10",
        "How much a clip shows of the time before the incident, at least: it begins with the keyframe before.")
    static let postRollSeconds = DefaultedKey<Double>(
        "postRollSeconds", .number(0...300), default: 10, example: "5",
        "How much a clip shows of the time after the incident was last seen.")
    static let partSeconds = DefaultedKey<Double>(
        "partSeconds", .number(5...3_600), default: 60, example: "120", "A longer clip is cut into parts.")
    static let maximumSeconds = DefaultedKey<Double>(
        "maximumSeconds", .number(5...86_400), default: 3_600, example: "1800",
        """
        All parts of one incident together. What goes on longer is not recorded further, and its last clip says so \
        (an hour at 4 Mbit/s takes 1.8 GB).
        """)
    static let memoryMegabytes = DefaultedKey<Double>(
        "memoryMegabytes", .number(1...1_000), default: 32, example: "16",
        """
        What is kept of the camera's stream in memory for the time before an incident takes no more than this \
        (10^6 bytes each); a stream that needs more has less pre-roll.
        """)

    static let section = Section(
        name: "clips",
        summary: "Clips of incidents: the camera's own stream, stored as it came, without encoding it anew.",
        keys: [
            enabled.erased, preRollSeconds.erased, postRollSeconds.erased, partSeconds.erased, maximumSeconds.erased,
            memoryMegabytes.erased,
        ])
}

extension CameraKeys {
    static let clips = Key<SectionSettings>.optional(
        "clips", .section(ClipKeys.section), example: "{preRollSeconds: 10}", "How the clips of its incidents are made."
    )
}
