/// A walking person of limbs with round ends: proportions of an adult, knees and elbows that bend in step.
struct Person {
    var heightMetres: Float
    var shirt: SceneColor
    var trousers: SceneColor
    var skin: SceneColor
    var hair: SceneColor
    var shoes: SceneColor

    init(seed: UInt64, index: Int) {
        var random = KeyedRandom(seed: seed, thing: .person, index: index)
        heightMetres = random.uniform(1.58...1.82)
        shirt = random.choice([
            SceneColor(0.70, 0.16, 0.14), SceneColor(0.14, 0.26, 0.52), SceneColor(0.88, 0.86, 0.80),
            SceneColor(0.15, 0.38, 0.24), SceneColor(0.80, 0.55, 0.15), SceneColor(0.20, 0.20, 0.23),
        ])
        trousers = random.choice([
            SceneColor(0.13, 0.15, 0.22), SceneColor(0.22, 0.19, 0.16), SceneColor(0.28, 0.31, 0.38),
        ])
        skin = random.choice([SceneColor(0.80, 0.60, 0.46), SceneColor(0.68, 0.47, 0.34), SceneColor(0.86, 0.68, 0.54)])
        hair = random.choice([SceneColor(0.07, 0.06, 0.06), SceneColor(0.16, 0.11, 0.08), SceneColor(0.30, 0.28, 0.26)])
        shoes = SceneColor(0.10, 0.09, 0.09)
    }

    struct Limb {
        var from: WorldPoint
        var to: WorldPoint
        var fromRadius: Float
        var toRadius: Float
        var color: SceneColor
    }

    /// Metres walked in one full cycle of two steps.
    var strideMetres: Float { 0.82 * heightMetres }

    /// The body at a place of its way, farthest limb from the camera first.
    ///
    /// - Parameter walked: metres, which set the phase of the step.
    func limbs(at place: GroundPath.Place, walked: Float) -> [Limb] {
        let h = heightMetres
        let phase = walked / strideMetres
        let legs = [leg(phase: phase), leg(phase: phase + 0.5)]
        // The lower foot stands on the ground.
        let drop = min(legs[0].ankle.up, legs[1].ankle.up) - 0.045 * h
        let hip = -drop
        let shoulder = hip + 0.29 * h
        let forward = place.forward
        func body(_ ahead: Float, _ side: Float, _ up: Float) -> WorldPoint {
            WorldPoint(
                x: place.x + forward.x * ahead - forward.z * side, y: up,
                z: place.z + forward.z * ahead + forward.x * side)
        }
        var limbs: [Limb] = []
        for (i, leg) in legs.enumerated() {
            let side = (i == 0 ? 0.055 : -0.055) * h
            let hipJoint = body(0, side, hip)
            let knee = body(leg.knee.ahead, side, hip + leg.knee.up)
            let ankle = body(leg.ankle.ahead, side, hip + leg.ankle.up)
            let toe = body(
                leg.ankle.ahead + 0.1 * h, side, max(0.018 * h, hip + leg.ankle.up - 0.025 * h + leg.toeLift))
            limbs.append(Limb(from: hipJoint, to: knee, fromRadius: 0.055 * h, toRadius: 0.04 * h, color: trousers))
            limbs.append(Limb(from: knee, to: ankle, fromRadius: 0.04 * h, toRadius: 0.03 * h, color: trousers))
            limbs.append(Limb(from: ankle, to: toe, fromRadius: 0.026 * h, toRadius: 0.02 * h, color: shoes))
            let swing = -0.075 * sine(turns: phase + (i == 0 ? 0 : 0.5))
            let bend = swing + 0.07
            let armSide = (i == 0 ? 0.118 : -0.118) * h
            let shoulderJoint = body(0, armSide, shoulder)
            let elbowAhead = 0.165 * h * sine(turns: swing)
            let elbowUp = shoulder - 0.165 * h * cosine(turns: swing)
            let elbow = body(elbowAhead, armSide * 1.08, elbowUp)
            let hand = body(
                elbowAhead + 0.16 * h * sine(turns: bend), armSide * 1.02, elbowUp - 0.16 * h * cosine(turns: bend))
            limbs.append(Limb(from: shoulderJoint, to: elbow, fromRadius: 0.036 * h, toRadius: 0.028 * h, color: shirt))
            limbs.append(Limb(from: elbow, to: hand, fromRadius: 0.025 * h, toRadius: 0.02 * h, color: skin))
        }
        let lean: Float = 0.015 * h
        let chest = body(lean, 0, shoulder - 0.05 * h)
        limbs.append(Limb(from: body(0, 0, hip), to: chest, fromRadius: 0.083 * h, toRadius: 0.097 * h, color: shirt))
        limbs.append(
            Limb(
                from: body(lean, 0.085 * h, shoulder - 0.01 * h), to: body(lean, -0.085 * h, shoulder - 0.01 * h),
                fromRadius: 0.047 * h, toRadius: 0.047 * h, color: shirt))
        let neck = body(lean, 0, shoulder + 0.02 * h)
        let head = body(lean + 0.01 * h, 0, shoulder + 0.115 * h)
        limbs.append(Limb(from: neck, to: head, fromRadius: 0.03 * h, toRadius: 0.03 * h, color: skin))
        limbs.sort { $0.from.z + $0.to.z > $1.from.z + $1.to.z }
        // The head is drawn last: nothing of the body ever hides it from a raised camera.
        let crown = body(lean - 0.012 * h, 0, shoulder + 0.138 * h)
        let face = body(lean + 0.012 * h, 0, shoulder + 0.1 * h)
        limbs.append(Limb(from: face, to: head, fromRadius: 0.052 * h, toRadius: 0.058 * h, color: skin))
        limbs.append(Limb(from: crown, to: crown, fromRadius: 0.058 * h, toRadius: 0.058 * h, color: hair))
        return limbs
    }

    /// One leg in the plane of the step, relative to the hip, in metres. `phase` is in turns.
    private func leg(phase: Float) -> (
        knee: (ahead: Float, up: Float), ankle: (ahead: Float, up: Float), toeLift: Float
    ) {
        let thigh = 0.245 * heightMetres
        let hipTurns = 0.07 * sine(turns: phase)
        // The knee bends most while the leg swings forward.
        let swing = max(0, cosine(turns: phase + 0.04))
        let shinTurns = hipTurns - 0.012 - 0.095 * swing * swing
        let knee = (ahead: thigh * sine(turns: hipTurns), up: -thigh * cosine(turns: hipTurns))
        return (
            knee, (knee.ahead + thigh * sine(turns: shinTurns), knee.up - thigh * cosine(turns: shinTurns)),
            0.03 * heightMetres * max(0, sine(turns: phase))
        )
    }
}
