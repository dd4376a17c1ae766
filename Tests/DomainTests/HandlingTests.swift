import Domain
import Testing

/// Which step people may take after which.
struct HandlingTests {
    private func incident(_ kind: IncidentKind = .smoke) -> Incident {
        Incident(
            id: IncidentID("tower-smoke-1"), kind: kind, camera: CameraID("tower"), severity: .critical, start: .zero,
            confidence: 0.9, box: nil, rule: "smoke")
    }

    private func after(_ steps: [HandlingStep], kind: IncidentKind = .smoke) throws -> Incident {
        var incident = incident(kind)
        for (index, step) in steps.enumerated() {
            try step.check(incident, note: "n")
            incident.take(step, actor: "an", time: MediaTime(seconds: Double(index + 1)), note: "n")
        }
        return incident
    }

    private func refuses(_ step: HandlingStep, after steps: [HandlingStep], kind: IncidentKind = .smoke) throws -> Bool
    {
        let incident = try after(steps, kind: kind)
        do {
            try step.check(incident, note: "n")
            return false
        } catch {
            return !error.problem.isEmpty && !error.remedy.isEmpty
        }
    }

    @Test func whoeverDoesSomethingHasTakenIt() throws {
        #expect(try after([.note]).acknowledgement == nil)
        let taken = try after([.note, .assign(to: "Bình"), .confirm])
        #expect(taken.acknowledgement?.time == MediaTime(seconds: 2), "the first stands")
        #expect(taken.handling?.assignment?.to == "Bình" && taken.handling?.note?.text == "n")
        #expect(taken.handling?.isConfirmed == true && taken.handling?.isDismissed == false)
    }

    @Test func theLastWordCounts() throws {
        #expect(try after([.confirm, .dismiss(.cloud)]).handling?.isDismissed == true)
        #expect(try after([.dismiss(.cloud), .confirm]).handling?.isConfirmed == true)
        let burning = try after([.dismiss(.cloud), .report(.observed)])
        #expect(burning.handling?.isDismissed == false && burning.handling?.isConfirmed == true)
        #expect(try after([.report(.observed), .report(.cancelled), .dismiss(.other)]).handling?.isDismissed == true)
    }

    @Test func whatContradictsIsRefused() throws {
        #expect(try refuses(.confirm, after: [.confirm]))
        #expect(try refuses(.dismiss(.cloud), after: [.dismiss(.cloud)]))
        #expect(try !refuses(.dismiss(.fog), after: [.dismiss(.cloud)]))
        #expect(try refuses(.dismiss(.cloud), after: [.report(.observed)]), "the ground knows better")
        #expect(try refuses(.report(.observed), after: [.report(.observed)]))
        #expect(try refuses(.report(.likely), after: []))
        #expect(try refuses(.report(.observed), after: [], kind: .intrusion))
        #expect(try !refuses(.dismiss(.insect), after: [], kind: .intrusion))
        #expect(try refuses(.assign(to: ""), after: []))
        #expect(throws: HandlingStep.Refusal.self) { try HandlingStep.note.check(incident(), note: nil) }
    }

    @Test func evidenceIsLockedForAReasonUntilItIsUnlocked() throws {
        let locked = try after([.lock, .dismiss(.cloud)])
        #expect(locked.isLocked && locked.handling?.lock?.reason == "n", "what it was does not matter")
        #expect(try after([.lock]).acknowledgement == nil, "whoever keeps the evidence need not have taken it")
        #expect(try !after([.lock, .unlock]).isLocked)
        #expect(try after([.lock, .unlock, .lock]).isLocked)
        #expect(try refuses(.lock, after: [.lock]))
        #expect(try refuses(.unlock, after: []))
        for (step, before) in [(HandlingStep.lock, []), (.unlock, [HandlingStep.lock])] {
            let incident = try after(before)
            #expect(throws: HandlingStep.Refusal.self) { try step.check(incident, note: "") }
        }
    }
}
