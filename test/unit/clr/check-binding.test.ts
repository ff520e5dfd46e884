import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Binding } from "../../../provider/src/clr/binding";
import { checkBinding } from "../../../provider/src/clr/check-binding";
import type { AssemblyMetadata, MethodInfo, TypeInfo } from "../../../provider/src/clr/model";
import { nearestName } from "../../../provider/src/clr/nearest-name";
import { readAssembly } from "../../../provider/src/clr/read-assembly";
import { checkReferences, type AssemblyFile } from "../../../provider/src/clr/references";
import { unloadable, unsafeReasons } from "../../../provider/src/clr/safety";
import { boundMemberChange, changeText, replaceReasons, surfaceChanges } from "../../../provider/src/clr/upgrade";
import { tableColumns, triggerPlace } from "../../../provider/src/clr/from-attributes";
import { parseDataType } from "../../../provider/src/kinds/table/data-type";
import { shared } from "../../shared";

const sql = "System.Data.SqlTypes.";

function method(
  name: string,
  returns: string,
  parameters: readonly string[],
  special: Partial<MethodInfo> = {},
): MethodInfo {
  return {
    name,
    isPublic: true,
    isStatic: true,
    isSpecial: false,
    isSynchronized: false,
    isFinalizer: false,
    isPInvoke: false,
    genericParameters: 0,
    returns,
    returnAttributes: [],
    parameters: parameters.map((type, at) => ({ name: `p${at}`, type, isOut: type.endsWith("&"), attributes: [] })),
    attributes: [],
    ...special,
  };
}

const attribute = (name: string, named: Record<string, string> = {}) => ({ type: `Microsoft.SqlServer.Server.${name}Attribute`, arguments: [], named }); // prettier-ignore

function type(name: string, methods: readonly MethodInfo[], special: Partial<TypeInfo> = {}): TypeInfo {
  return { name, isPublic: true, isNested: false, isValueType: false, isGeneric: false, interfaces: [], attributes: [], methods, fields: [], ...special }; // prettier-ignore
}

function assembly(types: readonly TypeInfo[], special: Partial<AssemblyMetadata> = {}): AssemblyMetadata {
  return {
    name: "Shop", version: "1.0.0.0", culture: "", publicKeyToken: "", mvid: "00000000-0000-0000-0000-000000000001", runtime: "v4.0.30319", architecture: "msil",
    isPureIl: true, isIlOnly: true, isStrongNameSigned: false, hasAuthenticode: false, targetFramework: ".NETFramework,Version=v4.8.1", references: [], types,
    pInvokeMethods: 0, moduleFiles: [], isUnverifiable: false, attributes: [], ...special,
  }; // prettier-ignore
}

const shop = assembly([
  type("Shop.Prices", [
    method("Gross", `${sql}SqlDecimal`, [`${sql}SqlDecimal`, `${sql}SqlInt32`]),
    method("Twice", "System.Int32", ["System.Int32"]),
    method("Hidden", `${sql}SqlInt32`, [], { isPublic: false }),
    method("Instance", `${sql}SqlInt32`, [], { isStatic: false }),
    method("Any", "!!0", ["!!0"], { genericParameters: 1 }),
    method("Scale", `${sql}SqlDouble`, [`${sql}SqlDouble`]),
    method("Scale", `${sql}SqlDouble`, [`${sql}SqlDouble`, `${sql}SqlDouble`]),
    method("Text", `${sql}SqlString`, [`${sql}SqlString`]),
    method("Split", "System.Void", [`${sql}SqlString`, `${sql}SqlInt32&`]),
    method("All", `${sql}SqlInt32`, [`${sql}SqlInt32[]`], { parameters: [{ name: "p", type: `${sql}SqlInt32[]`, isOut: false, attributes: [{ type: "System.ParamArrayAttribute", arguments: [], named: {} }] }] }),
    method("Rows", "System.Collections.IEnumerable", [], { attributes: [attribute("SqlFunction", { FillRowMethodName: "Fill" })] }),
    method("NoFill", "System.Collections.IEnumerable", [], { attributes: [attribute("SqlFunction")] }),
    method("NoAttribute", "System.Collections.IEnumerable", []),
    method("BadFill", "System.Collections.IEnumerable", [], { attributes: [attribute("SqlFunction", { FillRowMethodName: "Filled" })] }),
    method("Fill", "System.Void", ["System.Object", `${sql}SqlInt32&`, `${sql}SqlString&`]),
    method("Audit", "System.Void", []),
  ]),
  type("Shop.Prices+Inner", [method("Audit", "System.Void", [])], { isNested: true }),
  type("Shop.Secret", [], { isPublic: false }),
  type("Shop.Sum", [
    method("Init", "System.Void", [], { isStatic: false }),
    method("Accumulate", "System.Void", [`${sql}SqlDouble`], { isStatic: false }),
    method("Merge", "System.Void", ["Shop.Sum"], { isStatic: false }),
    method("Terminate", `${sql}SqlDouble`, [], { isStatic: false }),
  ], { attributes: [attribute("SqlUserDefinedAggregate")] }),
]); // prettier-ignore

