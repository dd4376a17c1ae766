import Domain
import Testing

@testable import Watch

@Suite struct PictureRequestsTests {
    private let snapshot = CameraSnapshot(jpeg: [0xFF, 0xD8], capturedAt: MediaTime(seconds: 5))

    @Test func allWhoAskShareOnePicture() async {
        let requests = PictureRequests()
        #expect(!requests.isWanted)
        async let first = requests.next(patience: .seconds(5))
        async let second = requests.next(patience: .seconds(5))
        while !requests.isWanted { await Task.yield() }
        try? await Task.sleep(for: .milliseconds(20))
        requests.fulfil(with: snapshot)
        #expect(await first?.capturedAt == snapshot.capturedAt)
        #expect(await second?.capturedAt == snapshot.capturedAt)
        #expect(!requests.isWanted)
    }

    @Test func aCameraThatGivesNoPictureKeepsNobodyWaiting() async {
        let requests = PictureRequests()
        #expect(await requests.next(patience: .milliseconds(20)) == nil)
        requests.fulfil(with: snapshot)
        #expect(await requests.next(patience: .milliseconds(20))?.jpeg == snapshot.jpeg)
    }
}
