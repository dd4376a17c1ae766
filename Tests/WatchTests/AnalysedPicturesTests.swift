import Domain
import Testing

@testable import Watch

/// Pictures are kept for a time and for so many bytes.
@Suite struct AnalysedPicturesTests {
    private func picture(_ minute: Double, bytes: Int = 100) -> AnalysedPictures.Picture {
        AnalysedPictures.Picture(time: MediaTime(seconds: 60 * minute), jpeg: [UInt8](repeating: 1, count: bytes))
    }

    private func minutes(_ kept: AnalysedPictures) -> [Double] { kept.pictures.map { $0.time.seconds / 60 } }

    @Test func oldOnesGoAndTheOneBeforeThemStays() {
        var kept = AnalysedPictures(span: .seconds(300), mostBytes: 1_000_000)
        for minute in 0..<20 { kept.keep(picture(Double(minute))) }
        #expect(minutes(kept) == [13, 14, 15, 16, 17, 18, 19])
        #expect(kept.byteCount == 700)
        #expect(kept.since(MediaTime(seconds: 17 * 60)).count == 3)
        #expect(kept.latest(before: MediaTime(seconds: 16.5 * 60))?.time == MediaTime(seconds: 16 * 60))
        #expect(kept.latest(before: .zero)?.time == MediaTime(seconds: 13 * 60), "the oldest where all are younger")
    }

    /// The whole time stays covered, more thinly the longer ago it is.
    @Test func whatNeedsTooMuchMemoryIsThinnedOut() {
        var kept = AnalysedPictures(span: .seconds(1800), mostBytes: 1_000)
        for minute in 0..<30 {
            kept.keep(picture(Double(minute)))
            #expect(kept.byteCount <= 1_000)
            #expect(kept.byteCount == kept.pictures.reduce(0) { $0 + $1.jpeg.count })
        }
        let times = minutes(kept)
        #expect(times.count >= 5 && times.last == 29)
        #expect(times[0] <= 15, "\(times)")
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.last == 1 && gaps[0] >= 2, "\(gaps)")
    }

    @Test func onePictureThatIsTooLargeIsTheOnlyOne() {
        var kept = AnalysedPictures(span: .seconds(1800), mostBytes: 1_000)
        for minute in 0..<4 { kept.keep(picture(Double(minute), bytes: 5_000)) }
        #expect(minutes(kept) == [3])
    }

    @Test func picturesCloseTogetherAreNotAskedFor() {
        var kept = AnalysedPictures(span: .seconds(60), mostBytes: 1_000, spacing: .seconds(10))
        kept.keep(picture(1))
        #expect(!kept.isWanted(at: MediaTime(seconds: 69)) && kept.isWanted(at: MediaTime(seconds: 70)))
        // The clock was set back: a new timeline.
        #expect(kept.isWanted(at: MediaTime(seconds: 30)))
        kept.keep(picture(0.5))
        #expect(minutes(kept) == [0.5] && kept.byteCount == 100)
    }
}