function binding(given: Partial<Binding> & { types?: readonly string[]; outputs?: readonly number[] }): Binding {
  const { types = [], outputs = [], ...rest } = given;
  return {
    kind: "function", schema: "dbo", name: "f", assembly: "Shop", className: "Shop.Prices", method: "Gross", nullOnNullInput: false, where: "functions[0]",
    returns: parseDataType("decimal(18,0)"),
    parameters: types.map((each, at) => ({ name: `@p${at}`, type: parseDataType(each), output: outputs.includes(at) })),
    ...rest,
  }; // prettier-ignore
}

const check = (given: Parameters<typeof binding>[0]): string =>
  checkBinding(binding(given), shop, () => undefined).join("\n");

describe("the check of a binding against its assembly", () => {
  it("finds nothing wrong with what fits", () => {
    assert.equal(check({ types: ["decimal(9,2)", "int"], returns: parseDataType("numeric(9,2)") }), "");
    assert.equal(check({ method: "Twice", types: ["int"], returns: parseDataType("int"), nullOnNullInput: true }), "");
    assert.equal(check({ kind: "procedure", method: "Split", types: ["nvarchar(max)", "int"], outputs: [1] }), "");
    assert.equal(check({ kind: "trigger", method: "Audit" }), "");
    assert.equal(
      check({
        kind: "aggregate",
        className: "Shop.Sum",
        method: undefined,
        types: ["float"],
        returns: parseDataType("float"),
      }),
      "",
    );
    const columns = [{ name: "Number", type: parseDataType("int") }, { name: "Line", type: parseDataType("nvarchar(100)") }]; // prettier-ignore
    assert.equal(check({ kind: "table-function", method: "Rows", columns }), "");
  });

  it("names the missing class or method, and the nearest one that is there", () => {
    assert.match(check({ className: "Shop.prices" }), /no class Shop\.prices \(6505\); did you mean Shop\.Prices\?/);
    assert.match(check({ className: "Shop.Secret" }), /is not public \(6576\)/);
    assert.match(check({ method: "Grosss" }), /has no method Grosss \(6506\); did you mean Gross\?/);
    assert.match(
      check({ className: "Shop.Prices+Inner", method: "Text" }),
      /no method Text \(6506\); class Shop\.Prices has it/,
    );
    assert.doesNotMatch(check({ method: "Zzzzzzzzzzzzzzz" }), /did you mean/);
  });

  it("refuses methods that EXTERNAL NAME cannot reach", () => {
    assert.match(check({ method: "Hidden" }), /not public \(6574\)/);
    assert.match(check({ method: "Instance" }), /not static \(6573\)/);
    assert.match(check({ method: "Any", types: ["int"] }), /generic \(6570\)/);
    assert.match(check({ method: "Scale", types: ["float"] }), /overloaded .*\(6572\)/);
    assert.match(check({ method: "All", types: ["int"] }), /params array.*\(10318\)/);
  });

  it("compares the number and the types of parameters, the result and OUTPUT", () => {
    assert.match(check({ types: ["decimal(9,2)"] }), /has 2 parameters, and 1 is declared \(6550\)/);
    assert.match(
      check({ types: ["decimal(9,2)", "bigint"] }),
      /@p1: bigint is declared and the method has SqlInt32 \(6552\); bigint goes with SqlInt64/,
    );
    assert.match(
      check({ types: ["decimal(9,2)", "int"], returns: parseDataType("money") }),
      /the result: money is declared .*\(6551\)/,
    );
    assert.match(
      check({ method: "Text", types: ["varchar(10)"], returns: parseDataType("nvarchar(10)") }),
      /varchar has no counterpart in \.NET: write nvarchar/,
    );
    assert.match(
      check({ kind: "procedure", method: "Split", types: ["nvarchar(max)", "int"] }),
      /ref and out need OUTPUT .*\(6580\)/,
    );
    assert.match(
      check({ kind: "procedure", method: "Text", types: ["nvarchar(max)"], outputs: [0] }),
      /OUTPUT needs ref or out.*\(6580\)[^]*to be a procedure \(6567\)/,
    );
    assert.match(
      check({ method: "Split", types: ["nvarchar(max)", "int"] }),
      /by reference, which functions do not allow \(6580\)/,
    );
  });

  it("sees that a value type cannot hold NULL", () => {
    assert.match(
      check({ method: "Twice", types: ["int"], returns: parseDataType("int") }),
      /Int32 cannot hold NULL.*\(6569\)/,
    );
  });

  it("checks what fills the rows of a table function", () => {
    const columns = [{ name: "Number", type: parseDataType("int") }];
    const table = (given: Partial<Binding>): string =>
      check({ kind: "table-function", method: "Rows", columns, ...given });
    assert.match(table({}), /Void Fill\(Object, SqlInt32&, SqlString&\) fills 2 columns, and 1 is declared \(6208\)/);
    assert.match(
      table({ columns: [...columns, { name: "Line", type: parseDataType("int") }] }),
      /column Line: int is declared .*\(6258\)/,
    );
    assert.match(
      table({ columns: [...columns, { name: "Line", type: parseDataType("varchar(10)") }] }),
      /cannot return varchar \(6514\)/,
    );
    assert.match(table({ method: "NoFill" }), /names no FillRowMethodName \(10306\)/);
    assert.match(table({ method: "NoAttribute" }), /needs the attribute SqlFunction \(10305\)/);
    assert.match(table({ method: "BadFill" }), /no static method Filled \(10307\); did you mean Fill\?/);
    assert.match(check({ method: "Rows" }), /gives rows: declare a table function/);
  });

  it("checks triggers, aggregates and types for what the server wants of their class", () => {
    assert.match(check({ kind: "trigger", method: "Text" }), /has parameters.*\(6531\)\n.*returns a value.*\(6500\)/);
    assert.match(
      check({ kind: "trigger", className: "Shop.Prices+Inner", method: "Audit" }),
      /nested, which triggers do not allow/,
    );
    assert.match(
      check({ kind: "aggregate", method: undefined, types: ["int"] }),
      /lacks the attribute SqlUserDefinedAggregate \(6255\)[^]*no public method Init \(6558\)/,
    );
    assert.match(
      check({
        kind: "aggregate",
        className: "Shop.Sum",
        method: undefined,
        types: ["float", "float"],
        returns: parseDataType("int"),
      }),
      /\(6550\)[^]*\(6551\)/,
    );
    assert.match(
      check({ kind: "type", method: undefined }),
      /SqlUserDefinedType \(6255\)[^]*INullable \(6557\)[^]*property Null[^]*Parse\(SqlString\)[^]*ToString/,
    );
  });

  it("finds similar names only", () => {
    assert.equal(nearestName("distanse", ["Dot", "Distance", "Distances"]), "Distance");
    assert.equal(nearestName("Dot", ["VectorEuclideanDistance"]), undefined);
  });
});

