import { SlackSettings } from '../../lib/slack/settings';

const secret = (name: string): string => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf`;

export const SLACK = SlackSettings.parse({
  team: 'T0001',
  channel: 'C0001',
  signingSecretArn: secret('requorum/slack-signing'),
  botTokenArn: secret('requorum/slack-token'),
});
