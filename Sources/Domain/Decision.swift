/// What became of one candidate at one rule, and by which values: the answer to "why did it fire" and "why not".
public struct Decision: Sendable, Equatable, Codable {
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        /// It opened an incident or joined one.
        case confirmed
        case suppressed
        /// Nothing was decided about a candidate: a bar was changed.
        case adjusted

        /// What people read.
        public func title(in language: Language) -> String {
            switch self {
            case .confirmed: language == .en ? "confirmed" : "đã xác nhận"
            case .suppressed: language == .en ? "suppressed" : "bị bỏ qua"
            case .adjusted: language == .en ? "adjusted" : "đã điều chỉnh"
            }
        }
    }

    /// What decided it. Of several that held in turn, the one that came nearest to an incident.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        case opened
        case joined
        case sceneChanged = "scene-changed"
        case tooBrief = "too-brief"
        case unsteady
        case didNotTravel = "did-not-travel"
        case swayed
        case cameToRest = "came-to-rest"
        case lowConfidence = "low-confidence"
        case belowBar = "below-bar"
        case habit
        case disputed
        case aboveHorizon = "above-horizon"
        case masked
        case tooSmall = "too-small"
        case outsideZone = "outside-zone"
        case untracked
        case notCrossed = "not-crossed"
        case allowedWay = "allowed-way"
        case tooSlow = "too-slow"
        case otherObject = "other-object"
        case offSchedule = "off-schedule"
        case disarmed
        case snoozed
        case coolingDown = "cooling-down"
        case tooShort = "too-short"
        case habitSeenAgain = "habit-seen-again"
        case habitDismissed = "habit-dismissed"
        case habitConfirmed = "habit-confirmed"
        case habitTakenBack = "habit-taken-back"
        case habitForgotten = "habit-forgotten"

        /// Why a detector did not hold what it followed to be an object on its way. No rule was asked then.
        public static let detectorReasons: Set<Reason> = [
            .sceneChanged, .tooBrief, .unsteady, .didNotTravel, .swayed, .cameToRest,
        ]

        /// What people read.
        public func title(in language: Language) -> String {
            let text: (en: String, vi: String) =
                switch self {
                case .opened: ("opened an incident", "mở một sự việc")
                case .joined: ("joined an incident", "gộp vào một sự việc")
                case .sceneChanged: ("the light or the whole scene changed", "ánh sáng hoặc toàn cảnh thay đổi")
                case .tooBrief: ("was gone before it was confirmed", "biến mất trước khi được xác nhận")
                case .unsteady: ("flickered", "chập chờn, không liên tục")
                case .didNotTravel: ("did not come far enough", "chưa di chuyển đủ xa")
                case .swayed: ("swayed where the background sways", "đung đưa cùng với nền")
                case .cameToRest: ("is left of something that came to rest", "phần còn lại của vật đã đứng yên")
                case .lowConfidence: ("the detector was not sure enough", "độ tin cậy quá thấp")
                case .belowBar: ("had not enough evidence", "chưa đủ bằng chứng")
                case .habit:
                    (
                        "does not reach the bar, which is raised here at this hour",
                        "chưa đạt ngưỡng, vốn đã nâng tại chỗ này vào giờ này"
                    )
                case .disputed:
                    (
                        "the second opinion saw no smoke, and it does not reach the bar for that",
                        "bộ phát hiện thứ hai không thấy khói, và chưa đạt ngưỡng cho trường hợp đó"
                    )
                case .aboveHorizon:
                    ("lies in the sky, well above the horizon", "nằm trên trời, cao hơn đường chân trời")
                case .masked: ("lies in a mask", "nằm trong vùng che")
                case .tooSmall: ("smaller than the rule asks for", "nhỏ hơn mức quy tắc yêu cầu")
                case .outsideZone: ("was not in the rule's zone", "không ở trong vùng của quy tắc")
                case .untracked: ("could not be followed", "không theo dõi được")
                case .notCrossed: ("did not cross the line that way", "không vượt vạch theo hướng đó")
                case .allowedWay: ("did not move against the allowed way", "không đi ngược chiều cho phép")
                case .tooSlow: ("was not fast enough", "chưa vượt tốc độ giới hạn")
                case .otherObject: ("is no object that the rule asks for", "không phải loại vật mà quy tắc yêu cầu")
                case .offSchedule: ("came outside the rule's hours", "ngoài giờ của quy tắc")
                case .disarmed: ("the rule was disarmed", "quy tắc đang tắt báo động")
                case .snoozed: ("the rule was snoozed", "quy tắc đang tạm hoãn")
                case .coolingDown: ("came right after another incident", "ngay sau một sự việc khác")
                case .tooShort: ("was not seen long enough", "thời gian xuất hiện quá ngắn")
                case .habitSeenAgain:
                    (
                        "smoke came back here at this hour: the bar is raised",
                        "khói lặp lại tại đây vào giờ này: nâng ngưỡng"
                    )
                case .habitDismissed:
                    ("smoke here was dismissed: the bar is raised", "khói tại đây bị loại trừ: nâng ngưỡng")
                case .habitConfirmed:
                    ("smoke here was confirmed: the bar is lowered", "khói tại đây được xác nhận: hạ ngưỡng")
                case .habitTakenBack:
                    (
                        "a judgement was taken back, and with it the bar",
                        "phán đoán được rút lại, ngưỡng trở về như trước"
                    )
                case .habitForgotten:
                    (
                        "nothing came lately: the bar goes back towards the usual",
                        "gần đây không có gì: ngưỡng dần về mức thường"
                    )
                }
            return language == .en ? text.en : text.vi
        }
    }

    public var camera: CameraID
    /// The rule's name.
    public var rule: String
    public var kind: IncidentKind
    public var outcome: Outcome
    public var reason: Reason
    /// When the candidate was first and last seen by the rule; a confirmed one ends where it was decided.
    public var start: MediaTime
    public var end: MediaTime
    public var track: Int?
    /// Where it was when it was decided.
    public var box: Box?
    /// 0 to 1.
    public var confidence: Double
    public var measurements: [Measurement]
    public var incident: IncidentID?
    /// SHA-256 over what the camera's detectors and rules were set to, lower-case hexadecimal.
    public var configuration: String
    /// Name and version of the detector, or of the model it uses.
    public var detector: String

    public init(
        camera: CameraID, rule: String, kind: IncidentKind, outcome: Outcome, reason: Reason, start: MediaTime,
        end: MediaTime, track: Int? = nil, box: Box? = nil, confidence: Double, measurements: [Measurement] = [],
        incident: IncidentID? = nil, configuration: String = "", detector: String = ""
    ) {
        self.camera = camera
        self.rule = rule
        self.kind = kind
        self.outcome = outcome
        self.reason = reason
        self.start = start
        self.end = end
        self.track = track
        self.box = box
        self.confidence = confidence
        self.measurements = measurements
        self.incident = incident
        self.configuration = configuration
        self.detector = detector
    }
}

/// A decision as the journal holds it.
public struct StoredDecision: Sendable, Equatable {
    /// Where it stands among all decisions: increases with the time at which they were made. Continues a listing.
    public var id: Int64
    public var decision: Decision

    public init(id: Int64, decision: Decision) {
        self.id = id
        self.decision = decision
    }
}

/// Which decisions to list: newest first.
public struct DecisionQuery: Sendable, Equatable {
    public var camera: CameraID?
    /// Ended at this instant or later.
    public var from: MediaTime?
    /// Began before this instant.
    public var to: MediaTime?
    public var outcome: Decision.Outcome?
    public var incident: IncidentID?
    /// Continues a listing: only decisions that stand before this one.
    public var before: Int64?
    /// 1 to 1,000.
    public var limit: Int

    public init(
        camera: CameraID? = nil, from: MediaTime? = nil, to: MediaTime? = nil, outcome: Decision.Outcome? = nil,
        incident: IncidentID? = nil, before: Int64? = nil, limit: Int = 100
    ) {
        self.camera = camera
        self.from = from
        self.to = to
        self.outcome = outcome
        self.incident = incident
        self.before = before
        self.limit = limit
    }
}
