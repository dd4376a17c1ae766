public import Domain

/// Why a model file is refused.
public struct SmokeModelError: Error, ActionableError, Equatable {
    public let problem: String
    public let remedy: String

    init(_ file: String, _ problem: String) {
        self.problem = "smoke model '\(file)': \(problem)"
        remedy = "Restore models/\(file) or make it anew with 'make train', then build again"
    }
}
