"use strict";
// The resources as tables for people: what each takes, what a change of it means, and what it adds.
const { TOKEN } = require("./schema-read");

const INTRODUCTION = `# Resources

Written by \`npm run schema\` from the interfaces in \`schema/\`; change those. Programs mostly use the components
(\`SwarmCluster\`, \`Stack\`, \`Service\`, \`Job\`, \`Secret\`, \`Config\`, \`Network\`), which make these resources. What has no default must be given.

What a change of an input means:

- **update**: changed in place;
- **replace**: fixed when the object is made, so another one takes its place;
- **place**: the same; a state that does not have it yet gets it recorded;
- **connection**: only how the object is reached, or how it is changed: recorded, nothing of the object is touched;
- **owner**: another identity is another object; new names change its labels;
- **fixed-owner**: the same of an object whose labels cannot change: new names are recorded.`;

function describeResources({ resources, types }) {
  const kinds = [...types].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    INTRODUCTION,
    ...resources.map(describeResource),
    "# Types",
    ...kinds.map(([name, type]) => describeType(name, type)),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

function describeResource({ token, description, inputs, outputs }) {
  const name = token.slice(TOKEN.length);
  return [
    `## ${name}`,
    `\`${token}\`. ${description}`,
    table(
      ["input", "type", "what it is", "default", "a change"],
      inputs.map((field) => [
        nameOf(field),
        typeOf(field.spec),
        textOf(field),
        defaultOf(field),
        field.change,
      ]),
    ),
    outputs.length === 0
      ? "It adds no outputs."
      : table(
          ["output", "type", "what it is"],
          outputs.map((field) => [nameOf(field), typeOf(field.spec), textOf(field)]),
        ),
  ].join("\n\n");
}

function describeType(name, { description, fields, values }) {
  const rows = values
    ? `One of ${values.map((value) => `\`"${value}"\``).join(", ")}.`
    : table(
        ["field", "type", "what it is", "default"],
        fields.map((field) => [nameOf(field), typeOf(field.spec), textOf(field), defaultOf(field)]),
      );
  return [`### ${name}`, description, rows].join("\n\n");
}

const nameOf = ({ name }) => `\`${name}\``;
const textOf = ({ description, secret }) => (secret ? `${description} Secret.` : description);
const defaultOf = ({ optional, default: otherwise }) => otherwise ?? (optional ? "none" : "");

function typeOf(spec) {
  if (spec.oneOf) return spec.oneOf.map(typeOf).join(" or ");
  if (spec.items) return `list of ${typeOf(spec.items)}`;
  if (spec.additionalProperties) return `names to ${typeOf(spec.additionalProperties)}`;
  const name = spec.$ref?.split(TOKEN)[1];
  if (name) return `[${name}](#${name.toLowerCase()})`;
  return spec.type ?? "anything";
}

/** Not aligned: one more field is then one more line of a diff. */
function table(header, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}

module.exports = { describeResources };
