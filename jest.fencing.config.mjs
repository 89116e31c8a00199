import { told } from './jest.config.mjs';

/*
 * Every fence on real Dkron, with the rule switched off to see the harm, and on to see none: `npm run test:fencing`. Where a
 * file tells a story on one cluster, its tests run in their own order.
 */
export default told('fencing', { head: ['threat', 'rule', 'switched off', 'switched on'], keys: 2 });