describe("declarations in attributes", () => {
  it("read the columns of a table function and the place of a trigger", () => {
    const columns = tableColumns("[A, b] decimal(9, 2) NOT NULL, Line nvarchar(max) null");
    assert.deepEqual(columns, [
      { name: "A, b", type: parseDataType("decimal(9,2)") },
      { name: "Line", type: parseDataType("nvarchar(max)") },
    ]);
    assert.match(String(tableColumns("Number")), /Number/);
    assert.match(String(tableColumns("[Number int")), /never ends/);
    assert.deepEqual(triggerPlace("[a.b].[Orders]", "instead of delete", "dbo"), {
      schema: "a.b",
      table: "Orders",
      timing: "INSTEAD OF",
      events: ["DELETE"],
    });
    assert.equal((triggerPlace("Orders", "FOR INSERT, UPDATE", "dbo") as { schema: string }).schema, "dbo");
    assert.match(String(triggerPlace("Orders", "FOR LOGON", "dbo")), /Event "FOR LOGON"/);
    assert.match(String(triggerPlace(undefined, "FOR INSERT", "dbo")), /needs Target and Event/);
  });
});

describe("what an assembly needs", () => {
  it("is UNSAFE for native calls, writable statics, finalizers, synchronized methods and /unsafe", () => {
    const unsafe = assembly(
      [
        type("A", [method("Call", "System.Void", [], { isPInvoke: true }), method("Finalize", "System.Void", [], { isFinalizer: true }), method("Lock", "System.Void", [], { isSynchronized: true })], {
          fields: [{ name: "cache", type: "System.Int32", isStatic: true, isWritableStatic: true }],
        }),
        type("A+<>c", [], { fields: [{ name: "<>9", type: "A", isStatic: true, isWritableStatic: true }] }),
      ],
      { isUnverifiable: true },
    ); // prettier-ignore
    const numbers = unsafeReasons(unsafe).map((reason) => /error (\d+)/.exec(reason)?.[1]);
    assert.deepEqual(numbers, ["6265", "6211", "6216", "6213", "6205"]);
    assert.doesNotMatch(unsafeReasons(unsafe).join(), /<>9/);
  });

  it("cannot be met for .NET Core, native code and modules", () => {
    assert.match(
      unloadable(assembly([], { targetFramework: ".NETCoreApp,Version=v8.0" })).join(),
      /built for \.NETCoreApp.*net481/,
    );
    assert.match(
      unloadable(assembly([], { isPureIl: false, moduleFiles: ["a.netmodule"] })).join(),
      /6544[^]*a\.netmodule/,
    );
    assert.deepEqual(unloadable(shop), []);
  });

  it("is uploaded before it, wherever it stands, and a loop does not hang", () => {
    const file = (name: string, references: readonly string[], special: Partial<AssemblyMetadata> = {}): AssemblyFile => ({
      file: `${name}.dll`,
      metadata: assembly([], { name, references: references.map((each) => ({ name: each, version: "1.0.0.0", culture: "", publicKeyToken: "" })), ...special }),
    });
    const [a, b, c] = [file("A", ["B", "C", "mscorlib"]), file("B", ["C"]), file("C", ["B"])];
    assert.deepEqual(checkReferences([a, c, b], []).order.map((each) => each.file), ["C.dll", "B.dll", "A.dll"]);
    assert.deepEqual(checkReferences([a, b, c], []).problems, []);
    assert.deepEqual(checkReferences([file("A", []), b], []).unused.map((each) => each.file), ["B.dll"]);
    assert.match(checkReferences([file("A", ["netstandard"])], []).problems.join(), /build for \.NET Framework/);
    assert.match(checkReferences([file("A", ["Missing"])], []).problems.join(), /^A 1\.0\.0\.0 -> Missing 1\.0\.0\.0: it is neither/);
    const signed = { name: "B", version: "2.0.0.0", culture: "", publicKeyToken: "30ad4fe6b2a6aeed" };
    const wants = { file: "A.dll", metadata: assembly([], { name: "A", references: [{ ...signed, version: "1.0.0.0" }] }) };
    assert.match(checkReferences([wants], [{ ...signed, sqlName: "b" }]).problems.join(), /1\.0\.0\.0 is wanted and 2\.0\.0\.0 is in the database as \[b\]/);
    assert.deepEqual(checkReferences([{ file: "A.dll", metadata: assembly([], { name: "A", references: [signed] }) }], [{ ...signed, sqlName: "b" }]).problems, []);
    assert.match(checkReferences([wants], [{ ...signed, publicKeyToken: "", sqlName: "b" }]).problems.join(), /has no strong name/);
  }); // prettier-ignore

  it("clashes in the chain sample, and the way to the clash is shown", function () {
    const directory = shared(this, "samples", "clr", "chain");
    const names = ["Sample.Chain", "MathNet.Numerics", "Newtonsoft.Json", "System.Buffers", "System.Memory", "System.Numerics.Vectors", "System.Runtime.CompilerServices.Unsafe"]; // prettier-ignore
    const chain = names.map((name) => ({
      file: `${name}.dll`,
      metadata: readAssembly(readFileSync(join(directory, `${name}.dll`))),
    }));
    const { problems, unused, order } = checkReferences(chain, []);
    assert.deepEqual(unused, []);
    assert.equal(order.at(-1)!.file, "Sample.Chain.dll");
    const clash = problems.find((problem) => problem.includes("4.0.4.1"));
    assert.equal(
      clash,
      "Sample.Chain 1.0.0.0 -> System.Memory 4.0.1.2 -> System.Runtime.CompilerServices.Unsafe 4.0.4.1: 4.0.4.1 is wanted and 6.0.0.0 is in System.Runtime.CompilerServices.Unsafe.dll: SQL CLR has no binding redirects, so take versions that were built for one another (the server's errors 6286 and 10326)",
    );
    assert.ok(
      problems.some((problem) =>
        /System\.Numerics 4\.0\.0\.0: it is part of \.NET Framework but not on SQL Server's list/.test(problem),
      ),
    );
    assert.match(
      checkReferences(
        chain.filter(({ file }) => !file.startsWith("Newtonsoft")),
        [],
      ).problems.join("\n"),
      /Sample\.Chain 1\.0\.0\.0 -> Newtonsoft\.Json 13\.0\.0\.0: it is neither among/,
    );
  });
});

