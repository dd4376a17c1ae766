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

    /// Strands that always have more to do, with slices of so many milliseconds, on one thread until `total` slices ran.
    private func slices(_ strands: [(milliseconds: Double, isUrgent: Bool)], total: Int) async -> [Int] {
        let pool = WorkerPool(threadCount: 1)
        defer { pool.stop() }
        let counters = strands.map { _ in Guarded() }
        let all = Guarded()
        let mayBegin = Atomic<Bool>(false)
        let first = Strand(on: pool) { !mayBegin.load(ordering: .relaxed) }
        first.schedule()
        let busy = zip(strands, counters).map { strand, counter in
            Strand(on: pool, isUrgent: { strand.isUrgent }) {
                guard all.done.load(ordering: .relaxed) < total else { return false }
                let end = Self.processorTime() + strand.milliseconds / 1_000
                while Self.processorTime() < end {}
                counter.step()
                all.step()
                return true
            }
        }
        for strand in busy { strand.schedule() }
        mayBegin.store(true, ordering: .relaxed)
        #expect(await wait(30) { all.done.load(ordering: .relaxed) >= total })
        return counters.map { $0.done.load(ordering: .relaxed) }
    }

    private static func processorTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    @Test func timeIsSharedEquallyWhateverASliceCosts() async {
        let done = await slices([(4, false), (0.5, false), (0.5, false)], total: 400)
        let time = zip(done, [4, 0.5, 0.5]).map { Double($0) * $1 }
        // Each has a third, or nearly so: the dear one does not take from the cheap ones.
        #expect(time.allSatisfy { (0.7...1.3).contains($0 / (time.reduce(0, +) / 3)) }, "\(time)")
    }

    @Test func whatIsUrgentComesFirstAndTheOthersAreNotForgotten() async {
        let done = await slices([(0.2, true), (0.2, true), (0.2, false), (0.2, false)], total: 800)
        #expect(abs(done[0] - done[1]) < 80 && abs(done[2] - done[3]) < 40, "\(done)")
        let share = Double(done[2] + done[3]) / Double(done.reduce(0, +))
        #expect((0.1...0.15).contains(share), "one slice in eight: \(done)")
    }
}
