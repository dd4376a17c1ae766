import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

/// Orders survive, and who gave them is known for ever.
struct OrderTests {
    @Test func ordersSurviveARestartAndStandInTheAuditTrail() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock()
        let now = clock.wall()
        var journal = try openJournal(directory.path, clock: clock)
        #expect(try await journal.standingOrders().orders.isEmpty)
        let site = try ArmingOrder(.disarm, since: now, actor: "duty", note: "lễ hội")
        let camera = try ArmingOrder(
            .snooze, camera: CameraID("gate"), zone: "yard", kinds: [.intrusion], since: now,
            until: now + .seconds(60), actor: "an")
        _ = try await journal.give(site)
        #expect(try await journal.give(camera).orders == [site, camera])
        journal.close()
        journal = try openJournal(directory.path, clock: clock)
        #expect(try await journal.standingOrders().orders == [site, camera])
        let arm = try ArmingOrder(.arm, since: now + .seconds(5), actor: "duty")
        #expect(try await journal.give(arm).orders.isEmpty)
        #expect(try await journal.standingOrders().orders.isEmpty)
        let audit = try await journal.audit()
        #expect(audit.map(\.action) == [.armed, .snoozed, .disarmed] && audit.map(\.actor) == ["duty", "an", "duty"])
        #expect(audit.map(\.order) == [arm, camera, site] && audit[2].note == "lễ hội")
        #expect(try await journal.verifyChain().isIntact)
        journal.close()
    }

    @Test func anOrderNeedsSomebodyWhoGivesIt() async throws {
        let directory = try TemporaryDirectory()
        let journal = try openJournal(directory.path, clock: TestClock())
        let nobodys = try ArmingOrder(.disarm, since: .zero, actor: "")
        await #expect(throws: JournalError.self) { try await journal.give(nobodys) }
        #expect(try await journal.standingOrders().orders.isEmpty)
        #expect(try await journal.audit().isEmpty)
        journal.close()
    }
}
