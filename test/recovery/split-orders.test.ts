import fc from 'fast-check';
import type { Orders } from '../../lib/recovery/order';
import { ORDERS_MAX_CHARS, splitOrders } from '../../lib/recovery/split-orders';

const ordersOf = (texts: readonly string[]): Orders => ({
  caseId: 'case-1',
  counter: 3,
  hosts: Object.fromEntries(texts.map((text, n) => [`i-${String(n).padStart(8, '0')}`, { text }])),
});
const charsOf = (orders: Orders): number => Buffer.from(JSON.stringify(orders)).toString('base64').length;

test('orders that fit travel in one command', () => {
  const orders = ordersOf(['a', 'b', 'c']);
  expect(splitOrders(orders)).toEqual([orders]);
});

test('every host is in one command, in their order, with the same case and counter, and every command fits', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 1_000 }), { minLength: 1, maxLength: 60 }), (texts) => {
      const orders = ordersOf(texts);
      const parts = splitOrders(orders);
      expect(parts.flatMap(({ hosts }) => Object.entries(hosts))).toEqual(Object.entries(orders.hosts));
      for (const part of parts) {
        expect(part).toMatchObject({ caseId: 'case-1', counter: 3 });
        expect(charsOf(part)).toBeLessThanOrEqual(ORDERS_MAX_CHARS);
        expect(Object.keys(part.hosts).length).toBeLessThanOrEqual(50);
      }
    }),
  );
});

test('as few commands as they fit into: no two neighbours would have fitted together', () => {
  const parts = splitOrders(ordersOf(Array.from({ length: 9 }, () => 'x'.repeat(900))));
  expect(parts.length).toBeGreaterThan(1);
  for (const [n, part] of parts.slice(1).entries()) {
    const [first = ['', {}]] = Object.entries(part.hosts);
    const joined = { ...part, hosts: { ...parts[n]?.hosts, [first[0]]: first[1] } };
    expect(charsOf(joined)).toBeGreaterThan(ORDERS_MAX_CHARS);
  }
});

test('what one host is told and does not fit is refused before anything is sent', () => {
  const orders = ordersOf(['a', 'x'.repeat(ORDERS_MAX_CHARS)]);
  expect(() => splitOrders(orders)).toThrow(expect.objectContaining({ code: 'OrdersTooLong' }) as Error);
});
