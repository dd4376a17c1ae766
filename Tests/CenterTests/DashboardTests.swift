import Domain
import Foundation
import Testing

@testable import Center

/// The dashboard in a real browser, where one is installed.
///
/// With `LOOKOUT_SCREENSHOTS=DIR`, pictures of it at desk and phone width are left there, to be looked at.
@Suite(.serialized) struct DashboardTests {
    /// Two cameras with pictures, a blind one with a hostile name, and incidents of all severities.
    private func demoBackend() async throws -> TestBackend {
        let backend = populatedBackend(incidents: 0)
        let now = RealClock().wall()
        var gateStatus = CameraStatus(camera: gate, name: "Cổng chính", state: .watching, since: now - .seconds(4000))
        gateStatus.width = 1920
        gateStatus.height = 1080
        gateStatus.codec = "h264"
        gateStatus.counters.framesPerSecond = 9.97
        var hillside = gateStatus
        hillside.camera = CameraID("hillside")
        hillside.name = "Sườn đồi phía bắc"
        var hostile = CameraStatus(
            camera: tower, name: "<script>document.title='owned'</script><img src=x>", state: .blind,
            since: now - .seconds(70))
        hostile.cause = "No packet for 70 s. Check the camera's power and its cable."
        let jpeg = try await Self.testPicture()
        backend.change { state in
            state.cameras = [gateStatus, hillside, hostile]
            state.pictures = [
                gate: CameraPicture(jpeg: jpeg, time: now), hillside.camera: CameraPicture(jpeg: jpeg, time: now),
            ]
        }
        for (index, kind) in [IncidentKind.motion, .cameraCovered, .smoke, .loitering, .intrusion].enumerated() {
            var incident = makeIncident(index, kind: kind)
            incident.camera = [gate, tower, hillside.camera, gate, gate][index]
            incident.severity = [.info, .warning, .critical, .warning, .critical][index]
            incident.start = now - .seconds(3000 - 700 * index)
            incident.lastSeen = incident.start + .seconds(25)
            incident.state = index < 2 ? .closed : .open
            for position in incident.evidence.indices {
                let item = incident.evidence[position]
                backend.change { $0.files[item.path] = EvidenceFile(bytes: jpeg, mediaType: "image/jpeg") }
            }
            if kind == .loitering {
                incident.acknowledgement = Acknowledgement(actor: "bình", time: now - .seconds(500))
            }
            backend.store(incident, .opened)
        }
        return backend
    }

