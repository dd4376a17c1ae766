public import Domain
public import Geolocation

/// Joins what several cameras, or one camera over time, see of one fire into one fire.
///
/// A sighting belongs to the fire whose position it points at, or with whose bearings it crosses where a plume can be seen;
/// the nearest in standard errors wins. A pure state machine: times come with the sightings.
public struct FireFusion: Sendable {
    public struct Settings: Equatable, Sendable {
        /// A bearing within so many squared standard errors fits: 9 is three standard errors.
        public var gate = 9.0
        /// One camera's sightings within so many degrees are one thing.
        public var sameBearingDegrees = 1.5
        /// What one camera sees within so long of each other it sees at once.
        public var sameMoment = Duration.seconds(180)
        /// A fire that is unseen for so long is closed.
        public var quiet = Duration.seconds(900)
        /// A plume farther away is not seen.
        public var maximumRangeMetres = 30_000.0
        /// How high above its foot a plume is taken for its foot, when that is hidden.
        public var highestPlumeMetres = 600.0
        /// How far the lowest smoke that is seen lies above or below the ground as it is known.
        public var footSigmaMetres = 150.0
        /// What a crossing with an unlocated fire counts in addition, so that a located one is preferred.
        public var unlocatedPenalty = 4.0

        public init() {}
    }

    /// In the order of opening, closed ones included until `forgetClosed`.
    public private(set) var fires: [Fire] = []
    private let fit: FireFit
    private let settings: Settings

    public init(locator: Locator = Locator(), settings: Settings = Settings()) {
        self.settings = settings
        fit = FireFit(locator: locator, settings: settings)
    }

    /// Takes one sighting; answers every fire that it changes, as it stands then. What is no usable number says nothing.
    public mutating func consider(_ sighting: FireSighting) -> [FireRevision] {
        let line = sighting.sightLine
        let numbers = [
            line.azimuthDegrees, line.elevationDegrees, line.azimuthSigmaDegrees, line.elevationSigmaDegrees,
        ]
        guard sighting.pose.isUsable, numbers.allSatisfy(\.isFinite) else { return [] }
        var revisions = advance(to: sighting.time)
        let index: Int
        if let (fire, witness) = known(sighting) {
            index = fire
            fires[fire].witnesses[witness].add(sighting)
        } else if let fire = nearest(to: Fire.Witness(sighting)) {
            index = fire
            fires[fire].witnesses.append(Fire.Witness(sighting))
            revisions.append(note(.joined(sighting.incident), at: index, sighting.time))
        } else {
            index = open(Fire.Witness(sighting), at: sighting.time)
            revisions.append(note(.opened, at: index, sighting.time))
        }
        revisions += settle(index, incident: sighting.incident, time: sighting.time)
        return revisions
    }

    /// Closes fires that nobody has seen for long.
    public mutating func advance(to time: MediaTime) -> [FireRevision] {
        var revisions: [FireRevision] = []
        for index in fires.indices where fires[index].isOpen && time - fires[index].lastSeen > settings.quiet {
            fires[index].isOpen = false
            revisions.append(note(.closed, at: index, time))
        }
        return revisions
    }

    /// Drops closed fires, whose history the journal keeps.
    public mutating func forgetClosed() { fires.removeAll { !$0.isOpen } }

    private func known(_ sighting: FireSighting) -> (fire: Int, witness: Int)? {
        for index in fires.indices where fires[index].isOpen {
            if let witness = fires[index].witnesses.firstIndex(where: { $0.incident == sighting.incident }) {
                return (index, witness)
            }
        }
        return nil
    }

    private func nearest(to witness: Fire.Witness) -> Int? {
        let candidates = fires.indices.compactMap { index -> (index: Int, distance: Double)? in
            guard fires[index].isOpen else { return nil }
            return fit.distance(witness, to: fires[index]).map { (index, $0) }
        }
        return candidates.min { $0.distance < $1.distance }?.index
    }

