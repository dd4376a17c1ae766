import Domain
import Inference
import PixelKernels
import Testing

@testable import Watch

@Suite struct ObjectVerifierTests {
    /// Answers when the test says so.
    private final class SlowClassifier {
        var questions: [(number: Int, crop: PictureCrop, answers: AnswerBox)] = []

        func ask(_ number: Int, _ crop: PictureCrop, _ answers: AnswerBox) {
            questions.append((number, crop, answers))
        }

        func answer(_ objects: [DetectedObject]?) {
            let question = questions.removeFirst()
            question.answers.put(ClassifierAnswer(number: question.number, objects: objects))
        }
    }

    private static let pixels = [UInt8](repeating: 90, count: 640 * 360)
    private let place = Box(x: 0.4, y: 0.4, width: 0.1, height: 0.3)

    private func verify(
        _ verifier: inout ObjectVerifier, _ observations: [Observation], atMilliseconds time: Int
    ) -> [Observation] {
        let plane = PlaneView(pixels: Self.pixels.span, width: 640, height: 360, stride: 640)
        let picture = PictureView(luma: plane, chromaU: nil, chromaV: nil, range: .limited)
        return verifier.verify(observations, in: picture, at: MediaTime.zero + .milliseconds(time))
    }

    private func moving(_ track: Int, _ box: Box? = nil, at milliseconds: Int) -> Observation {
        Observation(
            kind: .motion, time: .zero + .milliseconds(milliseconds), box: box ?? place, confidence: 0.8, track: track)
    }

    private func person(_ confidence: Double = 0.7) -> DetectedObject {
        DetectedObject(label: "person", confidence: confidence, box: place)
    }

    /// A verifier whose classifier answers at once.
    private func direct(
        wanted: Set<ObjectGroup> = [], perSecond: Double = 4, _ objects: @escaping (Int) -> [DetectedObject]?
    ) -> ObjectVerifier {
        ObjectVerifier(wanted: wanted, cropsPerSecond: perSecond) { number, _, answers in
            answers.put(ClassifierAnswer(number: number, objects: objects(number)))
        }
    }

    @Test func anAnswerAtOnceDelaysNothing() {
        var verifier = direct { _ in [person()] }
        let seen = verify(&verifier, [moving(1, at: 0)], atMilliseconds: 0)
        #expect(seen.map(\.object) == [.recognised("person", confidence: 0.7)])
    }

    @Test func anObservationWaitsForItsAnswer() {
        let classifier = SlowClassifier()
        var verifier = ObjectVerifier(wanted: [], cropsPerSecond: 4, ask: classifier.ask)
        #expect(verify(&verifier, [moving(1, at: 0)], atMilliseconds: 0).isEmpty)
        #expect(verify(&verifier, [moving(1, at: 100)], atMilliseconds: 100).isEmpty)
        #expect(classifier.questions.count == 1)
        classifier.answer([person()])
        let seen = verify(&verifier, [moving(1, at: 200)], atMilliseconds: 200)
        #expect(seen.map(\.object) == [.recognised("person", confidence: 0.7)])
        // The latest one, with what it is now.
        #expect(seen.map(\.time) == [.zero + .milliseconds(200)])
    }

    @Test func whoStandsStaysKnownAndIsNotAskedAboutForEver() {
        var questions = 0
        var verifier = ObjectVerifier(wanted: [.vehicle], cropsPerSecond: 4) { number, _, answers in
            questions += 1
            answers.put(ClassifierAnswer(number: number, objects: [person()]))
        }
        for time in stride(from: 0, to: 60_000, by: 200) {
            var standing = moving(1, at: time)
            standing.restingSince = .zero
            let seen = verify(&verifier, [standing], atMilliseconds: time)
            #expect(seen.map(\.object?.label) == ["person"])
        }
        #expect(questions > 10 && questions < 25, "\(questions) questions")
        // What came to rest as that track is the same person; another thing is not.
        var left = Observation(
            kind: .objectLeft, time: .zero + .milliseconds(60_000), box: place, confidence: 0.8, track: 1)
        #expect(verify(&verifier, [left], atMilliseconds: 60_000).map(\.object?.label) == ["person"])
        left.track = 2
        #expect(verify(&verifier, [left], atMilliseconds: 60_000).map(\.object) == [nil])
    }

