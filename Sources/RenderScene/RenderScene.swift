@main struct R { static func main() { print("render") } }
