import { recoversOneOfThree } from '../support/one-of-three';

/* Dkron 3's survivor would follow an old server that it meets (E10): there is no fence here that may be missing. */
describe('one server of three is left under systemd, all of Dkron v3.1.7, and its two peers are silent', () => {
  recoversOneOfThree('1 of 3, two silent peers, v3.1.7', { dkron: 'v3.1.7' });
});
