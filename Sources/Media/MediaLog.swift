internal import CFFmpeg
import Glibc
import Synchronization

/// What FFmpeg has to say while it works. Nothing of it is printed; whoever wants it sets a handler.
public enum MediaLog {
    public struct Message: Sendable {
        public enum Level: String, Sendable {
            case error, warning
        }

        public let level: Level
        /// The redacted address it is about; `nil` where that is not known.
        public let source: String?
        /// Without passwords, addresses of memory and the newline.
        public let text: String
    }

    private static let handler = Mutex<(@Sendable (Message) -> Void)?>(nil)

    /// - Parameter handler: called on the thread that works, so it must be quick; `nil` (the default) discards all.
    ///   At most ten messages a second come from one source; how many were left out stands in the next one.
    public static func setHandler(_ handler: (@Sendable (Message) -> Void)?) {
        install()
        self.handler.withLock { $0 = handler }
    }

    static func deliver(_ message: Message) {
        let current = handler.withLock { $0 }
        current?(message)
    }

    /// Takes FFmpeg's log over, once.
    static func install() { _ = installed }

    private static let installed: Void = {
        unsafe lookout_log_install { level, origin, line in
            guard let line = unsafe line else { return }
            let text = unsafe String(cString: line)
            let name = unsafe origin.map { unsafe String(cString: $0) } ?? ""
            let context = LogContext.current ?? LogContext.unattributed
            context.record(level: level <= AV_LOG_ERROR ? .error : .warning, origin: name, line: text)
        }
    }()
}

/// Whom FFmpeg's messages belong to. FFmpeg does not say which stream a message is about, but a stream's calls all
/// happen inside `attributed`, on one thread at a time.
final class LogContext: Sendable {
    private struct State {
        var recent: [String] = []
        var windowStart: ContinuousClock.Instant?
        var sentInWindow = 0
        var leftOut = 0
        var lostPackets = 0
    }

    private static let messagesPerSecond = 10
    private static let remembered = 8

    static let unattributed = LogContext(source: nil) { $0 }

    private let source: String?
    private let scrub: @Sendable (String) -> String
    private let state = Mutex(State())

    init(source: String?, scrub: @escaping @Sendable (String) -> String) {
        self.source = source
        self.scrub = scrub
    }

    /// Whether one of the last few messages contains `words`.
    func heard(_ words: String) -> Bool {
        state.withLock { $0.recent.contains { $0.contains(words) } }
    }

    /// RTP packets that FFmpeg missed: it says so here and nowhere else.
    var lostPackets: Int { state.withLock { $0.lostPackets } }

    /// How many packets a message says were lost.
    private static func lostPackets(in message: String) -> Int {
        guard let words = message.firstRange(of: "RTP: missed ") else { return 0 }
        return Int(message[words.upperBound...].prefix { $0.isNumber }).map { min($0, 65_536) } ?? 0
    }

    func record(level: MediaLog.Message.Level, origin: String, line: String) {
        let trimmed = line.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !trimmed.isEmpty else { return }
        let clean = scrub(origin.isEmpty ? trimmed : "\(origin): \(trimmed)")
        let now = ContinuousClock.now
        let text: String? = state.withLock { state in
            if state.recent.count == Self.remembered { state.recent.removeFirst() }
            state.recent.append(clean)
            state.lostPackets += Self.lostPackets(in: trimmed)
            if let start = state.windowStart, now - start < .seconds(1) {
                guard state.sentInWindow < Self.messagesPerSecond else {
                    state.leftOut += 1
                    return nil
                }
            } else {
                state.windowStart = now
                state.sentInWindow = 0
            }
            state.sentInWindow += 1
            let leftOut = state.leftOut
            state.leftOut = 0
            return leftOut == 0 ? clean : "\(clean) (\(leftOut) messages before it were left out)"
        }
        if let text { MediaLog.deliver(MediaLog.Message(level: level, source: source, text: text)) }
    }

    // MARK: - The thread's context

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        unsafe pthread_key_create(&key, nil)
        return key
    }()

    static var current: LogContext? {
        guard let pointer = unsafe pthread_getspecific(key) else { return nil }
        return unsafe Unmanaged<LogContext>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Runs `body` with FFmpeg's messages on this thread booked on this context.
    func attributed<R: ~Copyable, E>(_ body: () throws(E) -> R) throws(E) -> R {
        let previous = unsafe pthread_getspecific(Self.key)
        unsafe pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        defer { unsafe pthread_setspecific(Self.key, previous) }
        return try body()
    }
}
