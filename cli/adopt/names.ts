/** Identifiers of one program, each given once. */
export class Identifiers {
  private readonly taken: Set<string>;

  /** @param reserved - what the program has already */
  constructor(reserved: readonly string[] = []) {
    this.taken = new Set(reserved);
  }

  /** "db-password" becomes dbPassword, a second one dbPassword2. */
  of(name: string): string {
    const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
    const joined = words
      .map((word, index) => (index === 0 ? word[0].toLowerCase() : word[0].toUpperCase()) + word.slice(1))
      .join("");
    const base =
      /^[a-z]/.test(joined) && !KEYWORDS.includes(joined)
        ? joined
        : `the${joined[0]?.toUpperCase() ?? ""}${joined.slice(1)}`;
    let identifier = base;
    for (let number = 2; this.taken.has(identifier); number++) identifier = `${base}${number}`;
    this.taken.add(identifier);
    return identifier;
  }
}

/** Of ECMAScript modules: https://tc39.es/ecma262/#prod-ReservedWord */
const KEYWORDS = [
  ...[
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
  ],
  ...[
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
  ],
  ...[
    "null",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
  ],
  ...[
    "yield",
    "let",
    "static",
    "implements",
    "interface",
    "package",
    "private",
    "protected",
    "public",
    "arguments",
    "eval",
  ],
];
