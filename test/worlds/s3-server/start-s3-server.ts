import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { NetworkRules } from '../../../src/platform/network-rules.ts'
import type { S3Options } from '../../../src/systems/files/s3-place.ts'
import { localNetwork } from '../../data/loopback.ts'
import { noMavenServer, startMavenServer } from '../maven-server.ts'

/** Null: the server can run here. Else why the tests with it are skipped. */
export const noS3Server = noMavenServer

export const S3_SECRETS = { accessKeyId: 'local-id', secretAccessKey: 'local-secret' }
export const BUCKET = 'acme-exchange'

export interface S3Server {
  readonly address: string
  stop(): Promise<void>
}

/**
 * S3Proxy on a free port. It checks signatures and the conditions of reads and writes; like many services, it does not know
 * a condition for the target of a copy.
 */
export async function startS3Server(): Promise<S3Server> {
  const folder = import.meta.dirname
  const server = await startMavenServer({ name: 's3', folder, program: 'S3ServerOfTests.java', given: [BUCKET] })
  return { address: `http://127.0.0.1:${server.line}`, stop: server.stop }
}

/** A folder of its own in the bucket. */
export function s3OptionsAt(address: string, network: NetworkRules = localNetwork): S3Options {
  return {
    bucket: BUCKET,
    root: randomUUID(),
    endpoint: new URL(address),
    bucketInPath: true,
    region: 'eu-central-1',
    credentials: S3_SECRETS,
    network,
    timeoutMs: 20_000,
  }
}

/** For a proxy with faults: `LIST`, or the method and the name of the object. */
export function s3ActionOf({ method, url = '' }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, 'http://bucket')
  return searchParams.has('list-type') ? 'LIST' : `${method} ${pathname.split('/').at(-1)}`
}
