import { asked, opened, planned } from '../../support/case-walk';
import { publishedBy } from '../../support/published';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

test('people are told once that a gate is open, however often the task is tried; token and gate id are not in it', async () => {
  const ref = await planned(day, await opened(day));
  const gateId = await asked(day, ref, 'token-1');
  await asked(day, ref, 'token-2');
  const told = publishedBy(day);
  expect(told).toMatchObject([{ structure: 'json', subject: 'Requorum: demo waits for an answer' }]);
  expect(told[0]?.chat.metadata.threadId).toBe('case-1');
  expect(JSON.stringify(told)).not.toMatch(new RegExp(`token-1|${gateId}`));
});

test('a topic that does not answer keeps no gate shut', async () => {
  const ref = await planned(day, await opened(day));
  globalThis.fetch = () => Promise.reject(new Error('no network'));
  const gateId = await asked(day, ref);
  expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('open');
});
