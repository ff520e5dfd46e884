"use strict";
/** What is deployed: procedures of a size that one meets, tables with keys and checks, schemas as resources of their own. */
const fs = require("node:fs");
const path = require("node:path");

/** Some 700 characters, two references. */
function procedure(index, version) {
  const own = String(index).padStart(5, "0");
  const called = index === 0 ? "" : `  EXEC dbo.p${String(index - 1).padStart(5, "0")} @id = @next, @depth = @left;\n`;
  return `CREATE PROCEDURE dbo.p${own}
  @id int,
  @depth int = 0
AS
BEGIN
  -- version ${version}
  SET NOCOUNT ON;
  DECLARE @next int = @id + ${index}, @left int = @depth - 1;
  IF @id IS NULL THROW 50001, N'p${own}: @id is missing', 1;
  IF @left < 0 RETURN 0;
  SELECT o.name, o.type_desc, COUNT(*) AS columns_of_it
  FROM sys.objects AS o
  INNER JOIN sys.columns AS c ON c.object_id = o.object_id
  WHERE o.object_id = @id OR o.parent_object_id = @id
  GROUP BY o.name, o.type_desc
  HAVING COUNT(*) > ${index % 7}
  ORDER BY columns_of_it DESC, o.name;
${called}  RETURN ${index};
END
`;
}

/** Twelve columns, a key, two indexes, a check, a default, and a foreign key to the table before. */
function table(index) {
  const texts = Array.from({ length: 6 }, (_, i) => ({ name: `Text${i}`, type: "nvarchar(100)", nullable: true }));
  return {
    columns: [
      { name: "Id", type: "int", identity: true },
      { name: "ParentId", type: "int", nullable: true },
      { name: "Code", type: "varchar(20)" },
      { name: "Amount", type: "decimal(18, 2)", default: "0" },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "IsActive", type: "bit", default: "1" },
      ...texts,
    ],
    primaryKey: { columns: ["Id"] },
    uniques: [{ columns: ["Code"] }],
    indexes: [{ columns: ["ParentId"], include: ["Amount"] }],
    checks: { [`CK_t${index}_Amount`]: "Amount >= 0" },
    ...(index === 0 ? {} : { foreignKeys: [{ columns: ["ParentId"], references: { table: `dbo.t${index - 1}` } }] }),
  };
}

/** Reads resources.json, as the provider alone does; the CLI runs this. */
const program = `
const sqlserver = require("pulumi-sqlserver");
let database;
for (const [kind, name, inputs] of require("./resources.json")) {
  const made = new sqlserver[kind](name, { ...inputs, ...(database && { database }) });
  database ??= made;
}
`;

const emptyProgram = (count) => `
const pulumi = require("@pulumi/pulumi");
const provider = { create: async () => ({ id: "x", outs: {} }), diff: async () => ({ changes: false }) };
class Empty extends pulumi.dynamic.Resource { constructor(name) { super(provider, name, {}); } }
for (let i = 0; i < ${count}; i++) new Empty("e" + i);
`;

class Workload {
  constructor({ procedures = 0, tables = 0, schemas = 0 }) {
    Object.assign(this, { procedures, tables, schemas });
    const parts = [
      [tables, "tables"],
      [procedures, "procedures"],
      [schemas, "schemas, a resource each"],
    ];
    this.title = parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(" + ");
  }

  /** Writes the project's sources into the directory. */
  write(directory) {
    const own = { server: "bench" };
    const inside = { ...own, database: "bench" };
    const resources = [["Database", "bench", { ...own, name: "bench" }]];
    for (let i = 0; i < this.schemas; i++) resources.push(["Schema", `s${i}`, { ...inside, name: `s${i}` }]);
    if (this.tables > 0) {
      const tables = Object.fromEntries(Array.from({ length: this.tables }, (_, i) => [`dbo.t${i}`, table(i)]));
      resources.push(["TableSet", "tables", { ...inside, tables }]);
    }
    if (this.procedures > 0) {
      fs.mkdirSync(path.join(directory, "procedures"), { recursive: true });
      for (let i = 0; i < this.procedures; i++) this.writeProcedure(directory, i, 1);
      resources.push(["ProcedureBundle", "procedures", { ...inside, directory: "procedures" }]);
    }
    fs.writeFileSync(path.join(directory, "resources.json"), JSON.stringify(resources));
  }

  /** Another version of one of the procedures. */
  change(directory) {
    this.writeProcedure(directory, Math.floor(this.procedures / 2), 2);
  }

  writeProcedure(directory, index, version) {
    const name = `p${String(index).padStart(5, "0")}.sql`;
    fs.writeFileSync(path.join(directory, "procedures", name), procedure(index, version));
  }
}

module.exports = { Workload, program, emptyProgram };
