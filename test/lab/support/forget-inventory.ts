import { DeleteItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CLUSTER, type Lab } from '../../../lab/lab';

/** As if the table had been made anew. */
export async function forgetInventory(lab: Lab): Promise<void> {
  const { dynamoDb } = lab.clients();
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand({}));
  const Key = { pk: { S: `CLUSTER#${CLUSTER}` }, sk: { S: 'INVENTORY' } };
  await dynamoDb.send(new DeleteItemCommand({ TableName: TableNames.find((name) => name.includes('Table')), Key }));
}
