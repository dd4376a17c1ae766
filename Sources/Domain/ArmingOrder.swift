/// What a person ordered about a camera's, a zone's or the whole site's rules: to watch, to be silent, or to be silent for
/// a while.
public struct ArmingOrder: Sendable, Hashable, Codable {
    public enum Action: String, Sendable, Codable, CaseIterable {
        case arm
        /// Until somebody arms again, or until `until`.
        case disarm
        /// Until `until`, which a snooze always has.
        case snooze

        /// What people read.
        public func title(in language: Language) -> String {
            let text: (en: String, vi: String) =
                switch self {
                case .arm: ("armed", "đang báo động")
                case .disarm: ("disarmed", "đã tắt báo động")
                case .snooze: ("snoozed", "tạm hoãn")
                }
            return language == .en ? text.en : text.vi
        }
    }

    /// A year: whoever wants longer disarms without an end.
    public static let longestMinutes = 527_040.0

    public var action: Action
    /// `nil`: the whole site.
    public var camera: CameraID?
    /// Only rules about this zone of the camera; `nil`: all of them.
    public var zone: String?
    /// Sorted by raw value; never empty.
    public var kinds: [IncidentKind]
    /// When it was given, on the host's timeline.
    public var since: MediaTime
    /// The first instant at which it no longer holds; `nil`: until another order.
    public var until: MediaTime?
    /// The name of the bearer token.
    public var actor: String
    public var note: String?

    /// What an order without kinds is about: what people do on purpose or by living there. Fire, and what is done to a
    /// camera, is watched all the same.
    public static let usualKinds: [IncidentKind] = [
        .intrusion, .lineCrossing, .loitering, .motion, .objectLeft, .objectRemoved, .speed, .wrongDirection,
    ]
    /// Disarmed only by an order that names nothing else.
    public static let fireKinds: Set<IncidentKind> = [.smoke, .flame]

    /// Why an order cannot be given.
    public enum Fault: Error, Equatable, Sendable {
        case fireWithOthers
        case zoneWithoutCamera
        case snoozeWithoutEnd
        case endsBeforeItBegins
        case noKind

        public var problem: String {
            switch self {
            case .fireWithOthers: "smoke and flame cannot be disarmed together with anything else"
            case .zoneWithoutCamera: "an order about a zone must name its camera"
            case .snoozeWithoutEnd: "a snooze needs an end"
            case .endsBeforeItBegins: "the order ends before it begins"
            case .noKind: "the order is about no kind of incident"
            }
        }

        public var remedy: String {
            switch self {
            case .fireWithOthers: "Give an order of its own that names only smoke, flame or both"
            case .zoneWithoutCamera: "Name the camera that has the zone"
            case .snoozeWithoutEnd: "Say for how long, or disarm"
            case .endsBeforeItBegins: "Give an end in the future"
            case .noKind: "Name kinds, or none at all for the usual ones"
            }
        }
    }

    /// - Parameter kinds: `nil`: `usualKinds`. An order to arm may name any; smoke and flame come with nothing else in the
    ///   other orders.
    public init(
        _ action: Action, camera: CameraID? = nil, zone: String? = nil, kinds: Set<IncidentKind>? = nil,
        since: MediaTime, until: MediaTime? = nil, actor: String, note: String? = nil
    ) throws(Fault) {
        let wanted = kinds ?? (action == .arm ? Set(IncidentKind.allCases) : Set(Self.usualKinds))
        guard !wanted.isEmpty else { throw .noKind }
        let namesFire = !wanted.isDisjoint(with: Self.fireKinds)
        if action != .arm, namesFire, !wanted.isSubset(of: Self.fireKinds) { throw .fireWithOthers }
        guard zone == nil || camera != nil else { throw .zoneWithoutCamera }
        guard action != .snooze || until != nil else { throw .snoozeWithoutEnd }
        if let until, until <= since { throw .endsBeforeItBegins }
        self.action = action
        self.camera = camera
        self.zone = zone
        self.kinds = wanted.sorted { $0.rawValue < $1.rawValue }
        self.since = since
        self.until = until
        self.actor = actor
        self.note = note
    }

    /// What it is about, as the audit trail and the command line tell it: `gate, zone yard: smoke, flame`.
    public var subject: String {
        let place = [camera.map(\.rawValue) ?? "whole site", zone.map { "zone \($0)" }].compactMap { $0 }
        let what =
            Set(kinds) == Set(IncidentKind.allCases) ? "everything" : kinds.map(\.rawValue).joined(separator: ", ")
        return place.joined(separator: ", ") + ": " + what
    }

    /// Whether it is about this rule at this instant.
    public func concerns(camera: CameraID, zone: String?, kind: IncidentKind, at time: MediaTime) -> Bool {
        holds(at: time) && (self.camera == nil || self.camera == camera) && (self.zone == nil || self.zone == zone)
            && kinds.contains(kind)
    }

    public func holds(at time: MediaTime) -> Bool { until.map { time < $0 } ?? true }

    /// Whether everything that `other` is about, as long as it lasts, is something that this is about too.
    func outlasts(_ other: ArmingOrder) -> Bool {
        let covers =
            (camera == nil || camera == other.camera) && (zone == nil || zone == other.zone)
            && Set(other.kinds).isSubset(of: kinds)
        guard let until else { return covers }
        return covers && (other.until.map { $0 <= until } ?? false)
    }

    /// Whether there is a rule that both are about.
    func meets(_ other: ArmingOrder) -> Bool {
        (camera == nil || other.camera == nil || camera == other.camera)
            && (zone == nil || other.zone == nil || zone == other.zone)
            && !Set(kinds).isDisjoint(with: other.kinds)
    }
}

/// The orders that stand, in the order in which they were given: the last one that concerns a rule decides.
public struct StandingOrders: Sendable, Equatable {
    public private(set) var orders: [ArmingOrder]

    public init(_ orders: [ArmingOrder] = []) { self.orders = orders }

    /// Takes a new order in, and forgets those that can never decide again.
    public mutating func give(_ order: ArmingOrder) {
        orders.removeAll { !$0.holds(at: order.since) || order.outlasts($0) }
        orders.append(order)
        // To be armed is the rule; only as an exception from an earlier order does it need saying.
        orders = orders.enumerated().filter { index, order in
            order.action != .arm || orders[..<index].contains { $0.action != .arm && $0.meets(order) }
        }.map(\.element)
    }

    /// The order that silences a rule at this instant; `nil` where it is armed.
    public func silencing(camera: CameraID, zone: String?, kind: IncidentKind, at time: MediaTime) -> ArmingOrder? {
        let last = orders.last { $0.concerns(camera: camera, zone: zone, kind: kind, at: time) }
        return last?.action == .arm ? nil : last
    }

    /// Orders that silence anything at this instant, oldest first.
    public func silent(at time: MediaTime) -> [ArmingOrder] {
        orders.filter { $0.action != .arm && $0.holds(at: time) }
    }
}
