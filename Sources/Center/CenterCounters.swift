import Synchronization

/// What the center has done since it started.
final class CenterCounters: Sendable {
    /// Which requests are counted together.
    struct RequestKey: Hashable, Comparable {
        var method: String
        var route: String
        var status: Int

        static func < (a: RequestKey, b: RequestKey) -> Bool {
            (a.route, a.method, a.status) < (b.route, b.method, b.status)
        }
    }

    private struct State {
        var requests: [RequestKey: Int] = [:]
        var eventClients = 0
        var eventsSent = 0
        var eventClientsStalled = 0
        var eventClientsRefused = 0
    }

    private let state = Mutex(State())

    func countRequest(_ key: RequestKey) { state.withLock { $0.requests[key, default: 0] += 1 } }
    func countEvent() { state.withLock { $0.eventsSent += 1 } }
    func countStalledClient() { state.withLock { $0.eventClientsStalled += 1 } }

    /// Event streams that are open now.
    var eventClients: Int { state.withLock { $0.eventClients } }

    /// A place among the event streams, given back when the seat is freed; `nil` where all are taken.
    func takeSeat(of capacity: Int) -> EventSeat? {
        let isFree = state.withLock { state in
            guard state.eventClients < capacity else {
                state.eventClientsRefused += 1
                return false
            }
            state.eventClients += 1
            return true
        }
        return isFree ? EventSeat(counters: self) : nil
    }

    fileprivate func leaveSeat() { state.withLock { $0.eventClients -= 1 } }

    func families() -> [MetricFamily] {
        let state = state.withLock { $0 }
        let requests = state.requests.sorted { $0.key < $1.key }.map { key, count in
            MetricFamily.Sample(
                Double(count),
                labels: [.init("method", key.method), .init("route", key.route), .init("status", String(key.status))])
        }
        return [
            MetricFamily(
                "lookout_http_requests_total", .counter, help: "Answered HTTP requests.", samples: requests),
            MetricFamily(
                "lookout_event_clients", .gauge, help: "Open event streams.",
                samples: [.init(Double(state.eventClients))]),
            MetricFamily(
                "lookout_events_sent_total", .counter, help: "Incident revisions sent on event streams.",
                samples: [.init(Double(state.eventsSent))]),
            MetricFamily(
                "lookout_event_clients_stalled_total", .counter,
                help: "Event clients disconnected because they accepted nothing for too long.",
                samples: [.init(Double(state.eventClientsStalled))]),
            MetricFamily(
                "lookout_event_clients_refused_total", .counter,
                help: "Event clients sent away because all places were taken.",
                samples: [.init(Double(state.eventClientsRefused))]),
        ]
    }
}

/// A place among the event streams. It lives as long as the response that holds it, so that no way of ending a
/// connection can lose a place.
final class EventSeat: Sendable {
    private let counters: CenterCounters

    fileprivate init(counters: CenterCounters) { self.counters = counters }

    deinit { counters.leaveSeat() }
}
