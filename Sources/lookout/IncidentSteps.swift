import ArgumentParser
import Domain
import Foundation
import SiteConfiguration

/// Which incident a step is about, and in whose name: steps ask the running Lookout, whose journal only it writes.
struct StepTarget: ParsableArguments {
    static let discussion = """
        Asks the running Lookout through its API, in the name of a token of center.tokens, which stands in the audit trail.
        """

    @Argument(help: "The incident's id, as listed.") var id: String
    @Option(name: .customLong("as"), help: "Name of the token to use; the first of center.tokens by default.")
    var actor: String?
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Flag(help: "Print the revision that stands afterwards as JSON.") var json = false

    struct Wish: Encodable {
        var note: String?
        var reason: DismissalReason?
        var to: String?
        var stage: FireStage?
        var wholeFire: Bool?
    }

    /// - Parameter step: as in the path of the API.
    func take(_ step: String, _ wish: Wish, says change: IncidentRevision.Change) async throws {
        let site = try SettingsFile.load(path)
        guard IncidentID(id).isValid else {
            throw Failure(.usage, "'\(id)' names no incident. `lookout incidents list` names them.")
        }
        let client = try CenterClient(site: site, actor: actor)
        let answer = try await client.post("/api/incidents/\(id)/\(step)", wish)
        if json { return print(String(decoding: answer, as: UTF8.self)) }
        print("\(id): \(change.title(in: .en)) · \(change.title(in: .vi)), as '\(client.actor)'")
    }
}

/// What the steps share that take a note.
struct StepOptions: ParsableArguments {
    static let discussion = StepTarget.discussion

    @OptionGroup var target: StepTarget
    @Option(help: "What is to be kept with it.") var note: String?

    func take(
        _ step: String, _ wish: StepTarget.Wish = .init(), says change: IncidentRevision.Change
    ) async throws {
        var wish = wish
        wish.note = note
        try await target.take(step, wish, says: change)
    }
}

/// What locking and unlocking share.
struct LockOptions: ParsableArguments {
    @OptionGroup var target: StepTarget
    @Option(help: "Why; it is kept in the audit trail.") var reason: String
    @Flag(help: "All incidents of the fire, whichever camera sees it.") var wholeFire = false

    func take(_ step: String, says change: IncidentRevision.Change) async throws {
        try await target.take(step, .init(note: reason, wholeFire: wholeFire), says: change)
    }
}

extension Incidents {
    struct Lock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps an incident's evidence, and the recording of its time, until it is unlocked.",
            discussion: StepTarget.discussion)

        @OptionGroup var options: LockOptions

        func run() async throws { try await options.take("lock", says: .locked) }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets an incident's evidence go with the rest again.", discussion: StepTarget.discussion)

        @OptionGroup var options: LockOptions

        func run() async throws { try await options.take("unlock", says: .unlocked) }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Takes an incident.", discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions

        func run() async throws { try await options.take("acknowledge", says: .acknowledged) }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that an incident is what it seems.", discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions

        func run() async throws { try await options.take("confirm", says: .confirmed) }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what an incident really was; the alert about a fire is cancelled.",
            discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions
        @Option(
            help: "cloud, fog, dust, industrial, controlled-burn, steam, insect, lens or other.",
            transform: { try parseWord($0, as: DismissalReason.self, title: "a reason") })
        var reason: DismissalReason
        @Flag(help: "All incidents of the fire, whichever camera sees it.") var wholeFire = false

        func run() async throws {
            try await options.take("dismiss", .init(reason: reason, wholeFire: wholeFire), says: .dismissed)
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives an incident to somebody.", discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions
        @Option(help: "Whom.") var to: String

        func run() async throws { try await options.take("assign", .init(to: to), says: .assigned) }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a note with an incident: --note.", discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions

        func run() async throws { try await options.take("note", says: .noted) }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what was found of a fire on the ground.", discussion: StepOptions.discussion)

        @OptionGroup var options: StepOptions
        @Option(
            help: "observed, under-control or cancelled.",
            transform: { try parseWord($0, as: FireStage.self, of: FireStage.reportable, title: "reported") })
        var stage: FireStage

        func run() async throws { try await options.take("report", .init(stage: stage), says: .reported) }
    }
}

/// - Parameter title: what the words are: "a reason".
private func parseWord<Word: RawRepresentable<String> & CaseIterable>(
    _ text: String, as type: Word.Type, of known: [Word]? = nil, title: String
) throws -> Word {
    let known = known ?? Array(type.allCases)
    guard let word = known.first(where: { $0.rawValue == text }) else {
        throw ValidationError(
            "'\(text)' is not \(title). Choose \(known.map(\.rawValue).joined(separator: ", ")).")
    }
    return word
}
