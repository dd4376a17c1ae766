import Domain
import Testing

/// Who may be silenced, by whom, and for how long.
struct ArmingTests {
    private let gate = CameraID("gate")
    private let hill = CameraID("hill")

    private func order(
        _ action: ArmingOrder.Action, camera: CameraID? = nil, zone: String? = nil, kinds: Set<IncidentKind>? = nil,
        at since: Double, until: Double? = nil
    ) throws -> ArmingOrder {
        try ArmingOrder(
            action, camera: camera, zone: zone, kinds: kinds, since: MediaTime(seconds: since),
            until: until.map(MediaTime.init(seconds:)), actor: "duty")
    }

    private func isSilent(
        _ orders: StandingOrders, _ camera: CameraID, zone: String? = nil, kind: IncidentKind = .motion, at time: Double
    ) -> Bool {
        orders.silencing(camera: camera, zone: zone, kind: kind, at: MediaTime(seconds: time)) != nil
    }

    @Test func fireIsNeverDisarmedAlongWithSomethingElse() throws {
        #expect(throws: ArmingOrder.Fault.fireWithOthers) {
            try order(.disarm, kinds: [.smoke, .intrusion], at: 0)
        }
        #expect(throws: ArmingOrder.Fault.fireWithOthers) {
            try order(.snooze, kinds: Set(IncidentKind.allCases), at: 0, until: 1)
        }
        #expect(try order(.disarm, kinds: [.smoke, .flame], at: 0).kinds == [.flame, .smoke])
        var orders = StandingOrders()
        orders.give(try order(.disarm, at: 0))
        for kind in IncidentKind.allCases {
            let isUsual = ArmingOrder.usualKinds.contains(kind)
            #expect(isSilent(orders, gate, kind: kind, at: 1) == isUsual, "\(kind)")
        }
        #expect(!ArmingOrder.usualKinds.contains { [.smoke, .flame, .cameraCovered, .streamLost].contains($0) })
    }

    @Test func ordersThatMakeNoSenseAreRefused() {
        #expect(throws: ArmingOrder.Fault.snoozeWithoutEnd) { try order(.snooze, at: 0) }
        #expect(throws: ArmingOrder.Fault.endsBeforeItBegins) { try order(.disarm, at: 5, until: 5) }
        #expect(throws: ArmingOrder.Fault.zoneWithoutCamera) { try order(.disarm, zone: "yard", at: 0) }
        #expect(throws: ArmingOrder.Fault.noKind) { try order(.disarm, kinds: [], at: 0) }
    }

    @Test func scopesAreSiteCameraAndZone() throws {
        var orders = StandingOrders()
        orders.give(try order(.disarm, camera: gate, zone: "yard", at: 0))
        #expect(isSilent(orders, gate, zone: "yard", at: 1))
        #expect(!isSilent(orders, gate, zone: "door", at: 1) && !isSilent(orders, gate, at: 1))
        orders.give(try order(.disarm, camera: gate, at: 2))
        #expect(isSilent(orders, gate, at: 3) && isSilent(orders, gate, zone: "yard", at: 3))
        #expect(!isSilent(orders, hill, at: 3) && orders.orders.count == 1)
    }

    @Test func theLastOrderDecidesAndArmingMakesExceptions() throws {
        var orders = StandingOrders()
        orders.give(try order(.disarm, at: 0))
        orders.give(try order(.arm, camera: gate, at: 1))
        #expect(!isSilent(orders, gate, at: 2) && isSilent(orders, hill, at: 2))
        orders.give(try order(.disarm, camera: gate, zone: "yard", at: 3))
        #expect(isSilent(orders, gate, zone: "yard", at: 4) && !isSilent(orders, gate, at: 4))
        orders.give(try order(.arm, at: 5))
        #expect(!isSilent(orders, hill, at: 6) && orders.orders.isEmpty)
    }

    @Test func aSnoozeGivesWayToWhatStoodBefore() throws {
        var orders = StandingOrders()
        orders.give(try order(.disarm, camera: gate, at: 0))
        orders.give(try order(.snooze, at: 1, until: 10))
        #expect(isSilent(orders, gate, at: 5) && isSilent(orders, hill, at: 5))
        #expect(isSilent(orders, gate, at: 10) && !isSilent(orders, hill, at: 10))
        orders.give(try order(.arm, camera: gate, at: 11))
        #expect(!isSilent(orders, gate, at: 12) && orders.orders.isEmpty)
    }

    @Test func ordersSurviveBeingWrittenDown() throws {
        let given = try order(.snooze, camera: gate, zone: "yard", kinds: [.intrusion], at: 1, until: 2)
        let orders = StandingOrders([given])
        #expect(orders.silent(at: MediaTime(seconds: 1.5)) == [given])
        #expect(orders.silent(at: MediaTime(seconds: 2)).isEmpty)
    }
}
