import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Config } from '../src/config.ts'

/** DynamoDB by its own client, with nothing of ours around it. */
export function bareTables({ dynamodb: { region, endpoint, credentials } }: Config) {
  const client = new DynamoDBClient({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  })
  return { documents: DynamoDBDocumentClient.from(client), close: () => client.destroy() }
}
