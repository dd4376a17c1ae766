import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

@testable import EventBus

/// Alone in its suite and serialised, since it reads the memory of the whole process.
@Suite(.serialized) struct SlowSubscriberTests {
    @Test func oneHundredSlowSubscribersCostAPageEach() async throws {
        let directory = try TemporaryDirectory()
        let journal = try openJournal(directory.path)
        let bus = try await EmbeddedBus(journal: journal)
        // Each revision holds about 12 kB, so 100 subscribers that queued them all would hold 2.4 GB.
        var lives = RandomLives(seed: 6, measurements: 200)
        let total = 2_000
        var iterators: [RevisionStream.Iterator] = []
        for _ in 0..<100 { iterators.append(bus.subscribe(after: 0).makeAsyncIterator()) }
        _ = try await bus.publish(lives.next(10))
        for index in iterators.indices { #expect(try await iterators[index].next()?.sequence == 1) }
        let before = try Self.residentMegabytes()
        for _ in 0..<(total / 10) { _ = try await bus.publish(lives.next(10)) }
        // Past the first page of ten, so that each holds a full one now.
        for index in iterators.indices {
            for sequence in 2...11 as ClosedRange<Int64> {
                #expect(try await iterators[index].next()?.sequence == sequence)
            }
        }
        let grown = try Self.residentMegabytes() - before
        print("event bus: 100 slow subscribers behind \(total) revisions of 12 kB: \(grown) MB more")
        #expect(grown < 250)
        // And they lose nothing: each reads on from where it stands.
        for index in [0, 57, 99] {
            var sequence: Int64 = 11
            while sequence < 600, let revision = try await iterators[index].next() {
                #expect(revision.sequence == sequence + 1)
                sequence = revision.sequence
            }
        }
    }

    private static func residentMegabytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let fields = text.split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4_096 / 1_000_000
    }
}
