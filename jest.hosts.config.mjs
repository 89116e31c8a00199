import { told } from './jest.config.mjs';

/*
 * Hosts with systemd and a network of their own: `npm run test:hosts`. Where a file tells a story on one cluster, its tests run
 * in their own order.
 */
export default told('hosts', { head: ['hosts', 'what was broken', 'phase or figure', 'seconds'], keys: 3 });