    private mutating func open(_ witness: Fire.Witness, at time: MediaTime) -> Int {
        let base = "fire-\(CivilTime(time).compact)"
        var id = base
        var number = 2
        while fires.contains(where: { $0.id == id }) {
            id = "\(base)-\(number)"
            number += 1
        }
        fires.append(Fire(id: id, witnesses: [witness], fix: nil, history: [], isOpen: true))
        return fires.count - 1
    }

    private mutating func note(_ kind: Fire.Event.Kind, at index: Int, _ time: MediaTime) -> FireRevision {
        fires[index].history.append(Fire.Event(time: time, kind: kind))
        return FireRevision(fire: fires[index], change: kind, time: time)
    }

    /// Locates a fire anew; lets a witness go that no longer fits, and takes in another fire that is the same.
    private mutating func settle(_ index: Int, incident: IncidentID, time: MediaTime) -> [FireRevision] {
        var revisions: [FireRevision] = []
        var index = index
        switch fit.position(fires[index].witnesses) {
        case .success(let fix): revisions += locate(index, fix, time)
        case .failure(let refusal):
            guard isContradiction(refusal), fires[index].isCorroborated else { break }
            (index, revisions) = split(index, incident: incident, time: time)
        }
        for other in fires.indices where other != index && fires[other].isOpen {
            guard fit.areOne(fires[index], fires[other]) else { continue }
            // The older one lives on, so that its alert does.
            let (keeper, gone) = other < index ? (other, index) : (index, other)
            revisions += merge(gone, into: keeper, time: time)
            index = keeper
        }
        return revisions
    }

    private func isContradiction(_ refusal: LocationRefusal) -> Bool {
        switch refusal {
        case .disagree, .behind, .divergent, .tooFar: true
        default: false
        }
    }

    private mutating func locate(_ index: Int, _ fix: PositionFix, _ time: MediaTime) -> [FireRevision] {
        let before = fires[index].fix
        fires[index].fix = fix
        // Small moves are noise; people are told of those that leave half the ellipse.
        if let before, before.squaredDeviation(of: fix.point) < 1.5, before.degreesOfFreedom == fix.degreesOfFreedom {
            return []
        }
        return [note(.located, at: index, time)]
    }

    /// The incident that was just seen leaves the fire and is one of its own, unless it fits another.
    private mutating func split(
        _ index: Int, incident: IncidentID, time: MediaTime
    ) -> (Int, [FireRevision]) {
        guard let place = fires[index].witnesses.firstIndex(where: { $0.incident == incident }) else {
            return (index, [])
        }
        let witness = fires[index].witnesses.remove(at: place)
        fires[index].fix = try? fit.position(fires[index].witnesses).get()
        var revisions: [FireRevision] = []
        let target: Int
        if let other = nearest(to: witness), other != index {
            target = other
            fires[other].witnesses.append(witness)
            revisions.append(note(.split(off: fires[other].id), at: index, time))
            revisions.append(note(.joined(incident), at: other, time))
        } else {
            target = open(witness, at: time)
            revisions.append(note(.split(off: fires[target].id), at: index, time))
            revisions.append(note(.splitFrom(fire: fires[index].id), at: target, time))
        }
        if case .success(let fix) = fit.position(fires[target].witnesses) { revisions += locate(target, fix, time) }
        return (target, revisions)
    }

    private mutating func merge(_ gone: Int, into keeper: Int, time: MediaTime) -> [FireRevision] {
        fires[keeper].witnesses += fires[gone].witnesses
        fires[gone].isOpen = false
        var revisions = [note(.merged(into: fires[keeper].id), at: gone, time)]
        revisions.append(note(.absorbed(fire: fires[gone].id), at: keeper, time))
        if case .success(let fix) = fit.position(fires[keeper].witnesses) { revisions += locate(keeper, fix, time) }
        return revisions
    }
}
