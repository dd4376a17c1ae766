import Domain
import SiteConfiguration
import Testing

/// What `check` says, and where.
struct FaultTests {
    @Test(arguments: [
        ("zoness: []", "4:5: unknown key 'zoness', did you mean 'zones'? The keys of a camera are id, name, source"),
        ("Zones: []", "4:5: unknown key 'Zones', did you mean 'zones'?"),
        ("detekt: [motion]", "4:5: unknown key 'detekt', did you mean 'detect'?"),
        ("wibble: 1", "4:5: unknown key 'wibble'. The keys of a camera are"),
        ("pose: {latitude: 10}", "4:11: 'longitude' is missing in this pose. Add for example 'longitude: 103.9812'"),
        ("detect: [smok]", "4:14: unknown value 'smok' for 'detect', did you mean 'smoke'? 'detect' is motion, smoke"),
        ("detect: [motoin]", "4:14: unknown value 'motoin' for 'detect', did you mean 'motion'? 'detect' is motion"),
        ("detect: motion", "4:13: 'detect' must be a list, not 'motion'."),
        ("detect: [motion, motion]", "4:22: 'motion' stands twice in 'detect'. Remove one."),
        ("transport: upd", "4:16: unknown value 'upd' for 'transport', did you mean 'udp'? 'transport' is tcp, udp or"),
        ("enabled: yes", "4:14: 'enabled' must be true or false, not 'yes'. Change the value."),
        ("enabled: \"true\"", "4:14: 'enabled' must be true or false, not 'true'. Remove the quotes, or change"),
        ("name: 7", "4:11: 'name' must be text, but without quotes 7 is a number. Put it in quotes: \"7\"."),
        ("name:", "4:10: 'name' has no value. Give it one line of text, or remove the key."),
        ("name: [a]", "4:11: 'name' must be one line of text, not a list."),
        ("stillsPerSecond: fast", "4:22: 'stillsPerSecond' must be a number from 0.01 to 240, not 'fast'."),
        ("stillsPerSecond: 0", "4:22: 'stillsPerSecond' must be a number from 0.01 to 240, not '0'."),
        (
            "motion: {workingHeight: 100000}",
            "4:29: 'workingHeight' must be a whole number from 64 to 2160, not '100000'"
        ),
        ("motion: {workingHeight: 99.5}", "4:29: 'workingHeight' must be a whole number from 64 to 2160, not '99.5'"),
        (
            "motion: fast",
            "4:13: 'motion' must be a mapping with the keys workingHeight, framesPerSecond, quietFramesPerSecond"
        ),
        ("zones: [{id: a, polygon: [[0, 0], [1, 1]]}]", "4:30: 'polygon' must be a list of 3 to 100 items, not of 2"),
        (
            "zones: [{id: a, polygon: [[0, 0], [1.2, 1], [0, 1]]}]",
            "4:40: 'polygon' must be a number from 0 to 1, not '1.2'"
        ),
        ("zones: [{id: a, polygon: [[0, 0], [1], [0, 1]]}]", "4:39: 'polygon' must be a list of 2 values, not of 1"),
        (
            "zones: [{id: a, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}]",
            "4:30: the polygon's edge [0, 0] to [1, 1] meets its edge [1, 0] to [0, 1]. Give the corners in the order"
        ),
        (
            "zones: [{id: a, polygon: [[0, 0], [1, 0], [1, 1], [0, 0]]}]",
            "4:30: the polygon's last corner is its first. Leave"
        ),
        ("zones: [{id: a, polygon: [[0, 0], [0.5, 0.5], [1, 1]]}]", "4:30: the polygon"),
        (
            "zones: [{id: a, polygon: [[0, 0], [0.4, 0], [0.4, 0], [0.4, 1]]}]",
            "4:30: the polygon has the corner [0.4, 0] twice"
        ),
        (
            "zones: [{polygon: [[0, 0], [1, 0], [1, 1]]}]",
            "4:13: 'id' is missing in this zone. Add for example 'id: yard'."
        ),
        (
            "rules: [{kind: intrusion}]",
            "4:13: a rule of kind 'intrusion' needs a zone. Draw one in this camera's 'zones'"
        ),
        (
            "rules: [{kind: motion, zone: yard}]",
            "4:34: this camera has no zone 'yard'. Add it to this camera's 'zones'."
        ),
        ("rules: [{kind: camera-covered}]", "4:20: 'camera-covered' is not supported by this version in 'kind'."),
        ("rules: [{kind: loitering, minimumSeconds: 5}]", "4:13: a rule of kind 'loitering' needs a zone. Draw one in"),
        (
            "rules: [{kind: line-crossing}]",
            "4:13: a rule of kind 'line-crossing' needs 'line'. Add for example 'line: ["
        ),
        (
            "rules: [{kind: line-crossing, line: [[0.5, 0.5]]}]",
            "4:41: 'line' must be a list of 2 values, not of 1."
        ),
        (
            "rules: [{kind: line-crossing, line: [[0.5, 0.5], [0.5, 0.501]]}]",
            "4:41: the two points of 'line' are the same place. Move them apart"
        ),
        (
            "rules: [{kind: line-crossing, line: [[0, 1], [1, 0.99]]}]",
            "4:41: the line lies on the picture's edge, beyond which nobody is seen. Move it into the picture"
        ),
        (
            "rules: [{kind: line-crossing, line: [[0, 0.5], [1, 0.5]], minimumSeconds: 2}]",
            "4:79: 'minimumSeconds' says nothing to a rule of kind 'line-crossing'. Remove it"
        ),
        (
            "rules: [{kind: motion, line: [[0, 0.5], [1, 0.5]]}]",
            "4:34: 'line' says nothing to a rule of kind 'motion'."
        ),
        ("rules: [{kind: motion, crossing: both}]", "4:38: 'crossing' says nothing to a rule of kind 'motion'."),
        ("rules: [{kind: wrong-direction}]", "4:13: a rule of kind 'wrong-direction' needs 'allowedWay'."),
        ("rules: [{kind: speed}]", "4:13: a rule of kind 'speed' needs 'kilometresPerHour'. Add for example"),
        (
            "rules: [{kind: speed, kilometresPerHour: 30}]",
            "4:46: 'kilometresPerHour' needs the camera's 'groundPoints' or 'pose'. Give four ground points"
        ),
        (
            "rules: [{kind: scene-change, minimumSeconds: 1}]",
            "4:50: 'minimumSeconds' says nothing to a rule of kind 'scene-change'"
        ),
        ("rules: [{kind: motion, heightsPerSecond: 1}]", "4:46: 'heightsPerSecond' says nothing to a rule of kind"),
        ("rules: [{kind: motion, test: overlap}]", "4:34: 'test' says nothing to a rule of kind 'motion'."),
        (
            "rules: [{kind: motion, minimumOverlap: 0.5}]",
            "4:44: 'minimumOverlap' says nothing without 'test: overlap'."
        ),
        (
            "rules: [{kind: motion, when: \"sunset-sunrise\"}]",
            "4:34: 'sunset-sunrise' follows the sun, and where the site is stands nowhere. Add 'latitude' and"
        ),
        ("rules: [{kind: motion, when: \"sunset-30m\"}]", "4:34: 'when' must be times such as"),
        ("rules: [{kind: motion, when: \"sunset+200m-sunrise\"}]", "4:34: 'when' must be times such as"),
        ("masks: [{polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}]", "4:23: the polygon's edge [0, 0] to [1, 1] meets"),
        (
            "groundPoints: [{picture: [0, 0], metres: [0, 0]}]",
            "4:19: 'groundPoints' must be a list of 4 values, not of 1."
        ),
        (
            "groundPoints: [{picture: [0, 0], metres: [0, 0]}, {picture: [0.5, 0.5], metres: [5, 5]}, "
                + "{picture: [1, 1], metres: [9, 9]}, {picture: [0, 1], metres: [0, 9]}]",
            "4:19: no view of a flat ground shows these four points like that. Give the corners of a large rectangle"
        ),
        ("rules: [{kind: motion, when: \"25:00-05:00\"}]", "4:34: 'when' must be times such as \"22:00-05:00\""),
        ("rules: [{kind: motion, when: \"22:00-22:00\"}]", "4:34: the window '22:00-22:00' begins when it ends."),
        ("rules: [{kind: motion, when: [mon]}]", "4:35: 'when' must be times such as"),
        ("rules: [{kind: motion, quietSeconds: 0}]", "4:42: 'quietSeconds' must be a number from 1 to 3600, not '0'."),
        (
            "rules: [{kind: scene-change, zone: a}]",
            "4:40: a change of the scene concerns the whole picture, not a zone."
        ),
        ("rules: [{severity: warning}]", "4:13: 'kind' is missing in this rule. Add for example 'kind: intrusion'."),
    ])
    func aCameraIsChecked(line: String, expected: String) {
        let found = faults(in: camera(line))
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func rulesNeedTheirDetector() {
        let found = faults(in: camera("detect: []", "rules: [{kind: motion}]"))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("5:20: a rule of kind 'motion' needs the motion detector") == true)
    }

