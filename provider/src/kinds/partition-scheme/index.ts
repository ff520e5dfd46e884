/**
 * Kind PartitionScheme: a partition scheme together with its partition function. Reads sys.partition_functions,
 * sys.partition_range_values, sys.partition_schemes and sys.destination_data_spaces.
 * https://learn.microsoft.com/sql/relational-databases/partitions/partitioned-tables-and-indexes
 */
import type { CatalogSnapshot, Kind } from "../../contract";
import { typeText } from "../table/data-type";
import { canonicalBoundary } from "./boundary";
import { changes, desired, PartitionSchemeInputs, type DesiredPartitionScheme } from "./inputs";
import { typeOfFunction } from "./live-type";
import { owned, plan, planDelete, type LivePartitionScheme } from "./plan";

// ---- Identity --------------------------------------------------------------------------------------------------------

type PartitionSchemeIdentity = {
  readonly database: string;
  readonly name: string;
  readonly functionName: string;
};

// ---- Read ------------------------------------------------------------------------------------------------------------

function read(catalog: CatalogSnapshot, identity: PartitionSchemeIdentity): LivePartitionScheme | undefined {
  const { functions, schemes } = catalog.database.partitions;
  const scheme = schemes.find((one) => catalog.names.equals(one.name, identity.name));
  const found = functions.find((one) =>
    scheme ? one.functionId === scheme.functionId : catalog.names.equals(one.name, identity.functionName),
  );
  return scheme || found ? { database: identity.database, function: found, scheme, names: catalog.names } : undefined;
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive(
  { function: there, scheme, names }: LivePartitionScheme,
  old: PartitionSchemeInputs,
): PartitionSchemeInputs {
  if (!there) return old;
  const inputs: PartitionSchemeInputs = { ...old };
  const wanted = desired(old);
  const type = typeOfFunction(there);
  if (!names.equals(there.name, wanted.functionName)) inputs.functionName = there.name;
  if (typeText(type) !== typeText(wanted.type)) inputs.type = typeText(type);
  if (there.boundaryOnRight !== wanted.onRight) inputs.range = there.boundaryOnRight ? "right" : "left";
  const boundaries = there.boundaries.map((value) => (value === null ? "NULL" : canonicalBoundary(value, type)));
  if (boundaries.join("\0") !== wanted.boundaries.join("\0"))
    inputs.boundaries = boundaries.map((value) => old.boundaries[wanted.boundaries.indexOf(value)] ?? value);
  const filegroups = scheme?.partitions.map((part) => part.filegroup) ?? [];
  const [first] = filegroups;
  const same =
    filegroups.length === wanted.filegroups.length &&
    filegroups.every((one, at) => names.equals(one, wanted.filegroups[at]!));
  const sameForAll = wanted.allTo && filegroups.every((one) => names.equals(one, wanted.filegroups[0]!));
  if (first !== undefined && !same && !sameForAll)
    inputs.filegroups = wanted.allTo && filegroups.every((one) => one === first) ? first : filegroups;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const partitionSchemeKind: Kind<
  PartitionSchemeInputs,
  DesiredPartitionScheme,
  PartitionSchemeIdentity,
  LivePartitionScheme
> = {
  name: "PartitionScheme",
  inputs: PartitionSchemeInputs,
  changes,
  documentation: {
    summary: "A partition scheme with its partition function: how rows of large tables are spread over partitions.",
    changesInPlace: ["boundaries added (SPLIT) and removed (MERGE), with consent where rows are moved"],
    refused: [
      "name, type, LEFT or RIGHT",
      "another filegroup for a partition that exists",
      "SPLIT or MERGE of partitions with rows under a columnstore index",
      "drop while a table lies on it",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name, functionName }) => ({ database, name, functionName }),
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `partition scheme "${name}" in database "${database}"`,
  read,
  existing: (live) => [
    live.scheme ? owned(live.scheme.name) : { type: "partition function", name: live.function?.name ?? "" },
  ],
  probes: () => [],
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { function: there, scheme }) => ({
    dataSpaceId: scheme?.dataSpaceId,
    partitionCount: there && there.boundaries.length + 1,
  }),
  outputNames: ["dataSpaceId", "partitionCount"],
};
