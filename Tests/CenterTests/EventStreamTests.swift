import Domain
import Foundation
import Synchronization
import Testing

@testable import Center

@Suite(.serialized) struct EventStreamTests {
    @Test func sendsEachRevisionOnceAsItIsStored() async throws {
        let backend = populatedBackend(incidents: 3)
        try await withLiveServer(backend) { port, _ in
            let reader = try await EventReader(port: port)
            #expect(reader.head.hasPrefix("HTTP/1.1 200 OK"))
            #expect(reader.head.lowercased().contains("content-type: text/event-stream"))
            let ready = try #require(try await reader.next())
            #expect(ready.event == "ready")
            #expect(ready.id == 4)
            let stored = backend.store(makeIncident(77, kind: .smoke), .opened)
            let event = try #require(try await reader.next())
            #expect(event.id == stored.sequence)
            #expect(event.event == "incident")
            #expect(event.json["sequence"] as? Int64 == stored.sequence)
            let incident = try #require(event.json["incident"] as? [String: Any])
            #expect(incident["id"] as? String == "tower-3-smoke-77")
        }
    }

    @Test func resumesAfterLastEventID() async throws {
        let backend = populatedBackend(incidents: 0)
        for index in 0..<50 { backend.store(makeIncident(index), .opened) }
        try await withLiveServer(backend) { port, _ in
            var seen: [Int64] = []
            var last: Int64 = 0
            // Seven connections in a row, each dropped after some events, while the journal grows.
            for round in 0..<7 {
                let reader = try await EventReader(port: port, headers: ["Last-Event-ID: \(last)"])
                let ready = try #require(try await reader.next())
                #expect(ready.id == last)
                for _ in 0..<(5 + round) {
                    let event = try #require(try await reader.next())
                    last = try #require(event.id)
                    seen.append(last)
                }
                backend.store(makeIncident(100 + round), .opened)
            }
            #expect(seen == Array(1...Int64(seen.count)))
            #expect(seen.count == 56)
        }
    }

    @Test func continuesAfterAQueryAndPrefersTheHeader() async throws {
        let backend = populatedBackend(incidents: 0)
        for index in 0..<10 { backend.store(makeIncident(index), .opened) }
        try await withLiveServer(backend) { port, _ in
            let query = try await EventReader(port: port, query: "?after=7")
            #expect(try await query.next()?.id == 7)
            #expect(try await query.next()?.id == 8)
            let both = try await EventReader(port: port, headers: ["Last-Event-ID: 9"], query: "?after=2")
            #expect(try await both.next()?.id == 9)
            #expect(try await both.next()?.id == 10)
        }
    }

    @Test func tellsAClientOfAnotherJournalToStartAnew() async throws {
        let backend = populatedBackend(incidents: 3)
        try await withLiveServer(backend) { port, _ in
            let reader = try await EventReader(port: port, headers: ["Last-Event-ID: 999"])
            let reset = try #require(try await reader.next())
            #expect(reset.event == "reset")
            #expect(reset.id == 4)
        }
    }

