import Domain

extension FireStage {
    var urgency: CAPMessage.Urgency {
        switch self {
        case .possible, .likely, .observed: .immediate
        case .underControl: .expected
        case .unseen, .cancelled, .dismissed, .merged: .past
        }
    }

    var severity: CAPMessage.Severity {
        switch self {
        case .possible: .moderate
        case .likely, .observed: .severe
        case .underControl, .cancelled, .dismissed: .minor
        case .unseen, .merged: .unknown
        }
    }

    var certainty: CAPMessage.Certainty {
        switch self {
        case .possible, .unseen: .possible
        case .likely, .merged: .likely
        case .observed, .underControl, .cancelled: .observed
        case .dismissed: .unlikely
        }
    }

    func instruction(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .possible, .likely:
                (
                    "Verify on the ground and acknowledge this alert at the duty desk.",
                    "Kiểm tra tại hiện trường và xác nhận tiếp nhận cảnh báo với trực ban."
                )
            case .observed:
                (
                    "Respond as the fire plan says, and report to the duty desk.",
                    "Triển khai theo phương án chữa cháy và báo cáo trực ban."
                )
            case .underControl:
                ("Keep watch at the place until it is out.", "Tiếp tục canh giữ hiện trường cho đến khi tắt hẳn.")
            case .unseen:
                ("Check the place before standing down.", "Kiểm tra hiện trường trước khi rút lực lượng.")
            case .cancelled: ("The operation is over.", "Nhiệm vụ kết thúc.")
            case .dismissed: ("No action is needed.", "Không cần hành động.")
            case .merged: ("Follow the alert about the other fire.", "Theo dõi cảnh báo của đám cháy kia.")
            }
        return language == .en ? text.en : text.vi
    }
}
