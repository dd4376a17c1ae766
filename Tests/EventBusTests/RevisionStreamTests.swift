import Domain
import Foundation
import Journal
import JournalTestSupport
import Synchronization
import Testing

@testable import EventBus

@Suite struct RevisionStreamTests {
    let directory: TemporaryDirectory
    let journal: IncidentJournal
    let bus: EmbeddedBus

    init() async throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path)
        bus = try await EmbeddedBus(journal: journal)
    }

    /// Publishes `count` revisions in small batches.
    private func publish(_ count: Int, seed: UInt64 = 1) async throws {
        var lives = RandomLives(seed: seed, prefix: "s\(seed)")
        var left = count
        while left > 0 {
            let size = min(left, 50)
            _ = try await bus.publish(lives.next(size))
            left -= size
        }
    }

    @Test func aSubscriberThatStopsAndResumesSeesEachRevisionOnce() async throws {
        let total = 10_000
        let subscriber = Task { [bus] in
            var random = SeededRandom(seed: 77)
            var seen: [Int64] = []
            var stops = 0
            while seen.count < total {
                var left = Int.random(in: 1...700, using: &random)
                for try await revision in bus.subscribe(after: seen.last ?? 0) {
                    seen.append(revision.sequence)
                    left -= 1
                    if left == 0 || seen.count == total { break }
                }
                stops += 1
            }
            return (seen, stops)
        }
        try await publish(total)
        let (seen, stops) = try await subscriber.value
        #expect(seen == (1...Int64(total)).map { $0 })
        #expect(stops > 10)
    }

    @Test func onlyNewOnesAreDeliveredWhereNothingElseIsAskedFor() async throws {
        try await publish(20, seed: 1)
        let stream = bus.subscribe(after: nil)
        // What is published between subscribing and iterating counts as new.
        try await publish(5, seed: 2)
        var seen: [Int64] = []
        for try await revision in stream {
            seen.append(revision.sequence)
            if seen.count == 5 { break }
        }
        #expect(seen == [21, 22, 23, 24, 25])
    }

    @Test func positionsThatCannotBeStartOver() async throws {
        try await publish(3)
        for position in [Int64.min, -1, 0, 4, Int64.max] {
            var iterator = bus.subscribe(after: position).makeAsyncIterator()
            #expect(try await iterator.next()?.sequence == 1, "after \(position)")
        }
        var iterator = bus.subscribe(after: 2).makeAsyncIterator()
        #expect(try await iterator.next()?.sequence == 3)
    }

    @Test func whatIsAppendedPastTheBusIsDeliveredToo() async throws {
        var iterator = bus.subscribe(after: nil).makeAsyncIterator()
        let waiting = Task { [bus] in
            var iterator = bus.subscribe(after: nil).makeAsyncIterator()
            return try await iterator.next()?.revision.change
        }
        while bus.sleeperCount == 0 { await Task.yield() }
        _ = try await journal.append([sampleIncident().opening])
        #expect(try await waiting.value == .opened)
        #expect(try await iterator.next()?.revision.change == .opened)
        _ = try await bus.acknowledge(sampleIncident().id, actor: "an", note: nil)
        #expect(try await iterator.next()?.revision.actor == "an")
        _ = try await journal.closeInterrupted(at: .zero)
        #expect(try await iterator.next()?.revision.incident.interrupted == true)
    }

    @Test func whatIsToldIsOnDiskAlready() async throws {
        let reader = try openJournal(directory.path, readOnly: true)
        let publisher = Task { try await publish(300) }
        var count = 0
        for try await revision in bus.subscribe(after: 0) {
            // Another connection, as another process has it: it sees only what is committed.
            #expect(try await reader.lastSequence() >= revision.sequence)
            count += 1
            if count == 300 { break }
        }
        try await publisher.value
    }

    @Test func noWakeUpIsLost() async throws {
        // Subscriber and publisher meet at the end of the stream again and again, each as fast as it can.
        let rounds = 1_500
        let subscriber = Task { [bus] in
            var count = 0
            for try await _ in bus.subscribe(after: 0) {
                count += 1
                if count == rounds { break }
            }
            return count
        }
        var lives = RandomLives(seed: 4)
        for _ in 0..<rounds { _ = try await bus.publish([lives.next()]) }
        #expect(try await subscriber.value == rounds)
    }

    @Test func cancellationEndsTheStreamAndLeavesNothingBehind() async throws {
        let tasks = (0..<50).map { _ in
            Task { [bus] in
                var count = 0
                for try await _ in bus.subscribe(after: nil) { count += 1 }
                return count
            }
        }
        while bus.sleeperCount < 50 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks { #expect(try await task.value == 0) }
        #expect(bus.sleeperCount == 0)
        // Cancelled before it began: ends at once, whatever there is to read.
        try await publish(5)
        let late = Task { [bus] in
            withUnsafeCurrentTask { unsafe $0?.cancel() }
            var count = 0
            for try await _ in bus.subscribe(after: 0) { count += 1 }
            return count
        }
        #expect(try await late.value == 0)
    }

    @Test func closingTheBusEndsAllStreams() async throws {
        let revisions = Task { [bus] in try await bus.subscribe(after: nil).reduce(0) { count, _ in count + 1 } }
        let statuses = Task { [bus] in await bus.statuses().reduce(0) { count, _ in count + 1 } }
        while bus.sleeperCount < 2 { await Task.yield() }
        bus.close()
        #expect(try await revisions.value == 0)
        #expect(await statuses.value == 0)
        var iterator = bus.subscribe(after: 0).makeAsyncIterator()
        #expect(try await iterator.next() == nil)
    }

    @Test func errorsOfTheJournalReachTheSubscriber() async throws {
        try await publish(3)
        let fresh = try await EmbeddedBus(journal: journal)
        journal.close()
        await #expect(throws: JournalError.self) {
            for try await _ in fresh.subscribe(after: 0) {}
        }
    }

    @Test func refusedRevisionsWakeNobody() async throws {
        let waiting = Task { [bus] in
            var iterator = bus.subscribe(after: nil).makeAsyncIterator()
            return try await iterator.next()?.sequence
        }
        while bus.sleeperCount == 0 { await Task.yield() }
        await #expect(throws: JournalError.self) { try await bus.publish([sampleIncident().update(after: 1)]) }
        _ = try await bus.publish([])
        #expect(bus.sleeperCount == 1)
        _ = try await bus.publish([sampleIncident().opening])
        #expect(try await waiting.value == 1)
    }
}
