import ArgumentParser
import Domain
import Foundation
import SiteConfiguration
import Watch

struct Arm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets the rules of a camera, a zone or the whole site watch again.",
        discussion: OrderOptions.discussion)

    @OptionGroup var options: OrderOptions

    func run() async throws { try await options.give(.arm, for: nil) }
}

struct Disarm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Silences the rules of a camera, a zone or the whole site until they are armed again.",
        discussion: OrderOptions.discussion)

    @OptionGroup var options: OrderOptions
    @Option(name: .customLong("for"), help: "Only for so long, such as 90s, 30m, 8h or 2d.", transform: parseMinutes)
    var minutes: Double?

    func run() async throws { try await options.give(.disarm, for: minutes) }
}

struct Snooze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Silences the rules of a camera, a zone or the whole site for a while.",
        discussion: OrderOptions.discussion)

    @OptionGroup var options: OrderOptions
    @Option(name: .customLong("for"), help: "For how long, such as 90s, 30m, 8h or 2d.", transform: parseMinutes)
    var minutes: Double

    func run() async throws { try await options.give(.snooze, for: minutes) }
}

/// What the three commands share: they ask the running Lookout, whose journal only it writes.
struct OrderOptions: ParsableArguments {
    static let discussion = """
        Asks the running Lookout through its API, in the name of a token of center.tokens; the order survives a restart. \
        Without --kinds it is about what people do: motion, intrusion, line-crossing, loitering, wrong-direction, \
        object-left, object-removed, speed; an order to arm is about everything. Smoke and flame are disarmed only by an order that names nothing else.
        """

    @Argument(help: "The camera; the whole site where left out.") var camera: String?
    @Option(help: "Only rules about this zone of the camera.") var zone: String?
    @Option(help: "Only incidents of these kinds, separated by commas.", transform: parseKinds)
    var kinds: [IncidentKind]?
    @Option(help: "Why, for the audit trail.") var note: String?
    @Option(name: .customLong("as"), help: "Name of the token to use; the first of center.tokens by default.")
    var actor: String?
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Flag(help: "Print the orders that stand as JSON.") var json = false

    func validate() throws {
        guard zone == nil || camera != nil else { throw ValidationError("--zone needs its camera.") }
    }

    private struct Wish: Encodable {
        var action: ArmingOrder.Action
        var camera: String?
        var zone: String?
        var kinds: [IncidentKind]?
        var minutes: Double?
        var note: String?
    }

    func give(_ action: ArmingOrder.Action, for minutes: Double?) async throws {
        let site = try SettingsFile.load(path)
        let client = try CenterClient(site: site, actor: actor)
        let wish = Wish(action: action, camera: camera, zone: zone, kinds: kinds, minutes: minutes, note: note)
        let answer = try await client.post("/api/arming", wish)
        if json { return print(String(decoding: answer, as: UTF8.self)) }
        let place = [camera ?? "the whole site", zone].compactMap { $0 }.joined(separator: ", zone ")
        let text = IncidentText(timezone: site.site.timeZone.identifier)
        let end = minutes.map { " until \(text.time(SystemClock().wall() + .seconds($0 * 60)))" } ?? ""
        print("\(place): \(action.title(in: .en)) · \(action.title(in: .vi))\(end), as '\(client.actor)'")
    }
}

private func parseKinds(_ text: String) throws -> [IncidentKind] {
    try text.split(separator: ",").map { try parseKind(String($0)) }
}

/// `90s`, `30m`, `8h`, `2d` as minutes.
private func parseMinutes(_ text: String) throws -> Double {
    let factors: [Character: Double] = ["s": 1.0 / 60, "m": 1, "h": 60, "d": 1440]
    guard let unit = text.last, let factor = factors[unit], let count = Double(text.dropLast()), count.isFinite,
        count > 0
    else { throw ValidationError("'\(text)' is no length of time. Write 90s, 30m, 8h or 2d.") }
    guard count * factor <= ArmingOrder.longestMinutes else {
        throw ValidationError(
            "'\(text)' is longer than a year, the most that an order lasts. Write 365d, or `lookout disarm`.")
    }
    return count * factor
}
