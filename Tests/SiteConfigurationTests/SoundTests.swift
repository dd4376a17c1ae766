import SiteConfiguration
import Testing

struct SoundTests {
    @Test func soundIsKeptOnlyWhereSomebodySaysSo() throws {
        #expect(try load(camera()).cameras[0].audio == false)
        #expect(try load(camera("audio: true")).cameras[0].audio)
        #expect(
            faults(in: camera("audio: loud")) == ["4:12: 'audio' must be true or false, not 'loud'. Change the value."])
    }
}
