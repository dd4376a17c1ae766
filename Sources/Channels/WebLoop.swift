import CCurl
import Domain

/// libcurl's requests that are underway and the connections that it keeps for the next ones. All but `wake` is for one
/// thread.
@safe final class WebLoop: @unchecked Sendable {
    private struct Underway {
        var id: UInt64
        var done: CheckedContinuation<WebDesk.Outcome, Never>
    }

    private static let connectionsPerHost = 16
    private static let connectTimeoutMilliseconds = 5_000

    private let web: OpaquePointer
    private var underway: [OpaquePointer: Underway] = unsafe [:]

    init() {
        guard let web = unsafe lookout_web_open(Self.connectionsPerHost) else { fatalError("no memory for libcurl") }
        unsafe self.web = web
    }

    deinit {
        cancelAll()
        unsafe lookout_web_close(web)
    }

    /// Ends a `step` that waits; for any thread.
    func wake() { unsafe lookout_web_wake(web) }

    func begin(_ order: WebDesk.Order) {
        guard let exchange = unsafe Self.exchange(order) else {
            return order.done.resume(returning: .unreachable("no memory"))
        }
        if unsafe lookout_web_begin(web, exchange) == 0 {
            unsafe underway[exchange] = Underway(id: order.id, done: order.done)
        } else {
            unsafe settle(exchange, order.done)
        }
    }

    /// Breaks a request off. One that is not underway any more, or not yet, is none.
    func cancel(_ id: UInt64) {
        guard let exchange = unsafe underway.first(where: { unsafe $0.value.id == id })?.key else { return }
        unsafe drop(exchange)
    }

    func cancelAll() {
        for id in unsafe underway.values.map(\.id) { cancel(id) }
    }

    /// Waits until something happens or `wake` is called, and settles what has finished.
    func step() {
        unsafe lookout_web_step(web, 60_000)
        while let exchange = unsafe lookout_web_finished(web) {
            guard let entry = unsafe underway.removeValue(forKey: exchange) else { continue }
            unsafe settle(exchange, entry.done)
        }
    }

    private func drop(_ exchange: OpaquePointer) {
        guard let entry = unsafe underway.removeValue(forKey: exchange) else { return }
        unsafe lookout_web_drop(web, exchange)
        unsafe lookout_web_exchange_free(exchange)
        entry.done.resume(returning: .closed)
    }

    private func settle(_ exchange: OpaquePointer, _ done: CheckedContinuation<WebDesk.Outcome, Never>) {
        let outcome = unsafe Self.outcome(of: exchange)
        unsafe lookout_web_exchange_free(exchange)
        done.resume(returning: outcome)
    }

    private static func outcome(of exchange: OpaquePointer) -> WebDesk.Outcome {
        let text = unsafe String(cString: lookout_web_exchange_text(exchange))
        switch unsafe lookout_web_exchange_result(exchange) {
        case LOOKOUT_WEB_ANSWERED:
            let seconds = unsafe lookout_web_exchange_retry_after(exchange)
            return .answered(
                unsafe lookout_web_exchange_status(exchange), retryAfter: seconds >= 0 ? .seconds(seconds) : nil,
                said: text)
        case LOOKOUT_WEB_TIMED_OUT: return .timedOut(text)
        case LOOKOUT_WEB_TLS: return .notTrusted(text)
        case LOOKOUT_WEB_BAD_ADDRESS: return .badAddress
        default: return .unreachable(text)
        }
    }

    private static func exchange(_ order: WebDesk.Order) -> OpaquePointer? {
        let request = order.request
        // One byte more, so that an empty body has an address.
        let body = request.body.map { CChar(bitPattern: $0) } + [0]
        return unsafe withCStrings(order.headers) { headers in
            unsafe request.address.revealed.withCString { url in
                unsafe request.method.rawValue.withCString { method in
                    unsafe body.withUnsafeBufferPointer { content in
                        var raw = unsafe lookout_web_request()
                        unsafe raw.url = url
                        unsafe raw.method = method
                        unsafe raw.headers = headers.baseAddress
                        unsafe raw.header_count = headers.count
                        unsafe raw.body = request.method == .get ? nil : content.baseAddress
                        unsafe raw.body_length = request.body.count
                        unsafe raw.timeout_milliseconds = Int(request.timeout.inMicroseconds / 1_000)
                        unsafe raw.connect_timeout_milliseconds = connectTimeoutMilliseconds
                        return unsafe lookout_web_exchange_make(&raw)
                    }
                }
            }
        }
    }
}