    @Test(arguments: ["Last-Event-ID: abc", "Last-Event-ID: -3", "Last-Event-ID: 99999999999999999999"])
    func refusesABadPosition(header: String) async throws {
        try await withLiveServer(populatedBackend()) { port, _ in
            let reader = try await EventReader(port: port, headers: [header])
            #expect(reader.head.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func beatsWhileNothingHappens() async throws {
        var settings = makeSettings()
        settings.heartbeatInterval = .milliseconds(50)
        try await withLiveServer(populatedBackend(), settings: settings) { port, _ in
            let reader = try await EventReader(port: port)
            #expect(try await reader.next()?.event == "ready")
            for _ in 0..<2 {
                let beat = try #require(try await reader.next())
                #expect(beat.event == "heartbeat")
                #expect(beat.id == nil)
                #expect((beat.json["time"] as? String).flatMap { Timestamp.parse($0) } != nil)
            }
        }
    }

    @Test func freesEverythingWhenAClientLeaves() async throws {
        let backend = populatedBackend()
        try await withLiveServer(backend) { port, server in
            var readers: [EventReader] = []
            for _ in 0..<20 { readers.append(try await EventReader(port: port)) }
            #expect(try await eventually { server.eventClients == 20 && backend.readers == 20 })
            readers.removeAll()
            #expect(try await eventually { server.eventClients == 0 && backend.readers == 0 })
        }
    }

    @Test func limitsTheNumberOfStreams() async throws {
        var settings = makeSettings()
        settings.maximumEventClients = 2
        try await withLiveServer(populatedBackend(), settings: settings) { port, server in
            var first: EventReader? = try await EventReader(port: port)
            let second = try await EventReader(port: port)
            let third = try await EventReader(port: port)
            #expect(third.head.hasPrefix("HTTP/1.1 503"))
            #expect(third.head.lowercased().contains("retry-after: 10"))
            #expect(second.head.hasPrefix("HTTP/1.1 200"))
            #expect(try await first?.next()?.event == "ready")
            first = nil
            #expect(try await eventually { server.eventClients == 1 })
            #expect(try await EventReader(port: port).head.hasPrefix("HTTP/1.1 200"))
        }
    }

    /// 200 clients, every fourth of which stops reading. The others get every revision at once, and a stalled one pulls
    /// no more from the journal than its connection's buffers hold, and is disconnected after a while.
    @Test(.timeLimit(.minutes(2))) func slowClientsCostNothingAndDelayNobody() async throws {
        let backend = populatedBackend(incidents: 0)
        let stored = 500
        var large = makeIncident(1)
        // 500 of some 16 KB: more than the 4 MB that the kernel holds at most for a reader that stopped.
        large.zones = (0..<500).map { "a-zone-with-a-rather-long-name-\($0)" }
        for index in 0..<stored {
            large.id = IncidentID("gate-intrusion-\(index)")
            backend.store(large, .opened)
        }
        var settings = makeSettings()
        settings.stallLimit = .seconds(6)
        settings.heartbeatInterval = .seconds(600)
        try await withLiveServer(backend, settings: settings) { port, server in
            var stalled: [EventReader] = []
            let live = 40
            let ready = Tally()
            let complete = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<150 {
                    group.addTask {
                        let reader = try await EventReader(port: port, query: "?after=\(stored)")
                        guard try await reader.next(within: .seconds(60))?.event == "ready" else { return false }
                        ready.add()
                        for number in 1...live {
                            let event = try await reader.next(within: .seconds(60))
                            guard event?.id == Int64(stored + number), event?.event == "incident" else { return false }
                        }
                        return true
                    }
                }
                #expect(try await eventually(within: .seconds(60)) { ready.count == 150 })
                for _ in 0..<50 {
                    stalled.append(try await EventReader(port: port, query: "?after=0", receiveBuffer: 4096))
                }
                // On a busy machine the first of them may have been sent away before the last one came.
                #expect(Double(server.eventClients) + Self.sentAway(server) >= 200)
                for index in 0..<live { backend.store(makeIncident(index + 1000), .opened) }
                return try await group.reduce(true) { $0 && $1 }
            }
            #expect(complete)
            // Each stalled client is sent away after the limit, and its place is free again.
            #expect(try await eventually(within: .seconds(30)) { server.eventClients == 0 && backend.readers == 0 })
            #expect(Self.sentAway(server) == 50)
            #expect(backend.reads - 150 * live < 50 * stored)
            #expect(stalled.count == 50)
        }
    }

    private static func sentAway(_ server: CenterServer) -> Double {
        let family = server.metricFamilies.first { $0.name == "lookout_event_clients_stalled_total" }
        return family?.samples.first?.value ?? 0
    }

    /// Counts across tasks.
    private final class Tally: Sendable {
        private let value = Mutex(0)

        var count: Int { value.withLock { $0 } }

        func add() { value.withLock { $0 += 1 } }
    }

    @Test func endsItsStreamsWhenTheServerStops() async throws {
        let backend = populatedBackend()
        let reader = try await withLiveServer(backend) { port, _ in
            let reader = try await EventReader(port: port)
            #expect(try await reader.next()?.event == "ready")
            return Held(reader)
        }
        #expect(try await reader.value.next() == nil)
        #expect(try await eventually { backend.readers == 0 })
    }

    /// Hands a reader out of the server's scope; nobody else holds it then.
    private struct Held: @unchecked Sendable {
        let value: EventReader

        init(_ value: EventReader) { self.value = value }
    }
}
