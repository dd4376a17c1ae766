/// A smoke detector of the user's own, which is asked about what may be smoke.
public struct SecondOpinionOptions: Sendable, Equatable {
    /// By what, and how surely.
    public var classifier: ClassifyOptions
    /// Share of the usual bar that smoke must reach which it has looked at and not seen; 1 or more.
    public var barWithoutIt: Double

    init(classifier: ClassifyOptions, barWithoutIt: Double) {
        self.classifier = classifier
        self.barWithoutIt = barWithoutIt
    }

    /// Whether a class of the model's is smoke.
    public func isSmoke(_ label: String) -> Bool { Self.names(smoke: label) }

    static func names(smoke label: String) -> Bool {
        let label = label.lowercased()
        return label.contains("smoke") || label.contains("khói")
    }
}

/// The keys of `smoke.secondOpinion`.
enum SecondOpinionKeys {
    static let labels = DefaultedKey(
        "labels", .list(.text(.line), count: 1...1_000), default: ["smoke"], example: "[fire, smoke]",
        "Names of the model's classes, in the order of its training. What has `smoke` or `khói` in its name is smoke.")
    static let minimumConfidence = DefaultedKey<Double>(
        "minimumConfidence", .number(0.05...1), default: 0.2, example: "0.4",
        "What it holds less likely counts as not seen.")
    static let barWithoutIt = DefaultedKey<Double>(
        "barWithoutIt", .number(1...1.5), default: 1.25, example: "1.5",
        """
        Smoke that it has looked at and not seen must reach so many times the usual bar; nothing is ever silenced. 1: it \
        only says what it sees.
        """)

    static let section = Section(
        name: "secondOpinion",
        summary: """
            A smoke detector of your own, run on the places where there may be smoke. No alert waits for it: what it had no \
            time for, or failed at, is told as unverified.
            """,
        keys: [ClassifyKeys.model.erased, labels.erased, minimumConfidence.erased, barWithoutIt.erased])
}

extension CameraSettings {
    /// The models that its pictures are shown to.
    public var classifiers: [ClassifyOptions] { [classify, smoke.secondOpinion?.classifier].compactMap { $0 } }
}

extension CameraBuilder {
    /// How smoke is looked for.
    mutating func smokeOptions(_ section: SectionSettings) -> SmokeOptions {
        var options = SmokeOptions(section)
        guard section.given[SmokeKeys.secondOpinion.name] != nil else { return options }
        let given = section[SmokeKeys.secondOpinion]
        guard let model = given[ClassifyKeys.model] else { return options }
        let labels = given[SecondOpinionKeys.labels]
        if !labels.contains(where: SecondOpinionOptions.names(smoke:)) {
            faults.add(
                given.position(of: SecondOpinionKeys.labels), "none of the classes is smoke",
                remedy: "Name the class that is smoke 'smoke', in the order of the model's training")
        }
        let position = given.position(of: ClassifyKeys.model)
        options.secondOpinion = SecondOpinionOptions(
            classifier: ClassifyOptions(
                model: SitePath.absolute(model, in: secrets.folder), line: position.line, column: position.column,
                labels: labels, minimumConfidence: given[SecondOpinionKeys.minimumConfidence], cropsPerSecond: 1),
            barWithoutIt: given[SecondOpinionKeys.barWithoutIt])
        return options
    }
}
