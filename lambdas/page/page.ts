import type { Cluster } from '../../lib/recovery/cluster';
import type { Oidc } from '../../lib/page/oidc';
import type { Person } from '../../lib/recovery/people';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { env } from '../adapters/env';
import type { HealthStore } from '../adapters/health-store';
import type { LeaseStore } from '../adapters/lease-store';
import type { LinkStore } from '../adapters/link-store';
import type { SessionStore } from '../adapters/session-store';
import { storesIn } from '../adapters/stores';
import type { CaseShelf } from '../door/show-case';
import type { AnswerDesk } from '../door/take-answer';

/** What the page works with: it shows cases and takes answers; it opens no case and reaches no host. */
export interface Page extends AnswerDesk, CaseShelf {
  readonly clusters: readonly Cluster[];
  readonly people: readonly Person[];
  /** How people sign in besides links of the CLI; null where nothing is configured. */
  readonly oidc: Oidc | null;
  readonly healths: HealthStore;
  readonly leases: LeaseStore;
  readonly links: LinkStore;
  readonly sessions: SessionStore;
  readonly clock: Clock;
}

export const pageFrom = (settings: ReturnType<typeof env.page>, clock: Clock = systemClock): Page => ({
  ...settings,
  ...storesIn(settings, clock),
});
