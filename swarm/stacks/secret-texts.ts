import { scryptSync } from "node:crypto";
import { parse } from "dotenv";
import type { SwarmStackInputs } from "../../schema/stack";
import type { PreparedFiles } from "./stack-files";

type Inputs = Pick<SwarmStackInputs, "clusterId" | "name" | "composeFiles" | "environment">;

/** Shorter ones would be found in half of all texts. Alone in a field they are recognised at any length. */
const SHORTEST_INSIDE = 4;
/** Keys whose values are passwords more often than not, wherever they come from. */
const SECRET_KEY = /pass(word|wd|phrase)?|secret|token|credential|private|api_?key|access_?key/i;
/**
 * scrypt's cost: some 8 ms for each text. The fingerprint of a text stands in the state, where a faster one would help
 * to guess a weak password.
 */
const COST = 4096;

/** Texts that are secret among a stack's variables, and all that `env_file` names. @param secret - what the program calls so */
export function secretTextsIn(
  { environment = {} }: Pick<Inputs, "environment">,
  { others }: Pick<PreparedFiles, "others">,
  secret: ReadonlySet<string> = new Set(),
): string[] {
  const variables = Object.values(environment).filter((text) => secret.has(text));
  const inFiles = others.flatMap(({ content }) => Object.values(parse(content)));
  return [...variables, ...inFiles].filter(Boolean);
}

/** Replaces what is secret in the texts of a stack by fingerprints, which tell one secret from another and nothing more. */
export class SecretTexts {
  private readonly fingerprints = new Map<string, string>();

  private constructor(
    private readonly texts: ReadonlySet<string>,
    private readonly hidesAll: boolean,
    private readonly salt: string,
  ) {}

  /** @param secret - texts that the program calls secret */
  static of(inputs: Inputs, { others }: PreparedFiles, secret: ReadonlySet<string> = new Set()): SecretTexts {
    return new SecretTexts(
      new Set(secretTextsIn(inputs, { others }, secret)),
      inputs.composeFiles.some(({ content }) => secret.has(content)),
      `${inputs.clusterId}/${inputs.name}`,
    );
  }

  /** @param key - the key that the text is the value of */
  hidden(text: string, key = ""): string {
    if (text === "") return text;
    return this.hidesAll || SECRET_KEY.test(key) || this.holdsSecret(text) ? this.fingerprint(text) : text;
  }

  /** All texts inside of a value; what the keys in `open` hold at its top stays as it is. */
  hiddenIn(value: unknown, open: readonly string[] = [], key = ""): unknown {
    if (typeof value === "string") return this.hidden(value, key);
    if (Array.isArray(value)) return value.map((item) => this.hiddenIn(item, [], key));
    if (value === null || typeof value !== "object") return value;
    const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(
      kept.map(([name, inner]) => [name, open.includes(name) ? inner : this.hiddenIn(inner, [], name)]),
    );
  }

  /** `[secret 3f2a9c71]`. */
  fingerprint(content: string | Buffer): string {
    const id = content.toString(typeof content === "string" ? undefined : "base64");
    const known = this.fingerprints.get(id);
    if (known) return known;
    const digest = scryptSync(content, this.salt, 4, { N: COST }).toString("hex");
    this.fingerprints.set(id, `[secret ${digest}]`);
    return `[secret ${digest}]`;
  }

  private holdsSecret(text: string): boolean {
    if (this.texts.has(text)) return true;
    return [...this.texts].some((secret) => secret.length >= SHORTEST_INSIDE && text.includes(secret));
  }
}
