@main struct L { static func main() { print("lookout") } }
