/** Object names in text: a.[b c]."d". */

/** The parts of a name with one to four parts; brackets and quotes taken off. An empty text is one empty part. */
export function parseName(text: string): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  for (;;) {
    const open = rest[0];
    if (open === "[" || open === '"') {
      const close = open === "[" ? "]" : '"';
      let end = 1;
      while (end < rest.length && (rest[end] !== close || rest[end + 1] === close)) end += rest[end] === close ? 2 : 1;
      parts.push(rest.slice(1, end).replaceAll(close + close, close));
      rest = rest.slice(end + 1);
    } else {
      const dot = rest.indexOf(".");
      parts.push((dot < 0 ? rest : rest.slice(0, dot)).trim());
      rest = dot < 0 ? "" : rest.slice(dot);
    }
    rest = rest.trimStart();
    if (!rest.startsWith(".")) return parts;
    rest = rest.slice(1).trimStart();
  }
}