    @Test func aZoneOfAnotherNameIsSuggested() {
        let found = faults(
            in: camera(
                "zones: [{id: yard, polygon: [[0, 0], [1, 0], [1, 1]]}]", "rules: [{kind: intrusion, zone: yrad}]"))
        #expect(
            found == [
                "5:37: this camera has no zone 'yrad', did you mean 'yard'? Its zones are yard."
            ])
    }

    @Test(arguments: [
        (
            "site: {timezone: Asia/HoChiMinh}",
            "1:18: unknown time zone 'Asia/HoChiMinh', did you mean 'Asia/Ho_Chi_Minh'?"
        ),
        ("site: {timezone: Asia/Hanoi}", "1:18: unknown time zone 'Asia/Hanoi'"),
        ("site: {latitude: 10}", "1:18: 'latitude' needs 'longitude' beside it. Add for example 'longitude: 103.967'."),
        ("site: {longitude: 190, latitude: 10}", "1:19: 'longitude' must be a number from -180 to 180, not '190'."),
        ("site: {timezone: GMT+7}", "1:18: 'timezone' must be a time zone of the IANA database"),
        ("site: {timezone: ../../etc/passwd}", "1:18: 'timezone' must be a time zone of the IANA database"),
        ("storage: {keepDays: thirty}", "1:21: 'keepDays' must be a whole number from 1 to 3650, not 'thirty'."),
        ("storage: {keepDays: 30 days}", "1:21: 'keepDays' must be a whole number from 1 to 3650, not '30 days'."),
        ("storage: {directory: \"${HOME}/data\"}", "1:22: 'directory' must be a path without $, { and }"),
        ("center: {listen: 8080}", "1:18: 'listen' must be text, but without quotes 8080 is a number."),
        ("center: {listen: 127.0.0.1}", "1:18: 'listen' must be an address and a port such as 127.0.0.1:8080"),
        ("center: {listen: \"127.0.0.1:99999\"}", "1:18: 'listen' has no valid port: '127.0.0.1:99999'. A port is"),
        (
            "center: {listen: \"0.0.0.0:8080\"}",
            "1:18: 'listen' opens the center to the network, and no token is configured."
        ),
        ("center: {listen: \"[::]:8080\"}", "1:18: 'listen' opens the center to the network"),
        ("center: {listen: \"127.0.0.1.evil.example:80\"}", "1:18: 'listen' opens the center to the network"),
    ])
    func theSiteIsChecked(line: String, expected: String) {
        let found = faults(in: line + "\n" + camera())
        #expect(found.count == 1 && found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func listeningBeyondThisMachineTakesATokenAndLoopbackNone() throws {
        let open = "center: {listen: \"0.0.0.0:8080\", tokens: [{name: an, secret: \"${T}\"}]}\n" + camera()
        #expect(try load(open, environment: ["T": "0123456789abcdef"]).center.tokens.map(\.name) == ["an"])
        for address in ["127.0.0.1:1", "127.9.9.9:80", "[::1]:8080", "localhost:0"] {
            #expect(try load("center: {listen: \"\(address)\"}\n" + camera()).center.listen.isLoopback)
        }
    }

    @Test func everythingIsReportedAtOnceInTheOrderOfTheFile() {
        let text = """
            site:
              name: Phú Quốc
              timezone: Mars/Olympus
            storage: {keepDays: -1}
            cameras:
              - id: gate
                source: rtsp://10.0.0.5/main
                zoness: []
                transport: tpc
              - id: gate
                source: rtsp://viewer:${NOT_SET}@10.0.0.5/main
                rules:
                  - {kind: intrusion, zone: nowhere}
                id: twice
              - name: no id, no source
            """
        let found = faults(in: text)
        let places = found.map { String($0.prefix { $0 != " " }) }
        #expect(
            places == ["3:13:", "4:21:", "8:5:", "9:16:", "10:9:", "11:13:", "13:33:", "14:5:", "15:5:", "15:5:"],
            "\(found)")
        #expect(found.contains { $0.hasPrefix("14:5: the key 'id' stands twice in this mapping.") })
        #expect(found.contains { $0.hasPrefix("10:9: the camera id 'gate' is taken: it stands in line 6 already.") })
        #expect(found.contains { $0.hasPrefix("11:13: 'source': the environment variable NOT_SET is not set. Set it") })
    }

    /// A slip of the pen is one fault, whatever else follows from it.
    @Test func whatFollowsFromAFaultIsNoFaultOfItsOwn() {
        let polygon = "polygon: [[0, 0], [1, 0], [1, 1]]"
        let rules = "rules: [{kind: intrusion, zone: yard}]"
        for lines in [
            ["zoness: [{id: yard, \(polygon)}]", rules], ["zones: [{idd: yard, \(polygon)}]", rules],
            ["zones: [{id: yard, polygn: []}]", rules], ["zones: 7", rules],
            ["zones: [{id: yard, \(polygon)}]", "rules: [{kind: intrusion, zon: yard}]"],
            ["zones: [{id: yard, polygon: [[0, 0], [2, 0], [1, 1]]}]", rules],
            ["zones: [{id: yard, \(polygon)}]", "rules: [{kind: intrusoin, zone: yard}]"],
            ["groundPoints: 7", "rules: [{kind: speed, kilometresPerHour: 30}]"],
            ["enabled: true", "rules: [{kind: speed, kilometresPerHour: fast}]"],
            ["enabled: true", "rules: [{kind: line-crossing, line: 7}]"],
            ["zones: [{id: yard, \(polygon)}]", "rules: [{kind: loitering, zone: yard, minimumSeconds: long}]"],
        ] {
            let found = faults(in: camera(lines[0], lines[1]))
            #expect(found.count == 1, "\(found)")
        }
        #expect(faults(in: "cameras: [{id: gate, sorce: rtsp://10.0.0.5/main}]").count == 1)
        #expect(faults(in: "camera: [{id: gate, source: rtsp://10.0.0.5/main}]").count == 1)
        #expect(faults(in: "center: {listen: \"0.0.0.0:80\", tokns: []}\n" + camera()).count == 1)
    }

    @Test func namesMustBeUniqueInTheirCamera() {
        let polygon = "polygon: [[0, 0], [1, 0], [1, 1]]"
        let found = faults(
            in: camera(
                "zones: [{id: a, \(polygon)}, {id: a, \(polygon)}]",
                "rules: [{kind: motion, name: x}, {kind: motion, name: x}]"))
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("4:62: the zone id 'a' is taken"), "\(found)")
        #expect(found[1].hasPrefix("5:59: the rule name 'x' is taken"), "\(found)")
    }

    @Test func rulesWithoutANameGetOne() throws {
        let settings = try load(
            camera(
                "zones: [{id: a, polygon: [[0, 0], [1, 0], [1, 1]]}]",
                "rules: [{kind: motion}, {kind: intrusion, zone: a}, {kind: motion}, {kind: motion, name: motion-3}]"))
        #expect(settings.cameras[0].rules.map(\.name) == ["motion", "intrusion-a", "motion-2", "motion-3"])
        #expect(settings.cameras[0].rules.map(\.severity) == [.info, .critical, .info, .info])
    }

    @Test func aCameraWithoutRulesHasTheUsualOnes() throws {
        #expect(try load(camera()).cameras[0].rules.map(\.kind) == [.motion, .sceneChange])
        #expect(try load(camera("rules: []")).cameras[0].rules.isEmpty)
        #expect(try load(camera("detect: []")).cameras[0].rules.isEmpty)
    }

    @Test func aFileThatCannotBeReadSaysWhy() throws {
        let folder = try TemporaryFolder()
        for (path, problem) in [
            (folder.path + "/none.yaml", "this file does not exist"), (folder.path, "this is a folder"),
        ] {
            let error = #expect(throws: ConfigurationFaults.self) {
                try SiteSettings.load(path: path, environment: [:])
            }
            #expect(error?.faults.map(\.problem) == [problem])
            #expect(error?.description.hasPrefix("\(path): \(problem). ") == true)
        }
    }
}
