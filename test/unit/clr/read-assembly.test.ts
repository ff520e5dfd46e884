import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../../../provider/src/clr/read-assembly";
import { findAttribute, type AssemblyMetadata, type AttributeInfo } from "../../../provider/src/clr/model";
import { AssemblyFormatError } from "../../../provider/src/errors";
import { shared } from "../../shared";

interface Expected {
  readonly name: string;
  readonly sha512: string;
  readonly size: number;
  readonly types: readonly { readonly name: string }[] | null;
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const names = (attributes: readonly AttributeInfo[]): string[] =>
  attributes
    .map(({ type }) => type)
    .filter((type) => type.startsWith("Microsoft.SqlServer.Server."))
    .sort();

/** The reader's answer in the form of expected.json. */
function described(bytes: Uint8Array, withTypes: boolean): object {
  const read = readAssembly(bytes);
  const types = read.types.filter((type) => type.isPublic);
  const methodsOf = (type: AssemblyMetadata["types"][number]) =>
    type.methods
      .filter((method) => method.isPublic && !method.isSpecial)
      .sort((left, right) => byText(left.name, right.name) || left.parameters.length - right.parameters.length);
  return {
    name: read.name,
    version: read.version,
    culture: read.culture,
    publicKeyToken: read.publicKeyToken,
    mvid: read.mvid,
    size: bytes.length,
    sha512: createHash("sha512").update(bytes).digest("hex"),
    runtime: read.runtime,
    ilOnly: read.isIlOnly,
    strongNameSigned: read.isStrongNameSigned,
    references: read.references
      .map(({ name, version, publicKeyToken }) => ({ name, version, publicKeyToken }))
      .sort((left, right) => byText(left.name, right.name)),
    pInvokeMethods: read.pInvokeMethods,
    publicTypes: types.length,
    publicMethods: types.flatMap(methodsOf).length,
    types: !withTypes
      ? null
      : types.map((type) => ({
          name: type.name,
          isValueType: type.isValueType,
          attributes: names(type.attributes),
          methods: methodsOf(type).map((method) => ({
            name: method.name,
            isStatic: method.isStatic,
            genericParameters: method.genericParameters,
            returns: method.returns,
            parameters: method.parameters.map(({ type: each }) => each),
            attributes: names(method.attributes),
          })),
        })),
  };
}

/** Small differences of a compiler-made file, the same on every run. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

describe("the reader of .NET assemblies", () => {
  it("says of every sample what System.Reflection.Metadata says", function () {
    const directory = shared(this, "samples", "clr");
    const expected = JSON.parse(readFileSync(join(directory, "expected.json"), "utf8")) as Record<string, Expected>;
    assert.ok(Object.keys(expected).length >= 9);
    for (const [file, wanted] of Object.entries(expected))
      assert.deepEqual(described(readFileSync(join(directory, file)), wanted.types !== null), wanted, file);
  });

  it("reads the arguments of SQL Server's attributes, parameter names, and what compilers say of themselves", function () {
    const directory = shared(this, "samples", "clr");
    const read = readAssembly(readFileSync(join(directory, "functions-1.1", "Sample.Vectors.dll")));
    assert.equal(read.targetFramework, ".NETFramework,Version=v4.8");
    const type = (name: string) => read.types.find((each) => each.name === name)!;
    const method = (owner: string, name: string) => type(owner).methods.find((each) => each.name === name)!;
    const attribute = (from: { attributes: readonly AttributeInfo[] }, name: string) =>
      findAttribute(from.attributes, `Microsoft.SqlServer.Server.${name}Attribute`)!;
    const vectors = "Sample.Vectors.VectorFunctions";
    assert.deepEqual(attribute(method(vectors, "Dot"), "SqlFunction").named, {
      IsDeterministic: true,
      IsPrecise: false,
    });
    assert.deepEqual(attribute(method(vectors, "SplitLines"), "SqlFunction").named, {
      FillRowMethodName: "FillLine",
      TableDefinition: "Number int, Line nvarchar(4000)",
    });
    const json = method(vectors, "BytesToFloatArrayJson");
    assert.deepEqual(attribute(json, "SqlFunction").named, { Name: "clr_BytesToFloatArrayJson" });
    assert.equal(json.parameters[0]!.name, "value");
    assert.deepEqual(attribute(json.parameters[0]!, "SqlFacet").named, { MaxSize: -1 });
    assert.deepEqual(attribute(method("Triggers", "Audit"), "SqlTrigger").named, {
      Name: "Audit",
      Target: "dbo.Orders",
      Event: "FOR INSERT, UPDATE",
    });
    const aggregate = attribute(type("Sample.Vectors.VectorAverage"), "SqlUserDefinedAggregate");
    // Format.UserDefined
    assert.deepEqual(aggregate.arguments, [2]);
    assert.deepEqual(aggregate.named, {
      MaxByteSize: -1,
      IsInvariantToNulls: true,
      IsInvariantToDuplicates: false,
      IsInvariantToOrder: true,
    });
    const complex = attribute(type("Sample.Vectors.ComplexNumber"), "SqlUserDefinedType");
    assert.deepEqual([complex.arguments, complex.named], [[1], { IsByteOrdered: true }]);
    assert.deepEqual(attribute(method("Sample.Vectors.ComplexNumber", "Parse"), "SqlMethod").named, {
      OnNullCall: false,
    });
    assert.equal(method("Sample.Vectors.FileSystem", "DeleteFile").parameters[1]!.isOut, true);
    assert.deepEqual(type("Sample.Vectors.ComplexNumber").interfaces, ["System.Data.SqlTypes.INullable"]);
    assert.equal(method(vectors, "Hidden").isPublic, false);
    assert.equal(type("Triggers+Nested").isNested, true);
  });

  it("says that text, an empty file and a native program are no assemblies", () => {
    for (const [bytes, reason] of [
      [Buffer.alloc(0), /does not begin as a DLL/],
      [Buffer.from("CREATE ASSEMBLY x FROM 0x4D5A"), /does not begin as a DLL/],
      [Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]), /no PE header/],
    ] as const)
      assert.throws(
        () => readAssembly(bytes),
        (error: unknown) => error instanceof AssemblyFormatError && reason.test(error.message),
      );
  });

  it("gives a typed error, or an answer, for every truncation and every flipped byte", function () {
    this.timeout(120_000);
    const directory = shared(this, "samples", "clr");
    let refused = 0;
    let answered = 0;
    const tried = (bytes: Uint8Array, what: string): void => {
      try {
        readAssembly(bytes);
        answered++;
      } catch (error) {
        refused++;
        assert.ok(error instanceof AssemblyFormatError, `${what}: ${String((error as Error).stack)}`);
      }
    };
    for (const file of [
      "functions-1.1/Sample.Vectors.dll",
      "chain/System.Runtime.CompilerServices.Unsafe.dll",
      "chain/System.Memory.dll",
    ]) {
      const bytes = readFileSync(join(directory, file));
      [refused, answered] = [0, 0];
      const step = Math.max(1, Math.floor(bytes.length / 400));
      for (let end = 0; end < bytes.length; end += step) tried(bytes.subarray(0, end), `${file} cut at ${end}`);
      assert.equal(answered, 0, `${file}: a file that is cut off is read`);
      const random = numbers(bytes.length);
      const next = (limit: number): number => random.next().value! % limit;
      for (let round = 0; round < 500; round++) {
        const damaged = Uint8Array.from(bytes);
        for (let flips = 0; flips < 1 + (round % 8); flips++) damaged[next(bytes.length)] = next(256);
        tried(damaged, `${file} damaged, round ${round}`);
      }
      // The headers and the tables are where one byte does the most.
      const root = bytes.indexOf("BSJB");
      for (let at = root; at < Math.min(root + 4000, bytes.length); at += 7)
        for (const value of [0, 0x7f, 0xff]) {
          const damaged = Uint8Array.from(bytes);
          damaged[at] = value;
          tried(damaged, `${file} with ${value} at ${at}`);
        }
      assert.ok(answered > 0 && refused > 0);
    }
  });
});
