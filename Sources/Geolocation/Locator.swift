public import Domain

/// A picture point of one camera whose pose is known.
public struct PointSighting: Equatable, Sendable {
    public var camera: CameraID
    public var pose: CameraPose
    public var point: PicturePoint

    public init(camera: CameraID, pose: CameraPose, point: PicturePoint) {
        self.camera = camera
        self.pose = pose
        self.point = point
    }
}

/// Where something is, as far as its sightings tell.
public struct Location: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        public var camera: CameraID
        public var sightLine: SightLine
        /// Over the ground to the position; `nil` without one.
        public var rangeMetres: Double?
    }

    /// One for each sighting, in its order.
    public var lines: [Line]
    /// `nil` where `refusal` says why.
    public var fix: PositionFix?
    public var refusal: LocationRefusal?
    /// Where the only line of sight meets the ground; `nil` for several.
    public var contact: GroundContact?
    public var places: Places.Description?
    public var coordinates: VN2000.Coordinates?
}

/// Turns sightings into places, with what is known of a site's ground and of its map.
public struct Locator: Sendable {
    public var ground: Ground
    public var places: Places
    public var nationalGrid: VN2000

    public init(
        ground: Ground = .level(heightMetres: 0), places: Places = Places(), nationalGrid: VN2000 = VN2000()
    ) {
        self.ground = ground
        self.places = places
        self.nationalGrid = nationalGrid
    }

    /// Crosses the bearings of several sightings; takes a single one to be the foot of a plume, which stands on the ground.
    ///
    /// - Throws: where a pose or a point is no usable number. That no position is found is not thrown: the bearings are
    ///   worth telling without it.
    public func locate(_ sightings: [PointSighting]) throws(LocationRefusal) -> Location {
        var location = Location(lines: [])
        for sighting in sightings {
            guard let line = sighting.pose.sightLine(to: sighting.point) else {
                throw .unusable(camera: sighting.camera)
            }
            location.lines.append(Location.Line(camera: sighting.camera, sightLine: line))
        }
        do throws(LocationRefusal) {
            if let only = sightings.first, sightings.count == 1 {
                location.contact = try GroundContact.find(
                    camera: only.camera, pose: only.pose, sightLine: location.lines[0].sightLine, on: ground)
                location.fix = location.contact?.fix
            } else {
                location.fix = try CrossBearing.fix(
                    zip(sightings, location.lines).map {
                        Bearing(camera: $0.camera, pose: $0.pose, sightLine: $1.sightLine)
                    })
            }
        } catch {
            location.refusal = error
        }
        guard let point = location.fix?.point else { return location }
        for index in sightings.indices {
            location.lines[index].rangeMetres =
                Geodesic.way(from: sightings[index].pose.position, to: point)?.distanceMetres
        }
        location.places = places.describe(point)
        location.coordinates = nationalGrid.coordinates(of: point)
        return location
    }

    /// Height of the ground; `nil` where nobody knows it.
    public func groundHeightMetres(at point: GeoPoint) -> Double? {
        switch ground {
        case .level(let height): return height
        case .model(let grid):
            guard case .known(let metres) = grid.height(at: point) else { return nil }
            return metres
        }
    }
}
