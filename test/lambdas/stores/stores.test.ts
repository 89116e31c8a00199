import { Table } from '../../../lambdas/adapters/table';
import { caseStore } from '../../../lambdas/adapters/case-store';
import { evidence } from '../../../lambdas/adapters/evidence';
import { invoke } from '../../../lambdas/adapters/functions';
import { leaseStore } from '../../../lambdas/adapters/lease-store';
import { Inventory } from '../../../lib/recovery/survey';
import { approvedCaseRef, opened } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(() => {
  day = new WorkingDay();
});
afterEach(() => day.end());

const KEY = { pk: 'p', sk: 's' };

describe('the table', () => {
  const table = new Table('table');

  test('a condition that does not hold writes nothing and is an answer', async () => {
    expect(await table.put(KEY, { a: 1 }, [[{ absent: 'a' }]])).toBe(true);
    expect(await table.put(KEY, { a: 2 }, [[{ absent: 'a' }]])).toBe(false);
    expect(await table.update(KEY, { a: 3 }, [[{ attribute: 'a', equals: 2 }]])).toBeNull();
    expect(await table.get(KEY)).toMatchObject({ a: 1 });
  });

  test('one of several rows of clauses is enough, and all clauses of that row are needed', async () => {
    await table.put(KEY, { a: 1, b: 1 });
    const row = (b: number) => [
      { attribute: 'a', equals: 1 },
      { attribute: 'b', equals: b },
    ];
    expect(await table.update(KEY, { c: 1 }, [row(2), row(3)])).toBeNull();
    expect(await table.update(KEY, { c: 1 }, [row(2), row(1)])).toMatchObject({ c: 1 });
  });

  test('null is absence, in a put and in an update', async () => {
    await table.put(KEY, { a: null, b: 1 });
    expect(await table.update(KEY, { b: null, c: 1 }, [[{ absent: 'a' }, { present: 'b' }]])).toEqual({ ...KEY, c: 1 });
  });

  test('a query reads all pages, and no more than asked', async () => {
    for (let n = 0; n < 8; n += 1) await table.put({ pk: 'q', sk: `x${n}` }, { n });
    const range = { from: 'x', to: 'x~' };
    expect((await table.query('q', range)).map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await table.query('q', range, { limit: 1, newestFirst: true })).map(({ n }) => n)).toEqual([7]);
  });

  test('a table that does not answer is StoreUnavailable, not a condition that failed', async () => {
    day.table.failOnce('get');
    await expect(table.get(KEY)).rejects.toMatchObject({ name: 'StoreUnavailable' });
    day.table.failOnce('put');
    await expect(table.put(KEY, {}, [[{ absent: 'a' }]])).rejects.toMatchObject({ name: 'StoreUnavailable' });
  });
});

describe('the lease', () => {
  const leases = () => leaseStore(new Table('table'), day.clock);
  const holder = (caseId: string) => ({ caseId, executionArn: `arn:${caseId}` });

  test('is released by its owner only', async () => {
    const lease = await leases().acquire('demo', holder('a'));
    expect(await leases().release('demo', 'b', lease?.counter ?? 0)).toBe(false);
    expect(await leases().release('demo', 'a', (lease?.counter ?? 0) - 1)).toBe(false);
    expect(await leases().acquire('demo', holder('b'))).toBeNull();
    expect(await leases().release('demo', 'a', lease?.counter ?? 0)).toBe(true);
    expect(await leases().acquire('demo', holder('b'))).toMatchObject({ caseId: 'b', released: false });
  });

  test('a take-over of what was seen fails once somebody else was faster', async () => {
    const dead = await leases().acquire('demo', holder('a'));
    if (!dead) throw new Error('no lease');
    expect(await leases().takeOver('demo', holder('b'), dead)).toMatchObject({
      caseId: 'b',
      counter: dead.counter + 1,
    });
    expect(await leases().takeOver('demo', holder('c'), dead)).toBeNull();
  });
});

describe('the case', () => {
  const cases = () => caseStore(new Table('table'), day.clock);

  test('events of one millisecond, and of a clock that goes back, keep their order', async () => {
    await Promise.all(['a', 'b', 'c'].map((says) => cases().tell('case-1', { phase: 'check', says })));
    day.pass(-10);
    await cases().tell('case-1', { phase: 'check', says: 'd' });
    const events = await cases().events('case-1');
    expect(events.map(({ says }) => says).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(events.at(-1)?.says).toBe('d');
    expect(new Set(events.map(({ at }) => at)).size).toBe(4);
  });

  test('a fence is kept per instance, beside the others, and only while the case is open', async () => {
    await opened(day);
    const record = {
      groupsBefore: { 'eni-1': ['sg-1'] },
      stateBefore: 'running',
      quarantinedAt: null,
      stopAskedAt: null,
      startAskedAt: null,
      kept: false,
    };
    await cases().recordFence('case-1', { ...record, instanceId: 'i-00000001' });
    await cases().recordFence('case-1', { ...record, instanceId: 'i-00000002' });
    expect(Object.keys(await cases().fencesOf('case-1'))).toEqual(['i-00000001', 'i-00000002']);
    await cases().close('case-1', {});
    await expect(cases().recordFence('case-1', { ...record, instanceId: 'i-00000003' })).rejects.toMatchObject({
      name: 'UnknownCase',
    });
  });

  test('an approval counts for the plan of the case only', async () => {
    const ref = await approvedCaseRef(day);
    expect(await cases().approve('case-1', '0123456789abcdef')).toBeNull();
    expect((await cases().load('case-1')).approvedPlanId).toBe(ref.planId);
  });
});

describe('evidence', () => {
  test('nothing under a key is null; another form is StoreUnavailable naming the key', async () => {
    const store = evidence('bucket');
    expect(await store.json('a', Inventory)).toBeNull();
    await store.putJson('a', { cluster: 1 });
    await expect(store.json('a', Inventory)).rejects.toThrow(/a is not in the expected form/);
  });
});

describe('another function', () => {
  test('is asked with a signature, and its failure is not its answer', async () => {
    const headers: Headers[] = [];
    globalThis.fetch = (_, init) => {
      headers.push(new Headers(init?.headers));
      const failed = { 'x-amz-function-error': 'Unhandled' };
      return Promise.resolve(new Response('{"errorType":"BadInput"}', { headers: failed }));
    };
    await expect(invoke('probe', {})).rejects.toThrow(/probe failed.*BadInput/);
    expect(headers[0]?.get('authorization')).toContain('/us-east-1/lambda/aws4_request');
  });
});
