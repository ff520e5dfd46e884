/** The parameter type of a partition function, as tables have it. */
import type { PartitionFunctionEntry } from "../../engine/snapshot/partitions";
import { systemTypeFromCatalog, type DataType } from "../table/data-type";

export function typeOfFunction(row: PartitionFunctionEntry): DataType {
  return systemTypeFromCatalog(row.typeName, row);
}
