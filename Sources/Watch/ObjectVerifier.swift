import Domain
import Inference
import PixelKernels
import SiteConfiguration

/// Asks a classifier about what moves before an incident is made of it, and never waits for it longer than `patience`.
///
/// An object that is new is held back until the answer is there; what the classifier has no time for, or fails at, goes on
/// as `unverified`. It sees capture times only, so that a classifier that answers at once gives the same findings on every
/// run.
struct ObjectVerifier {
    /// How long an observation waits for its first answer.
    static let patience = Duration.milliseconds(500)
    /// How long until an object that was not recognised is looked at again.
    private static let rest = Duration.milliseconds(500)
    /// An answer that has not come by then is not waited for.
    private static let longestQuestion = Duration.seconds(5)
    /// An object out of sight for longer is another one.
    private static let memory = Duration.seconds(10)
    /// What has stood somewhere for longer is not looked at again.
    private static let longestRest = Duration.seconds(10)
    /// Source pixels of the longer side below which nothing can be recognised: such an object stays unverified.
    private static let smallestSide = 16.0

    /// Puts a question; the answer comes into the box at once or later.
    typealias Asker = (_ number: Int, PictureCrop, AnswerBox) -> Void

    private struct Track {
        var id: Int
        var firstSeen: MediaTime
        var lastSeen: MediaTime
        var lastLook: MediaTime?
        var finding: ObjectFinding?
        /// Whether it is large enough in the latest picture.
        var isLarge = false
        /// Waits for the first finding.
        var held: Observation?
    }

    private struct Question {
        var number: Int
        var time: MediaTime
        var places: [(track: Int, box: Box)]
    }

    private let wanted: Set<ObjectGroup>
    private let cropsPerSecond: Double
    private let ask: Asker
    private let answers = AnswerBox()
    /// In order of appearance.
    private var tracks: [Track] = []
    private var question: Question?
    private var nextNumber = 1
    private var budget: Double
    private var now: MediaTime?

    /// - Parameter wanted: what the camera's rules are about; empty: whatever moves. Objects of other kinds are looked at
    ///   again now and then.
    init(wanted: Set<ObjectGroup>, cropsPerSecond: Double, ask: @escaping Asker) {
        self.wanted = wanted
        self.cropsPerSecond = cropsPerSecond
        self.ask = ask
        budget = max(1, cropsPerSecond)
    }

    /// The observations that may be judged now, moving objects with what is known of them.
    mutating func verify(
        _ observations: [Observation], in picture: borrowing PictureView, at time: MediaTime
    ) -> [Observation] {
        advance(to: time)
        receive()
        var others: [Observation] = []
        for observation in observations {
            guard observation.kind == .motion, let id = observation.track, let box = observation.box else {
                others.append(withFinding(observation))
                continue
            }
            let hasStood = observation.restingSince.map { time - $0 > Self.longestRest } ?? false
            note(observation, id, isLarge: !hasStood && Self.isLargeEnough(box, in: picture), at: time)
        }
        while let place = nextPlace(at: time) {
            put(place, in: picture, at: time)
            receive()
        }
        // A step back in time is a new timeline, in which nothing old is waited for.
        return others + release { time - $0.firstSeen >= Self.patience || time < $0.firstSeen }
    }

    /// What still waits, since no more pictures come.
    mutating func releaseAll() -> [Observation] { release { _ in true } }

    /// What came to rest by itself is what it was on its way: who stands there is no object left.
    private func withFinding(_ observation: Observation) -> Observation {
        guard observation.kind == .objectLeft, let id = observation.track,
            let finding = tracks.first(where: { $0.id == id })?.finding, finding.state == .recognised
        else { return observation }
        var known = observation
        known.object = finding
        return known
    }

    private mutating func advance(to time: MediaTime) {
        if let now {
            // Steps back are new timelines; they give no budget.
            budget = min(max(1, cropsPerSecond), budget + max(0, (time - now).inSeconds) * cropsPerSecond)
        }
        now = time
        tracks.removeAll { track in
            let away = time - track.lastSeen
            return track.held == nil && (away > Self.memory || away < .zero - Self.memory)
        }
        if let question, time - question.time > Self.longestQuestion || time < question.time { self.question = nil }
    }

    private mutating func note(_ observation: Observation, _ id: Int, isLarge: Bool, at time: MediaTime) {
        let index: Int
        if let known = tracks.firstIndex(where: { $0.id == id }) {
            index = known
        } else {
            index = tracks.count
            tracks.append(Track(id: id, firstSeen: time, lastSeen: time))
        }
        tracks[index].lastSeen = time
        tracks[index].held = observation
        tracks[index].isLarge = isLarge
        if !isLarge, tracks[index].finding == nil { tracks[index].finding = .unverified }
    }

    private static func isLargeEnough(_ box: Box, in picture: borrowing PictureView) -> Bool {
        max(box.width * Double(picture.width), box.height * Double(picture.height)) >= smallestSide
    }

    /// Those that have a finding, or have waited long enough; in order of appearance.
    private mutating func release(_ hasWaited: (Track) -> Bool) -> [Observation] {
        var released: [Observation] = []
        for index in tracks.indices {
            guard var observation = tracks[index].held else { continue }
            guard tracks[index].finding != nil || hasWaited(tracks[index]) else { continue }
            observation.object = tracks[index].finding ?? .unverified
            tracks[index].held = nil
            released.append(observation)
        }
        return released
    }
}

