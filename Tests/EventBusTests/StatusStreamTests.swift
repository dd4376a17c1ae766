import Domain
import JournalTestSupport
import Testing

@testable import EventBus

@Suite struct StatusStreamTests {
    let directory: TemporaryDirectory
    let bus: EmbeddedBus

    init() async throws {
        directory = try TemporaryDirectory()
        bus = try await EmbeddedBus(journal: openJournal(directory.path))
    }

    private func status(_ camera: String, frames: Int64) -> CameraStatus {
        var status = CameraStatus(camera: CameraID(camera), name: camera, state: .watching, since: .zero)
        status.counters.framesDecoded = frames
        return status
    }

    @Test func theNewestOfEachCameraIsDelivered() async {
        bus.publish(status: status("yard", frames: 1))
        bus.publish(status: status("gate", frames: 1))
        bus.publish(status: status("gate", frames: 2))
        var iterator = bus.statuses().makeAsyncIterator()
        #expect(await iterator.next() == [status("gate", frames: 2), status("yard", frames: 1)])
        for frames in 3...500 as ClosedRange<Int64> { bus.publish(status: status("gate", frames: frames)) }
        #expect(await iterator.next() == [status("gate", frames: 500)])
        #expect(bus.currentStatuses() == [status("gate", frames: 500), status("yard", frames: 1)])
    }

    @Test func theLastValueAlwaysArrives() async {
        let last: Int64 = 5_000
        let watcher = Task { [bus] in
            var seen: Int64 = 0
            for await changed in bus.statuses() {
                for status in changed {
                    #expect(status.counters.framesDecoded > seen)
                    seen = status.counters.framesDecoded
                }
                if seen == last { break }
            }
            return seen
        }
        for frames in 1...last {
            bus.publish(status: status("gate", frames: frames))
            if frames % 50 == 0 { await Task.yield() }
        }
        #expect(await watcher.value == last)
    }

    @Test func cancellationEndsTheStream() async {
        let watcher = Task { [bus] in await bus.statuses().reduce(0) { count, _ in count + 1 } }
        while bus.sleeperCount == 0 { await Task.yield() }
        watcher.cancel()
        #expect(await watcher.value == 0)
        #expect(bus.sleeperCount == 0)
    }

    @Test func topicsSayHowTheyDeliver() {
        #expect(Topic.allCases.map(\.rawValue) == ["lookout.incidents", "lookout.cameras"])
        #expect(Topic.incidents.delivery == .everyRecordInOrder)
        #expect(Topic.cameras.delivery == .latestValue)
    }
}
