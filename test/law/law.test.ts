import { cases } from "./cases";
import { proveLaw } from "./law";

proveLaw("schemas, filegroups, tables and bundles", cases);
