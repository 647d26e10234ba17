import { setTimeout as delay } from 'node:timers/promises'
import { brokerIsReady } from './kafka-metadata.ts'
import type { ServiceName } from './names.ts'

const START_MS = 120_000
const PAUSE_MS = 100

/** DynamoDB Local wants a signed request but does not check the signature. */
const LIST_TABLES = {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  },
  body: '{}',
}

async function answersHttp(url: string, init?: RequestInit): Promise<boolean> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false // not listening yet
  }
}

/** Asks a service at `host:port` for something only a working one can answer. Never rejects. */
function isReady(name: ServiceName, host: string, port: number): Promise<boolean> {
  switch (name) {
    case 'kafka':
      return brokerIsReady(host, port)
    case 'registry':
      return answersHttp(`http://${host}:${port}/apis/ccompat/v7/subjects`)
    case 'dynamodb':
      return answersHttp(`http://${host}:${port}/`, LIST_TABLES)
    case 'sqs':
      return answersHttp(`http://${host}:${port}/?Action=ListQueues`)
  }
}

/** Resolves when the service answers. Rejects after two minutes, or as soon as `signal` or `failed` does. */
export async function untilReady(
  name: ServiceName,
  host: string,
  port: number,
  options: { readonly signal: AbortSignal; readonly failed?: Promise<never> },
): Promise<void> {
  const deadline = Date.now() + START_MS
  const poll = async () => {
    while (!(await isReady(name, host, port))) {
      options.signal.throwIfAborted()
      if (Date.now() > deadline) throw new Error(`${name} did not answer on ${host}:${port} within 120 s`)
      await delay(PAUSE_MS, undefined, { signal: options.signal })
    }
  }
  await (options.failed === undefined ? poll() : Promise.race([poll(), options.failed]))
}
