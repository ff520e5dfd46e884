"use strict";
/** What `pulumi preview --json` says, for people: each T-SQL batch as it would stand in a file. */

const verbs = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/** The text of the steps that change something; empty when there are none. */
function previewText({ steps }) {
  const changes = (steps ?? []).filter(({ op, urn }) => verbs[op] && !urn.includes("::pulumi:pulumi:Stack::"));
  return changes
    .map(({ op, urn, newState }) => {
      const [, , type, name] = urn.split("::");
      const plan = op === "delete" ? undefined : newState?.inputs?.plan;
      return [`==== ${verbs[op]} ${type.split(":").at(-1)} ${name}`, ...(plan ? [plan] : [])].join("\n");
    })
    .join("\n\n");
}

module.exports = { previewText };
