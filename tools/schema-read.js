"use strict";
// Reads what the resources are from the interfaces of schema/: names, types and whether something may be left out come
// from TypeScript itself, the rest from the comments. Everything that a reader would miss there is an error.
const path = require("node:path");
const ts = require("typescript");

const TOKEN = "swarm:index:";
const ANY = { $ref: "pulumi.json#/Any" };
const CHANGES = ["update", "replace", "place", "connection", "owner", "fixed-owner"];
/** In place of Pulumi's own types, which take seconds to read: what an input or output holds is what counts. */
const STAND_IN = path.join(__dirname, "schema-stand-in.d.ts");
const { TypeFlags, SymbolFlags } = ts;

/**
 * What the sources say: resources and named types, each with its fields in the order of the interface.
 * A field is `{name, spec, optional, description, default, change, secret}`; `spec` is a type as Pulumi's schemas write it.
 * @param files - the sources, with full paths
 * @param list - name of the interface that lists the resources
 */
function readModel(files, list) {
  const program = programOf(files);
  const checker = program.getTypeChecker();
  const types = new Map();
  const problems = new Set();

  function fieldsOf(type, where) {
    // What can only be undefined tells types apart, and nobody gives it.
    const given = checker
      .getPropertiesOfType(type)
      .filter((symbol) => checker.getTypeOfSymbol(symbol).flags !== TypeFlags.Undefined);
    return given.map((symbol) => {
      const at = `${where}.${symbol.name}`;
      const description = textOf(symbol);
      if (description === "") problems.add(`${at} has no comment: say what it is, with its unit.`);
      const optional = (symbol.flags & SymbolFlags.Optional) !== 0;
      const around = { at, description, integer: tagOf(symbol, "integer") !== undefined };
      const spec = specOf(typeOf(symbol), { ...around, title: titleOf(where, symbol.name) });
      return {
        name: symbol.name,
        spec,
        optional,
        description,
        default: tagOf(symbol, "default"),
        change: tagOf(symbol, "change"),
        secret: tagOf(symbol, "secret") !== undefined,
      };
    });
  }

  /** As it is written where that has a name: what may be left out loses it. */
  function typeOf(symbol) {
    const written = symbol.declarations?.[0]?.type;
    const type = written && checker.getTypeFromTypeNode(written);
    return type?.aliasSymbol ? type : checker.getTypeOfSymbol(symbol);
  }

  /** @param field - what it is the type of, and what it is called where it has no name of its own */
  function specOf(type, field) {
    const given = (type.isUnion() ? type.types : [type]).filter(
      ({ flags }) => !(flags & TypeFlags.Undefined),
    );
    const [one] = given;
    if (given.every(({ flags }) => flags & TypeFlags.BooleanLike)) return { type: "boolean" };
    if (given.length > 1) return unionOf(type, given, field);
    if (one.flags & TypeFlags.String) return { type: "string" };
    if (one.flags & TypeFlags.Number) return { type: field.integer ? "integer" : "number" };
    // What a type parameter stands for is another one in each program.
    if (one.flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.TypeParameter)) return ANY;
    if (checker.isArrayType(one))
      return { type: "array", items: specOf(checker.getTypeArguments(one)[0], field) };
    const values = one.getStringIndexType();
    if (values) return { type: "object", additionalProperties: specOf(values, field) };
    if (one.getCallSignatures().length === 0 && one.flags & (TypeFlags.Object | TypeFlags.Intersection))
      return named(one, field, (title) => ({ fields: fieldsOf(one, title) }));
    problems.add(`${field.at} is a ${checker.typeToString(one)}, which no other language knows.`);
    return ANY;
  }

  function unionOf(type, given, field) {
    if (given.every((one) => one.isStringLiteral()))
      return named(type, field, () => ({ values: given.map(({ value }) => value) }));
    const booleans = given.filter(({ flags }) => flags & TypeFlags.BooleanLike);
    const specs = given.filter((one) => !booleans.includes(one)).map((one) => specOf(one, field));
    return { oneOf: booleans.length > 0 ? [{ type: "boolean" }, ...specs] : specs };
  }

  function named(type, field, read) {
    const symbol = type.aliasSymbol ?? type.symbol;
    const isNamed = symbol && !["__type", "Omit", "Pick"].includes(symbol.name);
    const title = isNamed ? symbol.name : field.title;
    const known = types.get(title);
    if (!known) {
      // Entered before its fields are read, as a type may hold itself.
      const entry = { type, description: (isNamed && textOf(symbol)) || field.description };
      types.set(title, entry);
      Object.assign(entry, read(title));
    } else if (known.type !== type) {
      problems.add(`Two types are called ${title}, the second one at ${field.at}. Rename one of them.`);
    }
    return { $ref: `#/types/${TOKEN}${title}` };
  }

  function resourceOf(symbol) {
    const parts = checker.getTypeOfSymbol(symbol);
    const [inputs, outputs] = ["inputs", "outputs"].map((part) => {
      const type = checker.getTypeOfPropertyOfType(parts, part);
      return fieldsOf(type, type.symbol?.name ?? symbol.name);
    });
    for (const { name, change = "" } of inputs)
      if (!CHANGES.includes(change))
        problems.add(`${symbol.name}: \`@change ${change}\` of ${name} is none of: ${CHANGES.join(", ")}.`);
    return { token: symbol.name, description: textOf(symbol), inputs, outputs };
  }

  function textOf(symbol) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    return oneLine(text.replace(/\{@link (\S+)\}/g, "`$1`"));
  }

  function tagOf(symbol, name) {
    const tag = symbol.getJsDocTags(checker).find((one) => one.name === name);
    return tag && oneLine(ts.displayPartsToString(tag.text));
  }

  const declared = files.flatMap((file) => {
    const module_ = checker.getSymbolAtLocation(program.getSourceFile(file));
    return [...(module_?.exports?.values() ?? [])];
  });
  const listed = declared.find(({ name }) => name === list);
  const resources = checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(listed))
    .map((symbol) => resourceOf(symbol));
  // What a configuration may hold, so that its known keys come from here as well.
  for (const symbol of declared.filter((one) => tagOf(one, "settings") !== undefined))
    specOf(checker.getDeclaredTypeOfSymbol(symbol), { at: symbol.name, title: symbol.name });
  if (problems.size > 0) throw new Error([...problems].join("\n"));
  return { resources, types };
}

function programOf(files) {
  const options = { strict: true, lib: ["lib.es2023.d.ts"], types: [] };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const file = path.resolve(path.dirname(from), text);
      if (file.endsWith(path.join("resources", "pulumi"))) return resolved(STAND_IN, ts.Extension.Dts);
      return text.startsWith(".") ? resolved(`${file}.ts`, ts.Extension.Ts) : resolved();
    });
  return ts.createProgram(files, options, host);
}

function resolved(resolvedFileName, extension) {
  return { resolvedModule: resolvedFileName && { resolvedFileName, extension } };
}

/** What a type without a name is called after: `Swarm` and `managers` make `SwarmManagers`. */
function titleOf(where, field) {
  const parts = [where.replace(/(Inputs|Outputs|Args)$/, ""), ...field.split(/[^A-Za-z0-9]+/)];
  return parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

module.exports = { readModel, CHANGES, TOKEN };
