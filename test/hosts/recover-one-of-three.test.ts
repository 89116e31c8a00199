import { recoversOneOfThree } from './support/one-of-three';

describe('one server of three is left under systemd, and its two peers are silent', () => {
  recoversOneOfThree('1 of 3, two silent peers');
});
