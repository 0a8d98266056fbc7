import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Scalar,
  visit,
  type Document,
  type LineCounter,
} from "yaml";

interface Source {
  file: string;
  document: Document;
  lines: LineCounter;
}

export interface Entry {
  key: ComposeNode;
  value: ComposeNode;
}

/** One value of a compose file, with its place for messages. Aliases and merge keys (`<<`) are followed. */
export class ComposeNode {
  private readonly node: unknown;

  constructor(
    private readonly source: Source,
    /** Where the value stands, such as `services.web.image`; empty for the whole file. */
    readonly path: string,
    node: unknown,
    /** The part of the text that stands for the place: the key, where there is no value. */
    private readonly anchor: unknown = node,
  ) {
    this.node = isAlias(node) ? node.resolve(source.document) : node;
  }

  /** File, line and path, such as `shop.yml:12 services.web.image`. */
  get where(): string {
    const { file, lines } = this.source;
    const offset = isNode(this.anchor) ? this.anchor.range?.[0] : undefined;
    const place = offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
    return this.path === "" ? place : `${place} ${this.path}`;
  }

  /** Where it begins and ends in its file's text; nothing for what is not written there. */
  get range(): [from: number, to: number] | undefined {
    const range = isNode(this.node) ? this.node.range : undefined;
    return range ? [range[0], range[1]] : undefined;
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  get isNothing(): boolean {
    return !isNode(this.node) || (isScalar(this.node) && this.node.value === null);
  }

  /** The text of a scalar as it was written, quotes taken off; nothing for a mapping or list. */
  get text(): string | undefined {
    if (!isScalar(this.node)) return undefined;
    return typeof this.node.value === "string"
      ? this.node.value
      : (this.node.source ?? String(this.node.value));
  }

  /** Whether the scalar stands without quotes, so that a parser may take it for a boolean or a number. */
  get isPlain(): boolean {
    return isScalar(this.node) && this.node.type === "PLAIN" && this.node.tag === undefined;
  }

  /** Whether a ${VARIABLE} is in it, whose value Docker fills in later. */
  get isTemplate(): boolean {
    return this.text?.includes("$") ?? false;
  }

  /** Keys and values of a mapping; own keys win over merged ones. Empty for anything else. */
  get entries(): Entry[] {
    if (!isMap(this.node)) return [];
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const { key, value } of this.node.items) {
      const name = nameOfKey(key);
      const path = this.path === "" ? name : `${this.path}.${name}`;
      if (name === "<<") merged.push(...this.mergedEntries(value));
      else
        own.push({
          key: new ComposeNode(this.source, path, key),
          value: new ComposeNode(this.source, path, value, value ?? key),
        });
    }
    const taken = new Set(own.map(({ key }) => key.text));
    return [...own, ...merged.filter(({ key }) => !taken.has(key.text))];
  }

  get items(): ComposeNode[] {
    if (!isSeq(this.node)) return [];
    return this.node.items.map((item, index) => new ComposeNode(this.source, `${this.path}[${index}]`, item));
  }

  child(name: string): ComposeNode | undefined {
    return this.entries.find(({ key }) => key.text === name)?.value;
  }

  /** Every key of the whole file, each where it stands: what an alias stands for is not looked at again. */
  get allKeys(): ComposeNode[] {
    const keys: ComposeNode[] = [];
    visit(this.source.document, {
      Pair: (_index, pair, ancestors) => {
        keys.push(new ComposeNode(this.source, pathOf([...ancestors, pair]), pair.key));
      },
    });
    return keys;
  }

  /** A part of this scalar's text, at the same place. */
  part(text: string): ComposeNode {
    return new ComposeNode(this.source, this.path, new Scalar(text), this.anchor);
  }

  private mergedEntries(value: unknown): Entry[] {
    const from = new ComposeNode(this.source, this.path, value);
    return from.isMap ? from.entries : from.items.flatMap(({ entries }) => entries);
  }
}

function nameOfKey(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : "?";
}

/** The path of the last of these nodes, each of which holds the next one. */
function pathOf(nodes: readonly unknown[]): string {
  return nodes.reduce<string>((path, node, index) => {
    if (isPair(node)) return path === "" ? nameOfKey(node.key) : `${path}.${nameOfKey(node.key)}`;
    return isSeq(node) ? `${path}[${node.items.indexOf(nodes[index + 1])}]` : path;
  }, "");
}
