import type { CaseView } from '../../lib/recovery/case-record';
import { certainOf } from '../../lib/recovery/certain';
import { caseMessage } from '../../lib/slack/case-message';
import { declineModal, nameLostModal, overrideModal, powerCycleModal } from '../../lib/slack/modals';
import { LOST, fencesOf, holdsOf, planOf } from '../support/planned';
import { GATE, lostAndRecovered } from '../support/recorded-cases';
import { QUORUM_LOST } from '../support/chapters';
import { at, view } from '../support/recorded-case';

const NOW = new Date(at(600));
const shown = (one: unknown, link: string | null = null) => caseMessage(one as CaseView, { now: NOW, link });
const textOf = (one: unknown): string => JSON.stringify(one);

const { views, whenApproved, whenDeclined } = lostAndRecovered();
const [justOpened, , atGate] = views;

const buttonsOf = (message: ReturnType<typeof shown>) =>
  message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

test('a case that has just opened says so', () => {
  expect(shown(justOpened).text).toContain('a case is open');
});

test('at the gate: servers, verdict, loss, time left, and buttons that carry the id of the gate and nothing else', () => {
  const message = shown(atGate);
  const all = textOf(message);
  for (const part of ['quorum-lost', 'dkron-1', 'dkron-2', 'dkron-3', 'What may be lost', '20 min left'])
    expect(all).toContain(part);
  const buttons = buttonsOf(message);
  expect(buttons.map(({ action_id }) => action_id)).toEqual(['name-lost', 'decline']);
  for (const { value } of buttons) expect(value).toBe(GATE.gateId);
  expect(message.text).toContain('An answer is needed.');
});

test('without servers that count as lost one press approves, after a question', () => {
  const gate = { ...GATE, countAsLost: [] };
  const [approve] = buttonsOf(shown({ ...atGate, gate }));
  expect(approve).toMatchObject({ action_id: 'approve', style: 'primary', confirm: { title: { text: 'Approve?' } } });
});

describe('unreachable hosts that are not proved gone', () => {
  const silent = { id: 'dkron-3', instanceId: 'i-00000000000000003', notCycled: null };
  const proof = { ...silent, id: 'dkron-2', notCycled: 'stop protection is on' };

  test('may be waited for, or power-cycled, by buttons of their own that stand before the others', () => {
    const message = shown({ ...atGate, gate: { ...GATE, choices: [silent, proof], waitMinutes: 2 } });
    const buttons = buttonsOf(message);
    expect(buttons.map(({ action_id }) => action_id)).toEqual(['wait', 'power-cycle', 'name-lost', 'decline']);
    for (const { value } of buttons) expect(value).toBe(GATE.gateId);
    for (const part of ['in 2 minutes', 'is cut off, stopped and started again', 'stop protection is on'])
      expect(textOf(message)).toContain(part);
  });

  test('are offered for a power-cycle only where one is possible', () => {
    const buttons = buttonsOf(shown({ ...atGate, gate: { ...GATE, choices: [proof] } }));
    expect(buttons.map(({ action_id }) => action_id)).toEqual(['wait', 'name-lost', 'decline']);
    const modal = powerCycleModal({ ...GATE, choices: [silent, proof] });
    const options = modal.blocks.flatMap((block) =>
      block.type === 'input' && block.element.type === 'multi_static_select' ? block.element.options : [],
    );
    expect(options.map(({ value }) => value)).toEqual(['dkron-3']);
  });
});

test('a danger finding takes Approve away and leaves Override', () => {
  const buttons = buttonsOf(shown({ ...atGate, gate: { ...GATE, danger: true } }));
  expect(buttons.map(({ action_id }) => action_id)).toEqual(['override', 'decline']);
});

test('who of several people has answered is shown, and how many have to', () => {
  const answers = [{ decision: 'override', who: 'slack:T1/U1', person: 'ann', door: 'slack', at: at(10), reason: '' }];
  const all = textOf(shown({ ...atGate, gate: { ...GATE, danger: true, approvers: ['ann', 'bob'], answers } }));
  expect(all).toContain('override by ann');
  expect(all).toContain('2 people have to agree: ann, bob');
});

test('an answered gate has no buttons, and the phase that runs stands last', () => {
  const message = shown(whenApproved[1]);
  expect(buttonsOf(message)).toEqual([]);
  expect(textOf(message.blocks.at(-1))).toMatch(/hourglass_flowing_sand: \*Await leader\*/);
});

