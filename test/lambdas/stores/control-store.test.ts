import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { controlStore } from '../../../lambdas/adapters/control-store';
import { Table } from '../../../lambdas/adapters/table';
import { FREE } from '../../../lib/recovery/control';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(() => {
  day = new WorkingDay();
});
afterEach(() => day.end());

const controls = () => controlStore(new Table('table'));
const KEY = { pk: 'CLUSTER#demo', sk: 'CONTROL' };
const OFF = { who: 'ann', at: '2026-11-25T05:00:00.000Z', reason: 'power works' };
const COOL_DOWN = { until: '2026-11-25T06:00:00.000Z', caseId: 'case-1' };

test('a cluster of which nothing was said is free', async () => {
  expect(await controls().find('demo')).toEqual(FREE);
  expect(day.table.at(KEY)).toBeUndefined();
});

test('what was set is answered and found again, of this cluster only', async () => {
  expect(await controls().set('demo', { off: OFF })).toEqual({ ...FREE, off: OFF });
  expect(await controls().find('demo')).toEqual({ ...FREE, off: OFF });
  expect(await controls().find('other')).toEqual(FREE);
});

test('a word said twice is the last one', async () => {
  await controls().set('demo', { off: OFF });
  const later = { ...OFF, who: 'bob', reason: '' };
  expect(await controls().set('demo', { off: later })).toEqual({ ...FREE, off: later });
});

test('each word leaves the other one as it is, set or taken back', async () => {
  await controls().set('demo', { off: OFF });
  expect(await controls().set('demo', { coolDown: COOL_DOWN })).toEqual({ off: OFF, coolDown: COOL_DOWN });
  expect(await controls().set('demo', { off: null })).toEqual({ off: null, coolDown: COOL_DOWN });
  await controls().set('demo', { off: OFF });
  expect(await controls().set('demo', { coolDown: null })).toEqual({ off: OFF, coolDown: null });
});

test('an item with nothing left in it reads as nothing said, and has nothing in it', async () => {
  await controls().set('demo', { off: OFF });
  expect(await controls().set('demo', { off: null })).toEqual(FREE);
  expect(day.table.at(KEY)).toEqual(KEY);
  expect(await controls().find('demo')).toEqual(FREE);
});

test('taking back what was never said is well', async () => {
  expect(await controls().set('demo', { off: null })).toEqual(FREE);
  expect(await controls().set('demo', { coolDown: null })).toEqual(FREE);
  expect(await controls().find('demo')).toEqual(FREE);
});

test('values are sent with what is set, and none at all with what is taken away: an empty map is refused', async () => {
  const send = jest.spyOn(DynamoDBDocumentClient.prototype, 'send');
  try {
    await controls().set('demo', { off: OFF });
    await controls().set('demo', { off: null });
    const updates = send.mock.calls.flatMap(([command]) => (command instanceof UpdateCommand ? [command.input] : []));
    expect(updates.map(({ ExpressionAttributeValues: values }) => values)).toEqual([{ ':s0': OFF }, undefined]);
  } finally {
    send.mockRestore();
  }
});

test('words in another form than ours are StoreUnavailable, naming the cluster, and never read as free', async () => {
  await new Table('table').put(KEY, { off: 'yes' });
  await expect(controls().find('demo')).rejects.toMatchObject({ name: 'StoreUnavailable' });
  await expect(controls().find('demo')).rejects.toThrow(/the control of demo/);
});
