/** JSON with sorted keys and no spaces: equal values give equal bytes, so that a hash can be an identity. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

/** Hexadecimal sha256 of a text; injected, because ring 0 imports nothing. */
export type Sha256 = (text: string) => string;
