public import Domain
import GRDB

extension IncidentJournal {
    /// Takes in which forest fire danger holds: kept for the next start, and written into the audit trail where the level
    /// is another than before from this source.
    public func note(_ danger: DangerNotice) async throws(JournalError) {
        try Self.check(actor: danger.actor, note: danger.note)
        try await write { ledger, _ in
            let name = SiteStateName.danger(danger.source)
            let before = try ledger.siteState(DangerNotice.self, name)
            try ledger.store(danger, as: name)
            guard before.map({ !$0.saysSame(as: danger) }) ?? true else { return }
            try ledger.recordAudit(
                .dangerChanged, actor: danger.actor,
                note: [danger.source.rawValue, danger.note].compactMap { $0 }.joined(separator: ": "),
                time: danger.since, detail: danger.level.numeral)
        }
    }

    /// The last notice of each source, also those from before a restart.
    public func dangerNotices() async throws(JournalError) -> [DangerNotice] {
        try await read { ledger in
            try DangerNotice.Source.allCases.compactMap {
                try ledger.siteState(DangerNotice.self, SiteStateName.danger($0))
            }
        }
    }

    /// Takes in the weather of one day: kept for good, and written into the audit trail where it is new or corrected.
    public func note(_ day: WeatherDay, actor: String, at time: MediaTime) async throws(JournalError) {
        try Self.check(actor: actor, note: nil)
        try await write { ledger, _ in
            let name = SiteStateName.weather(day.date)
            guard try ledger.siteState(WeatherDay.self, name) != day else { return }
            try ledger.store(day, as: name)
            try ledger.recordAudit(
                .weatherGiven, actor: actor, note: nil, time: time,
                detail:
                    "\(day.date): \(day.temperatureCelsius) °C, \(day.relativeHumidityPercent) %, \(day.rainMillimetres) mm"
            )
        }
    }

    /// The days of weather that were given, oldest first.
    public func weatherDays() async throws(JournalError) -> [WeatherDay] {
        try await read { ledger in
            try ledger.siteStates(WeatherDay.self, prefix: SiteStateName.weatherPrefix)
        }
    }

    /// Takes in how an exercise went: kept as the last one, and written into the audit trail.
    public func note(_ drill: DrillReport) async throws(JournalError) {
        try await write { ledger, _ in
            try ledger.store(drill, as: SiteStateName.drill)
            try ledger.recordAudit(
                .drilled, actor: drill.actor, note: drill.id, time: drill.start, detail: drill.summary)
        }
    }

    /// The last exercise; `nil` where there was none.
    public func lastDrill() async throws(JournalError) -> DrillReport? {
        try await read { ledger in try ledger.siteState(DrillReport.self, SiteStateName.drill) }
    }
}

private enum SiteStateName {
    static let drill = "drill"

    static let weatherPrefix = "weather."

    static func weather(_ day: CalendarDay) -> String { "\(weatherPrefix)\(day)" }

    static func danger(_ source: DangerNotice.Source) -> String { "danger.\(source.rawValue)" }
}

extension Ledger {
    fileprivate func siteState<State: Decodable>(_ type: State.Type, _ name: String) throws -> State? {
        let body = try String.fetchOne(db, sql: "SELECT body FROM site_state WHERE name = ?", arguments: [name])
        return try body.map { try decode(type, $0, name) }
    }

    /// All whose names begin with `prefix`, which holds no `*`, `?` or `[`, by name.
    fileprivate func siteStates<State: Decodable>(_ type: State.Type, prefix: String) throws -> [State] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT name, body FROM site_state WHERE name GLOB ? ORDER BY name", arguments: [prefix + "*"])
        return try rows.map { try decode(type, $0["body"], $0["name"]) }
    }

    private func decode<State: Decodable>(_ type: State.Type, _ body: String, _ name: String) throws -> State {
        do {
            return try CanonicalJSON.decode(type, from: [UInt8](body.utf8))
        } catch {
            throw JournalError.damaged(file, "what is kept as '\(name)' cannot be read")
        }
    }

    fileprivate func store(_ state: some Encodable, as name: String) throws {
        let body = String(decoding: try CanonicalJSON.encode(state), as: UTF8.self)
        try db.execute(
            sql: """
                INSERT INTO site_state (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body
                """, arguments: [name, body])
    }
}
