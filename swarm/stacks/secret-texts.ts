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
    const variables = Object.values(inputs.environment ?? {}).filter((text) => secret.has(text));
    const inFiles = others.flatMap(({ content }) => Object.values(parse(content)));
    return new SecretTexts(
      new Set([...variables, ...inFiles].filter(Boolean)),
      inputs.composeFiles.some(({ content }) => secret.has(content)),
      `${inputs.clusterId}/${inputs.name}`,
    );
  }

  /** @param key - the key that the text is the value of */
  hidden(text: string, key = ""): string {
    if (text === "") return text;
    return this.hidesAll || SECRET_KEY.test(key) || this.holdsSecret(text) ? this.fingerprint(text) : text;
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
