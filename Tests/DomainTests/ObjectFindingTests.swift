import Domain
import Foundation
import Testing

@Suite struct ObjectFindingTests {
    private let person = ObjectFinding.recognised("person", confidence: 0.8)

    @Test func aRuleGetsWhatItAsksForAndWhatNobodyLookedAt() {
        #expect(person.isAdmitted(among: [.person, .vehicle]))
        #expect(ObjectFinding.recognised("truck", confidence: 0.5).isAdmitted(among: [.vehicle]))
        #expect(!person.isAdmitted(among: [.vehicle]))
        #expect(!ObjectFinding.recognised("umbrella", confidence: 0.9).isAdmitted(among: [.person]))
        #expect(!ObjectFinding.unrecognised.isAdmitted(among: [.person]))
        #expect(ObjectFinding.unverified.isAdmitted(among: [.person]))
        for finding in [person, .unrecognised, .unverified] { #expect(finding.isAdmitted(among: [])) }
    }

    @Test func theSurestFindingStandsForAnIncident() {
        let surer = ObjectFinding.recognised("car", confidence: 0.9)
        #expect(person.combined(with: surer) == surer)
        #expect(surer.combined(with: person) == surer)
        #expect(ObjectFinding.unrecognised.combined(with: .unverified) == .unverified)
        #expect(ObjectFinding.unverified.combined(with: person) == person)
        #expect(person.combined(with: nil) == person)
    }

    @Test func peopleReadItInTheirLanguage() {
        #expect(person.title(in: .en) == "person (80 %)")
        #expect(person.title(in: .vi) == "người (80 %)")
        #expect(ObjectFinding.recognised("umbrella", confidence: 0.5).title(in: .en) == "umbrella (50 %)")
        #expect(ObjectFinding.unverified.title(in: .vi) == "chưa xác minh")
    }

    @Test func itSurvivesJSON() throws {
        for finding in [person, .unrecognised, .unverified] {
            let data = try JSONEncoder().encode(finding)
            #expect(try JSONDecoder().decode(ObjectFinding.self, from: data) == finding)
        }
    }
}
