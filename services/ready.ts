import { setTimeout as delay } from 'node:timers/promises'
import { brokerIsReady } from './kafka-metadata.ts'
import type { ServiceName } from './names.ts'

/** Many times what a start takes, for machines that do much else. */
const START_MS = 300_000
/** The first answer of a server takes longest. */
const REQUEST_MS = 10_000
const PAUSE_MS = 100
/** A starting server may fail for a moment. */
const FAILING_MS = 4_000

/** DynamoDB Local requires a signed request but does not check the signature. */
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

/** `failing`: it answers with errors. */
type Readiness = 'ready' | 'starting' | 'failing'

async function answersHttp(url: string, init?: RequestInit): Promise<Readiness> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) })
    await response.arrayBuffer()
    if (response.ok) return 'ready'
    return response.status >= 500 ? 'failing' : 'starting'
  } catch {
    return 'starting' // not listening yet
  }
}

/** Sends a service at `host:port` a request that only a working one can answer. Never rejects. */
async function readiness(name: ServiceName, host: string, port: number): Promise<Readiness> {
  switch (name) {
    case 'kafka':
      return (await brokerIsReady(host, port)) ? 'ready' : 'starting'
    case 'registry':
      return answersHttp(`http://${host}:${port}/apis/ccompat/v7/subjects`)
    case 'dynamodb':
      return answersHttp(`http://${host}:${port}/`, LIST_TABLES)
    case 'sqs':
      return answersHttp(`http://${host}:${port}/?Action=ListQueues`)
  }
}

/**
 * Resolves when the service answers. Rejects after five minutes, when it answers only with errors for a while, or as
 * soon as `signal` or `failed` does.
 */
export async function untilReady(
  name: ServiceName,
  host: string,
  port: number,
  options: { readonly signal: AbortSignal; readonly failed?: Promise<never> },
): Promise<void> {
  const deadline = Date.now() + START_MS
  const poll = async () => {
    let failingSince: number | undefined
    for (let is = await readiness(name, host, port); is !== 'ready'; is = await readiness(name, host, port)) {
      options.signal.throwIfAborted()
      failingSince = is === 'failing' ? (failingSince ?? Date.now()) : undefined
      if (failingSince !== undefined && Date.now() - failingSince > FAILING_MS) {
        throw new Error(`${name} answers only with errors; its data may be damaged`)
      }
      if (Date.now() > deadline)
        throw new Error(`${name} did not answer on ${host}:${port} within ${START_MS / 1000} s`)
      await delay(PAUSE_MS, undefined, { signal: options.signal })
    }
  }
  await (options.failed === undefined ? poll() : Promise.race([poll(), options.failed]))
}
