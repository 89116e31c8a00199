/*
 * Table of contents, in the order in which a case flows through. Ring 0: pure, and it imports zod and itself only.
 */

// Words
export * from './ids';
export * from './verdict-name';
export * from './gate-rule';
export * from './host-choice';
export * from './people';
export * from './audit';
export * from './acts-alone';
export * from './certain';
export * from './cluster';
export * from './intent';
export * from './case';
export * from './case-record';
export * from './errors';
export * from './host-codes';
export * from './canonical';

// Open case
export * from './incident';
export * from './lease';
export * from './control';

// Survey
export * from './service-manager';
export * from './declaration';
export * from './exclusion';
export * from './survey';
export * from './targets';
export * from './inventory';
export * from './leader';
export * from './redundancy';
export * from './health';
export * from './health-check';
export * from './peers';
export * from './log-order';
export * from './host-class';
export * from './declared';
export * from './declare';
export * from './kin';
export * from './servers';
export * from './strangers';
export * from './stranded';
export * from './signs';

// Make plan
export * from './verdict';
export * from './plan';
export * from './choose';
export * from './plan-power-cycle';
export * from './refusals';
export * from './unclear';
export * from './peers-json';
export * from './skew';
export * from './loss';
export * from './steps';
export * from './words';
export * from './findings';
export * from './expected';
export * from './draft';
export * from './plan-rewrite';
export * from './plan-restart';
export * from './plan-removal';
export * from './kept-out';
export * from './way-back';
export * from './plan-join';
export * from './plan-replace';
export * from './make-plan';
export * from './plan-readmit';
export * from './exclusions-after';
export * from './by-hand';

// Approve plan, Approve restart
export * from './gate';
export * from './gate-decision';

// Look again
export * from './look-again';

// Secure, Check, Release
export * from './fence';
export * from './fence-proof';
export * from './auto-scaling';
export * from './groups-left';
export * from './order';
export * from './orders';
export { checkBeforeRelease, guardRelease } from './check';

// Await leader, Verify
export * from './remove-peers';
export * from './verify';

// Close case
export * from './report';
export * from './close';
export * from './next-steps';
export * from './report-markdown';
export * from './errors-markdown';

// Between the machine and its functions
export * from './boundary';
