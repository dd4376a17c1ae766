public import Domain

/// An object that a network found.
public struct DetectedObject: Sendable, Equatable {
    /// One of the classifier's labels.
    public var label: String
    /// 0 to 1, in hundredths.
    public var confidence: Double
    /// In fractions of the whole picture.
    public var box: Box

    public init(label: String, confidence: Double, box: Box) {
        self.label = label
        self.confidence = confidence
        self.box = box
    }
}

/// Tells people, vehicles and other things apart by a network of the user's choice: YOLOX, YOLOv8 or YOLO11.
///
/// The same crop gives the same objects. Blocks the calling thread for as long as the network takes.
public struct ObjectClassifier: ~Copyable, Sendable {
    private var network: Network
    private let head: DetectorHead
    /// In the order of the network's classes.
    public let labels: [String]
    /// What is less likely is not reported. 0 to 1.
    public let minimumConfidence: Double

    /// - Parameters:
    ///   - model: the bytes of the ONNX file: opset 12 at most, fixed size, its kind told from the size of its output.
    ///   - name: names the file in errors.
    ///   - labels: one for each class; `nil`: the 80 of COCO.
    public init(
        onnx model: [UInt8], name: String, labels: [String]? = nil, minimumConfidence: Double = 0.3
    ) throws(InferenceError) {
        let network = try Network(onnx: model, name: name)
        let head = try DetectorHead(input: network.input, outputs: network.outputs, name: name)
        let labels = labels ?? COCO.labels
        guard labels.count == head.classCount else {
            throw InferenceError(
                .wrongHead, "\(name) tells \(head.classCount) classes apart, but there are \(labels.count) labels",
                remedy: "Give it \(head.classCount) labels, in the order of its training")
        }
        self.network = network
        self.head = head
        self.labels = labels
        self.minimumConfidence = minimumConfidence
    }

    /// What is in the crop, the likeliest first.
    public mutating func objects(in crop: PictureCrop) throws(InferenceError) -> [DetectedObject] {
        let isYOLOX = head.kind == .yolox
        let letterbox = Letterbox(
            cropWidth: crop.width, cropHeight: crop.height, width: head.inputWidth, height: head.inputHeight,
            isCentred: !isYOLOX)
        let tensor = letterbox.tensor(of: crop, isBlueFirst: isYOLOX, white: isYOLOX ? 255 : 1)
        let output = try network.run(tensor.span)[0]
        let findings = head.findings(in: output.span, minimumConfidence: minimumConfidence)
        return DetectorHead.suppressingDoubles(findings).map { finding in
            DetectedObject(
                label: labels[finding.classIndex], confidence: finding.confidence,
                box: letterbox.place(
                    x: finding.x, y: finding.y, width: finding.width, height: finding.height, in: crop.place))
        }
    }
}
