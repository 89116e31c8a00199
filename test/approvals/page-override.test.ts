import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER } from '../../lab/lab';
import type { Gate } from '../../lib/recovery/gate';
import { startAgentNode } from '../lab/support/agent-node';
import { untilCase, untilClosed } from '../lab/support/case-lab';
import { forgetInventory } from '../lab/support/forget-inventory';
import { keepCells } from '../support/table-rows';
import { PHONE, picture } from './support/browsers';
import { type PageLab, auditsIn, endPageLab, pageLab } from './support/page-lab';

const EVIL_NAME = '<img src=x onerror=document.title=1>';
const EVIL_WORD = '<script>document.title = "owned"</script>';

/* The inventory was lost together with two hosts: only a word and an override of two people bring the cluster back. */
describe('the page, where a danger finding is open', () => {
  let world: PageLab;

  beforeAll(async () => {
    world = await pageLab({ planGateMinutes: 5 }, async (lab) => {
      await lab.terminate('dkron-2');
      await lab.terminate('dkron-3');
      await forgetInventory(lab);
    });
  });
  afterAll(() => endPageLab(world));

  test('a server whose name is a script is shown by its name', async () => {
    const { lab, api, ann, browsers } = world;
    const stranger = await startAgentNode(lab, [lab.address(1)], { name: EVIL_NAME, server: true });
    try {
      const { caseId } = await untilEvilIsSeen(world);
      const page = await browsers.signedIn(ann, caseId);
      await page.getByText(EVIL_NAME).first().waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.title()).not.toBe('1');
      await picture(page, 'script-as-name');
      await untilClosed(api, caseId);
    } finally {
      stranger.end();
    }
    keepCells(["script in a server's name", 'shown as text, nothing runs']);
  });

  test('one person overrides and waits; the same one cannot again; a second one lets it act', async () => {
    const { api, ann, bob, browsers } = world;
    const words = { 'dkron-2': EVIL_WORD, 'dkron-3': 'terminated by the clean-up' };
    for (const [server, because] of Object.entries(words)) await declareOnceSilent(world, server, because);
    const gate = await onceItIsForgotten(world);
    const { caseId } = gate;
    expect(gate.danger).toBe(true);

    const first = await browsers.signedIn(ann, caseId);
    expect(await first.locator('button[value=approve]').count()).toBe(0);
    await first.click('#yes');
    expect((await api.case(caseId)).gate?.answers).toEqual([]);
    await first.fill('#typed', 'another');
    await first.fill('#reason', 'both hosts are gone, I watched it');
    await first.click('#yes');
    expect((await api.case(caseId)).gate?.answers).toEqual([]);
    await first.fill('#typed', CLUSTER);
    await picture(first, 'override');
    await first.click('#yes');
    await first.getByText('It counts when another person agrees.').waitFor();
    expect(await first.locator('#yes').count()).toBe(0);
    await picture(first, 'override-waiting');

    const second = await browsers.signedIn(bob, caseId, PHONE);
    expect(await second.title()).not.toBe('owned');
    expect(await second.locator('.vote.given').innerText()).toContain('ann');
    await second.fill('#typed', CLUSTER);
    await second.fill('#reason', 'I agree');
    await picture(second, 'override-phone');
    await second.click('#yes');
    await second.getByText('You approved at').waitFor();
    await untilCase(api, caseId, 'an approval', ({ gate: one }) => one?.status === 'approved');
    expect(await auditsIn(world, caseId)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ event: 'override', who: ann.who, door: 'page' }),
        expect.objectContaining({ event: 'override', who: bob.who, door: 'page' }),
      ]),
    );
    const { report } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'recovered' });
    await first.getByRole('heading', { name: 'What to do next' }).waitFor();
    keepCells(['override: name and reason missing, one person, then two', 'acts with the second one only']);
  });
});

/** Gossip takes a moment: cases are opened until one has seen it; each is refused, and nothing is touched. */
async function untilEvilIsSeen({ api, ann }: PageLab): Promise<{ caseId: string }> {
  for (let n = 0; n < 5; n += 1) {
    const caseId = await ann.api.openCase(CLUSTER, 'recover');
    const view = await untilClosed(api, caseId);
    if (JSON.stringify(view.planning).includes('onerror')) return { caseId };
  }
  throw new Error('the stranger was never seen');
}

/** Gossip sees a dead server alive for some seconds, and what is seen outweighs every word. */
async function declareOnceSilent({ api }: PageLab, server: string, because: string): Promise<void> {
  for (let n = 0; ; n += 1) {
    try {
      await api.declareGone(CLUSTER, server, because);
      return;
    } catch (thrown) {
      if (n === 60) throw thrown;
      await sleep(1000);
    }
  }
}

/** A server that ended is alive in the gossip for some seconds more; a plan is refused as long. */
async function onceItIsForgotten({ api, ann }: PageLab): Promise<Gate> {
  let last: unknown = null;
  for (let n = 0; n < 30; n += 1) {
    const caseId = await ann.api.openCase(CLUSTER, 'recover');
    const isAsked = (gate: Gate | null): boolean => gate?.status === 'open';
    const view = await untilCase(
      api,
      caseId,
      'a gate or an end',
      ({ gate, report }) => isAsked(gate) || report !== null,
    );
    if (view.gate !== null && isAsked(view.gate)) return view.gate;
    last = view.planning;
  }
  throw new Error(`the stranger never left the gossip: ${JSON.stringify(last).slice(0, 2000)}`);
}
