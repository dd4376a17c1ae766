import Domain

/// Footage of one incident that people judged, with what a detector should have made of it.
struct TrainingExample: Codable, Equatable {
    /// Smoke in one still: pixels of the still.
    struct Plume: Codable, Equatable {
        var still: String
        var frame: Int
        var left: Int
        var top: Int
        var right: Int
        var bottom: Int
    }

    var incident: IncidentID
    /// When it began.
    var start: MediaTime
    var isSmoke: Bool
    /// A clip, or a folder of stills; beside the labels.
    var file: String
    /// Stills a second; `nil` for a clip.
    var rate: Double?
    /// Seconds from the footage's beginning in which smoke may be seen.
    var from = 0.0
    var to = 0.0
    /// Left, top, right and bottom as fractions of the picture; `nil` where `plumes` say it, or there is none.
    var smokeBox: [Double]?
    var plumes: [Plume] = []
    /// SHA-256 of the evidence that it was made from.
    var source: String
    /// Of all its files.
    var bytes = 0

    /// One item of `sequences`, in the form that `lookout evaluate sequences` and the training read.
    var label: String {
        var fields = ["file: '\(file)'"]
        if let rate { fields.append("rate: \(rate)") }
        fields.append("camera: fixed")
        fields.append(isSmoke ? "expect: [{kind: smoke, from: \(from), to: \(to)}]" : "expect: []")
        if let smokeBox, isSmoke {
            fields.append("smokeBox: [\(smokeBox.map { String($0) }.joined(separator: ", "))]")
        }
        return "  - {\(fields.joined(separator: ", "))}"
    }

    /// Its lines of `boxes.csv`.
    var boxes: [String] {
        guard isSmoke else { return [] }
        return plumes.map {
            "\(file)/\($0.still),\($0.frame),\($0.left),\($0.top),\($0.right),\($0.bottom)"
        }
    }
}
