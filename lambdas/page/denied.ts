import type { Caller } from '../../lib/recovery/people';
import { nowIso } from '../adapters/clock';
import { log } from '../adapters/log';
import type { Page } from './page';

/** Why nobody was let in, in the words of the page; nothing was changed then. */
export const DENIALS = {
  BadToken: {
    says: 'This form does not come from a page of your sign-in.',
    nextStep: 'Open the case again on this page, and answer there.',
    status: 403,
  },
  FromElsewhere: {
    says: 'This answer was sent by another site.',
    nextStep: 'Open the case on this page yourself, and tell whoever looks after security.',
    status: 403,
  },
  LinkUsed: {
    says: 'This link has been used.',
    nextStep: 'If that was not you, tell whoever looks after security. A new one: requorum open',
    status: 410,
  },
  LinkExpired: { says: 'This link is too old.', nextStep: 'A new one: requorum open', status: 410 },
  LinkUnknown: { says: 'There is no such link.', nextStep: 'A new one: requorum open', status: 404 },
  SignInFailed: {
    says: 'The sign-in did not work.',
    nextStep: 'Begin again, in one window; your address has to be verified there. Or, from a terminal: requorum open',
    status: 403,
  },
  NotListed: {
    says: 'You are signed in where you come from, and nobody in `people` in requorum.yaml has this address.',
    nextStep: 'Have your address added there. Or, with rights in AWS: requorum open',
    status: 403,
  },
  SessionUnknown: {
    says: 'Your sign-in is not known.',
    nextStep: 'Sign in again.',
    status: 401,
  },
} as const;
export type Denial = keyof typeof DENIALS;

const NOBODY = { who: 'nobody', person: null };

/** A failed attempt is kept as well: that somebody tries is worth knowing at night, too. */
export const deny = async (page: Page, code: Denial, who: Pick<Caller, 'who' | 'person'> = NOBODY): Promise<Denial> => {
  log.warn('denied', { code, who: who.who });
  await page.audits.tell({
    ...{ at: nowIso(page.clock), cluster: null, caseId: null, gateId: null, planId: null },
    ...{ door: 'page', who: who.who, person: who.person, event: 'denied', code, says: DENIALS[code].says },
  });
  return code;
};