    /// The stated bound: half a second.
    @Test func withoutAnAnswerItGoesOnUnverified() {
        let classifier = SlowClassifier()
        var verifier = ObjectVerifier(wanted: [.person], cropsPerSecond: 4, ask: classifier.ask)
        for time in stride(from: 0, to: 500, by: 100) {
            #expect(verify(&verifier, [moving(1, at: time)], atMilliseconds: time).isEmpty, "\(time)")
        }
        #expect(verify(&verifier, [moving(1, at: 500)], atMilliseconds: 500).map(\.object) == [.unverified])
        #expect(verify(&verifier, [moving(1, at: 600)], atMilliseconds: 600).map(\.object) == [.unverified])
        // An answer that comes late still counts.
        classifier.answer([person()])
        let late = verify(&verifier, [moving(1, at: 700)], atMilliseconds: 700)
        #expect(late.map(\.object) == [.recognised("person", confidence: 0.7)])
    }

    @Test func whatIsSeenOnlyOnceIsNotLost() {
        let classifier = SlowClassifier()
        var verifier = ObjectVerifier(wanted: [], cropsPerSecond: 4, ask: classifier.ask)
        #expect(verify(&verifier, [moving(1, at: 0)], atMilliseconds: 0).isEmpty)
        #expect(verify(&verifier, [], atMilliseconds: 400).isEmpty)
        let released = verify(&verifier, [], atMilliseconds: 500)
        #expect(released.map(\.object) == [.unverified])
        #expect(released.map(\.time) == [.zero])
        #expect(verify(&verifier, [], atMilliseconds: 600).isEmpty)
    }

    @Test func atTheEndNothingIsLeftWaiting() {
        let classifier = SlowClassifier()
        var verifier = ObjectVerifier(wanted: [], cropsPerSecond: 4, ask: classifier.ask)
        #expect(verify(&verifier, [moving(1, at: 0)], atMilliseconds: 0).isEmpty)
        #expect(verifier.releaseAll().map(\.object) == [.unverified])
        #expect(verifier.releaseAll().isEmpty)
    }

    @Test func aClassifierThatFailsDropsNothing() {
        var verifier = direct(wanted: [.person]) { _ in nil }
        for time in stride(from: 0, to: 3000, by: 100) {
            let seen = verify(&verifier, [moving(1, at: time)], atMilliseconds: time)
            #expect(seen.map(\.object) == [.unverified], "\(time)")
        }
    }

    @Test func whatIsNotWantedIsLookedAtAgainUntilItIs() {
        // Nothing at first, then a dog, then the person that it was.
        var verifier = direct(wanted: [.person]) { number in
            number == 1
                ? [] : number == 2 ? [DetectedObject(label: "dog", confidence: 0.9, box: place)] : [person(0.5)]
        }
        var seen: [Int: ObjectFinding] = [:]
        for time in stride(from: 0, to: 2000, by: 100) {
            for observation in verify(&verifier, [moving(1, at: time)], atMilliseconds: time) {
                seen[time] = observation.object
            }
        }
        let persons = seen.filter { $0.value == .recognised("person", confidence: 0.5) }
        #expect(persons.keys.min() == 1000 && persons.count == 10)
        #expect(seen.filter { $0.key < 1000 }.values.allSatisfy { !$0.isAdmitted(among: [.person]) })
    }

    @Test func aLookThatShowsNothingTakesNothingBack() {
        var verifier = direct { number in number == 1 ? [person()] : [] }
        for time in stride(from: 0, to: 3000, by: 100) {
            let seen = verify(&verifier, [moving(1, at: time)], atMilliseconds: time)
            #expect(seen.map(\.object?.state) == [.recognised])
        }
    }

