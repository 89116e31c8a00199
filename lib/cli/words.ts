/** The form of a word that goes with so many: one for exactly one. */
export const forMany = <T>(many: readonly unknown[], one: T, more: T): T => (many.length === 1 ? one : more);
