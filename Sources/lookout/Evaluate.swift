import ArgumentParser

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scores the detectors on labelled footage.",
        subcommands: [EvaluateMotion.self, EvaluateSequences.self])
}