describe("a new version of an assembly", () => {
  it("says what is gone, changed and new in the sample", function () {
    const directory = shared(this, "samples", "clr");
    const read = (version: string): AssemblyMetadata =>
      readAssembly(readFileSync(join(directory, `functions-${version}`, "Sample.Vectors.dll")));
    assert.deepEqual(surfaceChanges(read("1.0"), read("1.1")).map(changeText), [
      "gone: Sample.Vectors.VectorFunctions.Obsolete: SqlString Obsolete(SqlString)",
      "changed: Sample.Vectors.VectorFunctions.Distance: SqlInt32 Distance(SqlString, SqlString) becomes SqlDouble Distance(SqlString, SqlString, SqlBoolean)",
      "new: Sample.Vectors.VectorFunctions.BytesToFloatArrayJson: SqlString BytesToFloatArrayJson(SqlBytes)",
    ]);
    assert.deepEqual(surfaceChanges(read("1.1"), read("1.1")), []);
  });

  it("changes a table function when what fills its rows changes", () => {
    const rows = (fill: string, parameters: readonly string[]): AssemblyMetadata =>
      assembly([
        type("C", [
          method("Rows", "System.Collections.IEnumerable", [], {
            attributes: [attribute("SqlFunction", { FillRowMethodName: fill })],
          }),
          method(fill, "System.Void", ["System.Object", ...parameters]),
        ]),
      ]);
    const before = rows("Fill", [`${sql}SqlInt32&`]);
    assert.equal(boundMemberChange(before, rows("Fill", [`${sql}SqlInt32&`]), "C", "Rows"), undefined);
    assert.match(
      boundMemberChange(before, rows("Filling", [`${sql}SqlInt32&`]), "C", "Rows")!,
      /what fills the rows of C\.Rows changes from Void Fill/,
    );
    assert.match(
      boundMemberChange(before, rows("Fill", [`${sql}SqlInt64&`]), "C", "Rows")!,
      /to Void Fill\(Object, SqlInt64&\)/,
    );
  });

  it("changes an aggregate or a type when its fields, its methods or its attribute do", () => {
    const shape = (field: string, size: string): AssemblyMetadata =>
      assembly([
        type("Sum", [method("Terminate", `${sql}SqlInt32`, [], { isStatic: false })], {
          attributes: [attribute("SqlUserDefinedAggregate", { MaxByteSize: size })],
          fields: [{ name: "n", type: field, isStatic: false, isWritableStatic: false }],
        }),
      ]);
    const before = shape("System.Int32", "8");
    assert.equal(boundMemberChange(before, shape("System.Int32", "8"), "Sum", undefined), undefined);
    for (const after of [shape("System.Int64", "8"), shape("System.Int32", "16")])
      assert.match(boundMemberChange(before, after, "Sum", undefined)!, /the shape of class Sum changes/);
    assert.match(boundMemberChange(before, assembly([]), "Sum", undefined)!, /class Sum is gone/);
  });

  it("needs a replacement for the same MVID, another key, other references, and a strong-named version that goes down", () => {
    const signed = { publicKeyToken: "30ad4fe6b2a6aeed", version: "1.2.0.0", mvid: "1" };
    const before = assembly([], signed);
    assert.deepEqual(replaceReasons(before, assembly([], { ...signed, version: "1.10.0.0", mvid: "2" })), []);
    const reasons = replaceReasons(
      before,
      assembly([], {
        publicKeyToken: "",
        version: "1.1.0.0",
        mvid: "1",
        references: [{ name: "X", version: "1.0.0.0", culture: "", publicKeyToken: "" }],
      }),
    ).join("\n");
    assert.match(reasons, /\(6285\)[^]*identity[^]*X 1\.0\.0\.0.*\(6282\)/);
    assert.match(
      replaceReasons(before, assembly([], { ...signed, version: "1.1.9.9", mvid: "2" })).join(),
      /goes down from 1\.2\.0\.0 to 1\.1\.9\.9/,
    );
  });
});
