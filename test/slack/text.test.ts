import { code, lines, plain, until } from '../../lib/slack/text';

test('nothing that hosts or people wrote mentions, links, formats or breaks out', () => {
  const evil = '<!channel> <@U1> <http://evil|click> & *bold* _it_ ~no~ `code`\nnext';
  const shown = plain(evil);
  expect(shown).not.toMatch(/[<>]/);
  expect(shown).toContain('&lt;!channel&gt;');
  expect(shown).toContain('&amp;');
  expect(shown).not.toMatch(/(?<!\u200b)[*_~`]|\n/);
  expect(code('a`<b>`')).toBe("`a'&lt;b&gt;'`");
});

test('a text of any length fits into a section, escaped', () => {
  expect(lines([plain('<'.repeat(10_000))]).length).toBeLessThan(3000);
  const many = lines(Array.from({ length: 100 }, (_, n) => `${n} ${'x'.repeat(100)}`));
  expect(many.length).toBeLessThan(3000);
  expect(many).toMatch(/… and \d+ more$/);
});

test('how long is left, never less than nothing', () => {
  const now = new Date('2026-11-25T05:00:00Z');
  expect(until('2026-11-25T05:29:40Z', now)).toBe('30 min');
  expect(until('2026-11-25T05:00:40Z', now)).toBe('40 s');
  expect(until('2026-11-25T04:00:00Z', now)).toBe('0 s');
});
