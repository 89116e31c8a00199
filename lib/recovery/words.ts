/** `a`, `a and b`, `a, b and c`: as people read lists. */
export function list(words: readonly string[]): string {
  const [last = ''] = words.slice(-1);
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Ids of servers as a list. */
export function named(servers: readonly { readonly id: string }[]): string {
  return list(servers.map(({ id }) => id));
}
