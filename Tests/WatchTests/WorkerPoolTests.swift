import Foundation
import Synchronization
import Testing

@testable import Watch

@Suite struct WorkerPoolTests {
    /// A counter that notices when two threads are in it at once.
    private final class Guarded: Sendable {
        let inside = Atomic<Int>(0)
        let clashes = Atomic<Int>(0)
        let done = Atomic<Int>(0)

        func step() {
            if inside.add(1, ordering: .sequentiallyConsistent).newValue != 1 {
                clashes.add(1, ordering: .sequentiallyConsistent)
            }
            done.add(1, ordering: .sequentiallyConsistent)
            inside.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    private func wait(_ seconds: Double = 10, until condition: () -> Bool) async -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while !condition(), Date() < end { try? await Task.sleep(for: .milliseconds(2)) }
        return condition()
    }

    @Test func aStrandNeverRunsOnTwoThreadsAtOnce() async {
        let pool = WorkerPool(threadCount: 4)
        defer { pool.stop() }
        let counters = (0..<8).map { _ in Guarded() }
        let strands = counters.map { counter in
            Strand(on: pool) {
                counter.step()
                return false
            }
        }
        for _ in 0..<2_000 { for strand in strands { strand.schedule() } }
        #expect(await wait { counters.allSatisfy { $0.done.load(ordering: .relaxed) > 0 } })
        try? await Task.sleep(for: .milliseconds(50))
        #expect(counters.map { $0.clashes.load(ordering: .relaxed) } == [0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// What is scheduled while a slice runs must be seen by a later slice: a packet pushed then would stay undecoded.
    @Test func noWakeUpIsLost() async {
        let pool = WorkerPool(threadCount: 2)
        defer { pool.stop() }
        let pushed = Atomic<Int>(0)
        let taken = Atomic<Int>(0)
        let strand = Strand(on: pool) {
            let seen = pushed.load(ordering: .sequentiallyConsistent)
            taken.store(seen, ordering: .sequentiallyConsistent)
            return false
        }
        for round in 1...20_000 {
            pushed.store(round, ordering: .sequentiallyConsistent)
            strand.schedule()
        }
        #expect(await wait { taken.load(ordering: .sequentiallyConsistent) == 20_000 })
    }

    @Test func aBusyStrandGivesWayToOthers() async {
        let pool = WorkerPool(threadCount: 1)
        defer { pool.stop() }
        let mayEnd = Atomic<Bool>(false)
        let busy = Strand(on: pool) { !mayEnd.load(ordering: .relaxed) }
        let isServed = Atomic<Bool>(false)
        let other = Strand(on: pool) {
            isServed.store(true, ordering: .relaxed)
            return false
        }
        busy.schedule()
        other.schedule()
        #expect(await wait { isServed.load(ordering: .relaxed) })
        mayEnd.store(true, ordering: .relaxed)
    }
}
