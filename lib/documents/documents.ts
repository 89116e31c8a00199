import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDERS_MAX_CHARS } from '../recovery/split-orders';
import { withoutUnused } from './unused';

export const DOCUMENT_NAMES = ['inspect', 'hold', 'release', 'verify', 'undo', 'remove-peer', 'leave'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

export const DOCUMENT_MAX_BYTES = 65_536;

const READ_LOG = ['result', 'bolt', 'raftlog'] as const;
const ACT = [
  'procfs',
  'localhttp',
  'settings',
  'supervisor',
  'systemctl',
  'unit_words',
  'systemd',
  'guard',
  'exchange',
  'within',
  'place',
] as const;

/** The modules of each script, in the order of their imports. The last one reads as the procedure. */
const MODULES: Readonly<Record<DocumentName, readonly string[]>> = {
  inspect: [...READ_LOG, ...ACT, 'backup', 'stop', 'host', 'version', 'inspect'],
  hold: [...READ_LOG, ...ACT, 'backup', 'stop', 'compare', 'clean', 'hold_clean', 'hold'],
  release: ['result', ...ACT, 'stop', 'clean', 'release_clean', 'release'],
  verify: [...READ_LOG, ...ACT, 'verify'],
  undo: ['result', ...ACT, 'stop', 'clean', 'undo'],
  'remove-peer': ['result', ...ACT, 'membership', 'remove_peer'],
  leave: ['result', ...ACT, 'stop', 'membership', 'leave'],
};

/** Seconds. Hold copies the data-dir; release waits at most 20 s for Dkron; the rest is a look. */
const EXECUTION_SECONDS: Readonly<Record<DocumentName, number>> = {
  inspect: 60,
  hold: 600,
  release: 120,
  verify: 90,
  undo: 120,
  'remove-peer': 60,
  leave: 100,
};

const PURPOSE: Readonly<Record<DocumentName, string>> = {
  inspect: 'Looks at Dkron on this host and changes nothing.',
  hold: 'Stops Dkron and makes its data-dir unable to start; backs up and stages peers.json where it is to go on with its data.',
  release: 'Puts the data-dir back in place, or aside for a clean one, and starts Dkron: the point of no return.',
  verify: 'Looks at the recovered server; on request creates and deletes one job.',
  undo: 'Puts a held data-dir back as it was found.',
  'remove-peer': 'Takes servers out of the configuration by id, on the host of the leader.',
  leave: 'Lets this server leave, stops it, and makes its data-dir unable to start.',
};

/**
 * Content of one Systems Manager document (schema 2.2). The orders travel as base64 in an environment variable,
 * behind an anchored pattern, so that no value ever becomes part of the shell text.
 */
export function documentContent(name: DocumentName): Readonly<Record<string, unknown>> {
  return {
    schemaVersion: '2.2',
    description: `Requorum ${name}. ${PURPOSE[name]}`,
    parameters: {
      Orders: {
        type: 'String',
        description: 'base64 of the JSON orders: case, lease counter, order per host',
        allowedPattern: '^[A-Za-z0-9+/]+={0,2}$',
        maxChars: ORDERS_MAX_CHARS,
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name,
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: String(EXECUTION_SECONDS[name]), runCommand: shellLines(name) },
      },
    ],
  };
}

function shellLines(name: DocumentName): readonly string[] {
  return [
    '#!/bin/sh',
    "REQUORUM_ORDERS='{{ Orders }}'",
    'export REQUORUM_ORDERS',
    'if ! command -v python3 >/dev/null 2>&1; then',
    `  printf 'REQUORUM-RESULT {"outcome":"refused","hostId":"%s","code":"PythonMissing","detail":"no python3"}\\n' "$AWS_SSM_INSTANCE_ID"`,
    '  exit 3',
    'fi',
    "exec python3 - <<'REQUORUM_SCRIPT'",
    // One text: a line of its own for each would cost a byte more in the document.
    withoutUnused([...bundle(MODULES[name]), `run(${moduleOf(name)})`]).join('\n'),
    'REQUORUM_SCRIPT',
  ];
}

/** Each script is the one procedure of a module of its name. */
const moduleOf = (name: DocumentName): string => name.replace('-', '_');

/** The modules as one script: python3 reads it from standard input, so that nothing is left on the host's disk. */
export function bundle(modules: readonly string[]): readonly string[] {
  const source = modules.flatMap((name) => moduleLines(name, modules));
  const imports = [...new Set(source.filter((line) => line.startsWith('import ')))].sort();
  return [...guardedImports(imports), ...source.filter((line) => !line.startsWith('import '))];
}

/** A python3 without its library (python3-minimal) is told apart from a fault of ours. */
function guardedImports(imports: readonly string[]): readonly string[] {
  return [
    'import os, sys',
    'try:',
    ...imports.map((line) => ` ${line}`),
    'except ImportError as missing:',
    ` print('REQUORUM-RESULT {"outcome":"refused","hostId":"%s","code":"PythonIncomplete","detail":"%s"}' % (os.environ.get('AWS_SSM_INSTANCE_ID', ''), missing))`,
    ' sys.exit(3)',
  ];
}

/**
 * One module without what only a reader of the repository needs, since the document's size counts: docstrings, comments, blank lines,
 * three of four spaces of indentation. All modules share one namespace; a module imported whole is an alias of it.
 */
function moduleLines(name: string, modules: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let inText = false;
  let inDocstring = false;
  for (const line of readFileSync(join(__dirname, 'python', `${name}.py`), 'utf8').split('\n')) {
    const quotes = line.split('"""').length - 1;
    if (inDocstring || (!inText && quotes === 1 && line.trimStart().startsWith('"""'))) {
      inDocstring = inDocstring !== (quotes === 1);
    } else if (inText || quotes === 1) {
      lines.push(line);
      inText = inText !== (quotes === 1);
    } else if (quotes === 0 && line.trim() !== '' && !line.trimStart().startsWith('#') && !isLocal(line, modules)) {
      lines.push(alias(line, modules).replace(/^( {4})+/, (indent) => ' '.repeat(indent.length / 4)));
    }
  }
  return lines;
}

function isLocal(line: string, modules: readonly string[]): boolean {
  const from = /^from (\w+) import /.exec(line);
  return from?.[1] !== undefined && modules.includes(from[1]);
}

function alias(line: string, modules: readonly string[]): string {
  const whole = /^import (\w+)$/.exec(line);
  return whole?.[1] !== undefined && modules.includes(whole[1]) ? `${whole[1]} = sys.modules[__name__]` : line;
}
