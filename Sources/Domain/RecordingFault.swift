/// Why a camera that is to be recorded all the time is not, although its pictures come: a closed list, so that people read
/// it in their own language.
public enum RecordingFault: String, Sendable, Codable, CaseIterable {
    /// The disk is short of space, and nothing is left that might be given up.
    case diskFull = "disk-full"
    /// The folder of recordings cannot be written to.
    case unwritable
    /// What the camera sends cannot stand in a recording.
    case unsupportedCodec = "unsupported-codec"

    /// One sentence that people read: what is wrong, and what helps.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .diskFull:
                (
                    "The disk is short of space: free some, or give it a larger one",
                    "Ổ đĩa sắp đầy: hãy giải phóng dung lượng hoặc dùng ổ đĩa lớn hơn"
                )
            case .unwritable:
                (
                    "The folder of recordings cannot be written to: check its permissions and its disk",
                    "Không ghi được vào thư mục ghi hình: hãy kiểm tra quyền truy cập và ổ đĩa"
                )
            case .unsupportedCodec:
                (
                    "What the camera sends cannot be recorded: set it to H.264, H.265 or MJPEG",
                    "Không ghi được luồng của camera: hãy đặt camera sang H.264, H.265 hoặc MJPEG"
                )
            }
        return language == .en ? text.en : text.vi
    }
}
