public import Domain
import Foundation

/// The site's time zone, from the IANA database.
public struct SiteTimeZone: Sendable, Equatable {
    /// `Asia/Ho_Chi_Minh`.
    public let identifier: String
    private let zone: TimeZone

    /// `nil` where the database has no zone of that name.
    public init?(identifier: String) {
        guard Self.isKnown(identifier), let zone = TimeZone(identifier: identifier) else { return nil }
        self.identifier = identifier
        self.zone = zone
    }

    /// What the clock on the site's wall shows at an instant of the host's timeline, on days of clock change too.
    public func localTime(at time: MediaTime) -> LocalTime {
        LocalTime(at: time, secondsEastOfUTC: secondsEastOfUTC(at: time))
    }

    /// What the zone adds to UTC at that instant.
    public func secondsEastOfUTC(at time: MediaTime) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: time.seconds))
    }

    /// The zone that was probably meant, for a name that is none.
    static func nearest(to identifier: String) -> String? {
        let known = TimeZone.knownTimeZoneIdentifiers
        // "Saigon", "Ho Chi Minh": the city alone, as people say it.
        let city = identifier.split(separator: "/").last.map(String.init) ?? identifier
        let cities = known.filter { zone in
            zone.split(separator: "/").last.map { $0.lowercased() } == city.replacing(" ", with: "_").lowercased()
        }
        return cities.first ?? Wording.nearest(to: identifier, of: known)
    }

    /// Foundation takes `GMT+7` and abbreviations too, whose meaning is a matter of taste.
    private static func isKnown(_ identifier: String) -> Bool {
        identifier == "UTC"
            || (identifier.contains("/") && !identifier.contains("..") && Pattern.matches(identifier, pattern))
    }

    static let pattern = "^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$"
}