test('the restart gate shows what is certain: stopped logs, backups, fences', () => {
  const planned = planOf(LOST);
  const facts = { holds: holdsOf(planned), fences: fencesOf(planned) };
  const certain = certainOf(planned.plan, planned.briefing, facts);
  const gate = { ...GATE, kind: 'approve-restart' as const, countAsLost: [] };
  const all = textOf(shown({ ...view({ planning: planned, gate }), certain }));
  for (const part of ['What is certain now', 'as approved', 'backup of 1000 bytes', 'is fenced', 'point of no return'])
    expect(all).toContain(part);
  expect(textOf(shown({ ...view({ planning: planned, gate: GATE }), certain }))).not.toContain('What is certain now');
});

test('the end is the headline, with what to do next', () => {
  const recovered = textOf(shown(whenApproved.at(-1)));
  expect(recovered).toContain('demo is recovered');
  expect(recovered).toContain('Add two servers');
  expect(recovered).not.toContain('hourglass');
  expect(textOf(shown(whenDeclined[0]))).toContain('a person declined the plan');
});

test('an expired gate of a closed case offers nothing any more', () => {
  const expired = view({ planning: QUORUM_LOST, gate: { ...GATE, status: 'open' } }, 'expired');
  expect(buttonsOf(shown(expired))).toEqual([]);
});

test('the link goes to the page, and is no button', () => {
  const all = textOf(shown(atGate, 'https://page.example/page/cases/demo-1'));
  expect(all).toContain('<https://page.example/page/cases/demo-1|look at it>');
});

const EVIL = '<!channel> <https://evil|x> *_~`';

test('what hosts and people wrote is text, wherever it stands', () => {
  const finding = { code: 'x', severity: 'warning' as const, says: EVIL, evidence: EVIL, nextStep: EVIL };
  const { briefing } = QUORUM_LOST;
  const planning = {
    ...QUORUM_LOST,
    briefing: {
      ...briefing,
      findings: [finding],
      loss: [EVIL],
      verdict: { ...briefing.verdict, because: [EVIL] },
      servers: briefing.servers.map((server) => ({ ...server, because: EVIL })),
    },
  };
  const events = [{ at: at(1), phase: EVIL, says: EVIL, severity: 'info' as const }];
  const evil = view({ planning, gate: { ...GATE, danger: true }, events });
  const all = textOf(shown({ ...evil, case: { ...evil.case, openedBy: EVIL, requester: EVIL } }));
  expect(all).not.toContain('<!channel');
  expect(all).not.toContain('<https://evil');
  expect(all).toContain('&lt;!channel&gt;');
});

test('every text keeps within the limits of Slack, however much there is to say', () => {
  const { briefing } = QUORUM_LOST;
  const long = 'x'.repeat(4000);
  const finding = { code: 'x', severity: 'warning' as const, says: long, evidence: '', nextStep: long };
  const planning = {
    ...QUORUM_LOST,
    briefing: { ...briefing, findings: Array.from({ length: 40 }, () => finding), loss: [long, long] },
  };
  const events = Array.from({ length: 300 }, (_, n) => ({
    at: at(n),
    phase: `p${n}`,
    says: long,
    severity: 'info' as const,
  }));
  const { blocks } = shown(view({ planning, gate: GATE, events }));
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    if (block.type === 'section') expect(block.text.text.length).toBeLessThanOrEqual(3000);
    if (block.type === 'context') for (const { text } of block.elements) expect(text.length).toBeLessThanOrEqual(2000);
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
  }
  expect(textOf(blocks.at(-1))).toContain('*p299*');
});

describe('modals', () => {
  const warns = [EVIL];
  const gate = { ...GATE, danger: true };

  test('override asks for the name of the cluster, a reason and the servers that count as lost', () => {
    const modal = overrideModal({ gate, warns });
    expect(JSON.parse(modal.private_metadata)).toEqual({
      ...{ gateId: GATE.gateId, cluster: GATE.cluster, lost: GATE.countAsLost },
    });
    expect(modal.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []))).toEqual([
      'lost',
      'cluster',
      'reason',
    ]);
    expect(textOf(modal)).not.toContain('<!channel');
  });

  test('decline lets a reason be given, and asks for none', () => {
    expect(declineModal(gate).blocks.at(-1)).toMatchObject({ block_id: 'reason', optional: true });
  });

  test('nothing is picked beforehand where servers count as lost', () => {
    const all = textOf(nameLostModal({ gate, warns: [] }));
    expect(all).toContain(GATE.countAsLost[0]);
    expect(all).not.toContain('initial_options');
  });
});
