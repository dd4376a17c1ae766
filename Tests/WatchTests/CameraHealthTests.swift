import Domain
import Media
import Synchronization
import Testing

@testable import Watch

/// What is told of a camera whose parts say different things.
@Suite struct CameraHealthTests {
    private final class Told: Sendable {
        let statuses = Mutex<[CameraStatus]>([])

        func health() -> CameraHealth {
            let clock = SystemClock()
            return CameraHealth(
                camera: CameraID("gate"), name: "Gate", meter: StreamMeter(clock: clock), clock: clock
            ) { [self] status in statuses.withLock { $0.append(status) } }
        }

        var states: [CameraStatus.State] { statuses.withLock { $0.map(\.state) } }
    }

    @Test func aCameraWithoutItsMainStreamIsDegradedUntilThatIsBack() {
        let told = Told()
        let health = told.health()
        health.evidenceIsLost(because: "nothing answers.")
        #expect(health.snapshot().state == .connecting && told.states.isEmpty)
        health.became(.learning)
        health.became(.watching)
        let status = health.snapshot()
        #expect(status.state == .degraded && status.fault == .evidenceStreamLost)
        #expect(status.cause?.contains("nothing answers.") == true)
        // Learning and watching are the same to who waits for clips: no news.
        #expect(told.states == [.degraded])
        health.evidenceIsBack()
        #expect(health.snapshot().state == .watching && health.snapshot().fault == nil)
        #expect(told.states == [.degraded, .watching])
    }

    @Test func whatIsWrongWithTheStreamThatIsWatchedGoesFirst() {
        let health = Told().health()
        health.became(.blind, because: .timeout, "silent.")
        health.evidenceIsLost(because: "silent, too.")
        #expect(health.snapshot().state == .blind && health.snapshot().fault == .timeout)
        health.became(.degraded, because: .overloaded)
        #expect(health.snapshot().fault == .overloaded)
        health.became(.watching)
        #expect(health.snapshot().fault == .evidenceStreamLost)
    }

    @Test func brokenPicturesShowWhileTheDetectorsLearn() {
        func condition(_ isLearning: Bool, _ tampering: IncidentKind? = nil, _ impairment: CameraFault? = nil)
            -> WatchedCondition
        {
            WatchedCondition(isLearning: isLearning, tampering: tampering, impairment: impairment)
        }
        #expect(condition(true).state == .learning && condition(false).state == .watching)
        #expect(condition(true, nil, .brokenPictures).state == .degraded)
        #expect(condition(true, nil, .brokenPictures).fault == .brokenPictures)
        // Who sees nothing is blind, however well the pictures arrive.
        for kind in [IncidentKind.cameraCovered, .pictureBlack, .overExposed, .pictureFrozen] {
            #expect(condition(false, kind).state == .blind && condition(false, kind).fault == .tampered)
        }
        for kind in [IncidentKind.cameraMoved, .cameraDefocused] {
            #expect(condition(false, kind, .overloaded).state == .degraded)
            #expect(condition(false, kind, .overloaded).fault == .tampered)
        }
    }

    @Test func packetsBeforeTheFirstKeyframeAreCountedAndInTimeTooMany() {
        var wait = KeyframeWait()
        #expect(wait.look(dropped: 1, at: .seconds(10)) == (1, false))
        #expect(wait.look(dropped: 4, at: .seconds(15)) == (3, false))
        #expect(wait.look(dropped: 5, at: .seconds(15.1)) == (1, true))
        // The keyframe has come.
        #expect(wait.look(dropped: 5, at: .seconds(20)) == (0, false))
    }
}
