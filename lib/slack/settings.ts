import * as z from 'zod';

export const SecretArn = z
  .string()
  .regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-\w{6}$/, 'the whole ARN of a secret');

/** Where Slack is, and which workspace and channel are ours. Secrets are named, never written down. */
export const SlackSettings = z.strictObject({
  team: z.string().regex(/^T[A-Z0-9]{1,20}$/, 'the id of a workspace, T…'),
  channel: z.string().regex(/^[CG][A-Z0-9]{1,20}$/, 'the id of a channel, C…'),
  signingSecretArn: SecretArn,
  botTokenArn: SecretArn,
  /** GovSlack has another one: https://slack-gov.com/api. */
  api: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://slack.com/api'),
});
export type SlackSettings = z.infer<typeof SlackSettings>;

/** Answers go to Slack only: to the host of its hooks, or to where its API is. */
export const isOfSlack = (url: string, api: string): boolean => {
  const [to, home] = [new URL(url), new URL(api)];
  return to.origin === home.origin || (to.protocol === 'https:' && to.host === `hooks.${home.host}`);
};
