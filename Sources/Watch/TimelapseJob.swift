import Domain
import Evidence
import Media

/// Makes the time-lapse of one incident.
///
/// Not for more than one thread: it lives on the recorder's.
final class TimelapseJob {
    /// More than a day of pictures, half a minute apart: what goes on longer is not kept further.
    private static let mostPictures = 3_000
    private static let widest = 1_920

    private let incident: Incident
    private let evidence: EvidenceStore
    private var writer: TimelapseWriter?
    private var lastFault: MediaError?
    /// `nil` before the first picture.
    private(set) var clip: UnfinishedClip?
    private(set) var pictures = 0
    /// Capture time of the last picture.
    private(set) var last: MediaTime?

    init(of incident: Incident, evidence: EvidenceStore) {
        self.incident = incident
        self.evidence = evidence
    }

    /// Encodes a picture and writes it. Blocks on the disk.
    func add(_ picture: AnalysedPictures.Picture) throws(MediaError) {
        guard pictures < Self.mostPictures else { return }
        if clip == nil {
            let clip = UnfinishedClip(
                incident: incident.id, part: 1, incidentStart: incident.start, firstTime: picture.time,
                kind: .timelapse)
            writer = try TimelapseWriter(
                path: evidence.path(of: clip), title: "Lookout time-lapse, camera \(incident.camera)",
                comment: """
                    Derived: the pictures that were analysed around \(incident.id), encoded anew, \
                    \(TimelapseWriter.picturesPerSecond) a second. Not the camera's own stream.
                    """, widest: Self.widest)
            self.clip = clip
        }
        try writer?.write(picture.jpeg)
        pictures += 1
        last = picture.time
    }

    func close() throws(MediaError) { try writer.take()?.close() }

    /// Whether it is another fault than the last one.
    func isNews(_ error: MediaError) -> Bool {
        defer { lastFault = error }
        return lastFault?.problem != error.problem
    }
}