    private static func testPicture() async throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        process.arguments = "-loglevel error -f lavfi -i testsrc2=size=640x360 -frames:v 1 -f mjpeg -"
            .split(separator: " ").map { String($0) }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let reading = output.fileHandleForReading
        return await withCheckedContinuation { done in
            Thread { done.resume(returning: Array(reading.readDataToEndOfFile())) }.start()
        }
    }

    @Test(.timeLimit(.minutes(2))) func showsCamerasAndIncidentsAndTakesOne() async throws {
        guard let program = Browser.program, FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg") else {
            print("skipped: no browser or no ffmpeg")
            return
        }
        let backend = try await demoBackend()
        let pictures = ProcessInfo.processInfo.environment["LOOKOUT_SCREENSHOTS"]
        try await withLiveServer(backend) { port, _ in
            let browser = try await Browser(program: program, language: "en-US")
            try await browser.open("http://127.0.0.1:\(port)/", width: 1440, height: 900)
            try await browser.wait(for: "document.querySelectorAll('.incident').length === 5")
            try await browser.wait(for: "document.querySelectorAll('.picture:not([hidden])').length === 2")
            #expect(try await browser.value("document.getElementById('connection').textContent") == "Live")
            let text = try await browser.value("document.body.innerText")
            #expect(text.contains("Intrusion") && text.contains("Cổng chính") && text.contains("3 to acknowledge"))
            #expect(text.contains("No packet for 70 s."))
            // The hostile name is text, and no script of it ran.
            #expect(text.contains("<script>document.title='owned'</script>"))
            #expect(try await browser.value("document.title") == "(3) Phú Quốc · Lookout")
            if let pictures { try await browser.screenshot(to: pictures + "/desk.png") }

            try await lookAtSmoke(with: browser)
            if let pictures { try await browser.screenshot(to: pictures + "/smoke.png") }
            _ = try await browser.value("document.getElementById('detail-close').click()")

            try await lookWhereItStood(with: browser)
            _ = try await browser.value("document.getElementById('detail-close').click()")

            // A new one arrives by itself, on top.
            var flame = makeIncident(900, kind: .flame)
            flame.start = RealClock().wall()
            flame.lastSeen = flame.start
            backend.store(flame, .opened)
            try await browser.wait(for: "document.querySelector('.incident .title').textContent === 'Flame'")
            #expect(try await browser.value("document.getElementById('announcer').textContent").contains("Flame"))

            try await snooze(with: browser, backend)
            try await changeDanger(with: browser, backend)
            try await acknowledge(with: browser)
            #expect(try await backend.history(of: flame.id).last?.revision.actor == "an")
            if let pictures { try await browser.screenshot(to: pictures + "/taken.png") }
            try await followLink(to: flame.id, with: browser)
            try await acknowledgeWithNote(browser, backend)
        }
    }

    /// Opens the smoke: its place before and now, and the film of what was analysed.
    private func lookAtSmoke(with browser: Browser) async throws {
        _ = try await browser.value("document.querySelector('.incident[data-id=gate-smoke-2] .title').click()")
        try await browser.wait(
            for: "[...document.querySelectorAll('#detail .then-and-now img')]"
                + ".filter((image) => image.naturalWidth > 0).length === 2")
        let text = try await browser.value("document.getElementById('detail').innerText")
        #expect(text.contains("Before: ") && text.contains("When it was told: "))
        #expect(text.contains("Time-lapse of 61 analysed pictures") && text.contains("encoded anew"))
        let film = try await browser.value("document.querySelector('#detail video').getAttribute('src')")
        #expect(film == "/api/evidence/2026-03-01/gate-smoke-2/timelapse.mp4")
    }

    /// Opens what moved: where it stood, and how fast it went.
    private func lookWhereItStood(with browser: Browser) async throws {
        _ = try await browser.value("document.querySelector('.incident[data-id=gate-motion-0] .title').click()")
        try await browser.wait(for: "document.getElementById('detail').innerText.includes('10.28950, 103.98430')")
        #expect(try await browser.value("document.getElementById('detail').innerText").contains("5 km/h"))
    }

    /// Opens the next incident, writes what was found, and takes it from there.
    private func acknowledgeWithNote(_ browser: Browser, _ backend: TestBackend) async throws {
        _ = try await browser.value("document.querySelectorAll('.incident .title')[1].click()")
        try await browser.wait(for: "document.querySelector('#detail textarea') !== null")
        let id = try await browser.value("document.getElementById('detail').dataset.incident")
        _ = try await browser.value(
            "(document.querySelector('#detail textarea').value = 'Đã cử bảo vệ', "
                + "document.querySelector('#detail .take-form').requestSubmit())")
        try await browser.wait(for: "document.querySelectorAll('.incident.taken').length >= 3")
        let taken = try await backend.history(of: IncidentID(id)).last?.revision.incident.acknowledgement
        #expect(taken?.note == "Đã cử bảo vệ")
        _ = try await browser.value(
            "document.querySelector(`.incident[data-id=\"${CSS.escape('\(id)')}\"] .title`).click()")
        try await browser.wait(for: "document.getElementById('detail').innerText.includes('Đã cử bảo vệ')")
        try await dismiss(id, with: browser, backend)
    }

    /// Says in the open dialog what an incident really was, and to whom it goes.
    private func dismiss(_ id: String, with browser: Browser, _ backend: TestBackend) async throws {
        let form = "document.querySelector('#detail .take-form')"
        func press(_ step: String) async throws {
            _ = try await browser.value("\(form).querySelector('[data-step=\(step)]').click()")
        }
        try await browser.wait(for: "\(form).querySelector('[data-step=note]') !== null")
        // Without a reason nothing is sent.
        try await press("dismiss")
        _ = try await browser.value("\(form).querySelector('select').value = 'insect'")
        try await press("dismiss")
        try await browser.wait(for: "document.getElementById('detail').innerText.includes('insect · an')")
        // What was begun stays when the form is drawn anew.
        _ = try await browser.value(
            "(window.drawn = \(form), \(form).querySelector('input[type=text]').value = 'Tổ 3', "
                + "\(form).querySelector('input[type=text]').focus(), "
                + "document.querySelector(`.incident[data-id=\"${CSS.escape('\(id)')}\"] .title`).click())")
        try await browser.wait(for: "\(form) !== window.drawn")
        #expect(try await browser.value("document.activeElement.value") == "Tổ 3")
        try await press("assign")
        try await browser.wait(for: "document.getElementById('detail').innerText.includes('Tổ 3')")
        let handling = try await backend.history(of: IncidentID(id)).last?.revision.incident.handling
        #expect(handling?.judgement?.reason == .insect && handling?.assignment?.to == "Tổ 3")
        // Without a reason nothing is locked. What was assigned comes back, and may draw the form anew meanwhile.
        try await browser.wait(
            for: "(\(form).querySelector('[data-step=lock]').click(), "
                + "\(form).querySelector('textarea').placeholder.startsWith('Why?'))")
        _ = try await browser.value("\(form).querySelector('textarea').value = 'công an yêu cầu'")
        try await press("lock")
        try await browser.wait(for: "\(form).querySelector('[data-step=unlock]') !== null")
        let lock = try await backend.history(of: IncidentID(id)).last?.revision.incident.handling?.lock
        #expect(lock?.reason == "công an yêu cầu" && lock?.actor == "an")
    }

    /// Silences the first camera for half an hour and arms it again. Asked for the token once, in words of its own.
    private func snooze(with browser: Browser, _ backend: TestBackend) async throws {
        let button = "document.querySelector('.camera .order-button')"
        try await browser.wait(for: "\(button).textContent === 'Snooze 30 min'")
        _ = try await browser.value("\(button).click()")
        try await browser.wait(for: "document.getElementById('token-dialog').open")
        _ = try await browser.value(
            "(document.getElementById('token').value = '\(token)', "
                + "document.getElementById('token-form').requestSubmit())")
        try await browser.wait(for: "\(button).textContent === 'Arm again'")
        #expect(try await browser.value("document.querySelector('.order').innerText").contains("by an"))
        #expect(await backend.standingOrders().orders.first?.action == .snooze)
        _ = try await browser.value("\(button).click()")
        try await browser.wait(for: "\(button).textContent === 'Snooze 30 min'")
        #expect(await backend.standingOrders().orders.isEmpty)
        _ = try await browser.value("sessionStorage.removeItem('token')")
    }

    /// Opens the page by the link that an alert holds.
    private func followLink(to id: IncidentID, with browser: Browser) async throws {
        let isShown =
            "document.getElementById('detail').open && document.getElementById('detail').dataset.incident === '\(id)'"
        _ = try await browser.value("(location.hash = '\(id)', location.reload())")
        try await browser.wait(for: isShown)
        _ = try await browser.value("(document.getElementById('detail').close(), location.hash = '')")
        _ = try await browser.value("location.hash = '\(id)'")
        try await browser.wait(for: isShown)
        _ = try await browser.value("(document.getElementById('detail').close(), location.hash = '')")
        try await browser.wait(for: "document.querySelectorAll('.incident').length > 5")
    }

    /// Says at the top of the page which fire danger holds, and that what was said holds no longer.
    private func changeDanger(with browser: Browser, _ backend: TestBackend) async throws {
        let list = "document.querySelector('#danger select')"
        func choose(_ value: String) async throws {
            _ = try await browser.value(
                "(\(list).value = '\(value)', \(list).dispatchEvent(new Event('change')))")
        }
        try await browser.wait(for: "document.querySelector('#danger') !== null && \(list) !== null")
        try await choose("4")
        try await browser.wait(for: "document.getElementById('token-dialog').open")
        _ = try await browser.value(
            "(document.getElementById('token').value = '\(token)', "
                + "document.getElementById('token-form').requestSubmit())")
        try await browser.wait(for: "document.querySelector('#danger').dataset.level === '4'")
        #expect(try await browser.value("document.querySelector('#danger').innerText").contains("level IV, dangerous"))
        #expect(await backend.danger().current?.actor == "an")
        #expect(try await browser.value("document.querySelector('#danger').title").contains("an"))
        try await choose("none")
        try await browser.wait(for: "document.querySelector('#danger').dataset.level === ''")
        #expect(await backend.danger().current == nil)
        _ = try await browser.value("sessionStorage.removeItem('token')")
    }

    /// Takes the topmost incident with the keyboard's focus on its button, first with a wrong token, then with a right one.
    private func acknowledge(with browser: Browser) async throws {
        let submit = { (token: String) in
            "(document.getElementById('token').value = '\(token)', document.getElementById('token-form').requestSubmit())"
        }
        _ = try await browser.value("document.querySelector('.incident [data-role=acknowledge]').click()")
        try await browser.wait(for: "document.getElementById('token-dialog').open")
        _ = try await browser.value(submit("a-wrong-token-of-some-length"))
        try await browser.wait(for: "!document.getElementById('token-error').hidden")
        _ = try await browser.value(submit(token))
        try await browser.wait(for: "document.querySelector('.incident').classList.contains('taken')")
        #expect(try await browser.value("document.querySelector('.incident').innerText").contains("Taken by an"))
        #expect(try await browser.value("document.getElementById('token-dialog').open") == "false")
    }

    @Test(.timeLimit(.minutes(2))) func speaksVietnameseOnAPhoneAndSaysWhenItLostTheServer() async throws {
        guard let program = Browser.program, FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg") else {
            print("skipped: no browser or no ffmpeg")
            return
        }
        let browser = try await Browser(program: program, language: "vi")
        let backend = try await demoBackend()
        let pictures = ProcessInfo.processInfo.environment["LOOKOUT_SCREENSHOTS"]
        try await withLiveServer(backend) { port, _ in
            try await browser.open("http://127.0.0.1:\(port)/", width: 390, height: 844)
            try await browser.wait(for: "document.querySelectorAll('.incident').length === 5")
            try await browser.wait(for: "document.querySelectorAll('.picture:not([hidden])').length > 0")
            #expect(try await browser.value("document.documentElement.lang") == "vi")
            #expect(try await browser.value("document.getElementById('connection').textContent") == "Trực tiếp")
            let text = try await browser.value("document.body.innerText")
            #expect(text.contains("Xâm nhập") && text.contains("Tiếp nhận") && text.contains("đang canh"))
            // Nothing is wider than the phone but the strip of cameras, which is swiped.
            #expect(try await browser.value("document.documentElement.scrollWidth <= 390") == "true")
            if let pictures { try await browser.screenshot(to: pictures + "/phone.png") }
        }
        try await browser.wait(for: "document.getElementById('connection').dataset.state === 'lost'")
        #expect(try await browser.value("document.getElementById('notice').hidden") == "false")
        if let pictures { try await browser.screenshot(to: pictures + "/lost.png") }
    }
}
