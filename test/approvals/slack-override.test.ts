import { CLUSTER } from '../../lab/lab';
import { untilCase, untilClosed } from '../lab/support/case-lab';
import { forgetInventory } from '../lab/support/forget-inventory';
import { keepCells } from '../support/table-rows';
import {
  ANN,
  BOB,
  type SlackLab,
  auditsOf,
  caseAtGate,
  endSlackLab,
  messageOf,
  slackLab,
  until,
} from './support/slack-lab';

/* The inventory was lost together with two hosts: only a word and an override of two people bring the cluster back. */
describe('the door in Slack, where a danger finding is open', () => {
  let world: SlackLab;

  beforeAll(async () => {
    world = await slackLab({ planGateMinutes: 5, restart: 'always' }, async (lab) => {
      await lab.terminate('dkron-2');
      await lab.terminate('dkron-3');
      await forgetInventory(lab);
    });
  });
  afterAll(() => endSlackLab(world));

  const said = (words: string) => until(`"${words}" said`, () => world.slack.told.find((text) => text.includes(words)));

  test('there is no Approve; two people override, each with the name and a reason; the restart is approved by a press', async () => {
    const { api, slack, url } = world;
    for (const server of ['dkron-2', 'dkron-3']) await declareOnceSilent(server);
    const gate = await caseAtGate(world);
    expect(gate.danger).toBe(true);
    const open = await messageOf(world, gate.caseId, (text) => text.includes('"actions"'));
    expect(JSON.stringify(open.body)).not.toContain('"action_id":"approve"');
    const arrived = slack.calls.find(({ body }) => JSON.stringify(body).includes(gate.gateId))?.at ?? 0;
    const seconds = ((arrived - Date.parse(gate.openedAt)) / 1000).toFixed(1);
    keepCells(['from an open gate to its message in Slack', `${seconds} s`]);

    const override = { cluster: CLUSTER, reason: 'both hosts are gone', lost: gate.countAsLost };
    await slack.press(url, ANN, 'override', gate.gateId);
    await until('the form', () => slack.modals.find(({ private_metadata }) => private_metadata.includes(gate.gateId)));
    await slack.submit(url, ANN, 'override', gate, { ...override, cluster: 'another' });
    await said('type the name of the cluster');
    await slack.submit(url, ANN, 'override', gate, override);
    await said('a second person has to agree');
    await messageOf(world, gate.caseId, (text) => text.includes('override by ann'));
    await slack.submit(url, ANN, 'override', gate, { ...override, reason: 'again' });
    await said('another has to');
    expect((await api.case(gate.caseId)).gate?.status).toBe('open');
    await slack.submit(url, BOB, 'override', gate, { ...override, reason: 'I agree' });
    await untilCase(
      api,
      gate.caseId,
      'an approval',
      ({ gate: one }) => one?.gateId !== gate.gateId || one.status === 'approved',
    );
    keepCells(['override in Slack by one, by the same again, by a second', 'waits; refused; acts']);

    const { gate: restart } = await untilCase(
      api,
      gate.caseId,
      'the restart gate',
      (view) => view.gate?.kind === 'approve-restart' && view.gate.status === 'open',
    );
    const certain = await messageOf(world, gate.caseId, (text) => text.includes('point of no return'));
    expect(JSON.stringify(certain.body)).toContain('as approved');
    await overrideRestart(restart?.gateId ?? '');
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'recovered' });
    const people = (await auditsOf(world, gate.caseId)).filter(({ event }) => event === 'override');
    expect(new Set(people.map(({ person }) => person))).toEqual(new Set(['ann', 'bob']));
    keepCells(['the restart gate in Slack', 'shows what is certain; recovered']);
  });

  /** Gossip sees a dead server alive for some seconds, and what is seen outweighs every word. */
  const declareOnceSilent = (server: string): Promise<true> =>
    until(`a word about ${server} that is taken`, () =>
      world.api.declareGone(CLUSTER, server, 'terminated by the clean-up').then(
        () => true as const,
        () => null,
      ),
    );

  /** The danger finding stands before the restart as well. */
  const overrideRestart = async (gateId: string): Promise<void> => {
    const override = { cluster: CLUSTER, reason: 'as approved' };
    await world.slack.submit(world.url, ANN, 'override', { gateId }, override);
    await until('the first of two', async () => {
      const { gate } = await world.api.case((await world.api.cluster(CLUSTER)).openCase ?? '');
      return gate?.gateId === gateId && gate.answers.length === 1 ? true : null;
    });
    await world.slack.submit(world.url, BOB, 'override', { gateId }, override);
  };
});
