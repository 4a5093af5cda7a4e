/// Sentences with gaps and the names of people, for every ``SyntheticWorld``.
enum SyntheticPhraseTable {
  /// The letter after `%` names what fills the gap: `t` a thing, `T` a thing at the beginning of a sentence, `g` a
  /// group, `d` a doing, `a` an adjective, `s` the subject, `m` the mention of a person, `n` a number, `l` a short
  /// link.
  static let sentences: [String] = [
    "Just finished %d and I can't stop thinking about %t.",
    "Does anybody else find %g more %a than %g?",
    "Hot take: %t is the most %a part of %s.",
    "%m have you tried %d? It made %t so much better",
    "My weekend: %d, %d and far too much coffee ☕",
    "New post: %n things that I learned about %t %l",
    "\"Too %a,\" said my neighbour about %t. Fair enough.",
    "Sunday morning, %t, no plans.\nPerfect.",
    "%T again. Still %a. Still worth it.",
    "Unpopular opinion: %g are overrated, %g are not.",
    "Thread: what %n years of %s taught me about %g 🧵",
    "Can we talk about %t? Absolutely %a!",
    "I was told that %d would be easy. It was not.",
    "RT if you too would rather be %d right now",
    "%m that thing you said about %g? You were right.",
    "Today's plan: %d. Yesterday's plan: also %d.",
    "Why does nobody warn you about %g?",
    "%n days of %s in one picture %l",
    "Looking for advice on %t, mine is a bit %a",
    "Nothing beats %d with friends who love %s ❤️",
    "Learned the hard way: %t first, %g later.",
    "Reading about %g until 2 am, as one does %l",
    "%T is finally here!!! So %a",
    "Small joys: %t, %g, and a quiet evening.",
  ]

  static let firstNames: [String] = [
    "Ada", "Björn", "Chidi", "Dolores", "Esra", "Fatima", "Goran", "Hana", "Ines", "Jamal", "Keiko", "Lars", "Mei",
    "Noor", "Olga", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Viktor", "Wanjiru", "Ximena", "Yusuf", "Zoë",
  ]

  /// One has a comma, as names in real files do.
  static let lastNames: [String] = [
    "Abara", "Brandt", "Castillo", "Dubois", "Eriksen", "Ferrari", "Gupta", "Horváth", "Ito", "Jansen", "Kowalski",
    "Lindqvist", "Moreau", "Nakamura", "Okafor", "Papadopoulos", "Reyes", "Schäfer", "Torres", "Umarov", "Vargas",
    "Williams, Jr.", "Yılmaz", "Zhang",
  ]

  static func named(_ letter: Character) -> SyntheticPhrases.Gap? {
    switch letter {
    case "t": .thing
    case "T": .capitalThing
    case "g": .group
    case "d": .doing
    case "a": .adjective
    case "s": .subject
    case "m": .mention
    case "n": .number
    case "l": .link
    default: nil
    }
  }
}
