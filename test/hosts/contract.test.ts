import { keepsTheContractOfAHold } from './support/contract-of-a-hold';

describe('the contract on a machine with systemd', () => {
  keepsTheContractOfAHold('systemd', 'packaged');
});
