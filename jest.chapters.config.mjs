import { told } from './jest.config.mjs';

/*
 * Every chapter of the outage guide on real Dkron: `npm run test:chapters`. Its tests tell a story, one outage after the
 * other on the same cluster, so that files run in their own order, unlike all other tests.
 */
export default told('chapters', {
  head: [
    'Dkron',
    'what was broken',
    'verdict',
    'what was done',
    'ended as',
    'leader, s',
    'proof, s',
    'jobs before',
    'jobs after',
  ],
});
