/// The topics of every ``SyntheticWorld``, the most popular first.
enum SyntheticTopicTable {
  static let topics: [SyntheticTopic] = [
    SyntheticTopic(
      name: "football", subject: "football",
      things: ["the penalty", "a clean sheet", "the offside trap", "that header", "the derby", "a goalless draw"],
      groups: ["goalkeepers", "wingers", "away fans", "late equalisers", "corner kicks", "referees"],
      doings: ["watching the second half", "defending a one-goal lead", "arguing about the referee", "taking corners"],
      adjectives: ["ruthless", "offside", "unmarked", "clinical", "shaky"],
      hashtags: ["football", "derbyday", "matchday", "cleansheet"]),
    SyntheticTopic(
      name: "cooking", subject: "home cooking",
      things: [
        "the sourdough starter", "a cast-iron pan", "the lemon tart", "a slow ragù", "miso soup", "the crème brûlée",
      ],
      groups: ["dumplings", "roast carrots", "pancakes", "chickpeas", "sharp knives", "leftovers"],
      doings: ["kneading dough", "caramelising onions", "folding dumplings", "toasting cumin", "whisking egg whites"],
      adjectives: ["crispy", "buttery", "smoky", "undersalted", "tender"],
      hashtags: ["cooking", "sourdough", "weeknightdinner", "homemade"]),
    SyntheticTopic(
      name: "space", subject: "space flight",
      things: [
        "the rocket launch", "a lunar lander", "the orbital burn", "the telescope mirror", "a comet", "the heat shield",
      ],
      groups: ["astronauts", "exoplanets", "satellites", "boosters", "craters", "solar panels"],
      doings: ["watching the countdown", "tracking a comet", "photographing Saturn", "waiting for telemetry"],
      adjectives: ["orbital", "interstellar", "weightless", "cratered", "reusable"],
      hashtags: ["space", "liftoff", "astronomy", "moonshot"]),
    SyntheticTopic(
      name: "jazz", subject: "jazz",
      things: [
        "the trumpet solo", "a walking bass line", "the late set", "a brushed snare", "the B side", "that chord change",
      ],
      groups: ["saxophones", "jam sessions", "standards", "blue notes", "drum breaks", "vinyl reissues"],
      doings: ["transcribing a solo", "swinging the eighths", "tuning the piano", "trading fours"],
      adjectives: ["syncopated", "smoky", "modal", "bluesy", "muted"],
      hashtags: ["jazz", "bebop", "nowspinning", "livemusic"]),
    SyntheticTopic(
      name: "gardening", subject: "gardening",
      things: [
        "the compost heap", "a tomato seedling", "the rose bush", "the greenhouse", "an apple tree", "the herb bed",
      ],
      groups: ["slugs", "tulip bulbs", "earthworms", "raised beds", "courgettes", "bumblebees"],
      doings: ["pruning roses", "turning the compost", "sowing beans", "weeding in the rain", "watering at dusk"],
      adjectives: ["overgrown", "leafy", "frost-hardy", "fragrant", "muddy"],
      hashtags: ["gardening", "growyourown", "compost", "allotment"]),
    SyntheticTopic(
      name: "learning", subject: "machine learning",
      things: [
        "the loss curve", "a decision tree", "the validation set", "gradient descent", "a tiny transformer",
        "the baseline",
      ],
      groups: ["embeddings", "overfitted models", "training runs", "benchmarks", "learning rates", "noisy labels"],
      doings: ["tuning hyperparameters", "cleaning the labels", "debugging a data loader", "reading ablations"],
      adjectives: ["overfitted", "stochastic", "calibrated", "sparse", "reproducible"],
      hashtags: ["machinelearning", "datascience", "gradientdescent", "opendata"]),
    SyntheticTopic(
      name: "cycling", subject: "cycling",
      things: [
        "the mountain stage", "a flat tyre", "the steel frame", "a headwind", "the cobbled climb", "the bottom bracket",
      ],
      groups: ["gravel roads", "bib shorts", "commuters", "disc brakes", "hairpin bends", "bike lanes"],
      doings: ["climbing before breakfast", "truing a wheel", "drafting the bunch", "cleaning the chain"],
      adjectives: ["uphill", "aerodynamic", "rainproof", "wobbly", "punctured"],
      hashtags: ["cycling", "gravel", "biketowork", "tailwind"]),
    SyntheticTopic(
      name: "films", subject: "film",
      things: [
        "the opening shot", "a post-credits scene", "the director's cut", "a silent film", "the score",
        "the plot twist",
      ],
      groups: ["sequels", "matinees", "jump scares", "subtitles", "stunt doubles", "film noirs"],
      doings: [
        "rewatching the trilogy", "queueing for the premiere", "reading the credits", "spotting continuity errors",
      ],
      adjectives: ["cinematic", "melodramatic", "understated", "noir", "overlong"],
      hashtags: ["film", "cinema", "nowwatching", "directorscut"]),
    SyntheticTopic(
      name: "birds", subject: "birdwatching",
      things: [
        "a common swift", "the dawn chorus", "a kingfisher", "the nest box", "a tawny owl", "the spring migration",
      ],
      groups: ["starlings", "waders", "binoculars", "fledglings", "warblers", "bird feeders"],
      doings: ["counting swifts", "filling the feeder", "listening for owls", "ringing warblers"],
      adjectives: ["feathered", "migratory", "nocturnal", "elusive", "streaky"],
      hashtags: ["birding", "swifts", "dawnchorus", "ornithology"]),
    SyntheticTopic(
      name: "chess", subject: "chess",
      things: [
        "the queen sacrifice", "a rook endgame", "the Sicilian", "the isolated pawn", "a forced mate",
        "the bishop pair",
      ],
      groups: ["blitz games", "gambits", "passed pawns", "zugzwangs", "grandmasters", "stalemates"],
      doings: ["solving endgame studies", "castling too late", "blundering a knight", "replaying old games"],
      adjectives: ["positional", "drawish", "unsound", "zwischenzug-proof", "hypermodern"],
      hashtags: ["chess", "endgame", "blitz", "gambit"]),
    SyntheticTopic(
      name: "sailing", subject: "sailing",
      things: [
        "the mainsail", "a spinnaker", "the anchor watch", "the tide table", "a bowline", "the harbour entrance",
      ],
      groups: ["halyards", "squalls", "lighthouses", "regattas", "fenders", "night watches"],
      doings: ["tacking upwind", "reefing the main", "scraping the hull", "splicing rope"],
      adjectives: ["becalmed", "windward", "salty", "seaworthy", "tidal"],
      hashtags: ["sailing", "regatta", "fairwinds", "harbourlife"]),
    SyntheticTopic(
      name: "pottery", subject: "pottery",
      things: [
        "the kiln", "a celadon glaze", "the throwing wheel", "a cracked teapot", "the porcelain bowl", "the slip",
      ],
      groups: ["mugs", "glaze tests", "stoneware plates", "handles", "kiln shelves", "thumbprints"],
      doings: ["centring clay", "trimming feet", "mixing glazes", "wedging clay", "unloading the kiln"],
      adjectives: ["handthrown", "glazed", "bisque-fired", "lopsided", "earthy"],
      hashtags: ["pottery", "ceramics", "wheelthrown", "kilnopening"]),
  ]
}
