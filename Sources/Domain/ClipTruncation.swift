/// Why a clip shows less than the whole of what its incident asks for.
public enum ClipTruncation: String, Sendable, Equatable, Codable, CaseIterable {
    /// Cut off by a crash or a full disk, and recovered up to there.
    case interrupted
    /// The incident went on longer than `clips.maximumSeconds`.
    case maximumSeconds = "maximum-seconds"
    /// The disk ran short of space, and nothing was left that might be given up: no further part was begun.
    case diskFull = "disk-full"
    /// The disk was short of space when the incident opened: nothing was written before there was room again.
    case beginsLate = "begins-late"

    /// What people read in the center.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .interrupted: ("cut off, recovered up to there", "bị ngắt giữa chừng, đã khôi phục đến đó")
            case .maximumSeconds:
                (
                    "ends here: the incident went on longer than clips.maximumSeconds",
                    "dừng ở đây: sự việc kéo dài hơn clips.maximumSeconds"
                )
            case .diskFull: ("ends here: the disk was full", "dừng ở đây: ổ đĩa đã đầy")
            case .beginsLate:
                (
                    "begins late: the disk was full when the incident opened",
                    "bắt đầu muộn: ổ đĩa đã đầy khi sự việc xảy ra"
                )
            }
        return language == .en ? text.en : text.vi
    }
}
