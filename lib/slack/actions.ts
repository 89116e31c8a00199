/** What buttons and modals are called on their way out and back. */
export const ACTIONS = { approve: 'approve', name: 'name-lost', decline: 'decline', override: 'override' } as const;
export const MODALS = { name: 'name-lost', decline: 'decline', override: 'override' } as const;
/** Input blocks, and the one element in each. */
export const INPUTS = { cluster: 'cluster', reason: 'reason', lost: 'lost', value: 'value' } as const;
export const COMMAND = '/requorum';
