import Domain
import Geolocation

/// How well a bearing and a fire fit one another.
struct FireFit {
    let locator: Locator
    let settings: FireFusion.Settings

    /// The position from a fire's witnesses; one bearing for each camera, the latest.
    func position(_ witnesses: [Fire.Witness]) -> Result<PositionFix, LocationRefusal> {
        var latest: [CameraID: Fire.Witness] = [:]
        for witness in witnesses where witness.lastSeen >= latest[witness.camera]?.lastSeen ?? witness.lastSeen {
            latest[witness.camera] = witness
        }
        let bearings = latest.values.sorted { $0.camera < $1.camera }.map(\.bearing)
        do throws(LocationRefusal) {
            return .success(try CrossBearing.fix(bearings))
        } catch {
            return .failure(error)
        }
    }

    /// How far a witness lies from a fire, in standard errors, squared; `nil` where it cannot be the same fire.
    func distance(_ witness: Fire.Witness, to fire: Fire) -> Double? {
        guard !seesBoth(witness, fire) else { return nil }
        if let fix = fire.fix { return distance(witness, to: fix) }
        let own = fire.witnesses.filter { $0.camera == witness.camera }
        if let nearest = own.map({ turn(witness, $0) }).min() {
            guard nearest <= settings.sameBearingDegrees else { return nil }
            let share = nearest / settings.sameBearingDegrees
            return share * share
        }
        // Two bearings nearly always cross somewhere: only a crossing where both could see a plume counts, and any
        // fire that is located already is preferred.
        guard case .success(let fix) = position(fire.witnesses + [witness]), fix.leftOut.isEmpty else { return nil }
        let all = fire.witnesses + [witness]
        let heights = all.compactMap { footDeviation($0, at: fix.point) }
        guard heights.count == all.count else { return nil }
        return fix.chiSquare + settings.unlocatedPenalty + heights.reduce(0, +)
    }

    private func distance(_ witness: Fire.Witness, to fix: PositionFix) -> Double? {
        guard let foot = footDeviation(witness, at: fix.point) else { return nil }
        guard let way = Geodesic.way(from: witness.pose.position, to: fix.point), way.distanceMetres > 1 else {
            return nil
        }
        let turn = witness.bearing.turn(to: fix.point)
        let spread = fix.crossSigmaDegrees(seenUnder: way)
        let sigma = witness.sightLine.azimuthSigmaDegrees
        let deviation = turn * turn / (sigma * sigma + spread * spread)
        return deviation <= settings.gate ? deviation + foot : nil
    }

    /// Whether a camera that sees the fire sees this too, as something else in the same picture.
    private func seesBoth(_ witness: Fire.Witness, _ fire: Fire) -> Bool {
        fire.witnesses.contains {
            $0.camera == witness.camera && $0.incident != witness.incident
                && ($0.lastSeen - witness.lastSeen).magnitude < settings.sameMoment
                && turn(witness, $0) > settings.sameBearingDegrees
        }
    }

    private func turn(_ a: Fire.Witness, _ b: Fire.Witness) -> Double {
        abs((a.sightLine.azimuthDegrees - b.sightLine.azimuthDegrees).wrappedTo180)
    }

    /// How far above or below the ground the line of sight passes over a place, in standard errors, squared: what it shows
    /// is the lowest smoke. `nil` where no plume can be seen so high or so far away.
    private func footDeviation(_ witness: Fire.Witness, at place: GeoPoint) -> Double? {
        guard let way = Geodesic.way(from: witness.pose.position, to: place),
            way.distanceMetres <= settings.maximumRangeMetres
        else { return nil }
        let line = witness.sightLine
        let ground = locator.groundHeightMetres(at: place) ?? 0
        let above = line.heightMetres(atMetres: way.distanceMetres, from: witness.pose) - ground
        let error = line.elevationSigmaDegrees * .pi / 180 * way.distanceMetres
        let variance = error * error + settings.footSigmaMetres * settings.footSigmaMetres
        guard above <= settings.highestPlumeMetres + 3 * error, above >= 0 || above * above <= settings.gate * variance
        else { return nil }
        return above * above / variance
    }

    /// Whether two located fires may be one: their positions differ by no more than their errors, and no camera sees both.
    func areOne(_ a: Fire, _ b: Fire) -> Bool {
        guard !a.witnesses.contains(where: { seesBoth($0, b) }) else { return false }
        if let fixA = a.fix, let fixB = b.fix { return fixA.squaredDeviation(from: fixB) <= settings.gate }
        let (located, other) = a.fix != nil ? (a, b) : (b, a)
        guard located.fix != nil else { return false }
        return other.witnesses.allSatisfy { distance($0, to: located) != nil }
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
