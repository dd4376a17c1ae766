import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

struct OutboxTests {
    private let now = MediaTime(seconds: 1_769_904_000)

    private func notice(_ subject: String, _ number: Int, _ channels: [String] = ["a"]) -> Notice {
        Notice(
            event: "\(subject).\(number)", subject: subject, picture: now, body: Array("\(number)".utf8),
            channels: channels)
    }

    private func turn(_ channel: String = "a", after seconds: Double = 0, outcomes: [DeliveryOutcome] = [])
        -> Outbox.Turn
    {
        var turn = Outbox.Turn(channel: channel, limit: 10, longestWait: .seconds(100), now: now + .seconds(seconds))
        turn.outcomes = outcomes
        return turn
    }

    @Test func eachSubjectComesInOrderOneAtATime() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        try await outbox.add([notice("x", 1), notice("x", 2), notice("y", 1)], upTo: .origin, at: now)
        let first = try await outbox.take(turn())
        #expect(first.deliveries.map(\.event) == ["x.1", "y.1"])
        #expect(first.deliveries.map(\.key) == ["x.1.a", "y.1.a"])
        var second = turn("a", outcomes: [DeliveryOutcome(delivery: first.deliveries[0].id, result: .delivered)])
        second.underway = [first.deliveries[1].id]
        #expect(try await outbox.take(second).deliveries.map(\.event) == ["x.2"])
    }

    @Test func whatFailedWaitsAndHoldsBackOnlyItsOwnSubject() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        try await outbox.add([notice("x", 1), notice("x", 2), notice("y", 1)], upTo: nil, at: now)
        let head = try #require(try await outbox.take(turn()).deliveries.first)
        let failed = DeliveryOutcome(
            delivery: head.id, result: .tryAgain(notBefore: now + .seconds(10), error: "it answered 500"))
        let due = try await outbox.take(turn("a", outcomes: [failed]))
        #expect(due.deliveries.map(\.event) == ["y.1"])
        #expect(due.next == now + .seconds(10))
        let later = try await outbox.take(turn("a", after: 10))
        #expect(later.deliveries.map(\.event) == ["x.1", "y.1"])
        #expect(later.deliveries[0].attempts == 1)
        #expect(later.deliveries[0].error == "it answered 500")
        // A clock that is set back by hours holds nothing up, and neither does a receiver that has come back.
        #expect(try await outbox.take(turn("a", after: -3_600)).deliveries.count == 2)
        var recovered = turn("a", after: 1)
        recovered.hasRecovered = true
        #expect(try await outbox.take(recovered).deliveries.count == 2)
    }

    @Test func anEventIsToldOnceThoughTheJournalIsReadAgain() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        let position = OutboxPosition(sequence: 7, hash: "ab")
        #expect(try await outbox.position() == nil)
        #expect(try await outbox.add([notice("x", 1, ["a", "b"])], upTo: position, at: now) == 2)
        #expect(try await outbox.add([notice("x", 1, ["a", "b"])], upTo: position, at: now) == 0)
        outbox.close()
        let again = try Outbox.open(directory: folder.path)
        #expect(try await again.position() == position)
        #expect(try await again.take(turn("b")).deliveries.count == 1)
    }

    @Test func deadLettersAreListedAndRevived() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        try await outbox.add([notice("x", 1), notice("x", 2), notice("y", 1, ["gone"])], upTo: nil, at: now)
        let head = try #require(try await outbox.take(turn()).deliveries.first)
        let dead = DeliveryOutcome(delivery: head.id, result: .givenUp(error: "it refuses the message"))
        #expect(try await outbox.take(turn("a", outcomes: [dead])).deliveries.map(\.event) == ["x.2"])
        #expect(try await outbox.giveUp(exceptFor: ["a"], at: now) == 1)
        let reader = try #require(try Outbox.openForReading(directory: folder.path))
        #expect(try await reader.deliveries(state: .dead).map(\.channel) == ["gone", "a"])
        #expect(try await outbox.revive(channel: "a") == 1)
        // It goes before what is younger, as it would have.
        #expect(try await outbox.take(turn()).deliveries.map(\.event) == ["x.1"])
        let counts = try await outbox.counts().map { "\($0.channel) \($0.state.rawValue) \($0.count)" }
        #expect(counts == ["a waiting 2", "gone dead 1"])
    }

    @Test func whatIsSettledIsForgottenAfterAWhile() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        try await outbox.add([notice("x", 1), notice("y", 1)], upTo: nil, at: now)
        let due = try await outbox.take(turn()).deliveries
        _ = try await outbox.take(turn("a", outcomes: [DeliveryOutcome(delivery: due[0].id, result: .delivered)]))
        #expect(try await outbox.prune(before: now) == 0)
        #expect(try await outbox.prune(before: now + .seconds(1)) == 1, "what waits is kept")
        #expect(try await outbox.deliveries().map(\.event) == ["y.1"])
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
        let folder = try TemporaryDirectory()
        let journal = try openJournal(folder.path)
        journal.close()
        try FileManager.default.copyItem(
            atPath: folder.path + "/journal.sqlite", toPath: folder.path + "/outbox.sqlite")
        #expect { _ = try Outbox.open(directory: folder.path) } throws: { ($0 as? JournalError)?.code == .foreign }
    }

    @Test func aReminderWaitsUntilItIsDueOrWithdrawn() async throws {
        let folder = try TemporaryDirectory()
        let outbox = try Outbox.open(directory: folder.path)
        var first = notice("x.escalation", 1)
        first.due = now + .seconds(60)
        var second = notice("y.escalation", 1)
        second.due = now + .seconds(60)
        try await outbox.add([notice("x", 1), first, second], upTo: nil, at: now)
        let due = try await outbox.take(turn())
        #expect(due.deliveries.map(\.event) == ["x.1"])
        #expect(due.next == now + .seconds(60))
        // That the receiver has come back makes nothing due, nor does a clock that is set back.
        var recovered = turn("a", outcomes: [DeliveryOutcome(delivery: due.deliveries[0].id, result: .delivered)])
        recovered.hasRecovered = true
        #expect(try await outbox.take(recovered).deliveries.isEmpty)
        #expect(try await outbox.take(turn("a", after: -7_200)).deliveries.isEmpty)
        try await outbox.add([], upTo: nil, withdrawing: ["x.escalation"], at: now + .seconds(59))
        #expect(try await outbox.take(turn("a", after: 60)).deliveries.map(\.event) == ["y.escalation.1"])
        #expect(try await outbox.deliveries(state: .withdrawn).map(\.subject) == ["x.escalation"])
    }
}
