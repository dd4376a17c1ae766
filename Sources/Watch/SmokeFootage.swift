import Domain
import Logging
import Media
import SiteConfiguration

/// What is kept of the pictures that a camera's smoke detector looks at: how a place looked before smoke rose from it, and
/// what a tower's time-lapse is made of. Belongs to the camera's strand.
struct SmokeFootage: ~Copyable {
    /// A place before and now.
    struct Crops: Sendable, Equatable {
        var then: AnalysedPictures.Picture
        var now: AnalysedPictures.Picture
    }

    /// Two pictures a second tell no more of a place near by than one every ten seconds.
    private static let near = (span: Duration.seconds(60), spacing: Duration.seconds(10), before: Duration.seconds(20))
    /// How long before the alarm nothing is yet seen of it, from a tower.
    private static let towerBefore = Duration.seconds(600)
    private static let nearBytes = 4_000_000
    private static let widest = 1_920
    private static let cropWidth = 480

    private let camera: CameraID
    private let options: SmokeOptions
    private let recorder: TimelapseRecorder?
    private let logger: Logger
    private var writer = JPEGWriter(quality: 80)
    private var isTower = false
    private var pictures: AnalysedPictures
    /// Incidents whose time-lapse is under way.
    private var followed: Set<IncidentID> = []

    /// - Parameter recorder: makes the time-lapses; `nil` where there are none.
    init(camera: CameraID, options: SmokeOptions, recorder: TimelapseRecorder?, logger: Logger) {
        self.camera = camera
        self.options = options
        self.recorder = options.timelapseMinutes > 0 ? recorder : nil
        self.logger = logger
        pictures = Self.ring(options, isTower: false)
    }

    private static func ring(_ options: SmokeOptions, isTower: Bool) -> AnalysedPictures {
        guard isTower else {
            return AnalysedPictures(span: near.span, mostBytes: nearBytes, spacing: near.spacing)
        }
        return AnalysedPictures(
            span: max(.seconds(options.timelapseMinutes * 60), towerBefore),
            mostBytes: Int(options.timelapseMegabytes * 1_000_000))
    }

    /// Takes in a picture that the smoke detector has looked at.
    mutating func keep(_ frame: borrowing VideoFrame, at time: MediaTime, fromTower isTower: Bool) {
        if isTower != self.isTower {
            self.isTower = isTower
            pictures = Self.ring(options, isTower: isTower)
        }
        guard pictures.isWanted(at: time) else { return }
        do throws(MediaError) {
            let picture = AnalysedPictures.Picture(time: time, jpeg: try writer.write(frame, maximumWidth: Self.widest))
            pictures.keep(picture)
            for incident in followed { recorder?.add(picture, to: incident) }
        } catch {
            logger.warning("camera '\(camera)': a picture is not kept for its time-lapse. \(error)")
        }
    }

    /// The place of an incident in this picture, and in one from before it began; `nil` where there is none from before.
    mutating func crops(of incident: Incident, in frame: borrowing VideoFrame, at time: MediaTime) -> Crops? {
        let margin = isTower ? Self.towerBefore : Self.near.before
        guard let box = incident.box, let before = pictures.latest(before: incident.start - margin), before.time < time
        else { return nil }
        let area = CropArea.around(box, width: frame.width, height: frame.height)
        do throws(MediaError) {
            let now = try writer.write(frame, of: area, maximumWidth: Self.cropWidth)
            var then: [UInt8] = []
            var reader = try JPEGReader()
            var cropper = JPEGWriter(quality: 80)
            try reader.read(before.jpeg, at: before.time) { (frame) throws(MediaError) in
                then = try cropper.write(frame, of: area, maximumWidth: Self.cropWidth)
            }
            return Crops(
                then: AnalysedPictures.Picture(time: before.time, jpeg: then),
                now: AnalysedPictures.Picture(time: time, jpeg: now))
        } catch {
            logger.warning("camera '\(camera)': \(incident.id) lacks the pictures of then and now. \(error)")
            return nil
        }
    }

    /// Begins and ends time-lapses as incidents open and close.
    mutating func follow(_ revisions: [IncidentRevision]) {
        guard let recorder else { return }
        for revision in revisions where revision.incident.kind == .smoke {
            let incident = revision.incident
            if incident.state == .closed {
                if followed.remove(incident.id) != nil { recorder.end(incident.id) }
            } else if isTower, revision.change == .opened, followed.insert(incident.id).inserted {
                let first = incident.start - .seconds(options.timelapseMinutes * 60)
                recorder.begin(incident, with: pictures.since(first))
            }
        }
    }
}
