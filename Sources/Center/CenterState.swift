import Domain
import Logging

/// What all routes share.
struct CenterState: Sendable {
    let settings: CenterSettings
    let backend: any CenterBackend
    let clock: any HostClock
    let logger: Logger
    let tokens: AccessTokens
    let sessions: Sessions
    let counters = CenterCounters()
    let frames = EventFrames()

    init(settings: CenterSettings, backend: any CenterBackend, clock: any HostClock, logger: Logger) {
        self.settings = settings
        self.backend = backend
        self.clock = clock
        self.logger = logger
        tokens = AccessTokens(settings.tokens)
        sessions = Sessions(clock: clock)
    }
}
