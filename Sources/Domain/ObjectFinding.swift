/// What a classifier made of an observed object.
public struct ObjectFinding: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Codable {
        /// It is what `label` says.
        case recognised
        /// It was looked at, and is nothing that the classifier knows, or none of it surely enough.
        case unrecognised
        /// Nobody looked: the classifier is missing, failed or took too long. What was observed stands all the same.
        case unverified
    }

    public var state: State
    /// The classifier's own name for it: `person`, `car`. `nil` unless recognised.
    public var label: String?
    /// Of the classifier, 0 to 1. `nil` unless recognised.
    public var confidence: Double?

    public static let unrecognised = ObjectFinding(state: .unrecognised)
    public static let unverified = ObjectFinding(state: .unverified)

    public static func recognised(_ label: String, confidence: Double) -> ObjectFinding {
        ObjectFinding(state: .recognised, label: label, confidence: confidence)
    }

    public var group: ObjectGroup? { label.flatMap(ObjectGroup.init(label:)) }

    /// Whether a rule that asks for these kinds of objects lets it pass. What is unverified passes: a classifier that
    /// fails must not make a camera blind.
    public func isAdmitted(among wanted: Set<ObjectGroup>) -> Bool {
        guard !wanted.isEmpty else { return true }
        switch state {
        case .recognised: return group.map(wanted.contains) ?? false
        case .unrecognised: return false
        case .unverified: return true
        }
    }

    /// Which of two findings about one incident says more: what was recognised most surely, else that something is
    /// unverified.
    public func combined(with other: ObjectFinding?) -> ObjectFinding {
        guard let other else { return self }
        if other.rank != rank { return other.rank > rank ? other : self }
        return (other.confidence ?? 0) > (confidence ?? 0) ? other : self
    }

    private var rank: Int { state == .recognised ? 2 : state == .unverified ? 1 : 0 }

    /// What people read in the center and in alerts: `person (87 %)`.
    public func title(in language: Language) -> String {
        switch state {
        case .recognised:
            let name = group.map { $0 == .other ? label ?? "" : $0.title(in: language) } ?? label ?? ""
            return confidence.map { "\(name) (\(Int(($0 * 100).rounded())) %)" } ?? name
        case .unrecognised: return language == .en ? "not recognised" : "không nhận dạng được"
        case .unverified: return language == .en ? "unverified" : "chưa xác minh"
        }
    }

    /// What alerts say of a fire that a second detector has looked at, or should have: `Second opinion: unverified`.
    public func secondOpinion(in language: Language) -> String {
        (language == .en ? "Second opinion: " : "Ý kiến thứ hai: ") + title(in: language)
    }
}

/// Kinds of objects that a rule may ask for, whatever names a classifier has for them.
public enum ObjectGroup: String, Sendable, Codable, CaseIterable {
    case person, vehicle, animal
    /// Whatever else a classifier knows: bags, benches.
    case other

    /// - Parameter label: as the public data sets name objects (COCO, Pascal VOC, VisDrone); case does not matter.
    public init(label: String) {
        let label = label.lowercased()
        self = Self.members.first { $0.labels.contains(label) }?.group ?? .other
    }

    private static let members: [(group: ObjectGroup, labels: Set<String>)] = [
        (.person, ["person", "pedestrian", "people", "human", "man", "woman", "child"]),
        (
            .vehicle,
            [
                "vehicle", "bicycle", "bike", "car", "motorcycle", "motorbike", "motor", "airplane", "aeroplane", "bus",
                "train", "truck", "boat", "van", "tricycle", "awning-tricycle",
            ]
        ),
        (
            .animal,
            [
                "animal", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe",
            ]
        ),
    ]

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .person: ("person", "người")
            case .vehicle: ("vehicle", "phương tiện")
            case .animal: ("animal", "động vật")
            case .other: ("object", "vật thể")
            }
        return language == .en ? text.en : text.vi
    }
}