    @Test func noMoreCropsAreLookedAtThanConfigured() {
        var asked = 0
        var verifier = ObjectVerifier(wanted: [.person], cropsPerSecond: 2) { number, _, answers in
            asked += 1
            answers.put(ClassifierAnswer(number: number, objects: []))
        }
        // A snow storm: new objects in every picture.
        var track = 0
        for time in stride(from: 0, to: 10_000, by: 100) {
            var observations: [Observation] = []
            for index in 0..<20 {
                track += 1
                let box = Box(x: 0.045 * Double(index), y: 0.05 * Double(index % 7), width: 0.04, height: 0.1)
                observations.append(moving(track, box, at: time))
            }
            _ = verify(&verifier, observations, atMilliseconds: time)
        }
        #expect((20...22).contains(asked), "\(asked)")
    }

    @Test func oneLookTellsAllThatAreInTheCrop() {
        let other = Box(x: 0.52, y: 0.42, width: 0.08, height: 0.25)
        var verifier = direct(perSecond: 1) { _ in
            [person(), DetectedObject(label: "dog", confidence: 0.6, box: other)]
        }
        let seen = verify(&verifier, [moving(1, at: 0), moving(2, other, at: 0)], atMilliseconds: 0)
        #expect(seen.map(\.object?.label) == ["person", "dog"])
    }

    @Test func aSpeckIsNotLookedAtAndStaysUnverified() {
        var verifier = direct(wanted: [.person]) { _ in
            Issue.record("a speck was looked at")
            return []
        }
        let speck = Box(x: 0.5, y: 0.5, width: 0.01, height: 0.02)
        #expect(verify(&verifier, [moving(1, speck, at: 0)], atMilliseconds: 0).map(\.object) == [.unverified])
    }

    @Test func whatIsNoMovingObjectPassesUntouched() {
        var verifier = direct(wanted: [.person]) { _ in [] }
        let change = Observation(kind: .sceneChange, time: .zero, confidence: 1)
        #expect(verify(&verifier, [change], atMilliseconds: 0) == [change])
    }

    @Test func aStepBackInTimeLeavesNobodyWaiting() {
        let classifier = SlowClassifier()
        var verifier = ObjectVerifier(wanted: [], cropsPerSecond: 4, ask: classifier.ask)
        _ = verify(&verifier, [moving(1, at: 600_000)], atMilliseconds: 600_000)
        var released: [Observation] = []
        for time in stride(from: 0, to: 1000, by: 100) {
            released += verify(&verifier, [moving(2, at: time)], atMilliseconds: time)
        }
        #expect(released.first?.track == 1)
        #expect(released.contains { $0.track == 2 })
        #expect(verifier.releaseAll().isEmpty)
    }

    @Test(arguments: [
        (Box(x: 0.45, y: 0.45, width: 0.1, height: 0.1), true), (Box(x: 0.46, y: 0.4, width: 0.05, height: 0.2), true),
        (Box(x: 0.1, y: 0.1, width: 0.8, height: 0.8), false), (Box(x: 0.8, y: 0.8, width: 0.1, height: 0.1), false),
    ])
    func anObjectIsTheOneThatMovedThere(found: Box, isSame: Bool) {
        let moving = Box(x: 0.42, y: 0.42, width: 0.15, height: 0.15)
        let object = DetectedObject(label: "car", confidence: 0.5, box: found)
        let finding = CropArea.finding(for: moving, among: [object], wanted: [])
        #expect((finding.state == .recognised) == isSame)
    }

    @Test(arguments: [
        Box(x: 0, y: 0, width: 0.1, height: 0.1), Box(x: 0.95, y: 0.9, width: 0.05, height: 0.1),
        Box(x: 0.4, y: 0.4, width: 0.2, height: 0.2), Box(x: 0, y: 0, width: 1, height: 1),
    ])
    func aCropHoldsItsObject(box: Box) {
        for (width, height) in [(640, 360), (1920, 1080), (120, 90)] {
            let area = CropArea.around(box, width: width, height: height)
            #expect(area.x >= 0 && area.y >= 0 && area.maxX <= 1 + 1e-9 && area.maxY <= 1 + 1e-9)
            #expect(area.intersectionArea(with: box) > 0.999 * box.area)
        }
    }
}
