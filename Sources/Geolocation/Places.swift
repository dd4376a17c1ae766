public import Domain
public import Foundation

/// What lies where, as far as people name it: forest compartments, roads, towers.
public struct Places: Sendable {
    /// A forest compartment (tiểu khu) and the plot (khoảnh) in it.
    public struct Compartment: Equatable, Sendable {
        /// Of the compartment; `nil` where the map does not say.
        public var tieuKhu: String?
        /// Of the plot; `nil` where the map does not say.
        public var khoanh: String?
        /// What it is called otherwise.
        public var name: String?

        /// `Tiểu khu 83, khoảnh 5` or `compartment 83, plot 5`.
        public func title(in language: Language) -> String {
            let vietnamese = language == .vi
            let parts = [
                tieuKhu.map { (vietnamese ? "tiểu khu " : "compartment ") + $0 },
                khoanh.map { (vietnamese ? "khoảnh " : "plot ") + $0 }, name,
            ]
            return parts.compactMap(\.self).joined(separator: ", ")
        }
    }

    /// Something near a place.
    public struct Neighbour: Equatable, Sendable {
        public var name: String
        public var distanceMetres: Double
        /// Direction from the neighbour to the place, clockwise from true north.
        public var azimuthDegrees: Double

        /// `420 m northwest of Route 973`, `cách Đường 973 420 m về hướng tây bắc`.
        public func title(in language: Language) -> String {
            let distance =
                distanceMetres < 950
                ? "\(Int((distanceMetres / 10).rounded()) * 10) m" : "\(tenths(distanceMetres / 1000)) km"
            let direction = CompassPoint(azimuthDegrees: azimuthDegrees).title(in: language)
            return language == .vi
                ? "cách \(name) \(distance) về hướng \(direction)" : "\(distance) \(direction) of \(name)"
        }
    }

    public struct Description: Equatable, Sendable {
        /// `nil` outside all that the map names.
        public var compartment: Compartment?
        public var road: Neighbour?
        public var tower: Neighbour?

        /// Whether nothing is known.
        public var isEmpty: Bool { compartment == nil && road == nil && tower == nil }

        /// Everything in one sentence without its full stop; empty where nothing is known.
        public func title(in language: Language) -> String {
            let compartment = compartment?.title(in: language)
            return [compartment, road?.title(in: language), tower?.title(in: language)]
                .compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "; ")
        }
    }

    private var areas: [(compartment: Compartment, rings: [[GeoPoint]])] = []
    private var roads: [(name: String, line: [GeoPoint])] = []
    private var towers: [(name: String, place: GeoPoint)] = []

    /// Names farther away than this help nobody.
    private static let farthestMetres = 50_000.0

    public init() {}

    /// Adds what a GeoJSON file holds (RFC 7946): polygons are compartments, lines are roads, points are towers.
    ///
    /// Compartments are named by the properties `tieuKhu` (or `tieu_khu`, `tk`) and `khoanh` (or `kh`), everything by `name`
    /// (or `ten`); upper and lower case are alike.
    ///
    /// - Throws: which feature is wrong, and how.
    public mutating func add(geoJSON data: Data) throws(GeographyError) {
        for feature in try GeoJSONReader.features(data) {
            switch feature.shape {
            case .points(let points):
                towers += points.map { (feature.name ?? feature.fallbackName, $0) }
            case .lines(let lines):
                roads += lines.map { (feature.name ?? feature.fallbackName, $0) }
            case .polygons(let polygons):
                let compartment = Compartment(
                    tieuKhu: feature.text("tieukhu", "tk"), khoanh: feature.text("khoanh", "kh"), name: feature.name)
                areas += polygons.map { (compartment, $0) }
            }
        }
    }

    public var isEmpty: Bool { areas.isEmpty && roads.isEmpty && towers.isEmpty }

    /// What people would say where a place is.
    public func describe(_ place: GeoPoint) -> Description {
        let plane = LocalPlane(center: place)
        let compartment = areas.first { area in
            area.rings.reduce(false) { inside, ring in plane.surrounds(ring) ? !inside : inside }
        }
        let road = roads.compactMap { road in plane.nearest(of: road.line).map { (road.name, $0) } }
            .min { $0.1.distance < $1.1.distance }
        let tower = towers.compactMap { tower in plane.nearest(of: [tower.place]).map { (tower.name, $0) } }
            .min { $0.1.distance < $1.1.distance }
        func neighbour(_ found: (String, LocalPlane.Offset)?) -> Neighbour? {
            guard let found, found.1.distance <= Self.farthestMetres else { return nil }
            return Neighbour(
                name: found.0, distanceMetres: found.1.distance,
                azimuthDegrees: atan2(-found.1.east, -found.1.north).degrees.wrappedTo360)
        }
        return Description(compartment: compartment?.compartment, road: neighbour(road), tower: neighbour(tower))
    }
}

/// Metres around a place, good to a thousandth over tens of kilometres.
private struct LocalPlane {
    let center: GeoPoint
    let metresPerDegreeNorth: Double
    let metresPerDegreeEast: Double

    struct Offset {
        var east: Double
        var north: Double
        var distance: Double { (east * east + north * north).squareRoot() }
    }

    init(center: GeoPoint) {
        self.center = center
        let sine = sin(center.latitudeDegrees.radians)
        let base = 1 - WGS84.eccentricitySquared * sine * sine
        let normal = WGS84.semiMajorMetres / base.squareRoot()
        metresPerDegreeNorth = normal * (1 - WGS84.eccentricitySquared) / base * .pi / 180
        metresPerDegreeEast = normal * cos(center.latitudeDegrees.radians) * .pi / 180
    }

    /// Points of one line, which stay together also where it crosses the meridian opposite the centre.
    private func offsets(_ line: [GeoPoint]) -> [Offset] {
        guard let first = line.first else { return [] }
        let start = (first.longitudeDegrees - center.longitudeDegrees).wrappedTo180
        return line.map { point in
            Offset(
                east: (start + (point.longitudeDegrees - first.longitudeDegrees).wrappedTo180) * metresPerDegreeEast,
                north: (point.latitudeDegrees - center.latitudeDegrees) * metresPerDegreeNorth)
        }
    }

    /// Whether a closed ring goes around the centre: even-odd rule.
    func surrounds(_ ring: [GeoPoint]) -> Bool {
        let corners = offsets(ring)
        guard var previous = corners.last else { return false }
        var inside = false
        for current in corners {
            if (current.north > 0) != (previous.north > 0),
                (previous.east - current.east) * -current.north / (previous.north - current.north) + current.east > 0
            {
                inside.toggle()
            }
            previous = current
        }
        return inside
    }

    /// The nearest point of a line, or of a single point.
    func nearest(of line: [GeoPoint]) -> Offset? {
        let corners = offsets(line)
        guard let first = corners.first else { return nil }
        return zip(corners, corners.dropFirst()).reduce(first) { best, piece in
            let (a, b) = piece
            let (dx, dy) = (b.east - a.east, b.north - a.north)
            let length = dx * dx + dy * dy
            let share = length > 0 ? min(max(-(a.east * dx + a.north * dy) / length, 0), 1) : 0
            let candidate = Offset(east: a.east + share * dx, north: a.north + share * dy)
            return candidate.distance < best.distance ? candidate : best
        }
    }
}
