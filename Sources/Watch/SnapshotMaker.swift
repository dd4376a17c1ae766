import Domain
import Media

/// Makes the pictures that people see of a camera. Belongs to the camera's strand.
struct SnapshotMaker: ~Copyable {
    /// Live views need no more than this many pixels in a row.
    private static let viewWidth = 960
    private static let thumbnailWidth = 320

    private var viewWriter = JPEGWriter(quality: 75)

    /// What the live view shows.
    mutating func view(of frame: borrowing VideoFrame, at time: MediaTime) throws(MediaError) -> CameraSnapshot {
        CameraSnapshot(jpeg: try viewWriter.write(frame, maximumWidth: Self.viewWidth), capturedAt: time)
    }

    /// The whole picture as it is, a copy with a place drawn on it, and the same small.
    func snapshot(
        of frame: borrowing VideoFrame, at time: MediaTime, marking box: Box?
    ) throws(MediaError) -> CameraSnapshot {
        // Opened each time: kept for the few pictures that are needed, encoders hold more memory than a motion detector.
        var snapshotWriter = JPEGWriter(quality: 90)
        var thumbnailWriter = JPEGWriter(quality: 75)
        var snapshot = CameraSnapshot(jpeg: try snapshotWriter.write(frame), capturedAt: time)
        if let box { snapshot.marked = try snapshotWriter.write(frame, box: box) }
        snapshot.thumbnail = try thumbnailWriter.write(frame, maximumWidth: Self.thumbnailWidth, box: box)
        return snapshot
    }
}