extension ObjectVerifier {
    /// The object of this picture that most needs a look, if one may be had now.
    private func nextPlace(at time: MediaTime) -> (track: Int, box: Box)? {
        guard question == nil, budget >= 1 else { return nil }
        let seen = tracks.filter { $0.lastSeen == time && $0.isLarge }
        let next =
            seen.filter { $0.lastLook == nil && $0.finding == nil }.min { $0.firstSeen < $1.firstSeen }
            ?? seen.filter { isWorthAnotherLook($0, at: time) }
            .min { ($0.lastLook ?? $0.firstSeen) < ($1.lastLook ?? $1.firstSeen) }
        guard let next, let box = next.held?.box else { return nil }
        return (next.id, box)
    }

    private func isWorthAnotherLook(_ track: Track, at time: MediaTime) -> Bool {
        if let last = track.lastLook, time - last < Self.rest { return false }
        guard let finding = track.finding else { return true }
        return finding.state != .recognised || !finding.isAdmitted(among: wanted)
    }

    private mutating func put(_ place: (track: Int, box: Box), in picture: borrowing PictureView, at time: MediaTime) {
        let area = CropArea.around(place.box, width: picture.width, height: picture.height)
        // Whatever else lies in the crop is looked at with it.
        var places: [(track: Int, box: Box)] = []
        for index in tracks.indices where tracks[index].lastSeen == time {
            guard let box = tracks[index].held?.box else { continue }
            guard tracks[index].id == place.track || area.intersectionArea(with: box) >= 0.95 * box.area else {
                continue
            }
            tracks[index].lastLook = time
            places.append((tracks[index].id, box))
        }
        budget -= 1
        question = Question(number: nextNumber, time: time, places: places)
        nextNumber += 1
        ask(nextNumber - 1, PictureCrop(of: picture, area), answers)
    }

    private mutating func receive() {
        for answer in answers.takeAll() {
            guard let asked = question, asked.number == answer.number else { continue }
            question = nil
            for place in asked.places {
                guard let index = tracks.firstIndex(where: { $0.id == place.track }) else { continue }
                let found = answer.objects.map { CropArea.finding(for: place.box, among: $0, wanted: wanted) }
                tracks[index].finding = better(tracks[index].finding, found ?? .unverified)
            }
        }
    }

    /// A look that shows nothing takes nothing back that an earlier one had recognised.
    private func better(_ known: ObjectFinding?, _ new: ObjectFinding) -> ObjectFinding {
        guard let known, known.state == .recognised else {
            return new.state == .unverified ? known ?? new : new
        }
        guard new.state == .recognised else { return known }
        let (isKnownWanted, isNewWanted) = (known.isAdmitted(among: wanted), new.isAdmitted(among: wanted))
        if isKnownWanted != isNewWanted { return isNewWanted ? new : known }
        return known.combined(with: new)
    }
}

/// Where a crop is taken for a moving object, and which of the objects found in it is meant.
enum CropArea {
    /// The longer side of the object is at most this share of the crop: networks want to see what is around.
    private static let share = 0.5
    /// Smaller crops would only be blown up, in source pixels.
    private static let smallestSide = 224.0

    /// A square around the box, moved and cut so that it lies inside the picture.
    static func around(_ box: Box, width: Int, height: Int) -> Box {
        let (pictureWidth, pictureHeight) = (Double(width), Double(height))
        let side = max(smallestSide, max(box.width * pictureWidth, box.height * pictureHeight) / share)
        let size = (width: min(1, side / pictureWidth), height: min(1, side / pictureHeight))
        let center = box.center
        return Box(
            x: min(max(center.x - size.width / 2, 0), 1 - size.width),
            y: min(max(center.y - size.height / 2, 0), 1 - size.height), width: size.width, height: size.height)
    }

    /// The likeliest object in that place, one that is wanted before any other.
    static func finding(for box: Box, among objects: [DetectedObject], wanted: Set<ObjectGroup>) -> ObjectFinding {
        var best: ObjectFinding?
        for object in objects where isSame(object.box, as: box) {
            let finding = ObjectFinding.recognised(object.label, confidence: object.confidence)
            if best == nil || (finding.isAdmitted(among: wanted) && best?.isAdmitted(among: wanted) == false) {
                best = finding
            }
        }
        return best ?? .unrecognised
    }

    /// What moves may be a part of an object (an arm), or hold several (a group). A parked car behind a moving leaf is
    /// neither.
    private static func isSame(_ found: Box, as moving: Box) -> Bool {
        let shared = found.intersectionArea(with: moving)
        guard shared > 0, found.area > 0, moving.area > 0 else { return false }
        if found.overlap(with: moving) >= 0.2 { return true }
        return shared >= 0.7 * found.area && found.area >= 0.05 * moving.area
    }
}

extension ObjectVerifier {
    /// For a live camera: the answers come when the service has time. `nil` where the camera has no classifier.
    init?(for settings: CameraSettings, asking service: ClassifierService) {
        guard let options = settings.classify else { return nil }
        let camera = settings.id
        self.init(wanted: settings.wantedObjects, cropsPerSecond: options.cropsPerSecond) { number, crop, answers in
            service.ask(number, about: crop, of: camera, by: options, answers: answers)
        }
    }

    /// For a clip: the answers come at once. `nil` where there is no model.
    init?(for settings: CameraSettings, asking model: consuming ObjectModel?) {
        guard let options = settings.classify, let slot = ModelSlot(model) else { return nil }
        self.init(wanted: settings.wantedObjects, cropsPerSecond: options.cropsPerSecond) { number, crop, answers in
            answers.put(ClassifierAnswer(number: number, objects: try? slot.objects(in: crop)))
        }
    }
}

extension CameraSettings {
    /// What its rules about moving objects ask for between them; empty where one of them takes whatever moves.
    fileprivate var wantedObjects: Set<ObjectGroup> {
        let wanted = rules.filter(\.kind.isAboutMovingObjects).map(\.objects)
        return wanted.contains(where: \.isEmpty) ? [] : wanted.reduce(into: []) { $0.formUnion($1) }
    }
}
