import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as yaml from 'yaml';
import * as z from 'zod';
import { apiOf } from '../../../lab/door';
import { CLUSTER, Lab } from '../../../lab/lab';
import { LabSlack, type SlackMessage } from '../../../lab/slack';
import { AuditEvent } from '../../../lib/recovery/audit';
import type { ClusterInput } from '../../../lib/recovery/cluster';
import type { Gate } from '../../../lib/recovery/gate';
import { type CaseLab, JOBS, untilGate } from '../../lab/support/case-lab';
import { awsCall } from './aws-call';

export const TEAM = 'T0001';
const CHANNEL = 'C0001';
export const ANN = { team: TEAM, user: 'U0001' };
export const BOB = { team: TEAM, user: 'U0002' };
export const EVE = { team: TEAM, user: 'U0666' };
const PEOPLE = [
  { name: 'ann', slack: [`${TEAM}/U0001`] },
  { name: 'bob', slack: [`${TEAM}/U0002`] },
];

/** A deployed lab with a door in a Slack of its own, whose cluster lost its quorum. */
export interface SlackLab extends CaseLab {
  readonly slack: LabSlack;
  /** Where Slack sends what people do. */
  readonly url: string;
  readonly secrets: readonly string[];
}

export async function slackLab(
  policy: ClusterInput['policy'],
  breakIt: (lab: Lab) => Promise<void>,
): Promise<SlackLab> {
  const [signingSecret, botToken] = [randomBytes(16).toString('hex'), `xoxb-${randomBytes(16).toString('hex')}`];
  const slack = await LabSlack.start({ signingSecret, botToken, channel: CHANNEL });
  const lab = await Lab.up({ servers: 3, cluster: { policy } });
  try {
    const signingSecretArn = await secretIn(lab, 'requorum/slack-signing', signingSecret);
    const botTokenArn = await secretIn(lab, 'requorum/slack-token', botToken);
    const config = yaml.parse(await readFile(lab.configPath, 'utf8')) as object;
    const door = { team: TEAM, channel: CHANNEL, signingSecretArn, botTokenArn, api: slack.api };
    await writeFile(lab.configPath, yaml.stringify({ ...config, people: PEOPLE, slack: door }));
    await lab.deploy();
    await lab.startCluster();
    await lab.addJobs(JOBS);
    const api = apiOf(lab);
    await api.refreshInventory(CLUSTER);
    await breakIt(lab);
    await lab.untilLeaderless();
    const url = `${lab.env().REQUORUM_ENDPOINT ?? ''}/slack`;
    return { lab, api, slack, url, secrets: [signingSecret, botToken] };
  } catch (thrown) {
    await lab.down();
    await slack.end();
    throw thrown;
  }
}

export async function endSlackLab(world: SlackLab | undefined): Promise<void> {
  await world?.lab.down();
  await world?.slack.end();
}

const Secret = z.object({ ARN: z.string() });

async function secretIn(lab: Lab, Name: string, SecretString: string): Promise<string> {
  const made = await awsCall(lab, 'secretsmanager', 'secretsmanager.CreateSecret', { Name, SecretString });
  return Secret.parse(made).ARN;
}

export const caseAtGate = async ({ api }: SlackLab): Promise<Gate> =>
  untilGate(api, await api.openCase(CLUSTER, 'recover'));

/** Looks until it holds; a bound on patience, not a measure of speed. */
export async function until<T>(what: string, look: () => T | null | undefined | false | Promise<T | null>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
  }
  throw new Error(`never came to: ${what}`);
}

/** The one message of a case. */
export const messageOf = (
  { slack }: SlackLab,
  caseId: string,
  holds: (text: string) => boolean,
): Promise<SlackMessage> =>
  until(`a message of case ${caseId}`, () =>
    [...slack.messages.values()].find(({ body }) => {
      const text = JSON.stringify(body);
      return text.includes(caseId) && holds(text);
    }),
  );

/** Every audit event of a case, or of nobody's, as it lies in the bucket. */
export async function auditsOf({ lab }: SlackLab, caseId = 'nobody'): Promise<AuditEvent[]> {
  const { s3 } = lab.clients();
  const at = { Bucket: lab.outputs.Bucket };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ ...at, Prefix: `audit/${caseId}/` }));
  const texts = Contents.map(async ({ Key }) =>
    (await s3.send(new GetObjectCommand({ ...at, Key }))).Body?.transformToString(),
  );
  return (await Promise.all(texts)).map((text) => AuditEvent.parse(JSON.parse(text ?? 'null')));
}

const Groups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const Events = z.object({ events: z.array(z.object({ message: z.string() })) });

/** Everything that any function has logged. */
export async function logsOf({ lab }: SlackLab): Promise<string> {
  const call = (verb: string, input: object) => awsCall(lab, 'logs', `Logs_20140328.${verb}`, input);
  const { logGroups } = Groups.parse(await call('DescribeLogGroups', {}));
  const texts = logGroups.map(async ({ logGroupName }) =>
    Events.parse(await call('FilterLogEvents', { logGroupName })).events.map(({ message }) => message),
  );
  return (await Promise.all(texts)).flat().join('\n');
}
