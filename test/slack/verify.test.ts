import { sign, verify } from '../../lib/slack/verify';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const BODY = 'payload=%7B%22type%22%3A%22block_actions%22%7D';
const NOW = new Date('2026-11-25T05:00:00Z');
const seconds = (more: number): string => String(NOW.getTime() / 1000 + more);

const signed = (timestamp = seconds(0), body = BODY, secret = SECRET) => ({
  timestamp,
  signature: sign(secret, timestamp, body),
  body,
});

test('the signature is the one of the example in the documentation of Slack', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  expect(sign(SECRET, '1531420618', body)).toBe('v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503');
});

test('what was signed now is genuine', () => {
  expect(verify(signed(), SECRET, NOW)).toEqual({ kind: 'genuine' });
  expect(verify(signed(seconds(-300)), SECRET, NOW)).toEqual({ kind: 'genuine' });
});

test.each([
  ['older than five minutes', seconds(-301), 'TooOld'],
  ['in the future', seconds(30), 'FromTheFuture'],
])('what was signed %s is refused, and known as signed', (_, timestamp, code) => {
  expect(verify(signed(timestamp), SECRET, NOW)).toEqual({ kind: 'refused', code });
});

test.each([
  ['another secret', signed(seconds(0), BODY, 'other')],
  ['a changed body', { ...signed(), body: `${BODY}&x=1` }],
  ['a changed time', { ...signed(seconds(-400)), timestamp: seconds(0) }],
  ['no signature', { ...signed(), signature: undefined }],
  ['a short signature', { ...signed(), signature: 'v0=00' }],
  ['an empty signature', { ...signed(), signature: '' }],
  ['a signature of many bytes', { ...signed(), signature: 'é'.repeat(67) }],
  ['no time', { ...signed(), timestamp: undefined }],
  ['a time that is no number', signed('soon')],
])('%s is no signature', (_, request) => {
  expect(verify(request, SECRET, NOW)).toEqual({ kind: 'refused', code: 'BadSignature' });
});
