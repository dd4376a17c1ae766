/// Who meets whom in the courtyard when it is busy: people cross, overtake each other, walk in groups, and meet behind
/// a kiosk, so that telling them apart takes more than where they were a moment ago.
///
/// Nothing moves in the first 8 s of a loop. An encounter begins while the last one is still under way.
enum CrowdSchedule {
    /// How soon the next encounter begins, as a part of the last one's length.
    private static let overlap: Float = 0.55

    static func actors(_ settings: SceneSettings) -> [Actor] {
        var random = KeyedRandom(seed: settings.seed, thing: .schedule)
        var actors: [Actor] = []
        var start = CourtyardSchedule.leadSeconds
        let end = Float(settings.loopSeconds) - CourtyardSchedule.tailSeconds
        var number = 0
        while actors.count < 250 {
            let walkers = encounter(number, &random)
            let people = walkers.enumerated().map { offset, walker in
                Actor(
                    id: actors.count + 1 + offset,
                    figure: .person(Person(seed: settings.seed, index: actors.count + 1 + offset)),
                    path: GroundPath(walker.way), metresPerSecond: walker.speed, startSeconds: start + walker.delay)
            }
            let over = people.map(\.endSeconds).reduce(0, max)
            guard over <= end else { break }
            actors += people
            start += overlap * (over - start)
            number += 1
        }
        return actors
    }

    private struct Walker {
        var way: [(x: Float, z: Float)]
        var speed: Float
        var delay: Float = 0
    }

    private static func encounter(_ number: Int, _ random: inout KeyedRandom) -> [Walker] {
        let depth = random.uniform(9.8...12)
        let pace = random.uniform(1.25...1.55)
        switch number % 5 {
        case 0:
            // Two meet in the middle of the yard.
            return [
                Walker(way: across(depth, toRight: true), speed: pace),
                Walker(way: across(depth + random.uniform(0.4...0.9), toRight: false), speed: pace * 1.05),
            ]
        case 1:
            // Someone in a hurry overtakes a stroller.
            return [
                Walker(way: across(depth + 0.6, toRight: false), speed: 1.05),
                Walker(way: across(depth, toRight: false), speed: 1.95, delay: random.uniform(3.2...4.2)),
            ]
        case 2:
            // A pair side by side, and one who comes towards them.
            return [
                Walker(way: across(depth, toRight: true), speed: pace),
                Walker(way: across(depth + 0.8, toRight: true), speed: pace, delay: 0.25),
                Walker(way: across(depth + 1.5, toRight: false), speed: pace),
            ]
        case 3:
            // Two who meet behind the kiosk, which hides both.
            let back = CourtyardView.kiosk.z + 1.6
            return [
                Walker(way: across(back, toRight: true), speed: pace),
                Walker(way: across(back + 0.9, toRight: false), speed: pace),
            ]
        default:
            // One comes through the gate towards the camera while two cross his way.
            return [
                Walker(way: [(3, 21.5), (2.3, 18), (0.9, 13), (-1.8, 9.6), (-5, 7.4), (-6.8, 6.4)], speed: pace),
                Walker(way: across(depth, toRight: false), speed: pace, delay: 1.5),
                Walker(way: across(depth + 1, toRight: true), speed: pace * 1.1, delay: 2.5),
            ]
        }
    }

    /// From one side of the picture to the other, at about one distance from the camera.
    private static func across(_ depth: Float, toRight: Bool) -> [(x: Float, z: Float)] {
        let reach = 0.66 * depth + 0.8
        let points: [(x: Float, z: Float)] = [
            (-reach, depth), (-0.4 * reach, depth + 0.3), (0.3 * reach, depth - 0.2), (reach, depth + 0.2),
        ]
        return toRight ? points : points.reversed()
    }
}
