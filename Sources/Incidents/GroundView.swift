public import Domain
public import Geolocation

/// What a camera's picture points are on the ground: told from four points that are known in both, or from where the
/// camera stands and looks. Where both are given, metres come from the points and the position from the pose.
public struct GroundView: Sendable {
    /// A place on the ground.
    struct Spot: Sendable {
        /// In metres, along the axes of the ground points or to the east and north of the camera.
        var place: GroundPlane.Place
        var position: GeoPoint?
    }

    /// Towards the horizon a small error of the pose is a large one on the ground: no range with a standard error above this
    /// share of itself is told, nor a speed made of it.
    static let mostRangeError = 0.25

    private let camera: CameraID
    private let points: GroundPlane?
    private let pose: CameraPose?
    private let ground: Ground

    /// - Parameter ground: what lines of sight meet; used with a pose alone.
    /// - Returns: `nil` where neither points nor a pose are known.
    public init?(camera: CameraID, points: GroundPlane?, pose: CameraPose?, on ground: Ground) {
        guard points != nil || pose != nil else { return nil }
        self.camera = camera
        self.points = points
        self.pose = pose
        self.ground = ground
    }

    /// Where a picture point lies; `nil` at or above the horizon, and where the pose cannot tell it well enough.
    func spot(at point: PicturePoint) -> Spot? {
        let seen = sightedFromPose(point)
        guard let points else { return seen }
        return points.place(at: point).map { Spot(place: $0, position: seen?.position) }
    }

    private func sightedFromPose(_ point: PicturePoint) -> Spot? {
        guard let pose, let line = pose.sightLine(to: point) else { return nil }
        let contact: GroundContact
        do throws(LocationRefusal) {
            contact = try GroundContact.find(camera: camera, pose: pose, sightLine: line, on: ground)
        } catch {
            return nil
        }
        guard contact.farMetres - contact.nearMetres <= 2 * Self.mostRangeError * contact.rangeMetres else {
            return nil
        }
        return Spot(
            place: GroundPlane.Place(x: contact.eastMetres, y: contact.northMetres), position: contact.fix.point)
    }
}
