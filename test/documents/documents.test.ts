import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DOCUMENT_MAX_BYTES, DOCUMENT_NAMES, documentContent } from '../../lib/documents/documents';
import { ORDERS_MAX_CHARS } from '../../lib/recovery/split-orders';
import { HOST_CODES } from '../../lib/recovery/host-codes';

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

  test('defines each name once: its modules share one namespace', () => {
    const names = [...scriptOf(name).matchAll(/^(?:(?:def|class) (\w+)|([A-Z_]+) = )/gm)].map(
      ([, made, told]) => made ?? told,
    );
    expect(names.filter((one, at) => names.indexOf(one) !== at)).toEqual([]);
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

describe('the Python modules', () => {
  const folder = join(__dirname, '..', '..', 'lib', 'documents', 'python');
  const modules = readdirSync(folder).filter((name) => name.endsWith('.py'));
  const sources = modules.map((name) => readFileSync(join(folder, name), 'utf8'));

  test.each(modules)('%s compiles', (name) => {
    const compile = "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')";
    execFileSync('python3', ['-W', 'error', '-c', compile, join(folder, name)]);
  });

  test('every refusal has an explanation, and nothing is explained that no host ever says', () => {
    const scripts = [...sources, ...DOCUMENT_NAMES.map(scriptOf)].join('\n');
    const raised = [...scripts.matchAll(/Refused\(\s*'(\w+)'|"code":"(\w+)"|'code': '(\w+)'/g)];
    const codes = new Set(raised.map(([, refused, printed, said]) => refused ?? printed ?? said));
    expect([...codes].sort()).toEqual(Object.keys(HOST_CODES).sort());
  });
});
