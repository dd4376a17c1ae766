import ArgumentParser
import Domain
import Foundation
import SiteConfiguration

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets the running Lookout take over a changed configuration.",
        discussion: """
            Cameras that are new or changed are started with their new settings, cameras that are gone are stopped, all \
            others go on without losing a picture. A faulty file changes nothing. SIGHUP does the same.
            """)

    @OptionGroup var settings: SettingsFile
    @Option(name: .customLong("as"), help: "Name of the token to use; the first of center.tokens by default.")
    var actor: String?
    @Flag(help: "Print what was done as JSON.") var json = false

    private struct Wish: Encodable {}

    func run() async throws {
        let client = try CenterClient(site: try settings.load(), actor: actor)
        let answer = try await client.post("/api/reload", Wish())
        if json { return print(String(decoding: answer, as: UTF8.self)) }
        guard let report = try? JSONDecoder().decode(ReloadReport.self, from: answer) else {
            throw Failure(.problemFound, "the answer of the running Lookout was not understood. Is it an older one?")
        }
        print(SiteReloader.text(of: report))
    }
}
