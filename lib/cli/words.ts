/** "dkron-1", "dkron-1 and dkron-2", "dkron-1, dkron-2 and dkron-3". */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

export const idsOf = (servers: readonly { readonly id: string }[]): string[] => servers.map(({ id }) => id);

/** The form of a word that goes with so many: one for exactly one. */
export const forMany = <T>(many: readonly unknown[], one: T, more: T): T => (many.length === 1 ? one : more);
