/** The order of creation: hard edges always hold, soft ones where no cycle forbids. */

export interface Order {
  /** Positions, first to create first. */
  readonly positions: readonly number[];
  /** Cycles of hard edges: such modules can never be created. */
  readonly cycles: readonly (readonly number[])[];
}

/**
 * Strongly connected components over all edges (Tarjan, without recursion: chains may be thousands long), then hard edges
 * alone inside each. `start` is the order in which equals are visited, so that the result does not depend on the files' order.
 */
export function orderOf(
  hard: readonly (readonly number[])[],
  soft: readonly (readonly number[])[],
  start: readonly number[],
): Order {
  const positions: number[] = [];
  const cycles: (readonly number[])[] = [];
  for (const component of components((position) => [...hard[position]!, ...soft[position]!], start)) {
    if (component.length === 1) {
      positions.push(component[0]!);
      continue;
    }
    const inside = new Set(component);
    for (const part of components((position) => hard[position]!.filter((each) => inside.has(each)), component)) {
      if (part.length > 1) cycles.push(part);
      positions.push(...part);
    }
  }
  return { positions, cycles };
}

/** Components in order of need: what a component needs comes before it. */
function components(edges: (position: number) => readonly number[], start: readonly number[]): number[][] {
  const found: number[][] = [];
  const numbers = new Map<number, number>();
  const lowest = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  for (const root of start) if (!numbers.has(root)) visit(root);
  return found;

  function enter(position: number): { position: number; edges: readonly number[]; next: number } {
    numbers.set(position, numbers.size);
    lowest.set(position, numbers.get(position)!);
    stack.push(position);
    onStack.add(position);
    return { position, edges: edges(position), next: 0 };
  }

  function visit(root: number): void {
    const path = [enter(root)];
    while (path.length > 0) {
      const frame = path.at(-1)!;
      const target = frame.edges[frame.next++];
      if (target !== undefined) {
        if (!numbers.has(target)) path.push(enter(target));
        else if (onStack.has(target)) lower(frame.position, numbers.get(target)!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(parent.position, lowest.get(frame.position)!);
      if (lowest.get(frame.position) !== numbers.get(frame.position)) continue;
      const component: number[] = [];
      let member: number;
      do {
        member = stack.pop()!;
        onStack.delete(member);
        component.push(member);
      } while (member !== frame.position);
      // The members in the order in which they were met.
      found.push(component.reverse());
    }
  }

  function lower(position: number, value: number): void {
    if (value < lowest.get(position)!) lowest.set(position, value);
  }
}
