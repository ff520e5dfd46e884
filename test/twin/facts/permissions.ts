import type { Sheet } from "./fact";
export const permissionFacts: readonly Sheet[] = [];
