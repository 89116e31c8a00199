import { execFileSync } from 'node:child_process';
import * as z from 'zod';
import { DOCUMENT_MAX_BYTES, DOCUMENT_NAMES, ORDERS_MAX_CHARS, documentContent } from '../../lib/documents/documents';

const Content = z.object({
  schemaVersion: z.literal('2.2'),
  parameters: z.object({ Orders: z.object({ allowedPattern: z.string(), maxChars: z.number() }) }),
  mainSteps: z.tuple([
    z.object({
      action: z.literal('aws:runShellScript'),
      inputs: z.object({ timeoutSeconds: z.string(), runCommand: z.array(z.string()) }),
    }),
  ]),
});
const read = (name: (typeof DOCUMENT_NAMES)[number]) => Content.parse(documentContent(name));
const scriptOf = (name: (typeof DOCUMENT_NAMES)[number]) => read(name).mainSteps[0].inputs.runCommand.join('\n');

describe.each(DOCUMENT_NAMES)('document %s', (name) => {
  test('has room for the orders within 64 KB', () => {
    expect(Buffer.byteLength(JSON.stringify(documentContent(name))) + ORDERS_MAX_CHARS).toBeLessThanOrEqual(
      DOCUMENT_MAX_BYTES,
    );
  });

  test('takes base64 and nothing else', () => {
    const { allowedPattern } = read(name).parameters.Orders;
    expect(allowedPattern).toMatch(/^\^.*\$$/);
    const pattern = new RegExp(allowedPattern);
    for (const good of ['e30=', 'eyJhIjoxfQ==', 'AAAA']) expect(pattern.test(good)).toBe(true);
    for (const bad of ['', "e30=' ; reboot ; '", 'e30=\nreboot', '$(reboot)', '{{ x }}', 'e30==='])
      expect(pattern.test(bad)).toBe(false);
  });

  test('splices the parameter into one place only, between single quotes', () => {
    expect(scriptOf(name).split('{{')).toHaveLength(2);
    expect(scriptOf(name)).toContain("REQUORUM_ORDERS='{{ Orders }}'");
  });

  test('is a shell script that sh can read, around Python that python3 can read', () => {
    execFileSync('/bin/sh', ['-n'], { input: scriptOf(name) });
    const python = /<<'REQUORUM_SCRIPT'\n([\s\S]*)\nREQUORUM_SCRIPT/.exec(scriptOf(name))?.[1] ?? '';
    expect(python.length).toBeGreaterThan(1000);
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: python });
  });
});
