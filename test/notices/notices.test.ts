import { endNotice, gateNotice, linkTo } from '../../lib/notices/case-notices';
import { messageOf } from '../../lib/notices/notice';
import { QUORUM_LOST } from '../support/chapters';
import { GATE } from '../support/recorded-cases';
import { reportOf } from '../support/recorded-case';

const LINK = linkTo('https://page.example/page', GATE.caseId);

test('a gate is told with what may be lost, and with how to answer; the link only shows', () => {
  const { text, chat, subject } = gateNotice(GATE, QUORUM_LOST, LINK);
  expect(subject).toBe('Requorum: demo waits for an answer');
  for (const part of [GATE.planId, 'dkron-3', `requorum approve --case ${GATE.caseId}`, LINK ?? ''])
    expect(text).toContain(part);
  expect(chat).toMatchObject({
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: expect.stringContaining('demo has lost its quorum') as string },
    metadata: { threadId: GATE.caseId, eventType: 'gate-opened' },
  });
  expect(chat.content.nextSteps.join(' ')).toContain(LINK);
  expect(JSON.stringify(chat)).not.toContain(GATE.gateId);
});

test('without a page there is no link, and the commands stand', () => {
  const { text } = gateNotice(GATE, QUORUM_LOST, linkTo(null, GATE.caseId));
  expect(text).not.toContain('http');
  expect(text).toContain('requorum decline');
});

test('an ending is the whole report by mail, and what to do now in chat', () => {
  const { text, chat } = endNotice(reportOf('recovered', QUORUM_LOST, { nextSteps: ['Do <this>.'] }), LINK);
  expect(text).toContain('# demo: recovered');
  expect(chat.content.nextSteps[0]).toBe('Do &lt;this&gt;.');
  expect(chat.metadata.eventType).toBe('case-closed');
});

test('mail reads the text, chat reads its own form; what is too long for SNS is shortened and says so', () => {
  const notice = gateNotice(GATE, QUORUM_LOST, LINK);
  const forms = JSON.parse(messageOf(notice)) as Record<string, string>;
  expect(forms['default']).toBe(notice.text);
  expect(JSON.parse(forms['https'] ?? '')).toEqual(notice.chat);
  const long = messageOf({ ...notice, text: 'ü\n'.repeat(400_000) });
  expect(Buffer.byteLength(long)).toBeLessThan(256 * 1024);
  expect(long).toContain('shortened');
});
