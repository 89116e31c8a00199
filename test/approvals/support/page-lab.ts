import type { Page } from 'playwright-core';
import { CLUSTER, type Lab } from '../../../lab/lab';
import { type LabPerson, personOf } from '../../../lab/person';
import type { ClusterInput } from '../../../lib/recovery/cluster';
import type { Gate } from '../../../lib/recovery/gate';
import { AuditEvent } from '../../../lib/recovery/audit';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type CaseLab, caseLab, untilGate } from '../../lab/support/case-lab';
import { Browsers } from './browsers';

/** A deployed lab whose cluster lost its quorum, two people who may speak to Requorum, and browsers for them. */
export interface PageLab extends CaseLab {
  readonly ann: LabPerson;
  readonly bob: LabPerson;
  readonly browsers: Browsers;
}

export async function pageLab(
  policy: ClusterInput['policy'],
  breakIt: (lab: Lab) => Promise<void>,
  config = {},
): Promise<PageLab> {
  const world = await caseLab({ servers: 3, cluster: { policy }, config });
  const { lab } = world;
  try {
    const [ann, bob] = [await personOf(lab, 'ann'), await personOf(lab, 'bob')];
    const browsers = await Browsers.before(lab);
    await breakIt(lab);
    await lab.untilLeaderless();
    return { ...world, ann, bob, browsers };
  } catch (thrown) {
    await lab.down();
    throw thrown;
  }
}

export async function endPageLab(world: PageLab | undefined): Promise<void> {
  await world?.browsers.end();
  await world?.lab.down();
}

/** A case of ann's that waits at its first gate. */
export async function caseAtGate({ api, ann }: PageLab): Promise<Gate> {
  return untilGate(api, await ann.api.openCase(CLUSTER, 'recover'));
}

/** Every audit event of a case, or of nobody's, as it lies in the bucket. */
export async function auditsIn({ lab }: PageLab, caseId: string): Promise<AuditEvent[]> {
  const { s3 } = lab.clients();
  const at = { Bucket: lab.outputs.Bucket };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ ...at, Prefix: `audit/${caseId}/` }));
  const texts = Contents.map(async ({ Key }) =>
    (await s3.send(new GetObjectCommand({ ...at, Key }))).Body?.transformToString(),
  );
  return (await Promise.all(texts)).map((text) => AuditEvent.parse(JSON.parse(text ?? 'null')));
}

/** Ticks every server that has to be counted as lost. */
export async function tickLost(page: Page): Promise<void> {
  for (const box of await page.locator('input[name=lost]').all()) await box.check();
}

/** Whatever a page refuses to run is told on its console: nothing of ours may be among it. */
export function violationsOn(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) found.push(message.text());
  });
  return found;
}
