/// Who comes to the courtyard, when, and which way.
///
/// Nothing moves in the first 8 s of a loop, so that a detector can learn the view. Between two visits lie 14 s, so
/// that each is an incident of its own. The last one is over before the loop ends.
enum CourtyardSchedule {
    static let leadSeconds: Float = 8
    static let gapSeconds: Float = 14
    static let tailSeconds: Float = 6
    static let crossingGapSeconds: Float = 5

    static func actors(_ settings: SceneSettings) -> [Actor] {
        var random = KeyedRandom(seed: settings.seed, thing: .schedule)
        var actors: [Actor] = []
        var start = leadSeconds
        var visit = 0
        let end = Float(settings.loopSeconds) - tailSeconds
        while actors.count < 250 {
            let group = group(visit: visit, start: start, settings.seed, firstID: actors.count + 1, &random)
            let over = group.map(\.endSeconds).reduce(0, max)
            guard over <= end else { break }
            actors += group
            start = over + gapSeconds
            visit += 1
        }
        return actors
    }

    /// One person after the other, from either side of the picture in turn, the yard empty between them.
    static func crossings(_ settings: SceneSettings) -> [Actor] {
        var random = KeyedRandom(seed: settings.seed, thing: .schedule)
        var actors: [Actor] = []
        var start = leadSeconds
        while true {
            let way = actors.count.isMultiple(of: 2) ? crossing : crossing.reversed()
            let actor = Actor(
                id: actors.count + 1, figure: .person(Person(seed: settings.seed, index: actors.count + 1)),
                path: GroundPath(way), metresPerSecond: random.uniform(1.35...1.8), startSeconds: start)
            guard actor.endSeconds <= Float(settings.loopSeconds) - tailSeconds, actors.count < 250 else {
                return actors
            }
            actors.append(actor)
            start = actor.endSeconds + crossingGapSeconds
        }
    }

    /// Ways over the yard; the street behind the wall cannot be seen from the camera.
    private static let comingIn: [(x: Float, z: Float)] = [
        (8, 23.4), (5.2, 23), (3, 21.5), (2.3, 19), (0.9, 14), (-1.4, 10), (-4.6, 7.6), (-6.6, 6.6),
    ]
    private static let goingOut: [(x: Float, z: Float)] = [
        (-8, 9.5), (-4, 10.6), (-0.6, 13), (1.8, 17), (2.6, 20), (2.2, 22.6), (-0.5, 23.3), (-4, 23.4),
    ]
    private static let crossing: [(x: Float, z: Float)] = [(9.5, 12), (5, 13), (0, 12.4), (-4, 11), (-8.5, 10)]
    private static let drivingIn: [(x: Float, z: Float)] = [
        (14, 26.4), (8, 26.2), (4, 24.6), (2.6, 21), (2.3, 16.5), (0.6, 12.6), (-3, 10.9), (-8, 10.4), (-13, 10.2),
    ]

    private static func group(
        visit: Int, start: Float, _ seed: UInt64, firstID: Int, _ random: inout KeyedRandom
    ) -> [Actor] {
        func person(_ number: Int, _ way: [(x: Float, z: Float)], speed: Float, delay: Float = 0, aside: Float = 0)
            -> Actor
        {
            Actor(
                id: firstID + number, figure: .person(Person(seed: seed, index: firstID + number)),
                path: GroundPath(way.map { ($0.x + aside, $0.z + 0.4 * aside) }), metresPerSecond: speed,
                startSeconds: start + delay)
        }
        let speed = random.uniform(1.35...1.65)
        switch visit % 4 {
        case 0: return [person(0, comingIn, speed: speed)]
        case 1:
            return [
                Actor(
                    id: firstID, figure: .car(Car(seed: seed, index: firstID)), path: GroundPath(drivingIn),
                    metresPerSecond: random.uniform(3.6...4.4), startSeconds: start)
            ]
        case 2:
            return [
                person(0, goingOut, speed: speed), person(1, goingOut, speed: speed * 0.97, delay: 1.1, aside: 0.7),
            ]
        default: return [person(0, crossing, speed: speed * 1.1)]
        }
    }
}
