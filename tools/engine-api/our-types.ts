import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What JSON can hold. */
export type Kind = "string" | "number" | "boolean" | "object" | "array";

/** A property of one of our types, whichever way leads to it: "Description.Engine.EngineVersion", "Ports[].Protocol". */
export interface OurProperty {
  /** Name in the Engine API's specification, by the tag `@spec`. */
  definition: string;
  path: string;
  kind: Kind;
  /** Whether we say that it may be missing, or null. */
  mayBeAbsent: boolean;
}

/** Every property of the interfaces in a folder that name a definition of the specification. */
export function ourProperties(folder: string): OurProperty[] {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const aliases = new Map<string, ts.TypeNode>();
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
      if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
    }
  }

  function membersOf(node: ts.InterfaceDeclaration | ts.TypeLiteralNode): ts.PropertySignature[] {
    const clauses = ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []) : [];
    const bases = clauses.flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
    const inherited = bases.flatMap((name) => membersOf(named(name)));
    return [...inherited, ...node.members.filter(ts.isPropertySignature)];
  }

  function named(name: string): ts.InterfaceDeclaration {
    const found = interfaces.get(name);
    if (!found) throw new Error(`${folder} has no interface ${name}.`);
    return found;
  }

  /** Kind of a type, with what lies below it. */
  function look(
    type: ts.TypeNode,
    at: string,
    below: (path: string, property: ts.PropertySignature) => void,
  ): Kind {
    if (ts.isUnionTypeNode(type)) return look(type.types.filter((part) => !isNothing(part))[0], at, below);
    if (ts.isLiteralTypeNode(type) || type.kind === ts.SyntaxKind.StringKeyword) return "string";
    if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
    if (ts.isArrayTypeNode(type)) {
      look(type.elementType, `${at}[]`, below);
      return "array";
    }
    if (ts.isTypeLiteralNode(type)) {
      for (const member of membersOf(type)) below(`${at}.${member.name.getText()}`, member);
      return "object";
    }
    if (ts.isTypeReferenceNode(type)) {
      const name = type.typeName.getText();
      const alias = aliases.get(name);
      if (alias) return look(alias, at, below);
      if (name === "Record") look(type.typeArguments?.[1] as ts.TypeNode, `${at}{}`, below);
      else for (const member of membersOf(named(name))) below(`${at}.${member.name.getText()}`, member);
      return "object";
    }
    return "object";
  }

  const found: OurProperty[] = [];
  for (const declaration of interfaces.values()) {
    const tag = ts.getJSDocTags(declaration).find(({ tagName }) => tagName.text === "spec");
    if (!tag) continue;
    const definition = String(tag.comment).trim();
    const note = (at: string, { type, questionToken }: ts.PropertySignature): void => {
      if (!type) return;
      const kind = look(type, at, note);
      const isNullable = ts.isUnionTypeNode(type) && type.types.some(isNothing);
      found.push({ definition, path: at, kind, mayBeAbsent: questionToken !== undefined || isNullable });
    };
    for (const member of membersOf(declaration)) note(member.name.getText(), member);
  }
  return found;
}

function isNothing(type: ts.TypeNode): boolean {
  if (type.kind === ts.SyntaxKind.UndefinedKeyword) return true;
  return ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
}
