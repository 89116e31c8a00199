import { CreateDocumentCommand } from '@aws-sdk/client-ssm';
import type { Lab } from '../../../lab/lab';
import { ended, send } from '../../lab/support/launcher-stack';

const DOCUMENT = 'hosts-shell';
const CONTENT = {
  schemaVersion: '2.2',
  parameters: { Script: { type: 'String', allowedPattern: '^[A-Za-z0-9+/=]*$' } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'run',
      inputs: { timeoutSeconds: '60', runCommand: ["echo '{{ Script }}' | base64 -d > script", 'sh script'] },
    },
  ],
};

/** Run Command for a test: a script to one host, and what it printed. */
export async function shellOn(lab: Lab): Promise<(id: string, script: string) => Promise<string>> {
  const { ssm } = lab.clients();
  const made = { Name: DOCUMENT, DocumentType: 'Command', Content: JSON.stringify(CONTENT) } as const;
  await ssm.send(new CreateDocumentCommand(made));
  return async (id, script) => {
    const { instanceId } = lab.host(id);
    const sent = await send(ssm, instanceId, script, { DocumentName: DOCUMENT });
    const told = await ended(ssm, sent, instanceId, 60);
    if (told.Status !== 'Success') throw new Error(`${id}: ${told.StatusDetails}: ${told.StandardErrorContent}`);
    return (told.StandardOutputContent ?? '').trim();
  };
}
