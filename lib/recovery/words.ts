/** `a`, `a and b`, `a, b and c`: as people read lists. */
export function list(words: readonly string[]): string {
  const [last = ''] = words.slice(-1);
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Ids in one order, to be compared: the order of servers must not matter. */
export function sortedIds(servers: readonly { readonly id: string }[]): string[] {
  return servers.map(({ id }) => id).sort();
}

/** Ids of servers as a list. */
export function named(servers: readonly { readonly id: string }[]): string {
  return list(servers.map(({ id }) => id));
}
