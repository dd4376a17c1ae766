import SiteConfiguration
import Testing

struct TamperTests {
    @Test func tamperingIsNoticedWherePicturesAreLookedAtUnlessSomebodySaysNo() throws {
        #expect(try load(camera("detect: [motion]")).cameras[0].tamper)
        #expect(try load(camera("detect: []")).cameras[0].tamper == false)
        #expect(try load(camera("detect: [motion]\n    tamper: false")).cameras[0].tamper == false)
        #expect(try load(camera("detect: []\n    tamper: true")).cameras[0].tamper)
        #expect(faults(in: camera("tamper: often")).count == 1)
    }
}
