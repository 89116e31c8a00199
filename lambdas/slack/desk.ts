import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { env } from '../adapters/env';
import { slackApi } from '../adapters/slack-api';
import { storesIn } from '../adapters/stores';

/** What the door in Slack works with: gates and cases as at every door, its own messages, and Slack. No host, no instance. */
export const deskFrom = (settings: ReturnType<typeof env.slack>, clock: Clock = systemClock) => ({
  ...settings,
  ...storesIn(settings, clock),
  api: slackApi(settings.slack),
});
export type SlackDesk = ReturnType<typeof deskFrom>;
