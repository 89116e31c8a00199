import { recoversOneOfThree } from '../support/one-of-three';

describe('one server of three is left under supervisord, as a user without rights, and its two peers are silent', () => {
  recoversOneOfThree('1 of 3, two silent peers, supervisord', { layout: 'supervisor' });
});
