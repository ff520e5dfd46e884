/**
 * Memory of the provider's own process. Left alone, the collector lets the heap grow with the machine's memory, and a catalog of
 * 50,000 modules takes twice what it needs; told to spare from the start, it takes a quarter of the time of every small deployment.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";

const largeHeapBytes = 128 * 2 ** 20;
let isWatched = false;

/** From here on `sparing` may change how the collector works. Programs that call the runtime themselves keep their own settings. */
export function watchMemory(): void {
  isWatched = true;
}

/** Called where the heap may have grown large: from then on the collector spares memory rather than time. */
export function sparing(): void {
  if (!isWatched || getHeapStatistics().used_heap_size < largeHeapBytes) return;
  isWatched = false;
  setFlagsFromString("--optimize-for-size");
}
