"use strict";
/** Writes what the documentation says about kinds from the code: the table in README.md and docs/reference.md. */
const fs = require("node:fs");
const path = require("node:path");
const { root, install, build, main, help } = require("./environment");

help(`npm run docs [-- --check]

Writes the table of kinds in README.md and the page docs/reference.md from the code. --check only compares, and fails
when they differ.
`);

const begin = "<!-- kinds: written by npm run docs -->";
const end = "<!-- end of kinds -->";

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function kindsTable(registry) {
  const rows = Object.entries(registry).map(
    ([name, { documentation }]) =>
      `| [${name}](docs/reference.md#${name.toLowerCase()}) | ${cell(documentation.summary)} | ${cell(documentation.changesInPlace.join("; "))} | ${cell(documentation.refused.join("; "))} | ${cell(documentation.hosts.join(", "))} |`,
  );
  return ["| Kind | What it is | Changes in place | Refused | Hosts |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** Type of a JSON schema in words. */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === "object") return schema.properties ? "object" : "map";
  return schema.type ?? "any";
}

function range(schema) {
  const { minimum, maximum } = schema;
  const limit = Number.MAX_SAFE_INTEGER;
  if (typeof minimum !== "number" || typeof maximum !== "number" || maximum >= limit || minimum <= -limit) return "";
  return `, ${minimum} to ${maximum}`;
}

/** Rows of an object's members, and of the objects inside it, by path. */
function members(schema, prefix, skip) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (skip.has(name)) return [];
    const at = `${prefix}${name}`;
    if (!member.description) throw new Error(`input ${at} has no description`);
    const own = `| \`${at}\` | ${cell(typeOf(member) + range(member))} | ${required.has(name) ? "yes" : ""} | ${cell(member.description)} |`;
    return [own, ...inner(member, at)];
  });
}

function inner(schema, at) {
  if (schema.anyOf) return schema.anyOf.flatMap((part) => inner(part, at));
  if (schema.type === "array") return inner(schema.items ?? {}, `${at}[]`);
  if (schema.properties) return members(schema, `${at}.`, new Set());
  if (schema.additionalProperties) return inner(schema.additionalProperties, `${at}.*`);
  return [];
}

function reference(registry, z) {
  const skip = new Set(["owner", "plan"]);
  const sections = Object.entries(registry).map(([name, kind]) => {
    const schema = z.toJSONSchema(kind.inputs, { unrepresentable: "any", io: "input" });
    return [
      `## ${name}`,
      "",
      kind.documentation.summary,
      "",
      `- Changes in place: ${kind.documentation.changesInPlace.join("; ")}.`,
      `- Refused: ${kind.documentation.refused.join("; ")}.`,
      `- Hosts: ${kind.documentation.hosts.join(", ")}.`,
      `- Outputs: ${kind.outputNames.length ? kind.outputNames.map((output) => `\`${output}\``).join(", ") : "its inputs"}.`,
      "",
      "| Input | Type | Required | Meaning |",
      "|---|---|---|---|",
      ...members(schema, "", skip),
    ].join("\n");
  });
  return `# Reference of kinds\n\nWritten by \`npm run docs\` from the code. Every kind has the output \`plan\`: the T-SQL of its last change.\n\n${sections.join("\n\n")}\n`;
}

function replaceTable(text, table) {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the lines "${begin}" and "${end}"`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

main(async () => {
  await install();
  await build();
  const { registry } = require(path.join(root, "provider", "dist", "registry.js"));
  const { z } = require("zod");
  const readme = path.join(root, "README.md");
  const pages = [
    [readme, replaceTable(fs.readFileSync(readme, "utf8"), kindsTable(registry))],
    [path.join(root, "docs", "reference.md"), reference(registry, z)],
  ];
  const check = process.argv.includes("--check");
  for (const [file, text] of pages) {
    const name = path.relative(root, file);
    const same = fs.existsSync(file) && fs.readFileSync(file, "utf8") === text;
    if (same) continue;
    if (check) throw new Error(`${name} differs from the code; npm run docs writes it`);
    fs.writeFileSync(file, text);
    process.stdout.write(`${name} written\n`);
  }
});
