/**
 * What a compose file cannot say of a service, as it was found: a deploy would change it. Whatever a converter does not take
 * up ends here, so that nothing is left out without a word.
 */
export class Lacks {
  readonly found: string[] = [];

  constructor(private readonly where = "") {}

  /** The same list, for a part of what is converted. */
  of(part: string): Lacks {
    const inner = new Lacks(this.where === "" ? part : `${this.where}.${part}`);
    Object.defineProperty(inner, "found", { value: this.found });
    return inner;
  }

  say(text: string): void {
    this.found.push(`${this.where}: ${text}`);
  }

  /** Fields that no converter has taken up, where they hold anything. */
  rest(fields: object): void {
    for (const [name, value] of Object.entries(fields)) {
      if (holdsSomething(value)) this.say(`${name} ${JSON.stringify(value)} has no place in a compose file`);
    }
  }

  /** A deploy sorts some lists; one that is in another order becomes another one. */
  order(what: string, actual: readonly string[]): void {
    const sorted = [...actual].sort((a, b) => (a < b ? -1 : Number(a > b)));
    if (actual.some((value, index) => value !== sorted[index]))
      this.say(`${what} are in another order than a deploy gives them`);
  }
}

/** An engine tells empty lists, zeros and false of what was never set. */
function holdsSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value !== null && typeof value === "object") return Object.values(value).some(holdsSomething);
  return Boolean(value);
}
