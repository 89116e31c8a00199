import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { DOCUMENT_NAMES, documentContent } from '../documents/documents';
import type { DocumentName } from '../documents/documents';

/**
 * The documents that run on hosts. `NewVersion`, because replacing one with a fixed name fails; commands are sent by version
 * and hash, so that a deploy in mid-case changes nothing for that case (facts/aws).
 */
export class HostDocuments extends Construct {
  readonly names: Readonly<Record<DocumentName, string>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.names = Object.fromEntries(DOCUMENT_NAMES.map((name) => [name, this.add(name)])) as Record<
      DocumentName,
      string
    >;
  }

  private add(name: DocumentName): string {
    const title = `Requorum-${name}`;
    new CfnDocument(this, name, {
      name: title,
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      updateMethod: 'NewVersion',
      content: documentContent(name),
    });
    return title;
  }
}
