import { declarationStore } from '../../../lambdas/adapters/declaration-store';
import { Table } from '../../../lambdas/adapters/table';
import type { Declaration } from '../../../lib/recovery/declaration';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(() => {
  day = new WorkingDay();
});
afterEach(() => day.end());

const store = () => declarationStore(new Table('table'));
const word = (serverId: string, rest: Partial<Declaration> = {}): Declaration => ({
  serverId,
  who: 'ann',
  at: '2026-11-25T05:00:00.000Z',
  because: 'the rack burnt',
  known: null,
  ...rest,
});
const ENDED = { who: 'bob', at: '2026-11-25T06:00:00.000Z', why: 'taken back' };

test('nobody is declared destroyed at first', async () => {
  expect(await store().of('demo')).toEqual([]);
});

test('words are found again, of this cluster only, and beside whatever else is kept of it', async () => {
  await day.withInventory();
  const known = { address: '10.0.0.2:6868', instanceId: 'i-00000002', volumeIds: ['vol-2'], interfaceIds: [] };
  // A name may have dots: it is a key of its own, no path into a map.
  const words = [word('dkron-2', { known }), word('host.example.com')];
  for (const one of words) await store().keep('demo', one);
  expect(await store().of('demo')).toEqual(words);
  expect(await store().of('other')).toEqual([]);
  expect(await day.clerk.inventories.find('demo')).not.toBeNull();
});

test('a word that is given anew is the one that stands', async () => {
  await store().keep('demo', word('dkron-2'));
  await store().keep('demo', word('dkron-2', { who: 'bob', at: ENDED.at }));
  expect(await store().of('demo')).toEqual([word('dkron-2', { who: 'bob', at: ENDED.at })]);
});

test('what has ended stands no more, is kept with who ended it, and can be said again', async () => {
  await store().keep('demo', word('dkron-2'));
  expect(await store().end('demo', word('dkron-2'), ENDED)).toBe(true);
  expect(await store().of('demo')).toEqual([]);
  expect(day.table.at({ pk: 'CLUSTER#demo', sk: 'GONE#dkron-2' })).toMatchObject({ who: 'ann', ended: ENDED });
  expect(await store().end('demo', word('dkron-2'), ENDED)).toBe(false);
  await store().keep('demo', word('dkron-2', { at: '2026-11-25T07:00:00.000Z' }));
  expect(await store().of('demo')).toHaveLength(1);
});

test('only the very word that was seen is ended, never a newer one', async () => {
  await store().keep('demo', word('dkron-2', { at: ENDED.at }));
  expect(await store().end('demo', word('dkron-2'), ENDED)).toBe(false);
  expect(await store().of('demo')).toHaveLength(1);
});

test('an item in another form is StoreUnavailable, naming the cluster', async () => {
  await new Table('table').put({ pk: 'CLUSTER#demo', sk: 'GONE#dkron-2' }, { who: 'ann' });
  await expect(store().of('demo')).rejects.toThrow(/a declaration about demo/);
});
