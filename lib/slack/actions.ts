/** What buttons and modals are called on their way out and back. */
export const MODALS = {
  name: 'name-lost',
  decline: 'decline',
  override: 'override',
  powerCycle: 'power-cycle',
} as const;
export const ACTIONS = { ...MODALS, approve: 'approve', wait: 'wait' } as const;
/** Input blocks, and the one element in each. */
export const INPUTS = { cluster: 'cluster', reason: 'reason', lost: 'lost', hosts: 'hosts', value: 'value' } as const;
export const COMMAND = '/requorum';
