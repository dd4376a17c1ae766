import Domain
import Incidents
import PixelKernels

/// Of each open incident the picture that shows it best so far, where that is not the one on which it opened: it is held
/// as decoded, and becomes a file at most once a minute and when the incident closes. Belongs to the camera's strand.
///
/// `Held` is a handle on a picture.
struct BestPictures<Held: Sendable> {
    /// A picture that shows an incident better than the one before.
    struct Found {
        var incident: Incident
        var box: Box
        var time: MediaTime
        var picture: Held
    }

    private struct Candidate {
        var incident: Incident
        var score: Double
        /// Capture time of the picture that was told last.
        var told: MediaTime
        var found: Found?
    }

    /// Pictures are large: of no more incidents at once.
    private static var most: Int { 4 }
    /// What is only a little better is not worth a file.
    private static var notable: Double { 1.15 }

    private var candidates: [Candidate] = []
    private let firstAfter: Duration
    private let thenEvery: Duration

    /// - Parameters:
    ///   - firstAfter: an incident that goes on for so long is shown at its best so far.
    ///   - thenEvery: and again after so long, where it was seen better.
    init(firstAfter: Duration = .seconds(10), thenEvery: Duration = .seconds(60)) {
        self.firstAfter = firstAfter
        self.thenEvery = thenEvery
    }

    /// Looks at where open incidents were seen on a picture.
    ///
    /// - Parameter hold: a handle on the picture; asked only where it shows one of them better.
    mutating func consider(
        _ sightings: [IncidentSighting], in picture: borrowing PictureView, at time: MediaTime, hold: () -> Held?
    ) {
        for sighting in sightings {
            let index = candidates.firstIndex { $0.incident.id == sighting.incident.id }
            guard let index else {
                guard candidates.count < Self.most else { continue }
                candidates.append(
                    Candidate(
                        incident: sighting.incident, score: PictureScore.of(sighting, in: picture), told: time))
                continue
            }
            candidates[index].incident = sighting.incident
            let wanted = candidates[index].score * Self.notable
            guard PictureScore.most(of: sighting) > wanted else { continue }
            let score = PictureScore.of(sighting, in: picture)
            guard score > wanted, let held = hold() else { continue }
            candidates[index].score = score
            candidates[index].found = Found(
                incident: sighting.incident, box: sighting.box, time: time, picture: held)
        }
    }

    /// Hands out what is to become a file: of incidents that these revisions close, and of those that last.
    mutating func take(closedBy revisions: [IncidentRevision], at time: MediaTime) -> [Found] {
        var found: [Found] = []
        for index in candidates.indices.reversed() {
            let candidate = candidates[index]
            let isClosed = revisions.contains {
                $0.incident.id == candidate.incident.id && $0.incident.state == .closed
            }
            let isFirst = candidate.told < candidate.incident.start + firstAfter
            let isDue = time - candidate.told >= (isFirst ? firstAfter : thenEvery)
            if isClosed || isDue, let best = candidate.found {
                found.append(best)
                candidates[index].found = nil
                candidates[index].told = time
            }
            if isClosed { candidates.remove(at: index) }
        }
        return found
    }
}
