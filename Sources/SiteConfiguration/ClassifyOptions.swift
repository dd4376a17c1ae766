public import Domain

/// By what and how the objects of a camera are told apart.
public struct ClassifyOptions: Sendable, Equatable {
    /// Path of the ONNX file.
    public var model: String
    /// Where it stands in the configuration, for faults of the file.
    public var line: Int
    public var column: Int
    /// Names of the model's classes; `nil`: the 80 of COCO.
    public var labels: [String]?
    /// 0 to 1; what the classifier holds less likely counts as not recognised.
    public var minimumConfidence: Double
    /// Crops looked at per second at most.
    public var cropsPerSecond: Double

    /// Whether they ask for the same, wherever that stands.
    public static func == (a: ClassifyOptions, b: ClassifyOptions) -> Bool {
        a.model == b.model && a.labels == b.labels && a.minimumConfidence == b.minimumConfidence
            && a.cropsPerSecond == b.cropsPerSecond
    }
}

extension ObjectGroup: ChoiceValue {}

/// The keys of a camera's `classify`.
enum ClassifyKeys {
    static let model = Key<String>.required(
        "model",
        .text(
            TextForm(
                pattern: #"^[^\u0000-\u001F\u007F${}]+$"#, length: 1...1_000, wanted: "a path without $, { and }")),
        example: "models/yolox_nano.onnx",
        """
        An ONNX file of YOLOX, YOLOv8 or YOLO11: fixed size, a batch of one, opset 12 at most, without NMS. \
        `lookout check` loads it.
        """)
    static let labels = Key<[String]>.optional(
        "labels", .list(.text(.line), count: 1...1_000), example: "[person, car]",
        "Names of the model's classes, in the order of its training. Where left out: the 80 classes of COCO.")
    static let minimumConfidence = DefaultedKey<Double>(
        "minimumConfidence", .number(0.05...1), default: 0.3, example: "0.5",
        "What the classifier holds less likely counts as not recognised.")
    static let cropsPerSecond = DefaultedKey<Double>(
        "cropsPerSecond", .number(0.1...30), default: 4, example: "2",
        "Parts of pictures that it looks at per second at most. Each costs as much as one run of the model.")

    static let section = Section(
        name: "classify",
        summary: """
            A detector that tells what moves, run on the moving parts of the picture only. An event waits half a second \
            for it at most; what it had no time for, or failed at, is told as unverified.
            """, keys: [model.erased, labels.erased, minimumConfidence.erased, cropsPerSecond.erased])
}

extension CameraKeys {
    static let classify = Key<SectionSettings>.optional(
        "classify", .section(ClassifyKeys.section), example: "{model: models/yolox_nano.onnx}",
        "Tells what moves: people, vehicles, animals. Off where left out.")
    static let objectForm = Form.list(
        .choice(
            ChoiceForm(choices: [
                ("person", "people"), ("vehicle", "cars, bicycles, boats"), ("animal", "animals"),
                ("other", "whatever else the classifier knows"),
            ])), count: 0...4)
    static let objects = DefaultedKey(
        "objects", objectForm, default: [ObjectGroup](), example: "[person, vehicle]",
        """
        What the camera's rules about moving objects are about, those aside that name `objects` themselves; everything \
        that moves where empty. Needs `classify`. What is unverified counts as well.
        """)
}

extension CameraBuilder {
    /// `nil` where it is left out or faulty.
    func classifyOptions(_ section: SectionSettings) -> ClassifyOptions? {
        guard section.given[CameraKeys.classify.name] != nil else { return nil }
        let given = section[CameraKeys.classify]
        guard let model = given[ClassifyKeys.model] else { return nil }
        let position = given.position(of: ClassifyKeys.model)
        return ClassifyOptions(
            model: SitePath.absolute(model, in: secrets.folder), line: position.line, column: position.column,
            labels: given[ClassifyKeys.labels], minimumConfidence: given[ClassifyKeys.minimumConfidence],
            cropsPerSecond: given[ClassifyKeys.cropsPerSecond])
    }

    /// Which objects the camera's rules are about, each once.
    mutating func objectGroups(_ section: SectionSettings) -> Set<ObjectGroup> {
        let groups = section[CameraKeys.objects]
        if !groups.isEmpty, !hasClassifier(section) {
            faults.addMissingClassifier(at: section.position(of: CameraKeys.objects))
        }
        return Set(groups)
    }

    /// Whether the camera names one, right or wrong.
    func hasClassifier(_ section: SectionSettings) -> Bool { section.mentions(CameraKeys.classify) }
}

extension FaultList {
    /// What is said of `objects` where nothing tells objects apart.
    mutating func addMissingClassifier(at position: Position) {
        add(
            position, "'objects' needs a classifier, and this camera has none",
            remedy: "Add 'classify: {model: FILE.onnx}' to the camera, or remove 'objects'")
    }
}
