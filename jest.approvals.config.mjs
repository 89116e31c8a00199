import { told } from './jest.config.mjs';

/*
 * Approvals at the doors for people, with real browsers before the deployed stack of a lab: `npm run test:approvals`. Every
 * file tells a story on one cluster, so that its tests run in their own order.
 */
export default told('approvals', { head: ['what people and others try', 'what it led to'] });
