import type { Sheet } from "./fact";
export const languageFacts: readonly Sheet[] = [];
